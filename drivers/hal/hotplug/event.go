// Package hotplug tells what is plugged in and pulled out (热插拔): from the kernel's own messages, and by looking where the kernel
// tells nothing.
package hotplug

import (
	"bytes"
	"errors"
	"path"
	"strconv"
	"strings"
)

// Action is what happened.
type Action string

// Actions.
const (
	Added   Action = "add"
	Removed Action = "remove"
)

// Event is one thing that was plugged in or pulled out (插拔事件).
type Event struct {
	Action    Action `json:"action"`
	Subsystem string `json:"subsystem"`      // usb, tty, hidraw, input
	Path      string `json:"path,omitempty"` // of the USB socket: "1-2.3"
	Node      string `json:"node,omitempty"` // below /dev, where it has one
	VID       uint16 `json:"vid,omitempty"`
	PID       uint16 `json:"pid,omitempty"`
}

// maxMessage bounds a message of the kernel; its own buffer is 2 KiB.
const maxMessage = 8 << 10

var (
	errForm  = errors.New("not a message of the kernel")
	errOther = errors.New("an action that is no plugging")
)

// Parse reads a kernel message: "add@/devices/…", then lines KEY=VALUE, all ended by NUL. Messages of udev, which share the
// socket's form but not its sender, begin otherwise and are refused.
func Parse(b []byte) (Event, error) {
	if len(b) > maxMessage {
		return Event{}, errForm
	}
	head, rest, ok := bytes.Cut(b, []byte{0})
	action, dev, at := strings.Cut(string(head), "@")
	if !ok || !at || !strings.HasPrefix(dev, "/") {
		return Event{}, errForm
	}
	if Action(action) != Added && Action(action) != Removed {
		return Event{}, errOther
	}
	e := Event{Action: Action(action), Path: socket(dev)}
	kind := ""
	for line := range bytes.SplitSeq(rest, []byte{0}) {
		k, v, _ := strings.Cut(string(line), "=")
		switch k {
		case "ACTION":
			if v != action {
				return Event{}, errForm
			}
		case "SUBSYSTEM":
			e.Subsystem = v
		case "DEVTYPE":
			kind = v
		case "DEVNAME":
			if path.Clean("/"+v) == "/"+v { // a name must not lead elsewhere
				e.Node = v
			}
		case "PRODUCT":
			e.product(v)
		}
	}
	if e.Subsystem == "usb" && kind == "usb_interface" {
		return Event{}, errOther // its device has told already
	}
	return e, nil
}

// product reads "400/c35a/100", of input devices "3/400/c35a/111".
func (e *Event) product(v string) {
	parts := strings.Split(v, "/")
	if e.Subsystem == "input" && len(parts) == 4 {
		parts = parts[1:]
	}
	if len(parts) != 3 {
		return
	}
	vid, err1 := strconv.ParseUint(parts[0], 16, 16)
	pid, err2 := strconv.ParseUint(parts[1], 16, 16)
	if err1 == nil && err2 == nil {
		e.VID, e.PID = uint16(vid), uint16(pid)
	}
}

// socket is the last USB socket on the way to a device.
func socket(dev string) string {
	found := ""
	for part := range strings.SplitSeq(dev, "/") {
		part, _, _ = strings.Cut(part, ":")
		if bus, ports, ok := strings.Cut(part, "-"); ok && digits(bus) && ports != "" && digits(strings.ReplaceAll(ports, ".", "")) {
			found = part
		}
	}
	return found
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
