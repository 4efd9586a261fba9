//go:build linux && (amd64 || arm64)

package v4l2

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"sync"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"tongban/drivers/hal/usb"
)

// Machine is the machine's own cameras.
func Machine() Host { return machine{tree: "/sys"} }

type machine struct{ tree Tree }

// List implements Host.
func (m machine) List() ([]Info, error) { return m.tree.List() }

// Open implements Host. The kernel lets many open a node and one stream from it; the lock keeps our own programs apart
// before that, and ends with the program, however that ends.
func (m machine) Open(_ context.Context, path string) (Camera, error) {
	fd, err := unix.Open(path, unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, known(err)
	}
	n := &node{fd: fd}
	if err := unix.Flock(fd, unix.LOCK_EX|unix.LOCK_NB); err != nil {
		_ = unix.Close(fd)
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, usb.ErrHeld
		}
		return nil, fmt.Errorf("lock node: %w", err)
	}
	caps := make(raw, sizeCapability)
	if err := n.ioctl(reqQueryCap, caps); err != nil {
		_ = unix.Close(fd)
		if errors.Is(err, unix.ENOTTY) {
			return nil, ErrNoCamera
		}
		return nil, known(err)
	}
	able := caps.u32(84)
	if able&capDeviceCaps != 0 {
		able = caps.u32(88)
	}
	if able&capCapture == 0 || able&capStreaming == 0 {
		_ = unix.Close(fd)
		return nil, ErrNoCamera
	}
	n.caps = caps
	return n, nil
}

// known puts the kernel's words into ours.
func known(err error) error {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return usb.ErrRight
	case errors.Is(err, fs.ErrNotExist):
		return usb.ErrNotFound
	case errors.Is(err, unix.ENODEV), errors.Is(err, unix.ENXIO), errors.Is(err, unix.ESHUTDOWN), errors.Is(err, unix.EBADF):
		return fmt.Errorf("%w: %w", usb.ErrGone, err)
	case errors.Is(err, unix.EBUSY):
		return fmt.Errorf("%w: %w", ErrBusy, err)
	case errors.Is(err, unix.EIO), errors.Is(err, unix.EPIPE), errors.Is(err, unix.EPROTO), errors.Is(err, unix.ENOSPC):
		return fmt.Errorf("%w: %w", ErrBroken, err)
	}
	return err
}

// node is an open video node.
type node struct {
	caps raw

	mu      sync.Mutex
	fd      int
	closed  bool
	mode    Mode
	buffers [][]byte
	on      bool
}

// ioctl asks the kernel; mu is held, or nobody else has the node yet.
func (n *node) ioctl(req uintptr, arg raw) error {
	if n.closed {
		return unix.ENODEV
	}
	for {
		_, _, e := unix.Syscall(unix.SYS_IOCTL, uintptr(n.fd), req, uintptr(unsafe.Pointer(unsafe.SliceData(arg)))) // #nosec G103 -- the kernel's way to be asked
		runtime.KeepAlive(arg)
		switch {
		case errors.Is(e, unix.EINTR):
		case e == 0:
			return nil
		default:
			return e
		}
	}
}

// Describe implements Camera.
func (n *node) Describe() (Description, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.ioctl(reqQueryCap, n.caps); err != nil {
		return Description{}, known(err)
	}
	v := n.caps.u32(80)
	d := Description{
		Driver: n.caps.text(0, 16), Card: n.caps.text(16, 32), Bus: n.caps.text(48, 32),
		Version: fmt.Sprintf("%d.%d.%d", v>>16, v>>8&0xFF, v&0xFF),
	}
	for i := range uint32(maxEnum) {
		f := make(raw, sizeFormatDesc)
		f.set(0, i)
		f.set(4, typeCapture)
		if err := n.ioctl(reqEnumFormat, f); err != nil {
			if errors.Is(err, unix.EINVAL) { // the end of the list
				break
			}
			return Description{}, known(err)
		}
		d.Modes = append(d.Modes, n.modes(f.letters(44))...)
	}
	d.Controls = n.controls()
	return d, nil
}

// maxEnum bounds lists of a driver that never ends them.
const maxEnum = 256

