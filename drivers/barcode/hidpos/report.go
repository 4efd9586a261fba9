package hidpos

import (
	"errors"

	"tongban/drivers/hal/hid"
)

// Usages of the barcode scanner page (HID 条码页 0x8C), and the byte count of the generic desktop page.
const (
	usageFirstAIM  = 0x8C00FB
	usageLastAIM   = 0x8C00FD
	usageData      = 0x8C00FE
	usageContinued = 0x8C00FF
	usageByteCount = 0x01003B
)

var errShape = errors.New("the device is no code reader: its reports hold no decoded data")

// shape is where things lie in the reports of one reader.
type shape struct {
	d      hid.Descriptor
	fields []hid.Field
}

func shapeOf(descriptor []byte) (shape, error) {
	d, err := hid.Parse(descriptor)
	if err != nil {
		return shape{}, err
	}
	s, data := shape{d: d}, false
	for _, f := range d.Fields {
		if f.Kind != hid.Input || f.Constant || len(f.Usages) == 0 {
			continue
		}
		s.fields = append(s.fields, f)
		data = data || f.Usages[0] == usageData && f.Size == 8
	}
	if !data {
		return shape{}, errShape
	}
	return s, nil
}

// code is what one report holds.
type code struct {
	aim, data []byte
	more      bool
}

// read takes the parts of a code out of a report; ok is false for a report about something else.
func (s shape) read(report []byte) (c code, ok bool) {
	number := byte(0)
	if s.d.Numbered {
		if len(report) == 0 {
			return c, false
		}
		number, report = report[0], report[1:]
	}
	count := -1
	for _, f := range s.fields {
		if f.Report != number {
			continue
		}
		switch u := f.Usages[0]; {
		case u == usageByteCount:
			count = int(f.Value(report, 0))
		case u >= usageFirstAIM && u <= usageLastAIM:
			for n := range f.Count {
				if v := f.Value(report, n); v != 0 {
					c.aim = append(c.aim, byte(v)) //nolint:gosec // a letter
				}
			}
		case u == usageData && f.Size == 8:
			ok = true
			for n := range f.Count {
				c.data = append(c.data, byte(f.Value(report, n))) //nolint:gosec // eight bits
			}
		case u == usageContinued:
			c.more = f.Value(report, 0) != 0
		}
	}
	if count >= 0 {
		c.data = c.data[:min(count, len(c.data))]
		return c, ok
	}
	for len(c.data) > 0 && c.data[len(c.data)-1] == 0 { // a reader that does not count fills up with zeros
		c.data = c.data[:len(c.data)-1]
	}
	return c, ok
}
