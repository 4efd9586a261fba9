package official_test

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/makiuchi-d/gozxing"
	zxing "github.com/makiuchi-d/gozxing/qrcode"

	"tongban/central/kernel/paper"
	"tongban/central/kernel/paper/official"
	"tongban/central/kernel/paper/sheet"
)

func everyPaper(t *testing.T, check func(t *testing.T, p official.Paper, out paper.Output)) {
	t.Helper()
	e := engine(t)
	all := samples()
	for name, p := range hardSamples() {
		all[name] = p
	}
	for name, p := range all {
		t.Run(name, func(t *testing.T) {
			out, err := official.Render(e, p)
			if err != nil {
				t.Fatal(err)
			}
			check(t, p, out)
		})
	}
}

// TestLayout measures every page: nothing outside the margins, no text on text, the seal's zone free, nothing below the smallest type.
func TestLayout(t *testing.T) {
	everyPaper(t, func(t *testing.T, p official.Paper, out paper.Output) {
		for n, page := range out.Pages {
			var texts []*sheet.Text
			for _, item := range page.Items {
				switch item := item.(type) {
				case *sheet.Text:
					texts = append(texts, item)
				case *sheet.Path:
					if b := item.Bounds(); b.Left < 10 || b.Right > 200 || b.Top < 10 || b.Bottom > 287 {
						t.Errorf("page %d: a shape (%s) reaches into the outer 10 mm: %v", n+1, item.Role, b)
					}
				}
			}
			for i, a := range texts {
				b := a.Bounds()
				if half := a.Size / sheet.PointsPerMM / 2; b.Left < 28-half || b.Right > 184+half+0.1 || b.Top < 13.5 || b.Bottom > 285.3 {
					t.Errorf("page %d: %q leaves the text area: %v", n+1, string(a.Runes), b)
				}
				if a.Size < 9.2 {
					t.Errorf("page %d: %q is set in %.1f pt", n+1, string(a.Runes), a.Size)
				}
				for _, other := range texts[i+1:] {
					if b.Overlaps(other.Bounds()) {
						t.Errorf("page %d: %q and %q overlap", n+1, string(a.Runes), string(other.Runes))
					}
				}
			}
			checkSeal(t, p, page, n == len(out.Pages)-1)
		}
	})
}

// checkSeal wants a seal on the last page only, and no text in its zone but the name of the body.
func checkSeal(t *testing.T, p official.Paper, page sheet.Page, last bool) {
	t.Helper()
	var seal *sheet.Box
	for _, item := range page.Items {
		if path, ok := item.(*sheet.Path); ok && path.Role == sheet.RoleSeal && seal == nil {
			b := path.Bounds()
			seal = &b
		}
	}
	if (seal != nil) != last {
		t.Errorf("seal on the page: %v; last page: %v", seal != nil, last)
	}
	if seal == nil {
		return
	}
	if size := seal.Right - seal.Left; math.Abs(size-40) > 0.1 || math.Abs(seal.Bottom-(297-51)) > 0.1 {
		t.Errorf("seal is %.2f wide and ends at %.2f", size, seal.Bottom)
	}
	for _, item := range page.Items {
		text, ok := item.(*sheet.Text)
		if ok && text.Bounds().Overlaps(*seal) && !strings.Contains(p.Document().Sign.Body, string(text.Runes)) {
			t.Errorf("the seal covers %q", string(text.Runes))
		}
	}
}

// TestCompany checks that the signature is never alone: two rows of a list that runs on, or some text.
func TestCompany(t *testing.T) {
	e := engine(t)
	for handed := 1; handed < 60; handed++ {
		p := receipt()
		p.Handed = slices.Repeat([]official.Handed{{Name: "图纸", Form: "原件", Copies: 1}}, handed)
		out, err := official.Render(e, p)
		if err != nil {
			t.Fatal(err)
		}
		var rows, lines []int
		for _, page := range out.Pages {
			r, l := 0, 0
			for _, item := range page.Items {
				if text, ok := item.(*sheet.Text); ok {
					if string(text.Runes) == "图纸" {
						r++
					}
					if text.Y > 29 && text.Y < 206 {
						l++
					}
				}
			}
			rows, lines = append(rows, r), append(lines, l)
		}
		if last := len(rows) - 1; last > 0 && (rows[last] < 2 || rows[last-1] < 2) || lines[len(lines)-1] < 5 {
			t.Errorf("%d rows are dealt out %v, text lines %v", handed, rows, lines)
		}
	}
}

// TestVerifyCodeReads draws the page's code as a picture and reads it.
func TestVerifyCodeReads(t *testing.T) {
	everyPaper(t, func(t *testing.T, p official.Paper, out paper.Output) {
		const scale = 8 // pixels a millimetre
		picture := image.NewGray(image.Rect(0, 0, 30*scale, 30*scale))
		draw.Draw(picture, picture.Bounds(), image.White, image.Point{}, draw.Src)
		for _, item := range out.Pages[0].Items {
			path, ok := item.(*sheet.Path)
			if !ok || path.Role != sheet.RoleQR {
				continue
			}
			for i := 0; i+4 < len(path.Segments); i += 5 {
				a, c := path.Segments[i].Points[0], path.Segments[i+2].Points[0]
				px := func(v, origin float64) int { return int(math.Round((v - origin) * scale)) }
				r := image.Rect(px(a.X, 25), px(a.Y, 258), px(c.X, 25), px(c.Y, 258))
				draw.Draw(picture, r, image.NewUniform(color.Black), image.Point{}, draw.Src)
			}
		}
		bitmap, err := gozxing.NewBinaryBitmapFromImage(picture)
		if err != nil {
			t.Fatal(err)
		}
		got, err := zxing.NewQRCodeReader().Decode(bitmap, nil)
		if err != nil {
			t.Fatal(err)
		}
		if want := p.Document().Foot.VerifyURL; got.GetText() != want {
			t.Errorf("read %q, want %q", got.GetText(), want)
		}
	})
}

// TestSameBytes renders at once and again: a digest of the file must be worth something.
func TestSameBytes(t *testing.T) {
	e := engine(t)
	for name, p := range samples() {
		first, err := official.Render(e, p)
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for range 6 {
			wg.Go(func() {
				if again, err := official.Render(e, p); err != nil || again.Digest != first.Digest {
					t.Errorf("%s: %s, %v; want %s", name, again.Digest, err, first.Digest)
				}
			})
		}
		wg.Wait()
	}
}

func BenchmarkAcceptance(b *testing.B) {
	e, p := engine(b), acceptance()
	for b.Loop() {
		if _, err := official.Render(e, p); err != nil {
			b.Fatal(err)
		}
	}
}
