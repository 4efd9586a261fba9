package pdf

import (
	"fmt"
	"slices"
	"strings"

	"tongban/central/kernel/paper/sheet"
)

// imageList is every picture of a document in the order of its first use (图像).
type imageList []*sheet.Image

func imagesOf(pages []sheet.Page) imageList {
	var all imageList
	for _, page := range pages {
		for _, item := range page.Items {
			if i, ok := item.(*sheet.Image); ok && !slices.Contains(all, i) {
				all = append(all, i)
			}
		}
	}
	return all
}

// resources names the pictures for a page; each takes two objects, itself and its transparency.
func (l imageList) resources(first int) string {
	if len(l) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("/XObject<<")
	for i := range l {
		fmt.Fprintf(&b, "/I%d %d 0 R", i, first+2*i)
	}
	b.WriteString(">>")
	return b.String()
}

func (l imageList) write(w *writer, first int) {
	for i, image := range l {
		n := first + 2*i
		size := fmt.Sprintf("/Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 8", image.Across, image.Down)
		mask, alpha := fmt.Sprintf("/SMask %d 0 R", n+1), image.Alpha
		if alpha == nil {
			mask, alpha = "", []byte{} // the number is used, so that the table has no hole
		}
		w.stream(n, size+"/ColorSpace/DeviceRGB"+mask, image.RGB)
		w.stream(n+1, size+"/ColorSpace/DeviceGray", alpha)
	}
}

func (s *state) image(i *sheet.Image) {
	s.printf("q %s 0 0 %s %s %s cm/I%d Do Q\n", points(i.W), points(i.H), points(i.X), points(s.height-i.Y-i.H), slices.Index(s.images, i))
}
