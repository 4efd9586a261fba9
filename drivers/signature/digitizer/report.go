package digitizer

import (
	"errors"
	"fmt"

	"tongban/drivers"
	"tongban/drivers/hal/hid"
)

// Usages of the digitizer page (HID 数位板页 0x0D), and the position of the generic desktop page.
const (
	usageX        = 0x010030
	usageY        = 0x010031
	usagePressure = 0x0D0030
	usageInRange  = 0x0D0032
	usageInvert   = 0x0D003C // the other end of the pen
	usageTip      = 0x0D0042
	usageEraser   = 0x0D0045
)

var (
	errShape = errors.New("the device is no signature pad: no report holds a position and a pen")
	errShort = errors.New("report breaks off")
)

// hundredths is the unit of a pad that tells its size.
const hundredths = 100

// spot is one value in a report.
type spot struct {
	f  hid.Field
	n  int
	ok bool
}

func (s spot) on(report []byte) bool { return s.ok && s.f.Value(report, s.n) != 0 }

// fraction is a value as a part of its range; false outside of it.
func (s spot) fraction(report []byte) (float64, bool) {
	v := s.f.Signed(report, s.n)
	if v < s.f.Min || v > s.f.Max {
		return 0, false
	}
	return float64(v-s.f.Min) / float64(s.f.Max-s.f.Min), true
}

// shape is where things lie in the reports of one pad.
type shape struct {
	numbered bool
	report   byte
	length   int
	area     drivers.PadArea

	x, y, pressure, tip, inRange, invert, eraser spot
}

// shapeOf finds the pen's report: a pad may tell of fingers, of a mouse and of its battery in others.
func shapeOf(descriptor []byte) (shape, error) {
	d, err := hid.Parse(descriptor)
	if err != nil {
		return shape{}, err
	}
	var best shape
	found := false
	seen := map[byte]bool{}
	for _, f := range d.Fields {
		if f.Kind != hid.Input || seen[f.Report] {
			continue
		}
		seen[f.Report] = true
		s := shape{numbered: d.Numbered, report: f.Report, length: d.Length(hid.Input, f.Report)}
		for _, g := range d.Fields {
			if g.Kind == hid.Input && g.Report == f.Report && !g.Constant {
				s.take(g)
			}
		}
		pen := s.x.ok && s.y.ok && (s.tip.ok || s.pressure.ok)
		if pen && (!found || s.pressure.ok && !best.pressure.ok) {
			best, found = s, true
		}
	}
	if !found {
		return shape{}, errShape
	}
	best.measure()
	return best, nil
}

// take notes what a field holds. Of several fingers in one report the first counts.
func (s *shape) take(f hid.Field) {
	places := map[uint32]*spot{
		usageX: &s.x, usageY: &s.y, usagePressure: &s.pressure, usageTip: &s.tip, usageInRange: &s.inRange, usageInvert: &s.invert, usageEraser: &s.eraser,
	}
	for n := range min(f.Count, len(f.Usages)) {
		p := places[f.Usages[n]]
		if p == nil || p.ok || f.Size < 1 || f.Size > 32 {
			continue
		}
		if ranged := p == &s.x || p == &s.y || p == &s.pressure; ranged && f.Max <= f.Min {
			continue
		}
		*p = spot{f, n, true}
	}
}

// measure chooses the units: hundredths of a millimetre where the pad tells how large it is, so that both directions are alike;
// its own counts otherwise.
func (s *shape) measure() {
	s.area = drivers.PadArea{Width: float64(s.x.f.Max - s.x.f.Min), Height: float64(s.y.f.Max - s.y.f.Min)}
	if w, h := s.x.f.MM, s.y.f.MM; sane(w) && sane(h) {
		s.area.Width, s.area.Height, s.area.PerMM = w*hundredths, h*hundredths, hundredths
	}
	if s.pressure.ok {
		s.area.Levels = int(min(s.pressure.f.Max-s.pressure.f.Min+1, 1<<20))
	}
}

// sane is what a thing on a counter can measure; some devices tell nonsense.
func sane(mm float64) bool { return mm >= 10 && mm <= 2000 }

func (s shape) model() string {
	if s.area.PerMM == 0 {
		return fmt.Sprintf("HID digitizer %.0f×%.0f, %d levels", s.area.Width, s.area.Height, s.area.Levels)
	}
	return fmt.Sprintf("HID digitizer %.0f×%.0f mm, %d levels", s.area.Width/s.area.PerMM, s.area.Height/s.area.PerMM, s.area.Levels)
}

// sample is the pen at one moment; one that does not touch has no position worth keeping.
type sample struct {
	x, y, pressure float64
	touches        bool
}

// read takes the pen out of a report; ok is false for a report about something else.
func (s shape) read(report []byte) (out sample, ok bool, err error) {
	if s.numbered {
		if len(report) == 0 || report[0] != s.report {
			return sample{}, false, nil
		}
		report = report[1:]
	}
	if len(report) < s.length {
		return sample{}, false, errShort // its zeros would be a line to the corner
	}
	x, hasX := s.x.fraction(report)
	y, hasY := s.y.fraction(report)
	out.pressure = 0.5
	if s.pressure.ok {
		p, valid := s.pressure.fraction(report)
		if !valid {
			p = 0
		}
		out.pressure = p
	}
	out.x, out.y = x*s.area.Width, y*s.area.Height
	switch {
	case !hasX || !hasY, s.inRange.ok && !s.inRange.on(report), s.invert.on(report), s.eraser.on(report):
	case s.tip.ok:
		out.touches = s.tip.on(report)
	default:
		out.touches = out.pressure > 0
	}
	return out, true, nil
}
