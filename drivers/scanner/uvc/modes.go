package uvc

import (
	"fmt"

	"tongban/drivers/hal/v4l2"
)

// previewWidth is the widest live picture.
const previewWidth = 1280

// choose takes the mode of the live picture and that of stills: the largest of each, compressed by the camera where there is a
// choice, because a bus carries few uncompressed ones a second.
func choose(modes []v4l2.Mode) (preview, still v4l2.Mode, ok bool) {
	for _, m := range modes {
		if m.Layout != v4l2.MJPEG && m.Layout != v4l2.YUYV && m.Layout != v4l2.Grey || m.Width < 64 || m.Height < 64 {
			continue
		}
		if better(m, still) {
			still = m
		}
		if m.Width <= previewWidth && better(m, preview) {
			preview = m
		}
	}
	return preview, still, preview.Width > 0
}

func better(m, than v4l2.Mode) bool {
	if d := m.Pixels() - than.Pixels(); d != 0 {
		return d > 0
	}
	order := map[string]int{v4l2.MJPEG: 3, v4l2.YUYV: 2, v4l2.Grey: 1}
	return order[m.Layout] > order[than.Layout]
}

func tooSmall(still v4l2.Mode, least int) string {
	if still.Width == 0 {
		return "the camera has no mode that is understood"
	}
	return fmt.Sprintf("the camera's largest still has %d×%d pixels, %d are asked for", still.Width, still.Height, least)
}
