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
