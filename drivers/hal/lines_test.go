package hal

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"tongban/drivers"
)

// Only what has hardware behind it is a line: not a console, and not a ttyS that the kernel lists in case.
func TestLines(t *testing.T) {
	root := t.TempDir()
	put := func(name, kind, driver string) {
		dir := filepath.Join(root, "sys/class/tty", name)
		device := filepath.Join(dir, "device")
		if driver == "" {
			device = dir
		}
		if err := os.MkdirAll(device, 0o750); err != nil {
			t.Fatal(err)
		}
		if kind != "" {
			if err := os.WriteFile(filepath.Join(dir, "type"), []byte(kind+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if driver != "" {
			if err := os.Symlink("/sys/bus/drivers/"+driver, filepath.Join(device, "driver")); err != nil {
				t.Fatal(err)
			}
		}
	}
	put("ttyS10", "4", "serial8250")
	put("ttyS9", "4", "serial8250")
	put("ttyS2", "0", "serial8250")
	put("ttyS3", "", "serial8250")
	put("tty1", "", "")
	put("ttyUSB0", "", "ch341-uart")
	got, err := Lines(root)
	want := []Line{
		{Name: "ttyS9", Address: "serial:" + root + "/dev/ttyS9", Driver: "serial8250"}, {Name: "ttyS10", Address: "serial:" + root + "/dev/ttyS10", Driver: "serial8250"},
		{Name: "ttyUSB0", Address: "serial:" + root + "/dev/ttyUSB0", Driver: "ch341-uart"},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(Line{})); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	for _, l := range got {
		if _, err := ParseAddress(l.Address); err != nil {
			t.Error(err)
		}
	}
	if got, err := Lines(t.TempDir()); err != nil || len(got) != 0 {
		t.Errorf("a machine without lines: %v %v", got, err)
	}
}

// plugged lays a tree as the kernel does for USB adapters behind a hub: the node of a line leads into the folder of its function.
func plugged(t *testing.T, root string, lines map[string][3]string) { // node → socket:configuration.interface, vendor:product, serial number
	t.Helper()
	for node, at := range lines {
		socket, _, _ := strings.Cut(at[0], ":")
		device := filepath.Join(root, "sys/devices/usb1/1-1", socket)
		port := filepath.Join(device, at[0], node)
		class := filepath.Join(root, "sys/class/tty", node)
		for _, dir := range []string{port, class} {
			if err := os.MkdirAll(dir, 0o750); err != nil {
				t.Fatal(err)
			}
		}
		vid, pid, _ := strings.Cut(at[1], ":")
		for name, text := range map[string]string{"idVendor": vid, "idProduct": pid, "serial": at[2]} {
			if err := os.WriteFile(filepath.Join(device, name), []byte(text+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Symlink(port, filepath.Join(class, "device")); err != nil {
			t.Fatal(err)
		}
	}
}

// A line at a USB adapter is found by its socket, whichever node it got; of two like adapters nobody guesses.
func TestLineAtASocket(t *testing.T) {
	root := t.TempDir()
	plugged(t, root, map[string][3]string{
		"ttyUSB1": {"1-1.1:1.0", "0403:6001", "A"}, "ttyUSB0": {"1-1.2:1.0", "0403:6001", "B"},
		"ttyUSB2": {"1-1.3:1.1", "0403:6011", ""}, "ttyUSB3": {"1-1.3:1.0", "0403:6011", ""}, "ttyACM0": {"1-1.4:1.0", "05e0:1701", ""},
	})
	for address, want := range map[string]string{
		"serial:0403:6001?path=1-1.1": "ttyUSB1", "serial:0403:6001?path=1-1.2": "ttyUSB0", "serial:0403:6001?serial=B": "ttyUSB0", "serial:05e0:1701": "ttyACM0",
		"serial:0403:6011": "ttyUSB3", "serial:0403:6011?interface=1": "ttyUSB2", "serial:/dev/ttyS4": "/dev/ttyS4",
		"serial:0403:6001": "invalidData", "serial:0403:6001?path=1-1.3": "noDevice", "serial:1a86:7523": "noDevice",
	} {
		a, err := ParseAddress(address)
		if err != nil {
			t.Fatal(err)
		}
		got, err := a.node(root)
		if err != nil {
			got = string(drivers.Fault(err).Code)
		}
		if got != want && got != filepath.Join(root, "dev", want) {
			t.Errorf("%s: %s", address, got)
		}
	}
	list, err := Lines(root)
	if err != nil || len(list) != 5 {
		t.Fatalf("%+v %v", list, err)
	}
	for _, l := range list { // what the list shows opens that very line
		a, err := ParseAddress(l.Socket)
		if err != nil {
			t.Fatal(err)
		}
		if node, err := a.node(root); err != nil || filepath.Base(node) != l.Name {
			t.Errorf("%s: %s %v, want %s", l.Socket, node, err, l.Name)
		}
	}
}