func (n *node) modes(layout string) []Mode {
	var out []Mode
	for i := range uint32(maxEnum) {
		f := make(raw, sizeFrameSize)
		f.set(0, i)
		f.setLetters(4, layout)
		if n.ioctl(reqFrameSizes, f) != nil {
			break
		}
		if f.u32(8) == kindDiscrete {
			out = append(out, n.rated(Mode{Layout: layout, Width: f.num(12), Height: f.num(16)}))
			continue
		}
		for _, s := range sizes(span{f.num(12), f.num(16), f.num(20)}, span{f.num(24), f.num(28), f.num(32)}) {
			out = append(out, n.rated(Mode{Layout: layout, Width: s[0], Height: s[1]}))
		}
		break
	}
	return out
}

// rated adds the highest frame rate.
func (n *node) rated(m Mode) Mode {
	for i := range uint32(maxEnum) {
		f := make(raw, sizeFrameRate)
		f.set(0, i)
		f.setLetters(4, m.Layout)
		f.set(8, uint32(m.Width))   //nolint:gosec // a size that the kernel gave
		f.set(12, uint32(m.Height)) //nolint:gosec // a size that the kernel gave
		if n.ioctl(reqFrameRates, f) != nil || f.u32(20) == 0 {
			break
		}
		m.FPS = max(m.FPS, float64(f.u32(24))/float64(f.u32(20))) // of a range the shortest interval stands first
		if f.u32(16) != kindDiscrete {
			break
		}
	}
	return m
}

func (n *node) controls() []Control {
	var out []Control
	id := uint32(0)
	for range maxEnum {
		q := make(raw, sizeQueryControl)
		q.set(0, id|controlNext)
		if n.ioctl(reqQueryControl, q) != nil {
			break
		}
		id = q.u32(0)
		c, ok := q.control()
		if !ok {
			continue
		}
		v := make(raw, sizeControl)
		v.set(0, id)
		if n.ioctl(reqGetControl, v) == nil {
			c.Value = v.signed(4)
		}
		out = append(out, c)
	}
	return out
}

// SetMode implements Camera. The rate is a wish: not every driver takes one.
func (n *node) SetMode(m Mode) (Mode, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	f := make(raw, sizeFormat)
	f.set(0, typeCapture)
	f.set(8, uint32(m.Width))   //nolint:gosec // checked by the kernel
	f.set(12, uint32(m.Height)) //nolint:gosec // checked by the kernel
	f.setLetters(16, m.Layout)
	if err := n.ioctl(reqSetFormat, f); err != nil {
		if errors.Is(err, unix.EINVAL) {
			return Mode{}, ErrMode
		}
		return Mode{}, known(err)
	}
	n.mode = Mode{Layout: f.letters(16), Width: f.num(8), Height: f.num(12)}
	if m.FPS > 0 {
		p := make(raw, sizeParm)
		p.set(0, typeCapture)
		p.set(12, 1000)
		p.set(16, uint32(m.FPS*1000))
		if n.ioctl(reqSetParm, p) == nil && p.u32(12) > 0 {
			n.mode.FPS = float64(p.u32(16)) / float64(p.u32(12))
		}
	}
	return n.mode, nil
}

// Control implements Camera.
func (n *node) Control(name string) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	c := make(raw, sizeControl)
	if c.set(0, ident[name]); ident[name] == 0 {
		return 0, fmt.Errorf("%s: %w", name, ErrSetting)
	}
	if err := n.ioctl(reqGetControl, c); err != nil {
		if errors.Is(err, unix.EINVAL) {
			return 0, fmt.Errorf("%s: %w", name, ErrSetting)
		}
		return 0, known(err)
	}
	return c.signed(4), nil
}

// SetControl implements Camera.
func (n *node) SetControl(name string, value int) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	c := make(raw, sizeControl)
	if c.set(0, ident[name]); ident[name] == 0 {
		return fmt.Errorf("%s: %w", name, ErrSetting)
	}
	c.set(4, uint32(int32(value))) //nolint:gosec // the kernel's signed numbers
	if err := n.ioctl(reqSetControl, c); err != nil {
		if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ERANGE) || errors.Is(err, unix.EACCES) {
			return fmt.Errorf("%s = %d: %w", name, value, ErrSetting)
		}
		return known(err)
	}
	return nil
}

// bufferCount is how many pictures the kernel can hold: one is filled, one waits, and one is looked at.
const bufferCount = 4

// Start implements Camera.
func (n *node) Start() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.on {
		return nil
	}
	if err := n.lend(); err != nil {
		n.release()
		return known(err)
	}
	on := make(raw, 4)
	on.set(0, typeCapture)
	if err := n.ioctl(reqStreamOn, on); err != nil {
		n.release()
		return known(err)
	}
	n.on = true
	return nil
}

