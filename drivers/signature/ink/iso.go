package ink

import (
	"encoding/binary"
	"errors"
	"math"
	"time"

	"tongban/drivers"
)

// The full format of ISO/IEC 19794-7 (签名时间序列数据), laid out after its public translation GOST R ISO/IEC 19794-7-2009: header, a
// description of each channel, then sample points of two bytes a channel, the pen's state in one. Coordinates are scaled to
// millimetres where the pad tells its size, time to seconds.
const (
	isoHead   = "SDI\x00 10\x00"
	headBytes = 8
	maxCount  = 1<<24 - 1
	maxValue  = 32767 // of a coordinate: its two bytes have a sign
	fullForce = 65535
)

// Channels in the order of their bits, the highest first.
const (
	chanX = iota
	chanY
	chanZ
	chanVX
	chanVY
	chanAX
	chanAY
	chanT
	chanDT
	chanF
	chanS
	chanTX
	chanTY
	chanAz
	chanEl
	chanR
	channels
)

// signedChannel are those whose values may be below zero.
var signedChannel = [channels]bool{chanX: true, chanY: true, chanVX: true, chanVY: true, chanAX: true, chanAY: true, chanTX: true, chanTY: true}

// Bits of a channel's preamble.
const (
	hasScale    = 0x80
	hasMin      = 0x40
	hasMax      = 0x20
	hasMean     = 0x10
	hasSpread   = 0x08
	isConstant  = 0x04
	lessLinear  = 0x02
	hasExtended = 0x80 // of the body's preamble
)

// Errors of the form.
var (
	ErrForm  = errors.New("not a record of ISO/IEC 19794-7")
	ErrRange = errors.New("ink does not fit a record of ISO/IEC 19794-7")
)

// channel is the description of one.
type channel struct {
	scale    float64 // 0: none
	min, max int
	bounded  bool
	constant bool
}

// Encode writes ink in the full format, with the channels X, Y, T, F and S. A sample with the pen up ends each stroke.
func Encode(i drivers.Ink) ([]byte, error) {
	if i.Points() == 0 || i.Points()+len(i.Strokes) > maxCount || !area(i.Width) || !area(i.Height) || !(i.PerMM >= 0) || i.PerMM > 1e4 {
		return nil, ErrRange
	}
	shrink := math.Max(1, math.Max(i.Width, i.Height)/maxValue)
	perSecond, err := pace(i)
	if err != nil {
		return nil, err
	}
	out := []byte(isoHead)
	out = binary.BigEndian.AppendUint16(out, mask(chanX, chanY, chanT, chanF, chanS))
	for _, side := range []float64{i.Width, i.Height} {
		c := channel{min: 0, max: int(math.Round(side / shrink)), bounded: true}
		if i.PerMM > 0 {
			c.scale = i.PerMM / shrink
		}
		out = c.append(out)
	}
	out = channel{scale: perSecond}.append(out)
	out = channel{min: 0, max: fullForce, bounded: true}.append(out)
	out = channel{}.append(out)
	out = append(out, 0, 0)                      // reserved; the body's preamble: no extended data
	count := uint32(i.Points() + len(i.Strokes)) //nolint:gosec // bounded above
	out = append(out, byte(count>>16), byte(count>>8), byte(count))
	for _, s := range i.Strokes {
		var last drivers.InkPoint
		for _, p := range s {
			if !finite(p) || p.X < 0 || p.Y < 0 || p.X > i.Width || p.Y > i.Height {
				return nil, ErrRange
			}
			out, last = sample(out, p, shrink, perSecond, 1), p
		}
		last.Pressure = 0
		out = sample(out, last, shrink, perSecond, 0)
	}
	return out, nil
}

func area(side float64) bool { return side >= 1 && side <= 1e6 }

func finite(p drivers.InkPoint) bool {
	return !math.IsNaN(p.X) && !math.IsNaN(p.Y) && !math.IsNaN(p.Pressure)
}

// pace is how many units of time make a second: milliseconds as long as two bytes hold the whole.
func pace(i drivers.Ink) (float64, error) {
	var longest time.Duration
	for _, s := range i.Strokes {
		for _, p := range s {
			if p.At < 0 {
				return 0, ErrRange
			}
			longest = max(longest, p.At)
		}
	}
	for _, perSecond := range []float64{1000, 100, 10} {
		if longest.Seconds()*perSecond <= fullForce {
			return perSecond, nil
		}
	}
	return 0, ErrRange
}

func mask(list ...int) uint16 {
	var m uint16
	for _, c := range list {
		m |= 1 << (channels - 1 - c)
	}
	return m
}

func sample(out []byte, p drivers.InkPoint, shrink, perSecond float64, pen byte) []byte {
	for _, v := range []float64{p.X / shrink, p.Y / shrink, p.At.Seconds() * perSecond, min(max(p.Pressure, 0), 1) * fullForce} {
		out = binary.BigEndian.AppendUint16(out, uint16(math.Round(v))) //nolint:gosec // checked or bounded
	}
	return append(out, pen)
}

func (c channel) append(out []byte) []byte {
	var head byte
	if c.scale > 0 {
		head |= hasScale
	}
	if c.bounded {
		head |= hasMin | hasMax
	}
	out = append(out, head)
	if c.scale > 0 {
		out = binary.BigEndian.AppendUint16(out, packScale(c.scale))
	}
	if c.bounded {
		out = binary.BigEndian.AppendUint16(out, uint16(c.min)) //nolint:gosec // 0
		out = binary.BigEndian.AppendUint16(out, uint16(c.max)) //nolint:gosec // at most fullForce
	}
	return out
}

// packScale writes a factor as five bits of exponent and eleven of fraction: (1 + f/2048)·2^(e-16).
func packScale(v float64) uint16 {
	fraction, exponent := math.Frexp(v) // 0.5 to 1
	f, e := math.Round((fraction*2-1)*2048), exponent-1+16
	if f == 2048 {
		f, e = 0, e+1
	}
	switch {
	case e < 0:
		return 0
	case e > 31:
		return math.MaxUint16
	}
	return uint16(e)<<11 | uint16(f) //nolint:gosec // both bounded
}

func unpackScale(v uint16) float64 {
	return (1 + float64(v&0x7FF)/2048) * math.Pow(2, float64(v>>11)-16)
}
