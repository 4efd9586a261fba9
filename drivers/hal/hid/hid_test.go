package hid_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tongban/drivers/hal/hid"
	"tongban/drivers/hal/usb"
)

// scanner is the input report of a code reader, after the HID point-of-sale usage tables: report 2 with a byte count, three
// letters of AIM, 56 bytes of data, one flag and seven bits of padding.
var scanner = []byte{
	0x05, 0x8C, 0x09, 0x02, 0xA1, 0x01, 0x09, 0x12, 0xA1, 0x02, 0x85, 0x02, 0x15, 0x00, 0x26, 0xFF, 0x00, 0x75, 0x08, 0x95, 0x01,
	0x05, 0x01, 0x09, 0x3B, 0x81, 0x02, 0x05, 0x8C, 0x09, 0xFB, 0x09, 0xFC, 0x09, 0xFD, 0x95, 0x03, 0x81, 0x02,
	0x09, 0xFE, 0x95, 0x38, 0x82, 0x02, 0x01, 0x09, 0xFF, 0x75, 0x01, 0x95, 0x01, 0x81, 0x02, 0x75, 0x07, 0x81, 0x03, 0xC0, 0xC0,
}

func TestDescriptor(t *testing.T) {
	d, err := hid.Parse(scanner)
	if err != nil {
		t.Fatal(err)
	}
	want := hid.Descriptor{Numbered: true, Collections: []uint32{0x8C0002}, Fields: []hid.Field{
		{Report: 2, Bit: 0, Size: 8, Count: 1, Usages: []uint32{0x01003B}, Max: 255},
		{Report: 2, Bit: 8, Size: 8, Count: 3, Usages: []uint32{0x8C00FB, 0x8C00FC, 0x8C00FD}, Max: 255},
		{Report: 2, Bit: 32, Size: 8, Count: 56, Usages: []uint32{0x8C00FE}, Max: 255},
		{Report: 2, Bit: 480, Size: 1, Count: 1, Usages: []uint32{0x8C00FF}, Max: 255},
		{Report: 2, Bit: 481, Size: 7, Count: 1, Constant: true, Max: 255},
	}}
	if diff := cmp.Diff(want, d); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if n := d.Length(hid.Input, 2); n != 61 {
		t.Errorf("report of %d bytes", n)
	}
	if v := d.Fields[1].Value([]byte{4, ']', 'Q', '1'}, 2); v != '1' {
		t.Errorf("value %c", v)
	}
	if v := d.Fields[3].Value(append(make([]byte, 60), 1), 0); v != 1 {
		t.Errorf("flag %d", v)
	}
	for name, b := range map[string][]byte{
		"breaks off": {0x05}, "pop": {0xB4}, "too many usages": {0x19, 0x00, 0x2B, 0xFF, 0xFF, 0xFF, 0x7F}, "too long": {0x75, 0xFF, 0x96, 0xFF, 0xFF, 0x81, 0x02},
	} {
		if d, err := hid.Parse(b); err == nil {
			t.Errorf("%s: %+v", name, d)
		}
	}
}

