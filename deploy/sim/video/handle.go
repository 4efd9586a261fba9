package video

import (
	"fmt"
	"sync"
	"time"

	"tongban/drivers/hal/usb"
	"tongban/drivers/hal/v4l2"
)

// handle is an open camera.
type handle struct {
	c   *Camera
	gen int

	mu     sync.Mutex
	mode   v4l2.Mode
	on     bool
	n      int // pictures since the start
	due    time.Time
	once   sync.Once
	ended  chan struct{}
	frozen int
}

// there fails when the cable was pulled since.
func (h *handle) there() error {
	h.c.mu.Lock()
	defer h.c.mu.Unlock()
	if h.gen != h.c.gen {
		return usb.ErrGone
	}
	return nil
}

// Describe implements v4l2.Camera.
func (h *handle) Describe() (v4l2.Description, error) {
	if err := h.there(); err != nil {
		return v4l2.Description{}, err
	}
	return v4l2.Description{Card: h.c.Info.Name, Driver: "sim", Bus: "usb-" + h.c.Info.Path, Version: "1.0.0", Modes: h.c.Modes, Controls: h.c.controls()}, nil
}

// SetMode implements v4l2.Camera: as the kernel, it gives the nearest that it has.
func (h *handle) SetMode(m v4l2.Mode) (v4l2.Mode, error) {
	if err := h.there(); err != nil {
		return v4l2.Mode{}, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.on {
		return v4l2.Mode{}, v4l2.ErrBusy
	}
	best := v4l2.Mode{}
	for _, have := range h.c.Modes {
		if have.Layout == m.Layout && (best.Width == 0 || away(have, m) < away(best, m)) {
			best = have
		}
	}
	if best.Width == 0 {
		return v4l2.Mode{}, v4l2.ErrMode
	}
	if m.FPS > 0 && m.FPS < best.FPS {
		best.FPS = m.FPS
	}
	h.mode = best
	return best, nil
}

func away(a, b v4l2.Mode) int { return max(a.Pixels()-b.Pixels(), b.Pixels()-a.Pixels()) }

// Control implements v4l2.Camera.
func (h *handle) Control(name string) (int, error) {
	if err := h.there(); err != nil {
		return 0, err
	}
	x, err := h.c.setting(name)
	return x.Value, err
}

// SetControl implements v4l2.Camera.
func (h *handle) SetControl(name string, value int) error {
	if err := h.there(); err != nil {
		return err
	}
	x, err := h.c.setting(name)
	if err != nil || x.Held || value < x.Min || value > x.Max {
		return fmt.Errorf("%s = %d: %w", name, value, v4l2.ErrSetting)
	}
	h.c.mu.Lock()
	defer h.c.mu.Unlock()
	h.c.values[name] = value
	return nil
}

// Start implements v4l2.Camera.
func (h *handle) Start() error {
	if err := h.there(); err != nil {
		return err
	}
	if _, busy := h.c.faults.Strike("busy", ""); busy {
		return v4l2.ErrBusy
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.mode.Width == 0 {
		return v4l2.ErrMode
	}
	if !h.on {
		h.on, h.due = true, time.Now().Add(h.pace())
	}
	return nil
}

// pace is the time from one picture to the next.
func (h *handle) pace() time.Duration {
	if p, ok := h.c.faults.On("slow"); ok {
		return time.Duration(p.Value) * time.Millisecond
	}
	if h.mode.FPS > 0 {
		return time.Duration(float64(time.Second) / h.mode.FPS)
	}
	return time.Second / 30
}

// Stop implements v4l2.Camera.
func (h *handle) Stop() error {
	if err := h.there(); err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.on = false
	return nil
}

// buffered is how many pictures wait for a slow reader; a camera drops the others.
const buffered = 3

// Picture implements v4l2.Camera.
func (h *handle) Picture(timeout time.Duration, fresh bool) (v4l2.Picture, error) {
	if err := h.there(); err != nil {
		return v4l2.Picture{}, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.on {
		return v4l2.Picture{}, v4l2.ErrOrder
	}
	if _, busy := h.c.faults.Strike("busy", ""); busy {
		return v4l2.Picture{}, v4l2.ErrBusy
	}
	now, pace := time.Now(), h.pace()
	// A press of slow holds from now on, not from the picture after next.
	if late := h.due.Sub(now); late > pace {
		h.due = now.Add(pace)
	}
	for now.Sub(h.due) > buffered*pace || fresh && h.due.Before(now) {
		h.due = h.due.Add(pace)
		h.n++
	}
	wait, came := h.due.Sub(now), true
	if _, silent := h.c.faults.On("silent"); silent || wait > timeout {
		wait, came = timeout, false
	}
	select {
	case <-h.ended:
		return v4l2.Picture{}, usb.ErrGone
	case <-time.After(wait):
	}
	if err := h.there(); err != nil || !came {
		return v4l2.Picture{}, err
	}
	h.due = h.due.Add(pace)
	h.n++
	return h.shoot()
}

// shoot makes the picture that is due, with what is pressed.
func (h *handle) shoot() (v4l2.Picture, error) {
	if _, ok := h.c.faults.Strike("fail", ""); ok {
		return v4l2.Picture{}, v4l2.ErrBroken
	}
	n := h.n // a sensor has noise: no two pictures are alike to the last point
	if _, ok := h.c.faults.On("frozen"); ok {
		if h.frozen == 0 {
			h.frozen = n
		}
		n = h.frozen
	} else {
		h.frozen = 0
	}
	mode := h.mode
	if _, ok := h.c.faults.Strike("size", ""); ok {
		mode.Width, mode.Height = mode.Width/2, mode.Height/2
	}
	_, black := h.c.faults.On("black")
	data, err := h.c.picture(mode, n, black)
	if err != nil {
		return v4l2.Picture{}, err
	}
	p := v4l2.Picture{Mode: h.mode, Sequence: uint32(h.n), At: time.Duration(time.Now().UnixMicro()) * time.Microsecond, Data: stamped(data, mode.Layout, n)}
	if _, ok := h.c.faults.Strike("half", ""); ok {
		p.Data = p.Data[:len(p.Data)/2]
	}
	if _, ok := h.c.faults.Strike("garbage", ""); ok {
		p.Data = noise(len(p.Data) / 3)
	}
	return p, nil
}

// Close implements v4l2.Camera.
func (h *handle) Close() error {
	h.once.Do(func() { close(h.ended) })
	h.c.mu.Lock()
	defer h.c.mu.Unlock()
	if h.c.held == h {
		h.c.held = nil
	}
	return nil
}
