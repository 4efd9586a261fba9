package pcl

import (
	"bufio"
	"bytes"
	"testing"
)

func read(t *testing.T, doc string) ([]Side, error) {
	t.Helper()
	var out []Side
	err := Read(bufio.NewReader(bytes.NewReader([]byte(doc))), func(s Side) { out = append(out, s) })
	return out, err
}

// The ways of packing, byte by byte as the tables of the language have them.
func TestWaysOfPacking(t *testing.T) {
	for name, c := range map[string]struct {
		lines string
		want  string // first bytes of the last line, as dots
	}{
		"none":                   {"\x1b*b0m2W\xAA\x0F", "#.#.#.#.....####"},
		"pairs":                  {"\x1b*b1m4W\x01\xFF\x00\x01", "################.......#"},
		"runs":                   {"\x1b*b2m5W\xFF\xF0\x80\x00\x81", "####....####....#......#"},
		"differs":                {"\x1b*b0m2W\xFF\xFF\x1b*b3m2W\x01\x0F", "########....####"},
		"the same":               {"\x1b*b0m1W\xC3\x1b*b3m0W", "##....##"},
		"runs, nothing is white": {"\x1b*b2m2W\x00\xFF\x1b*b0W", "........"},
		"white in between":       {"\x1b*b0m1W\xFF\x1b*b3m1Y\x1b*b2W\x01\x81", "........#......#"},
	} {
		got, err := read(t, "\x1bE\x1b&l0E\x1b*t75R\x1b*r1A"+c.lines+"\x1b*rB\f\x1bE")
		if err != nil || len(got) != 1 {
			t.Fatalf("%s: %d pages, %v", name, len(got), err)
		}
		s := got[0]
		y := map[string]int{"differs": 1, "the same": 1, "runs, nothing is white": 1, "white in between": 2}[name]
		for i, want := range []byte(c.want) {
			if black := s.Bits[y*s.Width+71*75/300+i] == 0; black != (want == '#') {
				t.Errorf("%s: dot %d", name, i)
			}
		}
	}
}

func TestEndsOfPages(t *testing.T) {
	for name, c := range map[string]struct {
		doc   string
		pages int
		bad   bool
	}{
		"reset ejects":    {"\x1bE\x1b*t75R\x1b*r1A\x1b*b1W\xFF\x1bE", 1, false},
		"leaving ejects":  {"\x1b*t75R\x1b*b1W\xFF\x1b%-12345X@PJL", 1, false},
		"empty page":      {"\x1bE\f\f", 2, false},
		"nothing":         {"\x1bE\x1bE", 0, false},
		"text":            {"hello\f", 1, false},
		"cut in a line":   {"\x1b*t75R\x1b*b9W\xFF", 0, true},
		"cut in command":  {"\x1b*t7", 0, true},
		"unknown packing": {"\x1b*t75R\x1b*b5m1W\x00", 0, true},
		"run past end":    {"\x1b*t75R\x1b*b2m2W\x09\x00", 0, true},
		"too long":        {"\x1b*b99999999W", 0, true},
		"density":         {"\x1b*t9999R", 0, true},
	} {
		got, err := read(t, c.doc)
		if len(got) != c.pages || (err != nil) != c.bad {
			t.Errorf("%s: %d pages, %v", name, len(got), err)
		}
	}
	if got, _ := read(t, "hello\f"); got[0].Text != 5 {
		t.Errorf("%d bytes of text", got[0].Text)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("\x1bE\x1b&l26a1S\x1b*t75R\x1b*r1A\x1b*b3m4W\x21\xFF\x00\x01\x1b*b2m2W\xF0\xFF\x1b*rC\f\x1bE\x1b%-12345X"))
	f.Add([]byte("\x1b*v6W\x00\x03\x00\x08\x08\x08\x1b*t100R\x1b*b3W\x01\x02\x03\f"))
	f.Fuzz(func(t *testing.T, doc []byte) {
		pages := 0
		_ = Read(bufio.NewReader(bytes.NewReader(doc)), func(s Side) {
			if len(s.Bits) != s.Width*s.Height*s.Channels {
				t.Errorf("%d bytes on a page of %d×%d", len(s.Bits), s.Width, s.Height)
			}
			pages++
		})
		if pages > len(doc)+1 {
			t.Errorf("%d pages of %d bytes", pages, len(doc))
		}
	})
}