// Ranges are read as devices mean them, and told as lengths where the device does.
func TestRanges(t *testing.T) {
	for name, c := range map[string]struct {
		b        []byte
		min, max int64
		mm       float64
	}{
		"no unit":        {[]byte{0x26, 0xFF, 0x7F, 0x75, 0x10, 0x95, 0x01, 0x81, 0x02}, 0, 32767, 0},
		"two bytes full": {[]byte{0x26, 0xFF, 0xFF, 0x75, 0x10, 0x95, 0x01, 0x81, 0x02}, 0, 65535, 0},
		"below zero":     {[]byte{0x16, 0x01, 0x80, 0x26, 0xFF, 0x7F, 0x75, 0x10, 0x95, 0x01, 0x81, 0x02}, -32767, 32767, 0},
		"inches":         {[]byte{0x26, 0xFF, 0x7F, 0x46, 0xE8, 0x03, 0x55, 0x0E, 0x65, 0x13, 0x75, 0x10, 0x95, 0x01, 0x81, 0x02}, 0, 32767, 254},
		"centimetres":    {[]byte{0x26, 0x10, 0x27, 0x46, 0x28, 0x0A, 0x55, 0x0E, 0x65, 0x11, 0x75, 0x10, 0x95, 0x01, 0x81, 0x02}, 0, 10000, 260},
		"as logical":     {[]byte{0x26, 0x10, 0x27, 0x55, 0x0D, 0x65, 0x11, 0x75, 0x10, 0x95, 0x01, 0x81, 0x02}, 0, 10000, 100},
		"seconds":        {[]byte{0x26, 0x10, 0x27, 0x46, 0x28, 0x0A, 0x66, 0x01, 0x10, 0x75, 0x10, 0x95, 0x01, 0x81, 0x02}, 0, 10000, 0},
	} {
		d, err := hid.Parse(c.b)
		if err != nil || len(d.Fields) != 1 {
			t.Fatalf("%s: %v %v", name, d, err)
		}
		f := d.Fields[0]
		if f.Min != c.min || f.Max != c.max || f.MM < c.mm-0.001 || f.MM > c.mm+0.001 {
			t.Errorf("%s: %d to %d, %v mm", name, f.Min, f.Max, f.MM)
		}
		if v := f.Signed([]byte{0xFE, 0xFF}, 0); c.min < 0 && v != -2 || c.min == 0 && v != 65534 {
			t.Errorf("%s: value %d", name, v)
		}
	}
}

func FuzzDescriptor(f *testing.F) {
	f.Add(scanner, []byte{2, 1, ']'})
	f.Add([]byte{0xFE, 1, 2, 3, 0xA4, 0xB4, 0xC0}, []byte{})
	f.Fuzz(func(t *testing.T, b, report []byte) {
		d, err := hid.Parse(b)
		if err != nil {
			return
		}
		for _, x := range d.Fields {
			x.Value(report, 0)
			x.Signed(report, 1)
			if x.MM < 0 {
				t.Fatalf("range of %v mm", x.MM)
			}
			x.Usage(x.Count)
			if n := d.Length(x.Kind, x.Report); n > 4096 {
				t.Fatalf("report of %d bytes", n)
			}
		}
	})
}

