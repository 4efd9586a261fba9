package hid

import "math"

// scale is what a descriptor says of the range of its values (HID 1.11 §6.2.2.7).
type scale struct {
	min         int64
	max, physic limit
	least       int64 // physical minimum
	exponent    int
	unit        uint32
}

// limit is a maximum, which is a signed number only where its minimum is below zero: many devices write 65535 in two bytes.
type limit struct {
	raw   uint32
	bytes int
}

func (l limit) above(least int64) int64 {
	if least < 0 {
		return signed(l.raw, l.bytes)
	}
	return int64(l.raw)
}

func signed(v uint32, bytes int) int64 {
	switch bytes {
	case 1:
		return int64(int8(v)) //nolint:gosec // one byte
	case 2:
		return int64(int16(v)) //nolint:gosec // two bytes
	}
	return int64(int32(v)) //nolint:gosec // four bytes
}

func (s *scale) item(tag byte, v uint32, n int) {
	switch tag {
	case 0x14:
		s.min = signed(v, n)
	case 0x24:
		s.max = limit{v, n}
	case 0x34:
		s.least = signed(v, n)
	case 0x44:
		s.physic = limit{v, n}
	case 0x54: // four bits with a sign
		if s.exponent = int(v & 15); s.exponent > 7 {
			s.exponent -= 16
		}
	case 0x64:
		s.unit = v
	}
}

func (s scale) top() int64 { return s.max.above(s.min) }

// Units of length: a system in the lowest four bits, the power of its length above them, nothing else.
const (
	unitCentimetre = 0x11
	unitInch       = 0x13
)

// mm is the physical range as a length. Both physical limits zero means that they are the logical ones.
func (s scale) mm() float64 {
	var each float64
	switch s.unit {
	case unitCentimetre:
		each = 10
	case unitInch:
		each = 25.4
	default:
		return 0
	}
	low, high := s.least, s.physic.above(s.least)
	if low == 0 && high == 0 {
		low, high = s.min, s.top()
	}
	if high <= low {
		return 0
	}
	return float64(high-low) * each * math.Pow10(s.exponent)
}
