package ink

import (
	"encoding/binary"
	"math"
	"time"

	"tongban/drivers"
)

// Decode reads a record in the full format, also with channels that Encode does not write; it takes X, Y, T or DT, F and S from it.
func Decode(b []byte) (drivers.Ink, error) {
	r := reader{rest: b}
	if string(r.take(headBytes)) != isoHead {
		return drivers.Ink{}, ErrForm
	}
	included := r.number()
	var list [channels]*channel
	for c := range channels {
		if included&mask(c) != 0 {
			list[c] = r.channel(signedChannel[c])
		}
	}
	r.take(1) // reserved
	head := r.take(1)
	count := r.take(3)
	if r.short || list[chanX] == nil || list[chanY] == nil || list[chanX].constant || list[chanY].constant {
		return drivers.Ink{}, ErrForm
	}
	n := int(count[0])<<16 | int(count[1])<<8 | int(count[2])
	i, err := r.points(list, n)
	if err != nil {
		return drivers.Ink{}, err
	}
	if head[0]&hasExtended != 0 {
		r.take(int(r.number()))
	}
	if r.short || len(r.rest) != 0 {
		return drivers.Ink{}, ErrForm
	}
	return i, nil
}

// reader walks over bytes; what is not there makes it short and reads as zero.
type reader struct {
	rest  []byte
	short bool
}

func (r *reader) take(n int) []byte {
	if r.short || len(r.rest) < n {
		r.short = true
		return make([]byte, min(n, headBytes))
	}
	out := r.rest[:n]
	r.rest = r.rest[n:]
	return out
}

func (r *reader) number() uint16 { return binary.BigEndian.Uint16(r.take(2)) }

func (r *reader) signed(is bool) int {
	v := r.number()
	if is {
		return int(int16(v)) //nolint:gosec // its sign
	}
	return int(v)
}

func (r *reader) channel(sign bool) *channel {
	head := r.take(1)[0]
	c := &channel{constant: head&isConstant != 0}
	if head&hasScale != 0 {
		c.scale = unpackScale(r.number())
	}
	if head&hasMin != 0 {
		c.min = r.signed(sign)
	}
	if head&hasMax != 0 {
		c.max, c.bounded = r.signed(sign), head&hasMin != 0
	}
	if head&hasMean != 0 {
		r.number()
	}
	if head&hasSpread != 0 {
		r.number()
	}
	if head&lessLinear != 0 { // something was subtracted, and the record does not say what in a way that is known here
		r.short = true
	}
	return c
}

// row is one sample point as it stands in the record.
type row [channels]int

func (r *reader) row(list [channels]*channel) row {
	var out row
	for c := range channels {
		switch {
		case list[c] == nil || list[c].constant: // one value for all, which only channels have that nothing is taken of
		case c == chanS:
			out[c] = int(r.take(1)[0])
		default:
			out[c] = r.signed(signedChannel[c])
		}
	}
	return out
}

func (r *reader) points(list [channels]*channel, n int) (drivers.Ink, error) {
	x, y := *list[chanX], *list[chanY]
	if x.scale != y.scale {
		return drivers.Ink{}, ErrForm // ink has one unit
	}
	out := drivers.Ink{PerMM: x.scale}
	var span [2]float64
	var clock float64
	down := false
	for range n {
		v := r.row(list)
		if r.short {
			return drivers.Ink{}, ErrForm
		}
		p := drivers.InkPoint{X: float64(v[chanX] - x.min), Y: float64(v[chanY] - y.min), Pressure: force(list[chanF], v[chanF])}
		switch {
		case list[chanT] != nil:
			p.At = seconds(float64(v[chanT]), list[chanT].scale)
		case list[chanDT] != nil:
			clock += float64(v[chanDT])
			p.At = seconds(clock, list[chanDT].scale)
		}
		span[0], span[1] = max(span[0], p.X), max(span[1], p.Y)
		switch touches := list[chanS] == nil || list[chanS].constant || v[chanS] != 0; {
		case !touches:
			down = false
		case !down:
			down = true
			out.Strokes = append(out.Strokes, drivers.Stroke{p})
		default:
			last := &out.Strokes[len(out.Strokes)-1]
			*last = append(*last, p)
		}
	}
	out.Width, out.Height = side(x, span[0]), side(y, span[1])
	if out.Points() == 0 {
		return drivers.Ink{}, ErrForm
	}
	return out, nil
}

// side is what the record says of the area, or how far the ink reaches.
func side(c channel, reach float64) float64 {
	if c.bounded && c.max > c.min {
		return float64(c.max - c.min)
	}
	return max(reach, 1)
}

func force(c *channel, v int) float64 {
	switch {
	case c == nil:
		return 0.5
	case c.bounded && c.max > c.min:
		return min(max(float64(v-c.min)/float64(c.max-c.min), 0), 1)
	}
	return float64(v) / fullForce
}

// seconds scales a time; without a scale it is in milliseconds.
func seconds(v, scale float64) time.Duration {
	if scale == 0 {
		scale = 1000
	}
	return time.Duration(min(math.Round(v/scale*1e6), 1e12)) * time.Microsecond
}