func TestNodes(t *testing.T) {
	root := t.TempDir()
	at := func(path ...string) string { return filepath.Join(append([]string{root}, path...)...) }
	plant := func(node, dir, uevent string) {
		for _, d := range []string{at(dir, "hidraw", node), at("class/hidraw")} {
			if err := os.MkdirAll(d, 0o755); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(at(dir, "uevent"), []byte(uevent), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(at(dir), at(dir, "hidraw", node, "device")); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(at(dir, "hidraw", node), at("class/hidraw", node)); err != nil {
			t.Fatal(err)
		}
	}
	plant("hidraw0", "devices/pci/usb1/1-2/1-2.3/1-2.3:1.1/0003:05E0:1300.0001", "HID_ID=0003:000005E0:00001300\nHID_UNIQ=A1\n")
	plant("hidraw1", "devices/pci/usb1/1-2/1-2.3/1-2.3:1.0/0003:05E0:1300.0002", "HID_UNIQ=A1\n")
	plant("hidraw2", "devices/virtual/misc/uhid/0003:0400:C35A.0003", "HID_UNIQ=\n")
	// The second node of the scanner says that it is a pen digitizer, the third what nobody can read.
	for node, b := range map[string][]byte{"hidraw1": {0x05, 0x0D, 0x09, 0x02, 0xA1, 0x01, 0xC0}, "hidraw2": {0x05}} {
		if err := os.WriteFile(filepath.Join(root, "class/hidraw", node, "device/report_descriptor"), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	list, err := hid.Tree(root).List("hidraw", "hidraw")
	if err != nil {
		t.Fatal(err)
	}
	want := []hid.Node{
		{Name: "hidraw0", VID: 0x05E0, PID: 0x1300, Serial: "A1", Path: "1-2.3", Interface: 1},
		{Name: "hidraw1", VID: 0x05E0, PID: 0x1300, Serial: "A1", Path: "1-2.3", Usages: []uint32{0x0D0002}},
		{Name: "hidraw2", VID: 0x0400, PID: 0xC35A},
	}
	if diff := cmp.Diff(want, list); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for name, c := range map[string]struct {
		w    usb.Wanted
		node string
		err  error
	}{
		"first interface": {usb.Wanted{VID: 0x05E0, PID: 0x1300, Interface: -1}, "hidraw1", nil},
		"named interface": {usb.Wanted{VID: 0x05E0, PID: 0x1300, Interface: 1}, "hidraw0", nil},
		"by its usage":    {usb.Wanted{Usage: 0x0D0002, Interface: -1}, "hidraw1", nil},
		"usage elsewhere": {usb.Wanted{Usage: 0x0D0002, Path: "1-9", Interface: -1}, "", usb.ErrNotFound},
		"another usage":   {usb.Wanted{Usage: 0x0D0004, Interface: -1}, "", usb.ErrNotFound},
		"other socket":    {usb.Wanted{VID: 0x05E0, PID: 0x1300, Path: "1-9", Interface: -1}, "", usb.ErrNotFound},
	} {
		if n, err := hid.Find(list, c.w); !errors.Is(err, c.err) || n.Name != c.node {
			t.Errorf("%s: %+v %v", name, n, err)
		}
	}
	if _, err := hid.Find(append(list, hid.Node{VID: 0x0400, PID: 0xC35A, Path: "1-3"}), usb.Wanted{VID: 0x0400, PID: 0xC35A, Interface: -1}); !errors.Is(err, usb.ErrAmbiguous) {
		t.Errorf("two of a kind: %v", err)
	}
}

// desk is a device whose reports the test writes.
type desk struct {
	descriptor []byte
	in         [][]byte
	out        [][]byte
}

func (d *desk) Open(context.Context, usb.Wanted) (hid.Device, error) { return d, nil }
func (d *desk) Descriptor() []byte                                   { return d.descriptor }
func (d *desk) Close() error                                         { return nil }
func (d *desk) Write(p []byte) (int, error) {
	d.out = append(d.out, bytes.Clone(p))
	return len(p), nil
}
func (d *desk) Read(p []byte, _ time.Duration) (int, error) {
	if len(d.in) == 0 {
		return 0, nil
	}
	n := copy(p, d.in[0])
	d.in = d.in[1:]
	return n, nil
}

func TestStream(t *testing.T) {
	numbered := []byte{0x06, 0x00, 0xFF, 0x09, 0x01, 0xA1, 0x01, 0x85, 0x05, 0x75, 0x08, 0x95, 0x04, 0x09, 0x02, 0x81, 0x02, 0x95, 0x04, 0x09, 0x03, 0x91, 0x02, 0xC0}
	d := &desk{descriptor: numbered, in: [][]byte{{5, 'a', 'b', 'c', 'd'}, {5, 'e', 0, 0, 0}}}
	p, err := hid.Open(t.Context(), d, usb.Wanted{}, "hid:0001:0002")
	if err != nil {
		t.Fatal(err)
	}
	var got []byte
	buf := make([]byte, 3)
	for range 4 {
		n, err := p.Read(buf, 0)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, buf[:n]...)
	}
	if string(got) != "abcde\x00\x00\x00" {
		t.Errorf("read %q", got)
	}
	if n, err := p.Write([]byte("123456")); n != 6 || err != nil {
		t.Errorf("write %d %v", n, err)
	}
	if diff := cmp.Diff([][]byte{{5, '1', '2', '3', '4'}, {5, '5', '6', 0, 0}}, d.out); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRecords(t *testing.T) {
	d := &desk{descriptor: scanner, in: [][]byte{{2, 1}, {2, 2}}}
	p, err := hid.OpenReports(t.Context(), d, usb.Wanted{}, "hid:0001:0002?as=reports")
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Discard(); err != nil {
		t.Fatal(err)
	}
	d.in = [][]byte{{2, 3}}
	buf, got := make([]byte, 1024), []byte(nil)
	for range 3 {
		n, err := p.Read(buf, 0)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, buf[:n]...)
	}
	want := append(hid.Record('D', scanner), 'R', 0, 2, 2, 3)
	if !bytes.Equal(got, want) {
		t.Errorf("got % X", got)
	}
}
