package render

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"tongban/drivers/drivertest"
)

func ready(t *testing.T) {
	t.Helper()
	if err := Ready(); err != nil {
		t.Skip("no renderer: apt-get install poppler-utils")
	}
}

var a4 = Order{DPI: 75, Width: 620, Height: 876}

func ink(bits []byte) int {
	n := 0
	for _, b := range bits {
		if b < 128 {
			n++
		}
	}
	return n
}

func TestPages(t *testing.T) {
	ready(t)
	for _, colour := range []bool{false, true} {
		o := a4
		o.Colour = colour
		var seen [][]byte
		n, err := Pages(t.Context(), drivertest.TestPDF(3), o, func(i int, bits []byte) error {
			if i != len(seen) {
				t.Errorf("page %d came as number %d", i, len(seen))
			}
			seen = append(seen, bits)
			return nil
		})
		if err != nil || n != 3 {
			t.Fatalf("%d pages, %v", n, err)
		}
		d := map[bool]int{false: 1, true: 3}[colour]
		for i, p := range seen {
			if len(p) != 620*876*d || ink(p) < 100 || ink(p[:620*60*d]) != 0 {
				t.Errorf("page %d: %d bytes, %d dark", i+1, len(p), ink(p))
			}
		}
		if bytes.Equal(seen[0], seen[1]) {
			t.Error("two pages are the same")
		}
	}
}

// A page that lies is turned, a smaller one centred, a larger one refused.
func TestSizes(t *testing.T) {
	ready(t)
	for box, want := range map[string]error{"842 595": nil, "420 595": nil, "612 792": nil, "842 1191": ErrTooLarge, "595 2000": ErrTooLarge} {
		doc := bytes.ReplaceAll(drivertest.TestPDF(1), []byte("[0 0 595 842]"), []byte("[0 0 "+box+"]"))
		n, err := Pages(t.Context(), doc, a4, func(_ int, bits []byte) error {
			if len(bits) != 620*876 {
				t.Errorf("%s: %d bytes", box, len(bits))
			}
			return nil
		})
		if want == nil && (err != nil || n != 1) || want != nil && err == nil {
			t.Errorf("%s: %d pages, %v, want %v", box, n, err, want)
		}
	}
}

func TestRefusals(t *testing.T) {
	ready(t)
	none := func(int, []byte) error { return nil }
	whole := drivertest.TestPDF(2)
	for name, doc := range map[string][]byte{"nothing": nil, "no document": []byte("hello"), "only a head": []byte("%PDF-1.4 and no more"),
		"cut content": bytes.Replace(whole, []byte("Tj ET"), []byte("(( <<"), 1)} {
		if n, err := Pages(t.Context(), doc, a4, none); !errors.Is(err, ErrDocument) {
			t.Errorf("%s: %d pages, %v", name, n, err)
		}
	}
	bad := errors.New("not taken")
	if _, err := Pages(t.Context(), whole, a4, func(int, []byte) error { return bad }); !errors.Is(err, bad) {
		t.Errorf("a page that nobody takes: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	start := time.Now()
	if _, err := Pages(ctx, drivertest.TestPDF(150), Order{DPI: 600, Width: 4960, Height: 7015}, none); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 3*time.Second {
		t.Errorf("given up: %v after %v", err, time.Since(start))
	}
	if _, err := Pages(t.Context(), drivertest.TestPDF(MaxPages+1), Order{DPI: 20, Width: 165, Height: 233}, none); !errors.Is(err, ErrTooLarge) {
		t.Errorf("too many pages: %v", err)
	}
}

func TestWithoutRenderer(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if err := Ready(); !errors.Is(err, ErrRenderer) {
		t.Errorf("ready: %v", err)
	}
	if _, err := Pages(t.Context(), drivertest.TestPDF(1), a4, func(int, []byte) error { return nil }); !errors.Is(err, ErrRenderer) {
		t.Errorf("pages: %v", err)
	}
}

func TestQuarter(t *testing.T) {
	p := picture{width: 3, height: 2, bits: []byte("abcdef")}.quarter()
	if p.width != 2 || p.height != 3 || string(p.bits) != "daebfc" {
		t.Errorf("%+v %s", p, p.bits)
	}
}

func FuzzReadPNM(f *testing.F) {
	f.Add([]byte("P5\n2 1\n255\nab"))
	f.Add([]byte("P6\n1 1\n255\nabcP5\n"))
	f.Add([]byte("P5 999999 999999 255\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r := strings.NewReader(string(b))
		p, err := readPNM(r)
		if err == nil && len(p.bits) != p.width*p.height*p.depth() {
			t.Errorf("%d×%d points in %d bytes", p.width, p.height, len(p.bits))
		}
		if errors.Is(err, io.EOF) && len(b) > 0 && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, errPNM) {
			t.Errorf("bytes are no end")
		}
	})
}
