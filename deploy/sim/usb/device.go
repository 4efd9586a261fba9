// Package usb emulates plugged USB devices (仿真 USB 设备): descriptors, pipes, and a bus to plug them into. The same device
// is reached in the program's own tests through the bus, and over USB/IP by a kernel.
package usb

import (
	"context"
	"errors"
	"slices"
	"sync"
)

// Kinds of endpoints.
const (
	Bulk      = 2
	Interrupt = 3
)

// Endpoint is one pipe; IN endpoints have bit 7 of the address set.
type Endpoint struct {
	Address byte
	Kind    byte
	Packet  int
}

// Descriptor says what a device tells of itself.
type Descriptor struct {
	VID, PID, Version      uint16
	Maker, Product, Serial string
	Class, Sub, Protocol   byte
	Endpoints              []Endpoint
	Report                 []byte // HID: the report descriptor
	Extra                  []byte // the class's own descriptor, behind that of the interface
	DeviceID               string // printer class: IEEE 1284 text
	Full                   bool   // full speed, otherwise high
}

// Errors of transfers.
var (
	ErrGone  = errors.New("device was unplugged")
	ErrStall = errors.New("stall")
)

// room is how much a device takes of what the host sends before it makes the host wait.
const room = 16 << 10

// Device is one device as long as it is plugged in.
type Device struct {
	Desc Descriptor

	mu      sync.Mutex
	out     []transfer        // from the host, in the order in which it came
	waiting int               // bytes of out
	in      map[byte][][]byte // to the host
	changed chan struct{}     // closed and replaced
	gone    bool
	claims  int // how often the host has begun anew
}

type transfer struct {
	endpoint byte
	data     []byte
}

// NewDevice makes a device that is not plugged in yet.
func NewDevice(d Descriptor) *Device {
	return &Device{Desc: d, in: map[byte][][]byte{}, changed: make(chan struct{})}
}

func (d *Device) tell() {
	close(d.changed)
	d.changed = make(chan struct{})
}

// until waits for ready, which runs under the lock, and ends with the plug or ctx.
func (d *Device) until(ctx context.Context, ready func() bool) error {
	for {
		d.mu.Lock()
		if d.gone {
			d.mu.Unlock()
			return ErrGone
		}
		if ready() {
			d.tell()
			d.mu.Unlock()
			return nil
		}
		next := d.changed
		d.mu.Unlock()
		select {
		case <-next:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// HostOut is a transfer from the host; it waits while the device is full.
func (d *Device) HostOut(ctx context.Context, endpoint byte, b []byte) error {
	return d.until(ctx, func() bool {
		if d.waiting > 0 && d.waiting+len(b) > room {
			return false
		}
		d.out = append(d.out, transfer{endpoint, slices.Clone(b)})
		d.waiting += len(b)
		return true
	})
}

// HostIn is a transfer to the host of at most n bytes; it waits until the device has something to say.
func (d *Device) HostIn(ctx context.Context, endpoint byte, n int) ([]byte, error) {
	var got []byte
	err := d.until(ctx, func() bool {
		q := d.in[endpoint]
		if len(q) == 0 {
			return false
		}
		got = q[0]
		if len(got) <= n {
			d.in[endpoint] = q[1:]
			return true
		}
		got, q[0] = got[:n], got[n:]
		return true
	})
	return got, err
}

// Unplug ends every transfer.
func (d *Device) Unplug() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.gone = true
	d.tell()
}

// next is what the host has sent first.
func (d *Device) next() (t transfer, err error) {
	err = d.until(context.Background(), func() bool {
		if len(d.out) == 0 {
			return false
		}
		t, d.out = d.out[0], d.out[1:]
		d.waiting -= len(t.data)
		return true
	})
	return t, err
}

// Wait reads what never comes: a device that only speaks ends its reading with the plug.
func (d *Device) Wait() (int, error) {
	return 0, d.until(context.Background(), func() bool { return false })
}

// Say gives the host something on a pipe.
func (d *Device) Say(endpoint byte, b []byte) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.gone {
		return ErrGone
	}
	d.in[endpoint] = append(d.in[endpoint], slices.Clone(b))
	d.tell()
	return nil
}
