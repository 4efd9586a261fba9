package video

import (
	"image"
	"sync/atomic"

	"tongban/deploy/sim/face"
	"tongban/drivers/hal/v4l2"
)

// Dual is a camera with a visible and an infrared eye, and who stands before it.
type Dual struct {
	Visible, Infrared *Camera

	person atomic.Uint64
	what   atomic.Pointer[string]
}

// moves is how many different pictures each eye has; they differ by noise and a little movement.
const moves = 8

// Nodes of its eyes; each has a second node for data about its pictures.
const (
	nodeVisible  = "/dev/video0"
	nodeInfrared = "/dev/video2"
)

// NewDual makes the camera of the tender's size and rate.
func NewDual() *Dual {
	d := &Dual{}
	live := face.Live
	d.what.Store(&live)
	modes := func(layout string) []v4l2.Mode {
		return []v4l2.Mode{{Layout: layout, Width: 640, Height: 480, FPS: 30}, {Layout: layout, Width: 1280, Height: 960, FPS: 30}}
	}
	d.Visible = New("Tongban Sim Dual Camera", func(w, h, n int) (image.Image, error) {
		return face.Visible(face.NewPerson(d.person.Load()), take(n), *d.what.Load(), w, h), nil
	}, modes(v4l2.MJPEG)...)
	d.Infrared = New("Tongban Sim Dual Camera", func(w, h, n int) (image.Image, error) {
		return face.Infrared(face.NewPerson(d.person.Load()), take(n), *d.what.Load(), w, h), nil
	}, modes(v4l2.Grey)...)
	for i, c := range []*Camera{d.Visible, d.Infrared} {
		c.Moves = moves
		c.Info.Path, c.Info.Interface = "1-5", 2*i
		c.Controls = []v4l2.Control{
			{Name: "brightness", Min: -64, Max: 64, Step: 1}, {Name: "contrast", Min: 0, Max: 95, Step: 1, Default: 50},
			{Name: "exposure_auto", Min: 0, Max: 3, Step: 1, Default: 1}, {Name: "exposure", Min: 1, Max: 5000, Step: 1, Default: 156},
		}
	}
	d.Visible.Controls = append(d.Visible.Controls, v4l2.Control{Name: "saturation", Min: 0, Max: 128, Step: 1, Default: 64},
		v4l2.Control{Name: "white_balance_auto", Min: 0, Max: 1, Step: 1}, v4l2.Control{Name: "white_balance", Min: 2800, Max: 6500, Step: 1, Default: 4600})
	d.Visible.NoTables = true
	return d
}

// take is how picture n of a stream was taken: at the same moment both eyes see the same.
func take(n int) face.Take {
	t := face.NewTake(uint64(n))
	t.Light, t.DX, t.DY, t.Size, t.Smile = 0.2, 0.01*float64(n%3), 0, 1, 0.3
	return t
}

// Stand puts somebody before it: a number, and whether it is a person or a picture of one.
func (d *Dual) Stand(person uint64, what string) {
	d.person.Store(person)
	d.what.Store(&what)
	d.Visible.Redraw()
	d.Infrared.Redraw()
}

// Plug plugs both eyes in.
func (d *Dual) Plug(h *Host) {
	h.Plug(nodeVisible, d.Visible)
	h.Plug(nodeInfrared, d.Infrared)
}

// Warm draws the pictures of both eyes ahead.
func (d *Dual) Warm() error {
	if err := d.Visible.Warm(v4l2.Mode{Layout: v4l2.MJPEG, Width: 1280, Height: 960}); err != nil {
		return err
	}
	return d.Infrared.Warm(v4l2.Mode{Layout: v4l2.Grey, Width: 1280, Height: 960})
}
