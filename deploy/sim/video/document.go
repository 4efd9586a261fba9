package video

import (
	"image"

	"tongban/deploy/sim/camera"
	"tongban/drivers/hal/v4l2"
)

// Document makes a document camera over a table. The uncompressed camera has the sizes of the kernel's test camera.
func Document(table *camera.Table, layout string) *Camera {
	modes := []v4l2.Mode{
		{Layout: layout, Width: 640, Height: 480, FPS: 30}, {Layout: layout, Width: 1280, Height: 960, FPS: 30},
		{Layout: layout, Width: 2592, Height: 1944, FPS: 15}, {Layout: layout, Width: 3280, Height: 2464, FPS: 15},
	}
	if layout == v4l2.YUYV {
		modes = []v4l2.Mode{{Layout: layout, Width: 640, Height: 360, FPS: 30}, {Layout: layout, Width: 1280, Height: 720, FPS: 30}, {Layout: layout, Width: 3840, Height: 2160, FPS: 15}}
	}
	c := New("Tongban Sim UVC Document Camera", func(w, h, _ int) (image.Image, error) { return table.Photo(w, h) }, modes...)
	c.Info.Path, c.NoTables = "1-4", true
	c.Controls = []v4l2.Control{
		{Name: "brightness", Min: 0, Max: 255, Step: 1, Default: 128}, {Name: "focus", Min: 0, Max: 250, Step: 5, Default: 40}, {Name: "focus_auto", Min: 0, Max: 1, Step: 1, Default: 1},
		{Name: "exposure_auto", Min: 0, Max: 3, Step: 1, Default: 3},
	}
	return c
}
