package camera

import "math"

// homography maps the field of view onto the sheet, 0..1 in both directions.
type homography [9]float64

func (m *homography) apply(x, y float64) (u, v float64) {
	w := m[6]*x + m[7]*y + m[8]
	return (m[0]*x + m[1]*y + m[2]) / w, (m[3]*x + m[4]*y + m[5]) / w
}

// place lays an A4 sheet into the field, turned by some degrees and a little nearer to the lens at one edge; off
// pushes it over the border.
func place(angle float64, off bool) homography {
	const a4w, a4h = 210 / 25.4 * 300, 297 / 25.4 * 300
	cx, cy := fieldW/2.0, fieldH/2.0
	if off {
		cx, cy = cx+fieldW*0.24, cy-fieldH*0.18
	}
	sin, cos := math.Sincos(angle * math.Pi / 180)
	var q [4][2]float64
	for i, c := range [4][2]float64{{-1, -1}, {1, -1}, {1, 1}, {-1, 1}} {
		x, y := c[0]*a4w/2, c[1]*a4h/2
		near := 0.97 + 0.02*c[1]*sign(angle) // the perspective
		x, y = x*near, y*0.985
		q[i] = [2]float64{cx + x*cos - y*sin, cy + x*sin + y*cos}
	}
	return toQuad(q).inverse()
}

func sign(v float64) float64 {
	if v < 0 {
		return -1
	}
	return 1
}

// toQuad maps the unit square onto a quadrilateral given clockwise from the top left.
func toQuad(q [4][2]float64) homography {
	dx1, dx2, sx := q[1][0]-q[2][0], q[3][0]-q[2][0], q[0][0]-q[1][0]+q[2][0]-q[3][0]
	dy1, dy2, sy := q[1][1]-q[2][1], q[3][1]-q[2][1], q[0][1]-q[1][1]+q[2][1]-q[3][1]
	det := dx1*dy2 - dx2*dy1
	g, h := (sx*dy2-dx2*sy)/det, (dx1*sy-sx*dy1)/det
	return homography{
		q[1][0] - q[0][0] + g*q[1][0], q[3][0] - q[0][0] + h*q[3][0], q[0][0],
		q[1][1] - q[0][1] + g*q[1][1], q[3][1] - q[0][1] + h*q[3][1], q[0][1],
		g, h, 1,
	}
}

// inverse is the adjugate; the scale does not matter for a projection.
func (m homography) inverse() homography {
	return homography{
		m[4]*m[8] - m[5]*m[7], m[2]*m[7] - m[1]*m[8], m[1]*m[5] - m[2]*m[4],
		m[5]*m[6] - m[3]*m[8], m[0]*m[8] - m[2]*m[6], m[2]*m[3] - m[0]*m[5],
		m[3]*m[7] - m[4]*m[6], m[1]*m[6] - m[0]*m[7], m[0]*m[4] - m[1]*m[3],
	}
}
