package paper

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"tongban/central/kernel/paper/sheet"
)

func TestFontsMissing(t *testing.T) {
	_, err := loadFace(fstest.MapFS{"fonts/.gitkeep": {}}, regularFont)
	if !errors.Is(err, ErrFontsMissing) || !strings.Contains(err.Error(), "make setup") {
		t.Errorf("got %v", err)
	}
	if _, err := loadFace(fstest.MapFS{regularFont: {Data: []byte("not a font")}}, regularFont); err == nil || errors.Is(err, ErrFontsMissing) {
		t.Errorf("a broken font gives %v", err)
	}
}

// TestRareWithoutFont draws a marked box, and the text can still be copied.
func TestRareWithoutFont(t *testing.T) {
	e, err := New(t.TempDir())
	if errors.Is(err, ErrFontsMissing) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	pages, err := e.Layout(Document{Blocks: []Block{Note{Text: Plain("姓𠮷名")}}})
	if err != nil {
		t.Fatal(err)
	}
	boxes, invisible := 0, ""
	for _, item := range pages[0].Items {
		switch item := item.(type) {
		case *sheet.Path:
			if b := item.Bounds(); item.Stroke != nil && b.Right-b.Left < 5 && b.Bottom-b.Top < 5 {
				boxes++
			}
		case *sheet.Text:
			if item.Invisible {
				invisible += string(item.Runes)
			}
		}
	}
	if boxes != 1 || invisible != "𠮷" {
		t.Errorf("%d boxes, invisible text %q", boxes, invisible)
	}
}
