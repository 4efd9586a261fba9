// Package video emulates cameras of the kernel's video class (仿真摄像头) in this process: a host that the product's V4L2 side is opened
// on, with cameras whose cable can be pulled, whose pictures come late, broken, black or not at all. It takes the words of
// drivers/hal/v4l2 and none of its work; the kernel's own side is tested by `make usb`.
package video

import (
	"context"
	"fmt"
	"image"
	"slices"
	"sync"

	"tongban/deploy/sim/fault"
	"tongban/drivers/hal/usb"
	"tongban/drivers/hal/v4l2"
)

// Host is the cameras that are plugged in.
type Host struct {
	mu      sync.Mutex
	plugged map[string]*Camera // by node
}

// NewHost makes a machine without cameras.
func NewHost() *Host { return &Host{plugged: map[string]*Camera{}} }

// Plug puts a camera to a node such as "/dev/video0".
func (h *Host) Plug(node string, c *Camera) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.plugged[node] = c
	c.Info.Node = node
}

// List implements v4l2.Host.
func (h *Host) List() ([]v4l2.Info, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []v4l2.Info
	for _, c := range h.plugged {
		if !c.pulled() {
			out = append(out, c.Info)
		}
	}
	slices.SortFunc(out, func(a, b v4l2.Info) int {
		if a.Interface != b.Interface {
			return a.Interface - b.Interface
		}
		return a.Index - b.Index
	})
	return out, nil
}

// Open implements v4l2.Host.
func (h *Host) Open(_ context.Context, node string) (v4l2.Camera, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	c := h.plugged[node]
	if c == nil || c.pulled() {
		return nil, usb.ErrNotFound
	}
	return c.open()
}

// Scene draws what a camera sees: picture n of a size.
type Scene func(w, h, n int) (image.Image, error)

// Camera is one emulated camera.
type Camera struct {
	Info     v4l2.Info
	Modes    []v4l2.Mode
	Controls []v4l2.Control
	Scene    Scene
	Moves    int // how many different pictures the scene has; a picture is drawn once

	// NoTables leaves the Huffman tables out of Motion-JPEG pictures, as many cameras do.
	NoTables bool

	faults *fault.Set
	mu     sync.Mutex
	held   *handle
	drawn  map[string][]byte
	scenes map[string]image.Image
	values map[string]int
	gen    int // counts pluggings: what was open before is gone
}

// New makes a camera; its fields are set before it is plugged in.
func New(name string, scene Scene, modes ...v4l2.Mode) *Camera {
	c := &Camera{Info: v4l2.Info{Name: name}, Modes: modes, Scene: scene, Moves: 1, drawn: map[string][]byte{}, scenes: map[string]image.Image{}, values: map[string]int{}}
	c.faults = fault.New(specs(), c.pressed)
	return c
}

// Faults are the camera's buttons.
func (c *Camera) Faults() *fault.Set { return c.faults }

// Redraw forgets the drawn pictures: something else lies before the camera now.
func (c *Camera) Redraw() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.drawn)
	clear(c.scenes)
}

func specs() []fault.Spec {
	return []fault.Spec{
		{Name: "slow", Label: "慢", Value: "每张毫秒", Min: 1, Max: 60000, Def: 4000},
		{Name: "silent", Label: "不出图"},
		{Name: "busy", Label: "别的程序在用"},
		{Name: "fail", Label: "取图报错"},
		{Name: "half", Label: "图传一半"},
		{Name: "garbage", Label: "乱码"},
		{Name: "size", Label: "尺寸不对"},
		{Name: "frozen", Label: "画面不动"},
		{Name: "black", Label: "黑屏"},
		{Name: "cut", Label: "拔线"},
	}
}

func (c *Camera) pressed(p fault.Press, on bool) error {
	if p.Name != "cut" {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if on {
		c.gen++
		c.held = nil
	}
	return nil
}

func (c *Camera) pulled() bool {
	_, cut := c.faults.On("cut")
	return cut
}

func (c *Camera) open() (v4l2.Camera, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.held != nil {
		return nil, usb.ErrHeld
	}
	h := &handle{c: c, gen: c.gen, ended: make(chan struct{})}
	c.held = h
	return h, nil
}

// controls are the settings with their present values.
func (c *Camera) controls() []v4l2.Control {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := slices.Clone(c.Controls)
	for i := range out {
		out[i].Value = out[i].Default
		if v, ok := c.values[out[i].Name]; ok {
			out[i].Value = v
		}
	}
	for name, free := range map[string]int{"exposure": 1, "white_balance": 0} {
		mode := slices.IndexFunc(out, func(x v4l2.Control) bool { return x.Name == name+"_auto" })
		i := slices.IndexFunc(out, func(x v4l2.Control) bool { return x.Name == name })
		if mode >= 0 && i >= 0 {
			out[i].Held = out[mode].Value != free
		}
	}
	return out
}

// light is how much brighter than drawn its pictures are, from -255 to 255.
func (c *Camera) light() int {
	x, err := c.setting("brightness")
	if err != nil || x.Max == 0 {
		return 0
	}
	return 128 * (x.Value - x.Default) / x.Max
}

func (c *Camera) setting(name string) (v4l2.Control, error) {
	for _, x := range c.controls() {
		if x.Name == name {
			return x, nil
		}
	}
	return v4l2.Control{}, fmt.Errorf("%s: %w", name, v4l2.ErrSetting)
}

// Running reports whether somebody takes pictures.
func (c *Camera) Running() bool {
	c.mu.Lock()
	h := c.held
	c.mu.Unlock()
	if h == nil {
		return false
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.on
}

// Warm draws the pictures of a mode ahead, so that the first ones come at the camera's pace.
func (c *Camera) Warm(m v4l2.Mode) error {
	for n := range max(c.Moves, 1) {
		if _, err := c.picture(m, n, false); err != nil {
			return err
		}
	}
	return nil
}
