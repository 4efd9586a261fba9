package usb_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongban/drivers/hal/usb"
)

// plant writes a tree as the kernel shows it.
func plant(t *testing.T, files map[string]string) usb.Tree {
	t.Helper()
	root := t.TempDir()
	for name, content := range files {
		path := filepath.Join(root, "bus/usb/devices", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return usb.Tree(root)
}

func device(dir, vid, pid, serial, bus, number string) map[string]string {
	return map[string]string{dir + "/idVendor": vid, dir + "/idProduct": pid, dir + "/serial": serial, dir + "/bcdDevice": "0110", dir + "/busnum": bus, dir + "/devnum": number}
}

func endpoint(dir, address, attributes, packet string) map[string]string {
	return map[string]string{dir + "/bEndpointAddress": address, dir + "/bmAttributes": attributes, dir + "/wMaxPacketSize": packet}
}

func merge(parts ...map[string]string) map[string]string {
	out := map[string]string{}
	for _, p := range parts {
		for k, v := range p {
			out[k] = v
		}
	}
	return out
}

func TestTree(t *testing.T) {
	tree := plant(t, merge(
		device("usb1", "1d6b", "0002", "hub", "1", "1"),
		device("1-10", "04b8", "0202", "", "1", "7"),
		device("1-2.3", "0400", "c35a", "510799-0001", "1", "9"),
		map[string]string{
			"1-2.3/manufacturer": "Sample", "1-2.3/product": "ID card reader",
			"1-2.3:1.0/bInterfaceNumber": "00", "1-2.3:1.0/bAlternateSetting": " 0", "1-2.3:1.0/bInterfaceClass": "ff",
			"1-5/idVendor": "04b8", // half gone
		},
		endpoint("1-2.3:1.0/ep_02", "02", "02", "0040"), endpoint("1-2.3:1.0/ep_81", "81", "02", "0040"), endpoint("1-2.3:1.0/ep_83", "83", "03", "0008"),
	))
	got, err := tree.List()
	if err != nil {
		t.Fatal(err)
	}
	want := []usb.Info{
		{VID: 0x0400, PID: 0xC35A, Serial: "510799-0001", Maker: "Sample", Product: "ID card reader", Version: "1.10", Path: "1-2.3", Bus: 1, Device: 9,
			Interfaces: []usb.Interface{{Class: 0xFF, Bulk: []usb.Endpoint{{Address: 0x02, Packet: 64}, {Address: 0x81, Packet: 64}}}}},
		{VID: 0x04B8, PID: 0x0202, Version: "1.10", Path: "1-10", Bus: 1, Device: 7},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got, err := usb.Tree(t.TempDir()).List(); err != nil || len(got) != 0 {
		t.Errorf("a machine without USB: %v %v", got, err)
	}
}

func TestFind(t *testing.T) {
	pipes := func(n int, addresses ...byte) usb.Interface {
		i := usb.Interface{Number: n}
		for _, a := range addresses {
			i.Bulk = append(i.Bulk, usb.Endpoint{Address: a, Packet: 64})
		}
		return i
	}
	list := []usb.Info{
		{VID: 1, PID: 2, Path: "1-1", Serial: "a", Interfaces: []usb.Interface{pipes(0), pipes(1, 0x02, 0x81), pipes(2, 0x03, 0x84)}},
		{VID: 1, PID: 2, Path: "1-2", Serial: "b", Interfaces: []usb.Interface{pipes(0, 0x01, 0x02, 0x83)}},
		{VID: 1, PID: 3, Path: "1-3", Interfaces: []usb.Interface{pipes(0, 0x01, 0x02, 0x83, 0x84)}},
	}
	for name, c := range map[string]struct {
		w     usb.Wanted
		path  string
		iface int
		err   error
	}{
		"serial":          {w: usb.Wanted{VID: 1, PID: 2, Serial: "a", Interface: -1}, path: "1-1", iface: 1},
		"path":            {w: usb.Wanted{VID: 1, PID: 2, Path: "1-1", Interface: 2}, path: "1-1", iface: 2},
		"four pipes":      {w: usb.Wanted{VID: 1, PID: 3, Interface: -1}, path: "1-3"},
		"two of a kind":   {w: usb.Wanted{VID: 1, PID: 2, Interface: -1}, err: usb.ErrAmbiguous},
		"odd pipes":       {w: usb.Wanted{VID: 1, PID: 2, Serial: "b", Interface: -1}, err: usb.ErrNoPipes},
		"wrong interface": {w: usb.Wanted{VID: 1, PID: 2, Serial: "a", Interface: 0}, err: usb.ErrNoPipes},
		"not there":       {w: usb.Wanted{VID: 1, PID: 4, Interface: -1}, err: usb.ErrNotFound},
	} {
		d, i, err := usb.Find(list, c.w)
		if !errors.Is(err, c.err) || err == nil && (d.Path != c.path || i.Number != c.iface) {
			t.Errorf("%s: %s interface %d, %v", name, d.Path, i.Number, err)
		}
	}
}
