package sheet_test

import (
	"math"
	"testing"

	"tongban/central/kernel/paper/sheet"
	"tongban/central/kernel/paper/typeface"
)

func TestBounds(t *testing.T) {
	black := sheet.Grey(0)
	p := &sheet.Path{Stroke: &black, Width: 2}
	p.Circle(50, 60, 10)
	if got, want := p.Bounds(), (sheet.Box{39, 49, 61, 71}); got != want {
		t.Errorf("circle %v, want %v", got, want)
	}
	text := &sheet.Text{X: 10, Y: 20, Size: sheet.PointsPerMM * 5, Width: 30}
	if got := text.Bounds(); math.Abs(got.Top-15.6) > 1e-9 || math.Abs(got.Bottom-20.6) > 1e-9 || got.Right != 40 {
		t.Errorf("text %v", got)
	}
}

func TestOverlaps(t *testing.T) {
	a := sheet.Box{0, 0, 10, 10}
	for other, want := range map[sheet.Box]bool{{10, 0, 20, 10}: false, {9, 9, 20, 20}: true, {0, 10.01, 10, 20}: false, {2, 2, 3, 3}: true} {
		if a.Overlaps(other) != want || other.Overlaps(a) != want {
			t.Errorf("%v overlaps: want %v", other, want)
		}
	}
}

// TestGlyphTurns checks place and turn with a square of one em.
func TestGlyphTurns(t *testing.T) {
	square := typeface.Outline{
		{Op: typeface.Move}, {Op: typeface.Line, Points: [3]typeface.Point{{X: 1}}},
		{Op: typeface.Line, Points: [3]typeface.Point{{X: 1, Y: 1}}}, {Op: typeface.Close},
	}
	p := &sheet.Path{}
	p.Glyph(square, 100, 100, 4, math.Pi/2)
	b := p.Bounds()
	if math.Abs(b.Left-100) > 1e-9 || math.Abs(b.Right-104) > 1e-9 || math.Abs(b.Top-100) > 1e-9 || math.Abs(b.Bottom-104) > 1e-9 {
		t.Errorf("turned clockwise by a right angle: %v", b)
	}
}

func TestStarPointsUp(t *testing.T) {
	p := &sheet.Path{}
	p.Star(0, 0, 10)
	if b := p.Bounds(); math.Abs(b.Top+10) > 1e-9 || b.Bottom > 8.2 || math.Abs(b.Left+b.Right) > 1e-9 {
		t.Errorf("%v", b)
	}
}