// lend asks for buffers, maps them and queues them.
func (n *node) lend() error {
	r := make(raw, sizeRequest)
	r.set(0, bufferCount)
	r.set(4, typeCapture)
	r.set(8, memoryMap)
	if err := n.ioctl(reqBuffers, r); err != nil {
		return fmt.Errorf("ask for buffers: %w", err)
	}
	for i := range r.u32(0) {
		b := buffer(i)
		if err := n.ioctl(reqQueryBuffer, b); err != nil {
			return fmt.Errorf("ask for a buffer: %w", err)
		}
		m, err := unix.Mmap(n.fd, int64(b.u32(64)), b.num(72), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
		if err != nil {
			return fmt.Errorf("map a buffer: %w", err)
		}
		n.buffers = append(n.buffers, m)
		if err := n.ioctl(reqQueue, buffer(i)); err != nil {
			return fmt.Errorf("queue a buffer: %w", err)
		}
	}
	return nil
}

func buffer(index uint32) raw {
	b := make(raw, sizeBuffer)
	b.set(0, index)
	b.set(4, typeCapture)
	b.set(60, memoryMap)
	return b
}

// release gives the buffers back; without it the size cannot be changed.
func (n *node) release() {
	for _, b := range n.buffers {
		_ = unix.Munmap(b)
	}
	n.buffers = nil
	r := make(raw, sizeRequest)
	r.set(4, typeCapture)
	r.set(8, memoryMap)
	_ = n.ioctl(reqBuffers, r) // none is an answer, too: the node may be gone
}

// Stop implements Camera.
func (n *node) Stop() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.halt()
}

func (n *node) halt() error {
	if !n.on {
		return nil
	}
	n.on = false
	off := make(raw, 4)
	off.set(0, typeCapture)
	err := n.ioctl(reqStreamOff, off)
	n.release()
	if err != nil {
		return known(err)
	}
	return nil
}

// Picture implements Camera.
func (n *node) Picture(timeout time.Duration, fresh bool) (Picture, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.on {
		return Picture{}, ErrOrder
	}
	if fresh {
		if err := n.forget(); err != nil {
			return Picture{}, err
		}
	}
	ready := []unix.PollFd{{Fd: int32(n.fd), Events: unix.POLLIN}} //nolint:gosec // a descriptor
	if _, err := unix.Poll(ready, int(timeout.Milliseconds())); err != nil && !errors.Is(err, unix.EINTR) {
		return Picture{}, known(err)
	}
	b, err := n.dequeue()
	if err != nil || b == nil {
		return Picture{}, err
	}
	return n.copied(b)
}

// forget gives the buffers back that were filled before anybody asked.
func (n *node) forget() error {
	for range bufferCount {
		b, err := n.dequeue()
		if err != nil || b == nil {
			return err
		}
		if err := n.ioctl(reqQueue, buffer(b.u32(0))); err != nil {
			return known(err)
		}
	}
	return nil
}

// dequeue takes a filled buffer, nil when there is none yet.
func (n *node) dequeue() (raw, error) {
	b := buffer(0)
	err := n.ioctl(reqDequeue, b)
	switch {
	case err == nil:
		return b, nil
	case errors.Is(err, unix.EAGAIN):
		return nil, nil
	}
	return nil, known(err)
}

// copied takes the picture out of a buffer and gives the buffer back to the camera.
func (n *node) copied(b raw) (Picture, error) {
	i := b.num(0)
	if i >= len(n.buffers) {
		return Picture{}, ErrBroken
	}
	used := min(b.num(8), len(n.buffers[i]))
	p := Picture{
		Mode: n.mode, Sequence: b.u32(56), Damaged: b.u32(12)&bufferError != 0,
		At:   time.Duration(b.u32(24))*time.Second + time.Duration(b.u32(32))*time.Microsecond, // seconds since start fit 32 bits
		Data: append(make([]byte, 0, used), n.buffers[i][:used]...),
	}
	if err := n.ioctl(reqQueue, buffer(b.u32(0))); err != nil {
		return Picture{}, known(err)
	}
	return p, nil
}

// Close implements Camera.
func (n *node) Close() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed {
		return nil
	}
	_ = n.halt()
	n.closed = true
	_ = unix.Flock(n.fd, unix.LOCK_UN) // a child that was forked a moment ago may still have it open
	if err := unix.Close(n.fd); err != nil {
		return fmt.Errorf("close camera: %w", err)
	}
	return nil
}
