package minutiae

// ring is the eight neighbours of a pixel in a circle, from the right, counter-clockwise.
func ring(w int) [8]int { return [8]int{1, 1 - w, -w, -1 - w, -1, w - 1, w, w + 1} }

// removable tells, for each of the 256 ways in which the neighbours of a pixel can be set, whether it can go in the first and in the second
// half of a round: it is at the rim on that side, no end of a line, and nothing falls apart without it (Guo and Hall).
var removable = func() (t [2][256]bool) {
	for n := range 256 {
		at := func(i int) int { return n >> (i & 7) & 1 }
		east, northEast, north, northWest, west, southWest, south, southEast := at(0), at(1), at(2), at(3), at(4), at(5), at(6), at(7)
		parts := (1-north)&(northEast|east) + (1-east)&(southEast|south) + (1-south)&(southWest|west) + (1-west)&(northWest|north)
		one := (northWest | north) + (northEast | east) + (southEast | south) + (southWest | west)
		two := (north | northEast) + (east | southEast) + (south | southWest) + (west | northWest)
		many := min(one, two)
		if parts != 1 || many < 2 || many > 3 {
			continue
		}
		t[0][n] = (north|northEast|(1-southEast))&east == 0
		t[1][n] = (south|southWest|(1-northWest))&west == 0
	}
	return t
}()

// thin leaves of each ridge a line one pixel wide. The rim of the picture is cleared: its pixels have no eight neighbours.
func thin(ridge []uint8, w, h int) {
	for x := range w {
		ridge[x], ridge[(h-1)*w+x] = 0, 0
	}
	for y := range h {
		ridge[y*w], ridge[y*w+w-1] = 0, 0
	}
	left := make([]int, 0, len(ridge)/2)
	for i, on := range ridge {
		if on != 0 {
			left = append(left, i)
		}
	}
	around := ring(w)
	gone := make([]int, 0, len(left)/4)
	for {
		before := len(left)
		for half := range 2 {
			gone = gone[:0]
			for _, i := range left {
				n := 0
				for j, d := range around {
					n |= int(ridge[i+d]) << j
				}
				if removable[half][n] {
					gone = append(gone, i)
				}
			}
			for _, i := range gone {
				ridge[i] = 0
			}
			keep := left[:0]
			for _, i := range left {
				if ridge[i] != 0 {
					keep = append(keep, i)
				}
			}
			left = keep
		}
		if len(left) == before {
			return
		}
	}
}
