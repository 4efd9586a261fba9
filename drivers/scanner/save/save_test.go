package save

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"

	"tongban/drivers"
)

func frame(t *testing.T, img image.Image) drivers.Frame {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return drivers.Frame{JPEG: b.Bytes(), Width: img.Bounds().Dx(), Height: img.Bounds().Dy()}
}

func page(t *testing.T, w, h int) drivers.Frame {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = uint8(i / 40)
	}
	return frame(t, img)
}

// One capture is saved in every format that the tender names, and each opens with its type and size.
func TestEveryFormatOpens(t *testing.T) {
	f := page(t, 240, 330)
	for format, open := range map[Format]func([]byte) (image.Config, error){
		JPEG: func(b []byte) (image.Config, error) { return jpeg.DecodeConfig(bytes.NewReader(b)) },
		BMP:  func(b []byte) (image.Config, error) { return bmp.DecodeConfig(bytes.NewReader(b)) },
		PNG:  func(b []byte) (image.Config, error) { return png.DecodeConfig(bytes.NewReader(b)) },
		TIFF: func(b []byte) (image.Config, error) { return tiff.DecodeConfig(bytes.NewReader(b)) },
	} {
		var b bytes.Buffer
		if err := Write(&b, format, []drivers.Frame{f}, 300); err != nil {
			t.Fatalf("%s: %v", format, err)
		}
		if c, err := open(b.Bytes()); err != nil || c.Width != 240 || c.Height != 330 {
			t.Errorf("%s: %dx%d %v", format, c.Width, c.Height, err)
		}
	}
}

// The PDF of two pages is one for another house's programs: its pages have the size of the paper, and its pictures are the pages' own.
func TestPDF(t *testing.T) {
	if _, err := exec.LookPath("pdfimages"); err != nil {
		t.Skip("pdfimages is not here: make setup installs poppler-utils")
	}
	pages := []drivers.Frame{page(t, 2480, 3508), frame(t, image.NewGray(image.Rect(0, 0, 600, 300)))}
	var b bytes.Buffer
	if err := Write(&b, PDF, pages, 300); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "pages.pdf")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	info, err := exec.CommandContext(t.Context(), "pdfinfo", "-f", "1", "-l", "2", path).CombinedOutput()
	for _, want := range []string{"Pages:           2", "Page    1 size:  595.2 x 841.92 pts (A4)", "Page    2 size:  144 x 72 pts"} {
		if err != nil || !strings.Contains(string(info), want) {
			t.Errorf("no %q in %v\n%s", want, err, info)
		}
	}
	if strings.Contains(string(info), "rror") {
		t.Errorf("%s", info)
	}
	if out, err := exec.CommandContext(t.Context(), "pdfimages", "-j", path, filepath.Join(dir, "p")).CombinedOutput(); err != nil || len(out) > 0 {
		t.Fatalf("%s %v", out, err)
	}
	for i, p := range pages {
		got, err := os.ReadFile(filepath.Join(dir, fmt.Sprintf("p-%03d.jpg", i)))
		if err != nil || !bytes.Equal(got, p.JPEG) {
			t.Errorf("picture %d: %d bytes, want %d, %v", i, len(got), len(p.JPEG), err)
		}
	}
}

func TestRefused(t *testing.T) {
	one := page(t, 20, 20)
	for name, c := range map[string]struct {
		format Format
		pages  []drivers.Frame
		dpi    int
		want   error
	}{
		"two in one":  {PNG, []drivers.Frame{one, one}, 300, ErrPages},
		"none":        {PDF, nil, 300, ErrPages},
		"unknown":     {"gif", []drivers.Frame{one}, 300, ErrFormat},
		"no dots":     {PDF, []drivers.Frame{one}, 0, ErrFormat},
		"no picture":  {PDF, []drivers.Frame{{JPEG: []byte("x")}}, 300, nil},
		"no picture2": {TIFF, []drivers.Frame{{JPEG: []byte("x")}}, 300, nil},
	} {
		if err := Write(&bytes.Buffer{}, c.format, c.pages, c.dpi); err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
