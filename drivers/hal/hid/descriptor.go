package hid

import "errors"

// Kind is the direction of a report (报告类型).
type Kind int

// Kinds of reports.
const (
	Input Kind = iota
	Output
	Feature
)

// Field is one main item of a report descriptor (报告字段): Count values of Size bits, from bit Bit of the report on, counted
// behind the report's number.
type Field struct {
	Kind     Kind
	Report   byte
	Bit      int
	Size     int
	Count    int
	Constant bool     // padding
	Usages   []uint32 // page<<16 | usage, one for each value; the last one stands for the rest
	Min, Max int64    // what a value may be (logical range); outside of it a value says nothing
	MM       float64  // length of that range in millimetres, 0 where the device does not tell it in a length
}

// Usage is that of the n-th value, 0 where none is given.
func (f Field) Usage(n int) uint32 {
	if len(f.Usages) == 0 {
		return 0
	}
	return f.Usages[min(n, len(f.Usages)-1)]
}

// Descriptor is a parsed report descriptor (报告描述符).
type Descriptor struct {
	Fields      []Field
	Numbered    bool     // each report begins with its number
	Collections []uint32 // usages of the application collections
}

// Length is that of a report in bytes, without its number; 0 where there is none.
func (d Descriptor) Length(k Kind, report byte) int {
	bits := 0
	for _, f := range d.Fields {
		if f.Kind == k && f.Report == report {
			bits = max(bits, f.Bit+f.Size*f.Count)
		}
	}
	return (bits + 7) / 8
}

// Signed is n of the values as a number of the logical range: a range that begins below zero has signed values.
func (f Field) Signed(report []byte, n int) int64 {
	v := f.Value(report, n)
	if bits := min(f.Size, 32); f.Min < 0 && bits > 0 && v>>(bits-1) != 0 {
		return int64(v) - 1<<bits
	}
	return int64(v)
}

// Value is n of the values of a field in a report without its number; a report that is too short has zeros.
func (f Field) Value(report []byte, n int) uint32 {
	var v uint32
	for i := range min(f.Size, 32) {
		at := f.Bit + n*f.Size + i
		if at/8 < len(report) && report[at/8]>>(at%8)&1 != 0 {
			v |= 1 << i
		}
	}
	return v
}

// Bounds of what a device may claim; a report of the largest HID device has 4096 bytes.
const (
	maxBits   = 8 * 4096
	maxFields = 512
	maxDepth  = 16
	maxUsages = 1024
)

// Errors of descriptors.
var (
	errShort   = errors.New("report descriptor breaks off")
	errTooMuch = errors.New("report descriptor claims more than any device has")
	errPop     = errors.New("report descriptor pops what was not pushed")
)

// globals are the items that hold until they are changed.
type globals struct {
	page        uint32
	size, count int
	report      byte
	scale       scale
}

// parser is the state while a descriptor is read.
type parser struct {
	d      Descriptor
	g      globals
	stack  []globals
	usages []uint32
	least  uint32
	depth  int
	bits   map[[2]byte]int // kind and report number: bits so far
}

// Parse reads a report descriptor by HID 1.11 §6.2.2: global items hold, local items count for the next main item, each
// field lies behind the one before it in its report.
func Parse(b []byte) (Descriptor, error) {
	p := parser{bits: map[[2]byte]int{}}
	for len(b) > 0 {
		head := b[0]
		if head == 0xFE { // long item: nobody has defined one
			if len(b) < 3 || len(b) < 3+int(b[1]) {
				return Descriptor{}, errShort
			}
			b = b[3+int(b[1]):]
			continue
		}
		n := []int{0, 1, 2, 4}[head&3]
		if len(b) < 1+n {
			return Descriptor{}, errShort
		}
		var v uint32
		for i := range n {
			v |= uint32(b[1+i]) << (8 * i)
		}
		if err := p.item(head&^3, v, n); err != nil {
			return Descriptor{}, err
		}
		b = b[1+n:]
	}
	return p.d, nil
}

func (p *parser) item(tag byte, v uint32, n int) error {
	switch tag {
	case 0x80:
		return p.main(Input, v)
	case 0x90:
		return p.main(Output, v)
	case 0xB0:
		return p.main(Feature, v)
	case 0xA0:
		if p.depth == 0 && v == 1 {
			p.d.Collections = append(p.d.Collections, p.usages...)
		}
		p.depth++
		p.usages = nil
	case 0xC0:
		p.depth--
		p.usages = nil
	case 0x04:
		p.g.page = v
	case 0x14, 0x24, 0x34, 0x44, 0x54, 0x64:
		p.g.scale.item(tag, v, n)
	case 0x74:
		p.g.size = int(min(v, maxBits+1))
	case 0x84:
		p.g.report, p.d.Numbered = byte(v), true //nolint:gosec // a report number is one byte
	case 0x94:
		p.g.count = int(min(v, maxBits+1))
	case 0xA4:
		if len(p.stack) == maxDepth {
			return errTooMuch
		}
		p.stack = append(p.stack, p.g)
	case 0xB4:
		if len(p.stack) == 0 {
			return errPop
		}
		p.g, p.stack = p.stack[len(p.stack)-1], p.stack[:len(p.stack)-1]
	case 0x08:
		return p.usage(p.whole(v, n))
	case 0x18:
		p.least = p.whole(v, n)
	case 0x28:
		for u := p.least; u <= p.whole(v, n); u++ {
			if err := p.usage(u); err != nil {
				return err
			}
		}
	}
	return nil
}

// whole is a usage with its page: four bytes bring their own.
func (p *parser) whole(v uint32, n int) uint32 {
	if n == 4 {
		return v
	}
	return p.g.page<<16 | v
}

func (p *parser) usage(u uint32) error {
	if len(p.usages) == maxUsages {
		return errTooMuch
	}
	p.usages = append(p.usages, u)
	return nil
}

func (p *parser) main(k Kind, flags uint32) error {
	key := [2]byte{byte(k), p.g.report}
	bits := p.g.size * p.g.count
	if p.g.size > maxBits || p.g.count > maxBits || p.bits[key]+bits > maxBits || len(p.d.Fields) == maxFields {
		return errTooMuch
	}
	p.d.Fields = append(p.d.Fields, Field{
		Kind: k, Report: p.g.report, Bit: p.bits[key], Size: p.g.size, Count: p.g.count, Constant: flags&1 != 0, Usages: p.usages,
		Min: p.g.scale.min, Max: p.g.scale.top(), MM: p.g.scale.mm(),
	})
	p.bits[key] += bits
	p.usages = nil
	return nil
}
