package pdf

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func picture(t *testing.T, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Somebody else's reader finds every page at its size, with the very JPEG that went in.
func TestPoppler(t *testing.T) {
	upright := image.NewRGBA(image.Rect(0, 0, 300, 424))
	for i := range upright.Pix {
		upright.Pix[i] = byte(i)
	}
	across := image.NewGray(image.Rect(0, 0, 400, 200))
	across.SetGray(7, 7, color.Gray{Y: 200})
	pages := [][]byte{picture(t, upright), picture(t, across)}
	dir := t.TempDir()
	file := filepath.Join(dir, "pages.pdf")
	var b bytes.Buffer
	if err := Write(&b, pages); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	info := poppler(t, "pdfinfo", "-f", "1", "-l", "2", file)
	for _, want := range []string{"Pages:           2", "595.28 x 841.89", "841.89 x 595.28"} {
		if !strings.Contains(info, want) {
			t.Errorf("pdfinfo does not say %q:\n%s", want, info)
		}
	}
	poppler(t, "pdfimages", "-all", file, filepath.Join(dir, "out"))
	for i, want := range pages {
		got, err := os.ReadFile(filepath.Join(dir, []string{"out-000.jpg", "out-001.jpg"}[i]))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("page %d: %d bytes, want %d, %v", i+1, len(got), len(want), err)
		}
	}
	if out := poppler(t, "pdftoppm", "-r", "20", file, filepath.Join(dir, "seen")); strings.Contains(out, "rror") {
		t.Error(out)
	}
}

func poppler(t *testing.T, name string, args ...string) string {
	t.Helper()
	bin, err := exec.LookPath(name)
	if err != nil {
		t.Skip("poppler-utils is missing: deploy/setup.sh installs it")
	}
	out, err := exec.Command(bin, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s", name, err, out)
	}
	return string(out)
}

func TestRefusesWhatIsNoPage(t *testing.T) {
	good := picture(t, image.NewGray(image.Rect(0, 0, 8, 8)))
	for name, pages := range map[string][][]byte{"none": nil, "text": {[]byte("hello")}, "second": {good, good[:10]}, "many": make([][]byte, maxPages+1)} {
		var b bytes.Buffer
		if err := Write(&b, pages); !errors.Is(err, ErrPages) || b.Len() != 0 {
			t.Errorf("%s: %v, %d bytes written", name, err, b.Len())
		}
	}
}
