package video

import (
	"fmt"

	"tongban/deploy/sim/camera"
	"tongban/drivers/hal/v4l2"
)

// Rig is a machine with the camera of a profile plugged in, and its address; the address is empty for a profile that is no
// such camera. Its pictures are drawn, so that it answers at once.
func Rig(profile string) (*Host, string, error) {
	h, address := NewHost(), "v4l2:/dev/video0"
	var err error
	switch profile {
	case "uvc-camera-a4":
		c := Document(camera.NewTable(), v4l2.MJPEG)
		err = c.Warm(v4l2.Mode{Layout: v4l2.MJPEG, Width: 1280, Height: 960})
		h.Plug("/dev/video0", c)
	case "uvc-c920", "uvc-brio":
		d := NewDual()
		d.Visible.Modes = []v4l2.Mode{{Layout: v4l2.MJPEG, Width: 640, Height: 480, FPS: 30}, {Layout: v4l2.MJPEG, Width: 1280, Height: 720, FPS: 30}, {Layout: v4l2.MJPEG, Width: 1920, Height: 1080, FPS: 30}}
		d.Visible.Info.Name, d.Visible.Moves = "Tongban Sim Camera", 2
		err = d.Visible.Warm(v4l2.Mode{Layout: v4l2.MJPEG, Width: 1280, Height: 720})
		h.Plug("/dev/video0", d.Visible)
	case "uvc-dual":
		d := NewDual()
		err = d.Warm()
		d.Plug(h)
		address = "v4l2:/dev/video0,/dev/video2"
	default:
		return h, "", nil
	}
	if err != nil {
		return nil, "", fmt.Errorf("set up camera: %w", err)
	}
	return h, address, nil
}
