package digitizer

import "tongban/drivers/hal/hid"

// redactor keeps the descriptor and whether the pen is there and touches; where it went and how hard it pressed is somebody's hand.
type redactor struct {
	cut   hid.Cutter
	shape shape
	known bool
}

// ToDevice implements drivers.Redactor: reports to a pad hold nothing personal.
func (r *redactor) ToDevice(p []byte) []byte { return p }

// FromDevice implements drivers.Redactor.
func (r *redactor) FromDevice(p []byte) []byte {
	held := r.cut.Held()
	records, err := r.cut.Feed(p)
	if err != nil {
		return make([]byte, held+len(p))
	}
	var out []byte
	for _, x := range records {
		if x.Letter == hid.RecordDescriptor {
			s, err := shapeOf(x.Content)
			r.shape, r.known = s, err == nil
			out = append(out, hid.Record(x.Letter, x.Content)...)
			continue
		}
		out = append(out, hid.Record(x.Letter, r.harmless(x.Content))...)
	}
	return out
}

// harmless blanks all but the number and the marks of the pen. Positions become those of the middle, so that the tape still plays as
// strokes: a zero lies outside of some pads' range.
func (r *redactor) harmless(report []byte) []byte {
	out := make([]byte, len(report))
	if !r.known || r.shape.numbered && len(report) == 0 {
		return out
	}
	body, source := out, report
	if r.shape.numbered {
		if out[0] = report[0]; report[0] != r.shape.report {
			return out
		}
		body, source = out[1:], report[1:]
	}
	for _, s := range []spot{r.shape.tip, r.shape.inRange, r.shape.invert, r.shape.eraser} {
		if s.ok {
			put(body, s, s.f.Value(source, s.n))
		}
	}
	for _, s := range []spot{r.shape.x, r.shape.y, r.shape.pressure} {
		if _, valid := s.fraction(source); s.ok && valid {
			put(body, s, uint32((s.f.Min+s.f.Max)/2)) //nolint:gosec // the lowest bits, as many as the field has
		}
	}
	return out
}

// put writes a value where it lies.
func put(report []byte, s spot, v uint32) {
	for i := range min(s.f.Size, 32) {
		at := s.f.Bit + s.n*s.f.Size + i
		if at/8 < len(report) && v>>i&1 != 0 {
			report[at/8] |= 1 << (at % 8)
		}
	}
}

// Rest implements drivers.Redactor.
func (r *redactor) Rest() []byte {
	out := make([]byte, r.cut.Held())
	r.cut = hid.Cutter{}
	return out
}
