package hidpos

import "tongban/drivers/hal/hid"

// redactor keeps the descriptor, the symbology and the shape of what was read, and blanks the content.
type redactor struct {
	cut   hid.Cutter
	shape shape
}

// ToDevice implements drivers.Redactor: reports to the reader hold nothing personal.
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
			r.shape, _ = shapeOf(x.Content) // without a shape every report is blanked
			out = append(out, hid.Record(x.Letter, x.Content)...)
			continue
		}
		out = append(out, hid.Record(x.Letter, r.harmless(x.Content))...)
	}
	return out
}

// harmless blanks all but the number, the count, the symbology and the mark.
func (r *redactor) harmless(report []byte) []byte {
	out := make([]byte, len(report))
	at := 0
	if r.shape.d.Numbered && len(report) > 0 {
		out[0], at = report[0], 1
	}
	number := byte(0)
	if at == 1 {
		number = report[0]
	}
	for _, f := range r.shape.fields {
		u := f.Usages[0]
		if f.Report != number || f.Bit%8 != 0 || u != usageData && u != usageByteCount && u != usageContinued && (u < usageFirstAIM || u > usageLastAIM) {
			continue
		}
		for i := at + f.Bit/8; i < min(len(report), at+(f.Bit+f.Size*f.Count+7)/8); i++ {
			switch c := report[i]; {
			case u != usageData || c < 0x20:
				out[i] = c
			case c >= '0' && c <= '9':
				out[i] = '0'
			default:
				out[i] = 'X'
			}
		}
	}
	return out
}

// Rest implements drivers.Redactor.
func (r *redactor) Rest() []byte {
	out := make([]byte, r.cut.Held())
	r.cut = hid.Cutter{}
	return out
}
