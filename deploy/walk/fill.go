package walk

import (
	"maps"
	"math"
)

// With returns values with some replaced.
func With(values map[string]any, change map[string]any) map[string]any {
	out := maps.Clone(values)
	maps.Copy(out, change)
	return out
}

// Scribble is a signature of three strokes.
func Scribble() [][][4]float64 {
	var out [][][4]float64
	for k := range 3 {
		var s [][4]float64
		for i := range 40 {
			x := 120 + float64(k)*220 + float64(i)*4
			s = append(s, [4]float64{x, 200 + 90*math.Sin(float64(i)/5+float64(k)), float64(k*600 + i*12), 0.5})
		}
		out = append(out, s)
	}
	return out
}
