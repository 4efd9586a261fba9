// Package iso writes and reads finger minutiae records after ISO/IEC 19794-2, version " 20" of 2005 (指纹特征点记录), the form in which other
// people's software takes a finger. The layout is that of public readers of this version; the standard's own text was not at hand, and no
// record has yet been exchanged with another maker's product.
package iso

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"tongban/drivers/fingerprint/minutiae"
)

// Position is which finger it is (指位), in the standard's numbers; a sensor at a counter does not know it.
type Position uint8

// Positions.
const (
	Unknown Position = iota
	RightThumb
	RightIndex
	RightMiddle
	RightRing
	RightLittle
	LeftThumb
	LeftIndex
	LeftMiddle
	LeftRing
	LeftLittle
)

// View is one finger of a record.
type View struct {
	Position   Position
	Number     uint8 // of the views of this position, 0 to 15
	Impression uint8 // 0: live, plain; 0 to 3 and 8 are known
	Template   minutiae.Template
}

const (
	magic      = "FMR\x00 20\x00"
	headSize   = 24
	viewSize   = 4
	pointSize  = 6
	extSize    = 2
	perCM      = 197 // pixels a centimetre, 500 dpi
	maxRecord  = 1 << 16
	maxPoints  = 255
	maxPlace   = 1<<14 - 1
	maxQuality = 100
)

// Why a record is not one.
var (
	errShort     = errors.New("record ends too early")
	errMagic     = errors.New("not a finger minutiae record of version 20")
	errLength    = errors.New("record is not as long as it says")
	errReserved  = errors.New("reserved bits are set")
	errRange     = errors.New("value is out of its range")
	errViews     = errors.New("record has no view")
	errExtension = errors.New("extension is broken")
)

// Encode writes a record of fingers that one sensor saw.
func Encode(views ...View) ([]byte, error) {
	if len(views) == 0 || len(views) > maxPoints {
		return nil, errViews
	}
	first := views[0].Template
	b := append([]byte(magic), 0, 0, 0, 0, 0, 0) // length comes last; no certified device
	for _, v := range []int{first.Width, first.Height, first.DPI * perCM / 500, first.DPI * perCM / 500} {
		if v <= 0 || v > math.MaxUint16 {
			return nil, fmt.Errorf("write head: %w", errRange)
		}
		b = binary.BigEndian.AppendUint16(b, uint16(v))
	}
	b = append(b, byte(len(views)), 0) //nolint:gosec // counted above
	for _, v := range views {
		t := v.Template
		if t.Width != first.Width || t.Height != first.Height || t.DPI != first.DPI || len(t.Points) > maxPoints || v.Position > LeftLittle || v.Number > 15 || !plausible(v.Impression) || t.Quality < 0 || t.Quality > maxQuality {
			return nil, fmt.Errorf("write view: %w", errRange)
		}
		b = append(b, byte(v.Position), v.Number<<4|v.Impression, byte(t.Quality), byte(len(t.Points)))
		for _, p := range t.Points {
			if p.X < 0 || p.Y < 0 || p.X >= t.Width || p.Y >= t.Height || max(p.X, p.Y) > maxPlace || p.Kind > minutiae.Fork || p.Quality < 0 || p.Quality > maxQuality {
				return nil, fmt.Errorf("write point: %w", errRange)
			}
			b = binary.BigEndian.AppendUint16(b, uint16(p.Kind)<<14|uint16(p.X)) //nolint:gosec // bounded above
			b = binary.BigEndian.AppendUint16(b, uint16(p.Y))                    //nolint:gosec // bounded above
			b = append(b, byte(int(math.Round(p.Angle/(2*math.Pi)*256))&0xFF), byte(p.Quality))
		}
		b = append(b, 0, 0) // no extension
	}
	if len(b) > maxRecord {
		return nil, errLength
	}
	binary.BigEndian.PutUint32(b[8:], uint32(len(b))) //nolint:gosec // bounded above
	return b, nil
}

func plausible(impression uint8) bool { return impression <= 3 || impression == 8 }

// Parse reads a record strictly: what is out of its range, or left over, makes it none.
func Parse(b []byte) ([]View, error) {
	switch {
	case len(b) < headSize:
		return nil, errShort
	case !bytes.HasPrefix(b, []byte(magic)):
		return nil, errMagic
	case len(b) > maxRecord || int64(binary.BigEndian.Uint32(b[8:])) != int64(len(b)):
		return nil, errLength
	case b[23] != 0:
		return nil, errReserved
	case b[22] == 0:
		return nil, errViews
	}
	num := func(at int) int { return int(binary.BigEndian.Uint16(b[at:])) }
	w, h, rx, ry := num(14), num(16), num(18), num(20)
	if w == 0 || h == 0 || rx == 0 || rx != ry {
		return nil, fmt.Errorf("read head: %w", errRange)
	}
	dpi := (rx*254 + 50) / 100
	if rx == perCM {
		dpi = 500
	}
	out := make([]View, 0, b[22])
	rest := b[headSize:]
	for range b[22] {
		v, tail, err := view(rest, minutiae.Template{Width: w, Height: h, DPI: dpi})
		if err != nil {
			return nil, err
		}
		out, rest = append(out, v), tail
	}
	if len(rest) > 0 {
		return nil, errLength
	}
	return out, nil
}

// view reads one finger and skips what extensions follow it.
func view(b []byte, t minutiae.Template) (v View, rest []byte, err error) {
	if len(b) < viewSize {
		return View{}, nil, errShort
	}
	v = View{Position: Position(b[0]), Number: b[1] >> 4, Impression: b[1] & 0x0F}
	n := int(b[3])
	t.Quality = int(b[2])
	if v.Position > LeftLittle || !plausible(v.Impression) || t.Quality > maxQuality {
		return View{}, nil, fmt.Errorf("read view: %w", errRange)
	}
	if b = b[viewSize:]; len(b) < n*pointSize+extSize {
		return View{}, nil, errShort
	}
	for range n {
		p, err := point(b, t)
		if err != nil {
			return View{}, nil, err
		}
		t.Points, b = append(t.Points, p), b[pointSize:]
	}
	v.Template = t
	ext := int(binary.BigEndian.Uint16(b))
	if b = b[extSize:]; len(b) < ext {
		return View{}, nil, errExtension
	}
	return v, b[ext:], nil
}

func point(b []byte, t minutiae.Template) (minutiae.Minutia, error) {
	x, y := binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
	p := minutiae.Minutia{Kind: minutiae.Kind(x >> 14), X: int(x & maxPlace), Y: int(y & maxPlace), Angle: float64(b[4]) / 256 * 2 * math.Pi, Quality: int(b[5])}
	switch {
	case y>>14 != 0:
		return p, errReserved
	case p.Kind > minutiae.Fork, p.Quality > maxQuality, p.X >= t.Width, p.Y >= t.Height:
		return p, fmt.Errorf("read point: %w", errRange)
	}
	return p, nil
}
