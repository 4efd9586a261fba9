package digitizer

import (
	"bytes"
	"testing"
	"time"

	"tongban/drivers"
	"tongban/drivers/hal/hid"
)

// Descriptors as pads have them. full: report 7 with marks, a length for its range, pressure. plain: no numbers, one field for both
// directions, signed, no size, no pressure.
var (
	full = []byte{
		0x05, 0x0D, 0x09, 0x02, 0xA1, 0x01, 0x85, 0x07, 0x09, 0x20, 0xA1, 0x00,
		0x09, 0x42, 0x09, 0x45, 0x09, 0x32, 0x15, 0x00, 0x25, 0x01, 0x75, 0x01, 0x95, 0x03, 0x81, 0x02, 0x95, 0x05, 0x81, 0x03,
		0x05, 0x01, 0x09, 0x30, 0x26, 0xFF, 0x7F, 0x46, 0x28, 0x0A, 0x55, 0x0E, 0x65, 0x11, 0x75, 0x10, 0x95, 0x01, 0x81, 0x02, 0x09, 0x31, 0x46, 0x40, 0x06, 0x81, 0x02,
		0x05, 0x0D, 0x09, 0x30, 0x26, 0xFF, 0x03, 0x45, 0x00, 0x55, 0x00, 0x65, 0x00, 0x81, 0x02, 0xC0, 0xC0,
	}
	plain = []byte{
		0x05, 0x0D, 0x09, 0x02, 0xA1, 0x01, 0x05, 0x01, 0x09, 0x30, 0x09, 0x31, 0x16, 0x18, 0xFC, 0x26, 0xE8, 0x03, 0x75, 0x10, 0x95, 0x02, 0x81, 0x02,
		0x05, 0x0D, 0x09, 0x42, 0x15, 0x00, 0x25, 0x01, 0x75, 0x08, 0x95, 0x01, 0x81, 0x02, 0xC0,
	}
	mouse = []byte{
		0x05, 0x01, 0x09, 0x02, 0xA1, 0x01, 0x09, 0x30, 0x09, 0x31, 0x15, 0x81, 0x25, 0x7F, 0x75, 0x08, 0x95, 0x02, 0x81, 0x06, 0xC0,
	}
)

func TestShape(t *testing.T) {
	for name, c := range map[string]struct {
		descriptor []byte
		report     string
		want       sample
		ok         bool
		err        error
	}{
		"touches":       {full, "\x07\x05\xff\x7f\x00\x00\xff\x03", sample{26000, 0, 1, true}, true, nil},
		"hovers":        {full, "\x07\x04\x00\x00\xff\x7f\x00\x00", sample{0, 16000, 0, false}, true, nil},
		"eraser":        {full, "\x07\x07\x00\x00\x00\x00\xff\x03", sample{0, 0, 1, false}, true, nil},
		"out of range":  {full, "\x07\x01\x00\x00\x00\x00\x00\x00", sample{0, 0, 0, false}, true, nil},
		"no position":   {full, "\x07\x05\xff\xff\x00\x00\x00\x00", sample{0, 0, 0, false}, true, nil},
		"other report":  {full, "\x08\x01", sample{}, false, nil},
		"short":         {full, "\x07\x05\xff", sample{}, false, errShort},
		"below zero":    {plain, "\x18\xfc\xe8\x03\x01", sample{0, 2000, 0.5, true}, true, nil},
		"plain, middle": {plain, "\x00\x00\x00\x00\x00", sample{1000, 1000, 0.5, false}, true, nil},
		"empty":         {full, "", sample{}, false, nil},
	} {
		s, err := shapeOf(c.descriptor)
		if err != nil {
			t.Fatal(err)
		}
		got, ok, err := s.read([]byte(c.report))
		if got != c.want || ok != c.ok || err != c.err { //nolint:errorlint // exactly these
			t.Errorf("%s: %+v %v %v", name, got, ok, err)
		}
	}
	if s, err := shapeOf(full); err != nil || s.area != (drivers.PadArea{Width: 26000, Height: 16000, PerMM: 100, Levels: 1024}) {
		t.Errorf("area %+v %v", s.area, err)
	}
	if s, err := shapeOf(plain); err != nil || s.area != (drivers.PadArea{Width: 2000, Height: 2000}) {
		t.Errorf("area %+v %v", s.area, err)
	}
	if _, err := shapeOf(mouse); err == nil {
		t.Error("a mouse passes for a signature pad")
	}
	// The pen is found behind a report of fingers that has no pressure.
	both := append(bytes.Clone(plain), full...)
	if s, err := shapeOf(append([]byte{0x85, 0x01}, both...)); err != nil || s.report != 7 {
		t.Errorf("report %d %v", s.report, err)
	}
}

