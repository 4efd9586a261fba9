package tiff

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	decode "golang.org/x/image/tiff"
)

func drawn(m interface {
	image.Image
	Set(x, y int, c color.Color)
}, n int,
) image.Image {
	for y := m.Bounds().Min.Y; y < m.Bounds().Max.Y; y++ {
		for x := m.Bounds().Min.X; x < m.Bounds().Max.X; x++ {
			m.Set(x, y, color.RGBA{uint8(x * n), uint8(y), uint8(x + y), 255})
		}
	}
	return m
}

func pages() []image.Image {
	ycc := image.NewYCbCr(image.Rect(0, 0, 64, 40), image.YCbCrSubsampleRatio420)
	for i := range ycc.Y {
		ycc.Y[i] = uint8(i)
	}
	return []image.Image{
		drawn(image.NewRGBA(image.Rect(0, 0, 300, 700)), 1), drawn(image.NewGray(image.Rect(0, 0, 33, 17)), 3),
		drawn(image.NewNRGBA(image.Rect(5, 7, 20, 31)), 5), ycc,
	}
}

// offsets walks the chain of page descriptions.
func offsets(b []byte) []uint32 {
	var out []uint32
	for at := binary.LittleEndian.Uint32(b[4:]); at != 0; {
		out = append(out, at)
		n := uint32(binary.LittleEndian.Uint16(b[at:]))
		at = binary.LittleEndian.Uint32(b[at+2+12*n:])
	}
	return out
}

// Every page of the file is the page that was written, to the last point, read by another reader.
func TestPagesComeBack(t *testing.T) {
	want := pages()
	var out bytes.Buffer
	if err := Write(&out, want, 300); err != nil {
		t.Fatal(err)
	}
	chain := offsets(out.Bytes())
	if len(chain) != len(want) {
		t.Fatalf("%d pages, want %d", len(chain), len(want))
	}
	for i, at := range chain {
		one := bytes.Clone(out.Bytes()) // that reader knows only the first page: each is made the first
		binary.LittleEndian.PutUint32(one[4:], at)
		got, err := decode.Decode(bytes.NewReader(one))
		if err != nil {
			t.Fatalf("page %d: %v", i+1, err)
		}
		w, g := want[i].Bounds(), got.Bounds()
		if w.Dx() != g.Dx() || w.Dy() != g.Dy() {
			t.Fatalf("page %d is %v, was %v", i+1, g, w)
		}
		for y := range w.Dy() {
			for x := range w.Dx() {
				a, b := color.RGBAModel.Convert(want[i].At(w.Min.X+x, w.Min.Y+y)).(color.RGBA), color.RGBAModel.Convert(got.At(x, y)).(color.RGBA)
				if a != b {
					t.Fatalf("page %d at %d,%d is %v, was %v", i+1, x, y, b, a)
				}
			}
		}
	}
}

// The program of another house sees the same pages and resolution.
func TestAnotherProgramReadsIt(t *testing.T) {
	identify, err := exec.LookPath("identify")
	if err != nil {
		t.Skip("identify is not here: make setup installs imagemagick")
	}
	path := filepath.Join(t.TempDir(), "pages.tif")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := Write(f, pages(), 300); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := exec.CommandContext(t.Context(), identify, "-format", "%wx%h %x %U\n", path).Output()
	if want := "300x700 300 PixelsPerInch\n33x17 300 PixelsPerInch\n15x24 300 PixelsPerInch\n64x40 300 PixelsPerInch"; err != nil || strings.TrimSpace(string(got)) != want {
		t.Errorf("%s, want %s, %v", got, want, err)
	}
}

func TestRefused(t *testing.T) {
	one := []image.Image{image.NewGray(image.Rect(0, 0, 4, 4))}
	for name, c := range map[string]struct {
		pages []image.Image
		dpi   int
	}{"none": {nil, 300}, "empty": {[]image.Image{image.NewGray(image.Rect(0, 0, 0, 4))}, 300}, "no dots": {one, 0}, "too fine": {one, 1 << 30}} {
		if err := Write(&bytes.Buffer{}, c.pages, c.dpi); !errors.Is(err, ErrPages) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
