// Package usb opens USB devices by the bulk pipes of one interface (USB 设备，批量端点) and makes a drivers.Port of them. What
// is plugged in is read from the kernel's tree in /sys, which needs neither rights nor cgo; only claiming an interface needs
// libusb, and a build without cgo says so instead of failing to build.
package usb

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Endpoint is one pipe of an interface (端点); IN endpoints have bit 7 of the address set.
type Endpoint struct {
	Address byte `json:"address"`
	Packet  int  `json:"packet"` // largest packet in bytes
}

// In reports whether the device speaks on this pipe.
func (e Endpoint) In() bool { return e.Address&0x80 != 0 }

// Classes of interfaces that are told apart.
const (
	ClassHID     = 0x03
	ClassPrinter = 0x07
	ClassVendor  = 0xFF
)

// Interface is one function of a device (接口) in the setting that is in use, with its bulk endpoints.
type Interface struct {
	Number int        `json:"number"`
	Alt    int        `json:"alt"`
	Class  byte       `json:"class"`
	Driver string     `json:"driver,omitempty"` // of the kernel, when one is bound
	Bulk   []Endpoint `json:"bulk,omitempty"`
}

// Info is one plugged device (USB 设备信息).
type Info struct {
	VID        uint16      `json:"vid"`
	PID        uint16      `json:"pid"`
	Serial     string      `json:"serial,omitempty"`
	Maker      string      `json:"maker,omitempty"`
	Product    string      `json:"product,omitempty"`
	Version    string      `json:"version,omitempty"` // of the device, as its maker counts: "1.10"
	Path       string      `json:"path"`              // "1-2.3": bus, then the ports from hub to hub; the same socket keeps it
	Bus        int         `json:"bus"`
	Device     int         `json:"device"` // changes with each plugging
	Interfaces []Interface `json:"interfaces,omitempty"`
	Web        []Interface `json:"ipp,omitempty"` // that speak IPP over USB, also in settings that are not in use
}

// Wanted says which device is meant (要找的设备). Empty parts fit any.
type Wanted struct {
	VID, PID     uint16
	Serial, Path string
	Interface    int  // -1: the first that has bulk pipes both ways
	Web          bool // an interface that speaks IPP over USB

	Usage uint32 // of a HID device, page<<16 | usage: in place of the two numbers
}

// Pipes is one claimed interface. Read and Write of different endpoints may run at the same time; both end with ctx. An
// error of Read that is not the end of ctx means that the device is gone or its pipe is broken.
type Pipes interface {
	Read(ctx context.Context, endpoint byte, p []byte) (int, error)
	Write(ctx context.Context, endpoint byte, p []byte) (int, error)
	Close() error
}

// Bus is where devices are plugged in: the machine's, or an emulator's in tests.
type Bus interface {
	List(ctx context.Context) ([]Info, error)
	// Claim makes the caller the only user of an interface; ErrHeld when somebody else is.
	Claim(ctx context.Context, d Info, i Interface) (Pipes, error)
}

// Why a device cannot be used.
var (
	ErrNotFound  = errors.New("no such USB device is plugged in")
	ErrAmbiguous = errors.New("several such USB devices are plugged in; say which by serial or path")
	ErrNoPipes   = errors.New("the USB device has no interface with bulk pipes of a known layout")
	ErrHeld      = errors.New("another program holds the USB device")
	ErrRight     = errors.New("no right to open the USB device: a udev rule must give it to the service account")
	ErrGone      = errors.New("the USB device was unplugged")
	ErrStalled   = errors.New("the USB device refuses transfers")
	ErrNoBus     = errors.New("this build cannot open USB devices: build it with cgo and libusb-1.0, or use the serial, network or HID side")
)

func (w Wanted) fits(d Info) bool {
	return d.VID == w.VID && d.PID == w.PID && (w.Serial == "" || d.Serial == w.Serial) && (w.Path == "" || d.Path == w.Path)
}

// String names what is wanted as an address does.
func (w Wanted) String() string {
	s := fmt.Sprintf("%04x:%04x", w.VID, w.PID)
	if w.Usage != 0 {
		s = fmt.Sprintf("usage %04x:%04x", w.Usage>>16, w.Usage&0xFFFF)
	}
	if w.Serial != "" {
		s += " serial " + w.Serial
	}
	if w.Path != "" {
		s += " at " + w.Path
	}
	return s
}

// Find picks the one device and interface that is wanted. Two that fit are an error: taking either would one day take the
// wrong one.
func Find(list []Info, w Wanted) (Info, Interface, error) {
	var found []Info
	for _, d := range list {
		if w.fits(d) {
			found = append(found, d)
		}
	}
	switch len(found) {
	case 0:
		return Info{}, Interface{}, ErrNotFound
	case 1:
	default:
		return Info{}, Interface{}, ErrAmbiguous
	}
	for _, i := range found[0].which(w) {
		if w.Interface >= 0 && i.Number == w.Interface || w.Interface < 0 && layoutOf(i) != layoutNone {
			if layoutOf(i) == layoutNone {
				break
			}
			return found[0], i, nil
		}
	}
	return Info{}, Interface{}, ErrNoPipes
}

// which are the interfaces that may be meant.
func (d Info) which(w Wanted) []Interface {
	if w.Web {
		return d.Web
	}
	return d.Interfaces
}

// layout is how bytes lie on the pipes of an interface.
type layout int

const (
	layoutNone   layout = iota
	layoutStream        // one pipe each way, or only out: a line
	layoutHeaded        // two pipes each way: heads on one, bodies on the other
)

func layoutOf(i Interface) layout {
	in, out := ends(i)
	switch {
	case len(out) == 1 && len(in) <= 1:
		return layoutStream
	case len(out) == 2 && len(in) == 2:
		return layoutHeaded
	}
	return layoutNone
}

// ends are the endpoints of each direction, by address.
func ends(i Interface) (in, out []Endpoint) {
	for _, e := range i.Bulk {
		if e.In() {
			in = append(in, e)
		} else {
			out = append(out, e)
		}
	}
	byAddress := func(a, b Endpoint) int { return int(a.Address) - int(b.Address) }
	slices.SortFunc(in, byAddress)
	slices.SortFunc(out, byAddress)
	return in, out
}

// Name is what people read in a list of devices.
func (d Info) Name() string { return strings.TrimSpace(d.Maker + " " + d.Product) }
