package usb

import (
	"bytes"
	"context"
	"errors"
	"time"

	host "tongban/drivers/hal/usb"

	"tongban/drivers/hal/hid"
)

// HID is the host's side of the HID devices on a bus.
type HID struct{ Bus *Bus }

// Open implements hid.Host.
func (h HID) Open(_ context.Context, w host.Wanted) (hid.Device, error) {
	b := h.Bus
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, d := range b.plugged {
		if d.Desc.Report == nil || w.Usage == 0 && (d.Desc.VID != w.VID || d.Desc.PID != w.PID) || w.Usage != 0 && !says(d.Desc.Report, w.Usage) {
			continue
		}
		if b.held[d] {
			return nil, host.ErrHeld
		}
		b.held[d] = true
		n := &node{pipes: pipes{bus: b, d: d}}
		for _, e := range d.Desc.Endpoints {
			if e.Address&0x80 != 0 {
				n.in = e.Address
			} else {
				n.out = e.Address
			}
		}
		n.base, n.stop = context.WithCancel(context.Background())
		return n, nil
	}
	return nil, host.ErrNotFound
}

// says reports whether a report descriptor begins an application collection of a usage, in the one form that our devices have.
func says(report []byte, usage uint32) bool {
	return bytes.Contains(report, []byte{0x05, byte(usage >> 16), 0x09, byte(usage), 0xA1, 0x01})
}

// node is an open HID device, as a raw node of the kernel shows it.
type node struct {
	pipes
	in, out byte
	base    context.Context
	stop    context.CancelFunc
}

func (n *node) Descriptor() []byte { return n.d.Desc.Report }

func (n *node) Read(p []byte, timeout time.Duration) (int, error) {
	ctx, cancel := context.WithTimeout(n.base, max(timeout, time.Millisecond))
	defer cancel()
	got, err := n.pipes.Read(ctx, n.in, p)
	if errors.Is(err, context.DeadlineExceeded) && n.base.Err() == nil {
		return 0, nil
	}
	return got, err
}

// Write takes a report number first, as the kernel does; number 0 does not go over the bus.
func (n *node) Write(p []byte) (int, error) {
	if len(p) > 0 && p[0] == 0 {
		m, err := n.pipes.Write(n.base, n.out, p[1:])
		return m + 1, err
	}
	return n.pipes.Write(n.base, n.out, p)
}

func (n *node) Close() error {
	n.stop()
	return n.pipes.Close()
}
