package keys

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"tongban/drivers/hal/hid"
	"tongban/drivers/hal/usb"
)

// Machine is the machine's own keyboards.
func Machine() Host { return machine{tree: "/sys", dev: "/dev/input"} }

type machine struct {
	tree hid.Tree
	dev  string
}

// eviocgrab is the request that makes the caller the only one who hears a device.
const eviocgrab = 0x40044590

// Grab implements Host.
func (m machine) Grab(_ context.Context, w usb.Wanted) (Device, error) {
	list, err := m.tree.List("input", "event")
	if err != nil {
		return nil, err
	}
	n, err := hid.Find(list, w)
	if err != nil {
		return nil, err
	}
	f, err := hid.OpenNode(filepath.Join(m.dev, n.Name))
	if err != nil {
		return nil, err
	}
	rc, err := f.SyscallConn()
	if err == nil {
		var grab error
		if err = rc.Control(func(fd uintptr) { grab = unix.IoctlSetInt(int(fd), eviocgrab, 1) }); err == nil { //nolint:gosec // a descriptor
			err = grab
		}
	}
	if err != nil {
		_ = f.Close()
		if errors.Is(err, unix.EBUSY) {
			return nil, usb.ErrHeld
		}
		return nil, fmt.Errorf("grab keyboard: %w", err)
	}
	return &evdev{f: f}, nil
}

// evdev is a grabbed node; the grab ends with the file.
type evdev struct{ f *os.File }

// An event is a time, whose size is that of the platform, then type, code and value.
const (
	timeSize  = 2 * strconv.IntSize / 8
	eventSize = timeSize + 8
)

// Read implements Device.
func (e *evdev) Read(timeout time.Duration) ([]Event, error) {
	buf := make([]byte, 64*eventSize)
	n, err := hid.ReadNode(e.f, buf, timeout)
	if err != nil {
		return nil, err
	}
	var out []Event
	for b := buf[:n]; len(b) >= eventSize; b = b[eventSize:] {
		x := b[timeSize:]
		out = append(out, Event{
			Type: binary.NativeEndian.Uint16(x), Code: binary.NativeEndian.Uint16(x[2:]),
			Value: int32(binary.NativeEndian.Uint32(x[4:])), //nolint:gosec // the kernel's own sign
		})
	}
	return out, nil
}

// Close implements Device.
func (e *evdev) Close() error { return hid.CloseNode(e.f) }
