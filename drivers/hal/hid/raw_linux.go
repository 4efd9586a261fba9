package hid

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"tongban/drivers/hal/usb"
)

// Machine is the machine's own HID devices.
func Machine() Host { return machine{tree: "/sys", dev: "/dev"} }

type machine struct {
	tree Tree
	dev  string
}

// Open implements Host.
func (m machine) Open(_ context.Context, w usb.Wanted) (Device, error) {
	list, err := m.tree.List("hidraw", "hidraw")
	if err != nil {
		return nil, err
	}
	n, err := Find(list, w)
	if err != nil {
		return nil, err
	}
	descriptor, err := os.ReadFile(filepath.Join(string(m.tree), "class/hidraw", n.Name, "device/report_descriptor")) //nolint:gosec // a name of the kernel
	if err != nil {
		return nil, fmt.Errorf("read report descriptor: %w", known(err))
	}
	f, err := OpenNode(filepath.Join(m.dev, n.Name))
	if err != nil {
		return nil, err
	}
	return &raw{f: f, descriptor: descriptor}, nil
}

// OpenNode opens a node of the kernel for this program alone: a lock on it ends with the program, however that ends.
func OpenNode(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|syscall.O_NONBLOCK|syscall.O_CLOEXEC, 0) //nolint:gosec // a node of the kernel
	if err != nil {
		return nil, known(err)
	}
	rc, err := f.SyscallConn()
	if err == nil {
		var lock error
		if err = rc.Control(func(fd uintptr) { lock = unix.Flock(int(fd), unix.LOCK_EX|unix.LOCK_NB) }); err == nil { //nolint:gosec // a descriptor
			err = lock
		}
	}
	if err != nil {
		_ = f.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, usb.ErrHeld
		}
		return nil, fmt.Errorf("lock node: %w", err)
	}
	return f, nil
}

// known puts the kernel's words into ours.
func known(err error) error {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return usb.ErrRight
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENODEV), errors.Is(err, syscall.ENXIO):
		return usb.ErrNotFound
	}
	return err
}

type raw struct {
	f          *os.File
	descriptor []byte
}

func (r *raw) Descriptor() []byte { return r.descriptor }

// Read implements Device.
func (r *raw) Read(p []byte, timeout time.Duration) (int, error) { return ReadNode(r.f, p, timeout) }

// ReadNode reads a node that can be waited for; silence is (0, nil).
func ReadNode(f *os.File, p []byte, timeout time.Duration) (int, error) {
	if err := f.SetReadDeadline(clock().Add(max(timeout, time.Millisecond))); err != nil {
		return 0, fmt.Errorf("%w: %w", usb.ErrGone, err)
	}
	n, err := f.Read(p)
	switch {
	case n > 0, errors.Is(err, os.ErrDeadlineExceeded):
		return max(n, 0), nil
	case err == nil:
		return 0, nil
	}
	return 0, fmt.Errorf("%w: %w", usb.ErrGone, err)
}

// Write implements Device.
func (r *raw) Write(p []byte) (int, error) {
	n, err := r.f.Write(p)
	if err != nil {
		return n, fmt.Errorf("%w: %w", usb.ErrGone, err)
	}
	return n, nil
}

// Close implements Device.
func (r *raw) Close() error { return CloseNode(r.f) }

// CloseNode gives a node back that OpenNode opened; closed twice is no error.
func CloseNode(f *os.File) error {
	if rc, err := f.SyscallConn(); err == nil { // a child that was forked a moment ago may still have it open, and with it the lock
		_ = rc.Control(func(fd uintptr) { _ = unix.Flock(int(fd), unix.LOCK_UN) }) //nolint:gosec // a descriptor
	}
	if err := f.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
		return fmt.Errorf("close node: %w", err)
	}
	return nil
}
