package raster

import (
	"bytes"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	peer "tongban/deploy/sim/laser/raster"
)

// drawn is a page with white, lines of text-like noise, grey and colours.
func drawn(s Sheet, seed uint64) []byte {
	r := rand.New(rand.NewPCG(seed, 7))
	bits := bytes.Repeat([]byte{255}, s.Size())
	line := s.Width * s.depth()
	for y := 0; y < s.Height; y++ {
		row := bits[y*line : (y+1)*line]
		switch r.IntN(4) {
		case 0:
			for i := range row {
				row[i] = byte(r.IntN(3) * 127)
			}
		case 1:
			copy(row, bytes.Repeat([]byte{byte(r.IntN(256))}, r.IntN(line+1)))
		case 2:
			if y > 0 {
				copy(row, bits[(y-1)*line:y*line])
			}
		}
	}
	return bits
}

func document(t *testing.T, format string, s Sheet, pages ...[]byte) []byte {
	t.Helper()
	var packed [][]byte
	for n, p := range pages {
		b, err := s.Page(n, slices.Clone(p))
		if err != nil {
			t.Fatal(err)
		}
		packed = append(packed, b)
	}
	doc, err := s.Document(format, packed)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// What is written is read back point by point by a reader that shares no line with it.
func TestRoundTrip(t *testing.T) {
	for _, format := range []string{PWG, URF} {
		for _, colour := range []bool{false, true} {
			for _, wide := range []int{1, 2, 127, 128, 129, 257, 620} {
				s := Sheet{Width: wide, Height: 300, DPI: 300, Colour: colour, Duplex: true, Media: "iso_a4_210x297mm", MM: [2]int{210, 297}}
				in := [][]byte{drawn(s, 1), drawn(s, 2), bytes.Repeat([]byte{255}, s.Size())}
				got, err := peer.Read(document(t, format, s, in...))
				if err != nil || len(got) != 3 {
					t.Fatalf("%s %+v: %d pages, %v", format, s, len(got), err)
				}
				for i, p := range got {
					if !bytes.Equal(p.Bits, in[i]) || p.Width != wide || p.DPI != 300 || !p.Duplex {
						t.Errorf("%s %+v: page %d differs", format, s, i+1)
					}
				}
			}
		}
	}
}

// A back comes as the printer's paper path wants it, a front never turned.
func TestBacks(t *testing.T) {
	for back, want := range map[Back]struct {
		bits         string
		across, down int
	}{Normal: {"abcdef", 1, 1}, ManualTumble: {"abcdef", 1, 1}, Flipped: {"defabc", 1, -1}, Rotated: {"fedcba", -1, -1}} {
		s := Sheet{Width: 3, Height: 2, DPI: 300, Duplex: true, Back: back}
		page := []byte("abcdef")
		got, err := peer.Read(document(t, PWG, s, page, page))
		if err != nil {
			t.Fatal(err)
		}
		if string(got[0].Bits) != "abcdef" || got[0].Across != 1 || got[0].Down != 1 {
			t.Errorf("%s: front %+v", back, got[0])
		}
		if string(got[1].Bits) != want.bits || got[1].Across != want.across || got[1].Down != want.down {
			t.Errorf("%s: back %q %d %d", back, got[1].Bits, got[1].Across, got[1].Down)
		}
	}
	s := Sheet{Width: 2, Height: 1, DPI: 300, Colour: true, Duplex: true, Back: Rotated}
	got, err := peer.Read(document(t, PWG, s, []byte("rgbRGB"), []byte("rgbRGB")))
	if err != nil || string(got[1].Bits) != "RGBrgb" {
		t.Errorf("colour back %+v %v", got, err)
	}
}

func TestRefuses(t *testing.T) {
	s := Sheet{Width: 3, Height: 2, DPI: 300}
	if _, err := s.Page(0, make([]byte, 5)); err == nil {
		t.Error("half a page is packed")
	}
	if _, err := s.Document(PWG, nil); err == nil {
		t.Error("a document without a page")
	}
	if _, err := s.Document("image/png", [][]byte{{0}}); err == nil {
		t.Error("a format that is no raster")
	}
}

// The reader of CUPS, by which real printers' firmware is measured, understands both formats: ippevepcl reads a document
// through it and writes PCL.
func TestPeerReads(t *testing.T) {
	bin, err := exec.LookPath("ippevepcl")
	if err != nil {
		t.Skip("no reader of CUPS: apt-get install cups-ipp-utils")
	}
	for format, name := range map[string]string{PWG: "a.pwg", URF: "a.urf"} {
		s := Sheet{Width: 2480, Height: 3507, DPI: 300, Media: "iso_a4_210x297mm", MM: [2]int{210, 297}}
		file := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, document(t, format, s, drawn(s, 1), drawn(s, 2)), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(bin, file)
		var said bytes.Buffer
		cmd.Env, cmd.Stderr = append(os.Environ(), "CONTENT_TYPE="+format), &said
		out, err := cmd.Output()
		if err != nil || bytes.Count(out, []byte("\x0c")) < 2 {
			t.Errorf("%s: %d bytes of PCL, %v, %s", format, len(out), err, said.String())
		}
		t.Logf("%s: %d bytes of PCL, says %s", format, len(out), strings.TrimSpace(said.String()))
	}
}

func FuzzRoundTrip(f *testing.F) {
	f.Add([]byte{1, 2, 2, 2, 3, 3, 9, 9}, 3, true)
	f.Fuzz(func(t *testing.T, bits []byte, wide int, colour bool) {
		s := Sheet{Width: wide, DPI: 300, Colour: colour}
		if wide < 1 || wide > 5000 || len(bits)/(wide*s.depth()) < 1 {
			return
		}
		s.Height = len(bits) / (wide * s.depth())
		bits = bits[:s.Size()]
		for _, format := range []string{PWG, URF} {
			got, err := peer.Read(document(t, format, s, bits))
			if err != nil || len(got) != 1 || !bytes.Equal(got[0].Bits, bits) {
				t.Fatalf("%s %+v: %v", format, s, err)
			}
		}
	})
}
