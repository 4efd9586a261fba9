package raster

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The reader that the pages of this package are held against is itself held against another writer: what CUPS makes of a page of dots
// in PCL is drawn, dot by dot as it was in the source. CUPS moves pages right and down by what it takes for the printer's margins.
func TestPeerWrites(t *testing.T) {
	bin, err := exec.LookPath("ippevepcl")
	if err != nil {
		t.Skip("no writer of CUPS: apt-get install cups-ipp-utils")
	}
	s := a4(300, false).Sheet
	page := bytes.Repeat([]byte{255}, s.Size())
	for y := 200; y < 3300; y++ {
		row := page[y*s.Width : (y+1)*s.Width]
		for x := 200; x < 2280; x++ {
			if (x/37+y/53)%3 == 0 || x == y {
				row[x] = 0
			}
		}
	}
	file := filepath.Join(t.TempDir(), "a.pwg")
	if err := os.WriteFile(file, document(t, PWG, s, page), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(bin, file)
	cmd.Env = append(os.Environ(), "CONTENT_TYPE="+PWG)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	got := onPaper(t, out)
	if len(got) != 1 || got[0].DPI != 300 || got[0].Paper != 26 || got[0].Text != 0 {
		t.Fatalf("%d pages", len(got))
	}
	const left, top = inset, 50 + 50 // it begins at the edge of what the language reaches, a margin and a step below the top
	off, dark := 0, 0
	for y := range 3400 {
		for x := range s.Width - left {
			if x >= 2400 || y+top >= s.Height {
				continue
			}
			if page[y*s.Width+x] == 0 {
				dark++
			}
			if got[0].Bits[(y+top)*s.Width+left+x] != page[y*s.Width+x] {
				off++
			}
		}
	}
	if off > 0 || dark < 1_000_000 {
		t.Errorf("%d dots lie elsewhere, of %d", off, dark)
	}
}
