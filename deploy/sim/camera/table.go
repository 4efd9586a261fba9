package camera

import (
	"image"
	"sync"
)

// Table is the same table with the same papers for cameras of other protocols (台面).
type Table struct {
	studio *studio
	mu     sync.Mutex
	sheet  string
}

// NewTable makes a bare table.
func NewTable() *Table { return &Table{studio: newStudio(), sheet: "none"} }

// Put lays a sheet on it, "none" takes it away.
func (t *Table) Put(sheet string) error {
	if _, err := sheetByKey(sheet); err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sheet = sheet
	return nil
}

// Sheet is what lies there.
func (t *Table) Sheet() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.sheet
}

// Photo is the whole table in a picture of any size. Of a picture that is wider than high the long side is that of the
// table, as such cameras are mounted: the sheet lies on its side in it.
func (t *Table) Photo(w, h int) (*image.RGBA, error) {
	sh, err := sheetByKey(t.Sheet())
	if err != nil {
		return nil, err
	}
	pw, ph := w, h
	if w > h {
		pw, ph = h, w
	}
	per := max(fieldW/float64(pw), fieldH/float64(ph))
	img := t.studio.project(sh, "", view{x: (fieldW - per*float64(pw)) / 2, y: (fieldH - per*float64(ph)) / 2, perDot: per, w: pw, h: ph})
	if w <= h {
		return img, nil
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			copy(out.Pix[y*out.Stride+x*4:][:4], img.Pix[(ph-1-x)*img.Stride+y*4:][:4])
		}
	}
	return out, nil
}