// port gives what it was given, piece by piece.
type port struct {
	drivers.Port
	pieces [][]byte
}

func (p *port) Read(b []byte, timeout time.Duration) (int, error) {
	if len(p.pieces) == 0 || timeout < look {
		return 0, nil
	}
	n := copy(b, p.pieces[0])
	if p.pieces[0] = p.pieces[0][n:]; len(p.pieces[0]) == 0 {
		p.pieces = p.pieces[1:]
	}
	return n, nil
}

func (p *port) Close() error { return nil }

func TestOpenRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		pieces [][]byte
		params drivers.Params
	}{
		"no pad": {pieces: [][]byte{hid.Record('D', mouse)}}, "no records": {pieces: [][]byte{[]byte("hello")}}, "no descriptor": {},
		"setting": {pieces: [][]byte{hid.Record('D', full)}, params: drivers.Params{"pressure": "no"}},
	} {
		_, err := Open(t.Context(), &port{pieces: c.pieces}, c.params)
		if f := drivers.Fault(err); f == nil || f.Code != drivers.CodeInvalidData {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Two strokes come in odd pieces, between reports of something else.
func TestPieces(t *testing.T) {
	all := hid.Record('R', []byte("\x07\x05\x10\x00\x10\x00\x10\x00"))
	all = append(all, hid.Record('R', []byte("\x09battery"))...)
	all = append(all, hid.Record('R', []byte("\x07\x05\x20\x00\x10\x00\x10\x00"))...)
	all = append(all, hid.Record('R', []byte("\x07\x04\x20\x00\x10\x00\x00\x00"))...)
	all = append(all, hid.Record('R', []byte("\x07\x05\x40\x00\x10\x00\x10\x00"))...)
	p, err := Open(t.Context(), &port{pieces: [][]byte{hid.Record('D', full)}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	p.line.port = &port{pieces: [][]byte{all[:5], all[5:17], all[17:40], all[40:]}}
	done := make(chan struct{})
	n := 0
	i, err := p.Write(t.Context(), done, func(_ drivers.InkPoint, s drivers.PenStep) {
		if s == drivers.PenDown {
			if n++; n == 2 {
				close(done)
			}
		}
	})
	if err != nil || len(i.Strokes) != 2 || len(i.Strokes[0]) != 2 || len(i.Strokes[1]) != 1 {
		t.Errorf("%v %v %v", i, i.Strokes, err)
	}
}

func TestRedactor(t *testing.T) {
	r := &redactor{}
	in := append(hid.Record('D', full), hid.Record('R', []byte("\x07\x05\x34\x12\x78\x56\x9a\x02"))...)
	got := append(r.FromDevice(in[:60]), r.FromDevice(in[60:])...)
	want := append(hid.Record('D', full), hid.Record('R', []byte("\x07\x05\xff\x3f\xff\x3f\xff\x01"))...)
	if !bytes.Equal(got, want) {
		t.Errorf("got % X", got)
	}
	for name, b := range map[string][]byte{"no descriptor": hid.Record('R', []byte("\x07secret")), "other report": append(hid.Record('D', full), hid.Record('R', []byte("\x08secret"))...)} {
		if got := (&redactor{}).FromDevice(b); bytes.Contains(got, []byte("secret")) || len(got) != len(b) {
			t.Errorf("%s: kept", name)
		}
	}
}

func FuzzReports(f *testing.F) {
	f.Add(append(hid.Record('D', full), hid.Record('R', []byte("\x07\x05\x34\x12\x78\x56\x9a\x02"))...), 7)
	f.Add(append(hid.Record('D', plain), hid.Record('R', []byte("\x18\xfc\xe8\x03\x01"))...), 1)
	f.Fuzz(func(t *testing.T, b []byte, at int) {
		if at < 0 || at > len(b) {
			return
		}
		var l line
		for _, piece := range [][]byte{b[:at], b[at:]} {
			got, err := l.feed(piece)
			if err != nil {
				break
			}
			for _, s := range got {
				if a := l.shape.area; s.touches && !(s.x >= 0 && s.x <= a.Width && s.y >= 0 && s.y <= a.Height && s.pressure >= 0 && s.pressure <= 1) {
					t.Fatalf("%+v on %+v", s, a)
				}
			}
		}
		r := &redactor{}
		if n := len(r.FromDevice(b[:at])) + len(r.FromDevice(b[at:])) + len(r.Rest()); n != len(b) {
			t.Fatalf("%d bytes became %d", len(b), n)
		}
	})
}
