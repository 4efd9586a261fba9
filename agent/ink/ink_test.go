package ink_test

import (
	"errors"
	"math"
	"testing"

	"tongban/agent/ink"
)

// A hand's line is drawn where it was written; what no hand writes is refused.
func TestDraw(t *testing.T) {
	var line [][4]float64
	for i := range 50 {
		line = append(line, [4]float64{100 + 10*float64(i), 100 + float64(i%10)*10, float64(i), 0.5})
	}
	img, err := ink.Draw(900, 400, [][][4]float64{line})
	if err != nil {
		t.Fatal(err)
	}
	if b := img.Bounds(); b.Dx() != 900 || b.Dy() != 400 {
		t.Errorf("picture of %v", b)
	}
	if img.GrayAt(100, 100).Y > 100 || img.GrayAt(850, 390).Y != 255 {
		t.Errorf("ink is at %d, paper at %d", img.GrayAt(100, 100).Y, img.GrayAt(850, 390).Y)
	}
	wild := append([][4]float64{{math.NaN(), 1, 0, 1}}, line...)
	far := append([][4]float64{{9000, 1, 0, 1}}, line...)
	for name, c := range map[string]struct {
		width   int
		strokes [][][4]float64
		want    error
	}{
		"nothing":   {900, nil, ink.ErrSmall},
		"a dot":     {900, [][][4]float64{{{5, 5, 0, 1}, {6, 6, 1, 1}}}, ink.ErrSmall},
		"no number": {900, [][][4]float64{wild}, ink.ErrStrokes},
		"far away":  {900, [][][4]float64{far}, ink.ErrStrokes},
		"no box":    {0, [][][4]float64{line}, ink.ErrStrokes},
		"huge box":  {90_000, [][][4]float64{line}, ink.ErrStrokes},
		"too many":  {900, [][][4]float64{make([][4]float64, 20_001)}, ink.ErrStrokes},
	} {
		if _, err := ink.Draw(c.width, 400, c.strokes); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
