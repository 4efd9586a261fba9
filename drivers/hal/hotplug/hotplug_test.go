package hotplug

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tongban/drivers/hal/usb"
)

func message(lines ...string) []byte { return []byte(strings.Join(lines, "\x00") + "\x00") }

func TestParse(t *testing.T) {
	const dev = "/devices/pci0000:00/0000:00:04.0/usb1/1-2/1-2.3"
	for name, c := range map[string]struct {
		in   []byte
		want Event
		bad  bool
	}{
		"device": {in: message("add@"+dev, "ACTION=add", "DEVPATH="+dev, "SUBSYSTEM=usb", "DEVNAME=bus/usb/001/009", "DEVTYPE=usb_device", "PRODUCT=400/c35a/100"),
			want: Event{Action: Added, Subsystem: "usb", Path: "1-2.3", Node: "bus/usb/001/009", VID: 0x0400, PID: 0xC35A}},
		"line": {in: message("remove@"+dev+"/1-2.3:1.0/ttyUSB0/tty/ttyUSB0", "ACTION=remove", "SUBSYSTEM=tty", "DEVNAME=ttyUSB0"),
			want: Event{Action: Removed, Subsystem: "tty", Path: "1-2.3", Node: "ttyUSB0"}},
		"input": {in: message("add@/devices/virtual/input/input3", "SUBSYSTEM=input", "PRODUCT=3/5e0/1200/111"),
			want: Event{Action: Added, Subsystem: "input", VID: 0x05E0, PID: 0x1200}},
		"interface":     {in: message("add@"+dev+"/1-2.3:1.0", "SUBSYSTEM=usb", "DEVTYPE=usb_interface", "PRODUCT=400/c35a/100"), bad: true},
		"bind":          {in: message("bind@"+dev, "ACTION=bind", "SUBSYSTEM=usb"), bad: true},
		"udev":          {in: append([]byte("libudev\x00\xfe\xed\xca\xfe"), message("add@"+dev)...), bad: true},
		"contradiction": {in: message("add@"+dev, "ACTION=remove"), bad: true},
		"name leads up": {in: message("add@"+dev, "SUBSYSTEM=tty", "DEVNAME=../etc/passwd"), want: Event{Action: Added, Subsystem: "tty", Path: "1-2.3"}},
		"empty":         {bad: true},
	} {
		got, err := Parse(c.in)
		if (err != nil) != c.bad {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(message("add@/devices/usb1/1-2", "SUBSYSTEM=usb", "PRODUCT=400/c35a/100"))
	f.Add(message("remove@/devices/x", "DEVNAME=a/../b"))
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := Parse(b)
		if err == nil && (e.Action != Added && e.Action != Removed || strings.Contains(e.Node, "..") && strings.Contains("/"+e.Node+"/", "/../")) {
			t.Fatalf("%+v", e)
		}
	})
}

func TestLook(t *testing.T) {
	reader, printer := usb.Info{VID: 0x0400, PID: 0xC35A, Path: "1-1", Device: 2}, usb.Info{VID: 0x04B8, PID: 0x0202, Path: "1-2", Device: 3}
	again := reader
	again.Device = 4
	lists := make(chan []usb.Info, 4)
	for _, l := range [][]usb.Info{{reader}, {reader, printer}, {again, printer}, {printer}} {
		lists <- l
	}
	tick := make(chan time.Time)
	ctx, cancel := context.WithCancel(t.Context())
	events := Look(ctx, func() ([]usb.Info, error) { return <-lists, nil }, tick)
	var got []Event
	for range 3 {
		tick <- time.Time{}
	}
	for range 4 {
		got = append(got, <-events)
	}
	cancel()
	of := func(a Action, d usb.Info) Event {
		return Event{Action: a, Subsystem: "usb", Path: d.Path, VID: d.VID, PID: d.PID}
	}
	if diff := cmp.Diff([]Event{of(Added, printer), of(Removed, reader), of(Added, reader), of(Removed, reader)}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, open := <-events; open {
		t.Error("the channel outlives its context")
	}
}

// Watch ends with its context, whichever way it listens.
func TestWatchEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	events := Watch(ctx)
	time.AfterFunc(50*time.Millisecond, cancel)
	limit := time.After(2 * time.Second)
	for {
		select {
		case _, open := <-events:
			if !open {
				return
			}
		case <-limit:
			t.Fatal("still listening")
		}
	}
}
