package sane

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongban/drivers"
	hal "tongban/drivers/hal/sane"

	"tongban/drivers/hal/record"
)

func TestPages(t *testing.T) {
	for name, c := range map[string]struct {
		in   string
		want string
	}{
		"grey":        {"P5\n# SANE data follows\n4 2\n255\n12345678", "4×2"},
		"colour":      {"P6 2 1 255\nabcdef", "2×1"},
		"short":       {"P5 4 2 255\n1234567", ""},
		"long":        {"P5 4 2 255\n123456789", ""},
		"empty":       {"", ""},
		"head only":   {"P5 4 2 255", ""},
		"other kind":  {"P4 8 1\n1", ""},
		"deep":        {"P5 1 1 65535\n12", ""},
		"kilometres":  {"P6 999999 999999 255\n", ""},
		"no size":     {"P5 0 4 255\n", ""},
		"open remark": {"P5 # never ends", ""},
	} {
		f, err := frame([]byte(c.in))
		if c.want == "" {
			if drivers.Fault(err) == nil || drivers.Fault(err).Reason != drivers.ReasonNoImage {
				t.Errorf("%s: %v %v", name, f, err)
			}
			continue
		}
		if got := fmt.Sprintf("%d×%d", f.Width, f.Height); err != nil || got != c.want {
			t.Errorf("%s: %s %v", name, got, err)
		}
	}
}

func TestOptions(t *testing.T) {
	c, err := decode(drivers.Params{"dpi": uint64(200), "glass": "Flatbed", "feeder": "ADF", "options": map[string]any{"brightness": 10, "swdeskew": "yes"}})
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.options(drivers.ScanOrder{Feeder: true, Grey: true})
	want := []string{"--source=ADF", "--mode=Gray", "--resolution=200", "--brightness=10", "--swdeskew=yes", "-x", "210", "-y", "297"}
	if err != nil || !cmp.Equal(got, want) {
		t.Errorf("%v %v", got, err)
	}
	if _, err := (config{dpi: 300}).options(drivers.ScanOrder{Feeder: true}); drivers.Fault(err) == nil || drivers.Fault(err).Code != drivers.CodeUnsupported {
		t.Errorf("no feeder: %v", err)
	}
	for name, p := range map[string]drivers.Params{
		"unknown":          {"dots": 1},
		"too fine":         {"dpi": 1200},
		"not a number":     {"width": "wide"},
		"an option":        {"glass": "--output-file=/etc/passwd"},
		"a file":           {"options": map[string]any{"output-file": "x"}},
		"two options":      {"options": map[string]any{"brightness": "1 --batch"}, "glass": "-x"},
		"a strange option": {"options": map[string]any{"-o": "x"}},
		"no list":          {"options": "x"},
		"no name":          {"model": ""},
	} {
		if c, err := decode(p); err == nil {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

// A program that had to be ended, or that ends as if all were well, has still said why no page came.
func TestTheProgramsWord(t *testing.T) {
	jam, code := "sane_read: Document feeder jammed", func(e hal.End, pages int) drivers.Code {
		if f := drivers.Fault(fault(e, pages)); f != nil {
			return f.Code
		}
		return ""
	}
	for name, c := range map[string]struct {
		end   hal.End
		pages int
		want  drivers.Code
	}{
		"well":                  {hal.End{Word: "rounded value of br-x from 210 to 209.9"}, 0, ""},
		"exit code":             {hal.End{Status: 11}, 0, drivers.CodeInternalError},
		"ended":                 {hal.End{Status: -1, Word: jam}, 0, drivers.CodeDeviceNotReady},
		"ended without a word":  {hal.End{Status: -1}, 0, drivers.CodeHardwareError},
		"another word":          {hal.End{Status: -1, Word: "sane_read: Sunshine"}, 0, drivers.CodeHardwareError},
		"zero, and no page":     {hal.End{Word: "sane_start: Access to resource has been denied"}, 0, drivers.CodeInternalError},
		"zero, and a page":      {hal.End{Word: jam}, 1, ""},
		"feeder empty":          {hal.End{Status: -1, Word: "sane_start: Document feeder out of documents"}, 2, ""},
		"feeder empty at first": {hal.End{Status: 7}, 0, drivers.CodeUserError},
	} {
		if got := code(c.end, c.pages); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestRedactor(t *testing.T) {
	page := record.Record{Letter: hal.LetterPage, Content: []byte("P5\n4 2\n255\nsecret!!")}.Bytes()
	end := record.Record{Letter: hal.LetterEnd, Content: []byte(`{"n":1}`)}.Bytes()
	r := &redactor{}
	got := append(r.FromDevice(page[:9]), append(r.FromDevice(page[9:]), r.FromDevice(end)...)...)
	want := append(record.Record{Letter: hal.LetterPage, Content: append([]byte("P5\n4 2\n255\n"), bytes.Repeat([]byte{0x80}, 8)...)}.Bytes(), end...)
	if !bytes.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// FuzzPage: a page is refused or has as many points as it says.
func FuzzPage(f *testing.F) {
	f.Add([]byte("P5\n# SANE data follows\n4 2\n255\n12345678"))
	f.Add([]byte("P6 2 1 255\nabcdef"))
	f.Add([]byte("P6 19999 19999 255\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := parseHead(b)
		if err != nil {
			return
		}
		p, err := frame(b)
		if err == nil && (p.Width != h.width || p.Height != h.height || len(b) != h.size+h.points()) {
			t.Fatalf("%+v from %+v", p, h)
		}
	})
}
