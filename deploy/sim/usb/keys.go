package usb

import (
	"context"
	"fmt"
	"slices"
	"time"

	"tongban/drivers/hal/keys"

	host "tongban/drivers/hal/usb"
)

// Keys is the host's side of the keyboards on a bus: what the kernel makes of a boot keyboard's reports.
type Keys struct{ Bus *Bus }

// Grab implements keys.Host.
func (k Keys) Grab(ctx context.Context, w host.Wanted) (keys.Device, error) {
	d, err := HID(k).Open(ctx, w)
	if err != nil {
		return nil, err
	}
	n, ok := d.(*node)
	if !ok || len(n.d.Desc.Report) < 4 || n.d.Desc.Report[3] != 0x06 { // usage Keyboard of the desktop page
		_ = d.Close()
		return nil, fmt.Errorf("no keyboard: %w", host.ErrNotFound)
	}
	return &board{node: n}, nil
}

// board remembers which keys are down, since a report tells all of them and an event one.
type board struct {
	node *node
	down []uint16
}

// Types and keys of the kernel's input events.
const (
	evKey     = 1
	leftShift = 42
)

// modifiers are the keys of the first byte of a boot report, by bit.
var modifiers = [8]uint16{29, leftShift, 56, 125, 97, 54, 100, 126}

// usages are the kernel's keys of the HID keyboard page up to the number pad; 0 is none.
var usages = [...]uint16{
	0, 0, 0, 0, 30, 48, 46, 32, 18, 33, 34, 35, 23, 36, 37, 38, // none, a to l
	50, 49, 24, 25, 16, 19, 31, 20, 22, 47, 17, 45, 21, 44, 2, 3, // m to z, 1, 2
	4, 5, 6, 7, 8, 9, 10, 11, 28, 1, 14, 15, 57, 12, 13, 26, // 3 to 0, Enter, Esc, ⌫, Tab, space, - = [
	27, 43, 43, 39, 40, 41, 51, 52, 53, 58, 59, 60, 61, 62, 63, 64, // ] \ # ; ' ` , . / Caps, F1 to F6
	65, 66, 67, 68, 87, 88, 99, 70, 119, 110, 102, 104, 111, 107, 109, 106, // F7 to F12, and the keys between
	105, 108, 103, 69, 98, 55, 74, 78, 96, 79, 80, 81, 75, 76, 77, 71, // arrows, number pad: lock / * - + Enter, 1 to 7
	72, 73, 82, 83, // 8 9 0 .
}

// Read implements keys.Device.
func (b *board) Read(timeout time.Duration) ([]keys.Event, error) {
	var report [8]byte
	n, err := b.node.Read(report[:], timeout)
	if err != nil || n < len(report) {
		return nil, err
	}
	var now []uint16
	for bit, code := range modifiers {
		if report[0]&(1<<bit) != 0 {
			now = append(now, code)
		}
	}
	for _, u := range report[2:] {
		if int(u) < len(usages) && usages[u] != 0 {
			now = append(now, usages[u])
		}
	}
	var out []keys.Event
	for _, code := range b.down {
		if !slices.Contains(now, code) {
			out = append(out, keys.Event{Type: evKey, Code: code})
		}
	}
	for _, code := range now {
		if !slices.Contains(b.down, code) {
			out = append(out, keys.Event{Type: evKey, Code: code, Value: 1})
		}
	}
	b.down = now
	return out, nil
}

// Close implements keys.Device.
func (b *board) Close() error { return b.node.Close() }
