package fingerprint

import "math"

const width, height = 256, 288

// draw makes the picture of a finger: rings around a point a little off the middle, bent, inside an oval; worn skin lacks
// its ridges. Two pixels of four bits stand in a byte.
func draw(finger string) []byte {
	wear := 0
	for _, f := range fingers {
		if f.key == finger {
			wear = f.wear
		}
	}
	out := make([]byte, width*height/2)
	for y := range height {
		for x := range width {
			v := 15
			dx, dy := float64(x-132), float64(y-150)
			if dx*dx/(118*118)+dy*dy/(136*136) < 1 && !worn(x, y, wear) {
				r := math.Hypot(dx, dy*0.8) + 9*math.Sin(dx/38) + 6*math.Cos(dy/29)
				v = int(7.5 + 7*math.Sin(r*2*math.Pi/9))
			}
			if i := (y*width + x) / 2; x%2 == 0 {
				out[i] |= byte(v) << 4
			} else {
				out[i] |= byte(v)
			}
		}
	}
	return out
}

// worn reports whether a patch of skin has no ridges; wear is the share of such patches in percent.
func worn(x, y, wear int) bool {
	n := uint32((x/24)*7919+(y/24)*104729) * 2654435761 //nolint:gosec // a scatter, not a number
	return int(n>>16%100) < wear
}
