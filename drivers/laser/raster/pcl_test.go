package raster

import (
	"bufio"
	"bytes"
	"testing"

	"tongban/deploy/sim/laser/pcl"
)

func a4(dpi int, colour bool) PCL {
	return PCL{Sheet: Sheet{Width: 210 * dpi * 10 / 254, Height: 297 * dpi * 10 / 254, DPI: dpi, Colour: colour, Media: "iso_a4_210x297mm", MM: [2]int{210, 297}}}
}

// onPaper draws what was written.
func onPaper(t *testing.T, doc []byte) []pcl.Side {
	t.Helper()
	var out []pcl.Side
	if err := pcl.Read(bufio.NewReader(bytes.NewReader(doc)), func(s pcl.Side) { out = append(out, s) }); err != nil {
		t.Fatal(err)
	}
	return out
}

// whole is a document of pages.
func (p PCL) whole(t *testing.T, pages ...[]byte) []byte {
	t.Helper()
	doc := p.Begin()
	for _, bits := range pages {
		b, err := p.Page(bits)
		if err != nil {
			t.Fatal(err)
		}
		doc = append(doc, b...)
	}
	return append(doc, p.End()...)
}

// reached is the page as it lies on paper: what the language cannot reach at the sides is white.
func (p PCL) reached(bits []byte) []byte {
	out, d := bytes.Clone(bits), p.Sheet.depth()
	line := p.Sheet.Width * d
	for y := range p.Sheet.Height {
		row := out[y*line : (y+1)*line]
		copy(row, bytes.Repeat([]byte{255}, p.left()*d))
		copy(row[(p.left()+p.width())*d:], bytes.Repeat([]byte{255}, line))
	}
	return out
}

// blackAndWhite takes the greys out of a page.
func blackAndWhite(bits []byte) []byte {
	for i, b := range bits {
		bits[i] = 0
		if b > 100 {
			bits[i] = 255
		}
	}
	return bits
}

// What is written is drawn dot by dot by a reader that shares no line with it.
func TestPCLRoundTrip(t *testing.T) {
	for _, dpi := range []int{75, 150, 600} {
		for _, colour := range []bool{false, true} {
			if dpi == 600 && colour {
				continue // half a gigabyte, to show what 150 shows
			}
			p := a4(dpi, colour)
			in := [][]byte{drawn(p.Sheet, 1), bytes.Repeat([]byte{255}, p.Sheet.Size()), bytes.Repeat([]byte{0}, p.Sheet.Size())}
			if dpi == 600 {
				in = in[:1]
			}
			if !colour {
				in[0] = blackAndWhite(in[0])
			}
			got := onPaper(t, p.whole(t, in...))
			if len(got) != len(in) {
				t.Fatalf("%d pages at %d", len(got), dpi)
			}
			for i, s := range got {
				if s.Width != p.Sheet.Width || s.Height != p.Sheet.Height || s.DPI != dpi || s.Paper != 26 || s.Text != 0 || s.Duplex || s.Copies != 1 {
					t.Errorf("page %d: %d×%d at %d on paper %d, %d of text", i+1, s.Width, s.Height, s.DPI, s.Paper, s.Text)
				}
				if !bytes.Equal(s.Bits, p.reached(in[i])) {
					t.Errorf("page %d at %d, colour %v: dots differ", i+1, dpi, colour)
				}
			}
		}
	}
}

// Both ways of packing are used, and make the page small.
func TestPCLPacks(t *testing.T) {
	p := a4(150, false)
	page := bytes.Repeat([]byte{255}, p.Sheet.Size())
	for y := 200; y < 1200; y++ { // a long bar beside a line that moves
		row := page[y*p.Sheet.Width:]
		copy(row[300:700], make([]byte, 400))
		row[800+y%97] = 0
	}
	doc := p.whole(t, page)
	if !bytes.Contains(doc, []byte("\x1b*b3m")) || len(doc) > 20_000 {
		t.Errorf("%d bytes", len(doc))
	}
	if got := onPaper(t, doc); len(got) != 1 || !bytes.Equal(got[0].Bits, p.reached(page)) {
		t.Error("dots differ")
	}
	noise := blackAndWhite(drawn(p.Sheet, 9))
	if doc := p.whole(t, noise); !bytes.Contains(doc, []byte("\x1b*b2m")) {
		t.Error("runs are never used")
	}
}

// Grey becomes as many dots as it is dark.
func TestPCLGrey(t *testing.T) {
	p := a4(150, false)
	for _, grey := range []int{0, 64, 128, 192, 254, 255} {
		s := onPaper(t, p.whole(t, bytes.Repeat([]byte{byte(grey)}, p.Sheet.Size())))[0]
		dark := float64(s.Ink()) / float64(p.width()*p.Sheet.Height)
		if want := 1 - float64(grey)/255; dark < want-0.02 || dark > want+0.02 {
			t.Errorf("grey %d: %.3f of the dots are black, want %.3f", grey, dark, want)
		}
	}
}

func TestPCLSheet(t *testing.T) {
	p := a4(150, false)
	p.Sheet.Duplex, p.Copies = true, 3
	white := bytes.Repeat([]byte{255}, p.Sheet.Size())
	got := onPaper(t, p.whole(t, white, white, white))
	for i, s := range got {
		if !s.Duplex || s.Back != (i == 1) || s.Copies != 3 {
			t.Errorf("page %d: %+v", i+1, s.Back)
		}
	}
	if len(got) != 3 {
		t.Errorf("%d pages", len(got))
	}
}

func TestPCLRefuses(t *testing.T) {
	for name, change := range map[string]func(*PCL){
		"paper":   func(p *PCL) { p.Sheet.Media = "iso_a3_297x420mm" },
		"density": func(p *PCL) { p.Sheet.DPI = 240 },
		"narrow":  func(p *PCL) { p.Sheet.Width = 30 },
		"half":    func(p *PCL) { p.Sheet.Height++ },
	} {
		p := a4(150, false)
		white := bytes.Repeat([]byte{255}, p.Sheet.Size())
		change(&p)
		if _, err := p.Page(white); err == nil {
			t.Errorf("%s: written", name)
		}
	}
}

func FuzzPCLPacking(f *testing.F) {
	f.Add([]byte("aaaaaaabcdefgh"), []byte("aaaaaaaaaaaaah"))
	f.Add(bytes.Repeat([]byte{7}, 700), append(bytes.Repeat([]byte{7}, 690), 1, 2, 3))
	f.Fuzz(func(t *testing.T, above, row []byte) {
		if len(row) == 0 || len(row) > 4000 {
			return
		}
		above = append(bytes.Clone(above), make([]byte, len(row))...)[:len(row)]
		var doc bytes.Buffer
		doc.WriteString("\x1bE\x1b&l0E\x1b*t75R\x1b*r1A")
		w := pclLines{out: &doc, mode: -1}
		w.line(bytes.Clone(above))
		w.line(bytes.Clone(row))
		doc.WriteString("\x1b*rC\f\x1bE")
		got := onPaper(t, doc.Bytes())
		if len(got) != 1 {
			t.Fatalf("%d pages", len(got))
		}
		for y, want := range [][]byte{above, row} {
			left := inset * 75 / 300
			for x := range min(len(want)*8, got[0].Width-left) {
				if black := want[x/8]&(0x80>>(x%8)) != 0; black != (got[0].Bits[y*got[0].Width+left+x] == 0) {
					t.Fatalf("line %d, dot %d", y, x)
				}
			}
		}
	})
}
