package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tongban/drivers/hal"
	"tongban/drivers/hal/usb"
)

// What the list shows can be given to --port as it stands.
func TestPortsList(t *testing.T) {
	pipes := []usb.Endpoint{{Address: 0x02, Packet: 64}, {Address: 0x81, Packet: 64}}
	list := []usb.Info{
		{VID: 0x0400, PID: 0xC35A, Path: "1-2.3", Product: "ID card reader", Interfaces: []usb.Interface{{Class: usb.ClassVendor, Bulk: pipes}}},
		{VID: 0x04B8, PID: 0x0202, Path: "1-3", Interfaces: []usb.Interface{{Class: usb.ClassPrinter, Driver: "usblp", Bulk: pipes}}},
		{VID: 0x05E0, PID: 0x1300, Path: "1-4", Interfaces: []usb.Interface{{Class: usb.ClassHID}}},
		{VID: 0x0403, PID: 0x6001, Path: "1-5", Interfaces: []usb.Interface{{Class: usb.ClassVendor, Driver: "ftdi_sio", Bulk: pipes}}},
	}
	var out bytes.Buffer
	c := &tool{ctx: t.Context(), out: &out}
	if err := c.printPorts(list); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"usb:0400:c35a?path=1-2.3", "usb:04b8:0202?path=1-3", "hid:05e0:1300?path=1-4", ""} {
		line := strings.Split(out.String(), "\n")[i]
		if !strings.HasPrefix(line, list[i].Path) || !strings.Contains(line, want) || want == "" && strings.Contains(line, "usb:") {
			t.Errorf("line %q", line)
		}
		if want != "" {
			if _, err := hal.ParseAddress(want); err != nil {
				t.Error(err)
			}
		}
	}
	root := t.TempDir()
	for _, name := range []string{"ttyUSB0/device", "ttyUSB1/device"} {
		if err := os.MkdirAll(filepath.Join(root, "sys/class/tty", name), 0o750); err != nil {
			t.Fatal(err)
		}
	}
	out.Reset()
	if err := c.printLines(root); err != nil || strings.Count(out.String(), "\n") != 2 || !strings.Contains(out.String(), "serial:"+root+"/dev/ttyUSB1") {
		t.Errorf("%v, lines %q", err, out.String())
	}
	var lines []hal.Line
	if err := json.Unmarshal([]byte(call(t, "ports", "--lines", "--json").want(t, 0).out), &lines); err != nil {
		t.Error(err)
	}
	var l []usb.Info
	if err := json.Unmarshal([]byte(call(t, "ports", "--json").want(t, 0).out), &l); err != nil {
		t.Error(err)
	}
}
