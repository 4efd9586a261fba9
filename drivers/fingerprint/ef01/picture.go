package ef01

import "image"

// Size of the sensor's picture: two pixels of four bits a byte, the high half first.
const (
	width, height = 256, 288
	pictureBytes  = width * height / 2
	dpi           = 500
)

func unpack(b []byte) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, width, height))
	for i, c := range b[:pictureBytes] {
		img.Pix[2*i], img.Pix[2*i+1] = c>>4*17, c&0x0F*17
	}
	return img
}

// quality is the share of the field, in percent, that shows ridges: blocks with strong contrast whose grey changes in
// stripes and not at random. It is a measure of ours, for "lay it down again", not the score of GA/T 1012.
func quality(img *image.Gray) int {
	const block = 16
	good, all := 0, 0
	for y := 0; y+block <= height; y += block {
		for x := 0; x+block <= width; x += block {
			all++
			if ridges(img, x, y, block) {
				good++
			}
		}
	}
	return min(100, good*100/(all*7/10)) // a finger leaves the corners free
}

// ridges: contrast, and neighbours that mostly agree, as ridges are several pixels wide.
func ridges(img *image.Gray, x0, y0, n int) bool {
	lo, hi, rough := 255, 0, 0
	for y := y0; y < y0+n; y++ {
		for x := x0; x < x0+n; x++ {
			v := int(img.Pix[y*img.Stride+x])
			lo, hi = min(lo, v), max(hi, v)
			if x > x0 {
				d := v - int(img.Pix[y*img.Stride+x-1])
				rough += max(d, -d)
			}
		}
	}
	step := rough / (n * (n - 1))
	return hi-lo >= 96 && step <= (hi-lo)/3
}
