package hidpos

import (
	"bytes"
	"testing"
	"time"

	"tongban/drivers"
	"tongban/drivers/hal/hid"
)

// counted is a report as most readers have it; plain one without numbers, count and mark.
var (
	counted = []byte{
		0x05, 0x8C, 0x09, 0x02, 0xA1, 0x01, 0x09, 0x12, 0xA1, 0x02, 0x85, 0x02, 0x15, 0x00, 0x26, 0xFF, 0x00, 0x75, 0x08, 0x95, 0x01,
		0x05, 0x01, 0x09, 0x3B, 0x81, 0x02, 0x05, 0x8C, 0x09, 0xFB, 0x09, 0xFC, 0x09, 0xFD, 0x95, 0x03, 0x81, 0x02,
		0x09, 0xFE, 0x95, 0x08, 0x82, 0x02, 0x01, 0x09, 0xFF, 0x75, 0x01, 0x95, 0x01, 0x81, 0x02, 0x75, 0x07, 0x81, 0x03, 0xC0, 0xC0,
	}
	plain = []byte{
		0x05, 0x8C, 0x09, 0x02, 0xA1, 0x01, 0x75, 0x08, 0x95, 0x08, 0x09, 0xFE, 0x81, 0x02, 0x95, 0x01, 0x09, 0xFB, 0x81, 0x02, 0x09, 0xFC, 0x81, 0x02, 0x09, 0xFD, 0x81, 0x02, 0xC0,
	}
)

func TestShape(t *testing.T) {
	for name, c := range map[string]struct {
		descriptor []byte
		report     string
		aim, data  string
		more, ok   bool
	}{
		"counted":        {counted, "\x02\x03]Q1abcde\x00\x00\x00\x00", "]Q1", "abc", false, true},
		"goes on":        {counted, "\x02\x08]Q1abcdefgh\x01", "]Q1", "abcdefgh", true, true},
		"padding is set": {counted, "\x02\x01]C0a\x00\x00\x00\x00\x00\x00\x00\xFE", "]C0", "a", false, true},
		"count too big":  {counted, "\x02\xFF]C0abcdefgh\x00", "]C0", "abcdefgh", false, true},
		"other report":   {counted, "\x07\x01", "", "", false, false},
		"short":          {counted, "\x02\x03]Q1", "]Q1", "\x00\x00\x00", false, true},
		"not counted":    {plain, "ab\x00d\x00\x00\x00\x00]E0", "]E0", "ab\x00d", false, true},
		"GBK":            {plain, "\xD1\xF9\xC0\xFD\x00\x00\x00\x00]Q1", "]Q1", "\xD1\xF9\xC0\xFD", false, true},
	} {
		s, err := shapeOf(c.descriptor)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := s.read([]byte(c.report))
		if ok != c.ok || string(got.aim) != c.aim || string(got.data) != c.data || got.more != c.more {
			t.Errorf("%s: aim %q data %q more %v ok %v", name, got.aim, got.data, got.more, ok)
		}
	}
	keyboard := []byte{0x05, 0x01, 0x09, 0x06, 0xA1, 0x01, 0x05, 0x07, 0x19, 0x00, 0x29, 0x65, 0x75, 0x08, 0x95, 0x06, 0x81, 0x00, 0xC0}
	if _, err := shapeOf(keyboard); err == nil {
		t.Error("a keyboard passes for a code reader")
	}
}

// port gives what it was given, piece by piece.
type port struct {
	drivers.Port
	pieces [][]byte
}

func (p *port) Read(b []byte, _ time.Duration) (int, error) {
	if len(p.pieces) == 0 {
		return 0, nil
	}
	n := copy(b, p.pieces[0])
	if p.pieces[0] = p.pieces[0][n:]; len(p.pieces[0]) == 0 {
		p.pieces = p.pieces[1:]
	}
	return n, nil
}

func (p *port) Discard() error { return nil }

func drain(t *testing.T, d *decoder, looks int) string {
	t.Helper()
	var got []byte
	buf := make([]byte, 64)
	for range looks {
		n, err := d.Read(buf, 0)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, buf[:n]...)
	}
	return string(got)
}

func TestDecoder(t *testing.T) {
	whole := hid.Record('D', counted)
	whole = append(whole, hid.Record('R', []byte("\x02\x08]Q1abcdefgh\x01"))...)
	whole = append(whole, hid.Record('R', []byte("\x07\x01"))...)
	whole = append(whole, hid.Record('R', []byte("\x02\x02]Q1ij\x00\x00\x00\x00\x00\x00\x00"))...)
	d := &decoder{Port: &port{pieces: [][]byte{whole[:5], whole[5:90], whole[90:]}}}
	if got := drain(t, d, 12); got != "]Q1abcdefghij\r" {
		t.Errorf("%q", got)
	}
	// A code that broke off must not go on in the next citizen's.
	d.Port = &port{pieces: [][]byte{hid.Record('R', []byte("\x02\x08]Q1abcdefgh\x01"))}}
	drain(t, d, 1)
	if err := d.Discard(); err != nil {
		t.Fatal(err)
	}
	d.Port = &port{pieces: [][]byte{hid.Record('R', []byte("\x02\x01]E0z\x00\x00\x00\x00\x00\x00\x00\x00"))}}
	if got := drain(t, d, 2); got != "]E0z\r" {
		t.Errorf("after a broken code: %q", got)
	}
	d.Port = &port{pieces: [][]byte{[]byte("]Q1plain text\r")}}
	if _, err := d.Read(make([]byte, 9), 0); drivers.Fault(err) == nil || drivers.Fault(err).Code != drivers.CodeInvalidData {
		t.Errorf("a port without reports: %v", err)
	}
}

func TestRedactor(t *testing.T) {
	r := &redactor{}
	in := append(hid.Record('D', counted), hid.Record('R', []byte("\x02\x08]Q1a5\xD1\xF9d1gh\x01"))...)
	got := append(r.FromDevice(in[:70]), r.FromDevice(in[70:])...)
	want := append(hid.Record('D', counted), hid.Record('R', []byte("\x02\x08]Q1X0XXX0XX\x01"))...)
	if !bytes.Equal(got, want) {
		t.Errorf("got % X", got)
	}
	if got := (&redactor{}).FromDevice(hid.Record('R', []byte("\x02secret"))); bytes.Contains(got, []byte("secret")) {
		t.Error("a report without its descriptor is kept")
	}
}

func FuzzDecoder(f *testing.F) {
	f.Add(append(hid.Record('D', counted), hid.Record('R', []byte("\x02\x08]Q1abcdefgh\x01"))...), 7)
	f.Add(append(hid.Record('D', plain), hid.Record('R', []byte("\xD1\xF9"))...), 1)
	f.Fuzz(func(t *testing.T, b []byte, at int) {
		if at < 0 || at > len(b) {
			return
		}
		d, whole, r := &decoder{}, &decoder{}, &redactor{}
		err1 := d.feed(b[:at])
		if err1 == nil {
			err1 = d.feed(b[at:])
		}
		if err2 := whole.feed(b); (err1 == nil) != (err2 == nil) || err1 == nil && !bytes.Equal(d.out, whole.out) {
			t.Fatalf("cut at %d: %q %v, whole %q %v", at, d.out, err1, whole.out, err2)
		}
		n := len(r.FromDevice(b[:at])) + len(r.FromDevice(b[at:])) + len(r.Rest())
		if n != len(b) {
			t.Fatalf("%d bytes became %d", len(b), n)
		}
	})
}
