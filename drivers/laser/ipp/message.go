package ipp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// Tags of groups and values (RFC 8010 §3.5).
const (
	tagOperation = 0x01
	tagJob       = 0x02
	tagEnd       = 0x03
	tagPrinter   = 0x04

	tagInteger    = 0x21
	tagBoolean    = 0x22
	tagEnum       = 0x23
	tagOctets     = 0x30
	tagResolution = 0x32
	tagRange      = 0x33
	tagBegin      = 0x34 // of a collection
	tagTextLang   = 0x35
	tagNameLang   = 0x36
	tagFinish     = 0x37 // of a collection
	tagText       = 0x41
	tagName       = 0x42
	tagKeyword    = 0x44
	tagURI        = 0x45
	tagCharset    = 0x47
	tagLanguage   = 0x48
	tagMime       = 0x49
	tagExtended   = 0x7F
)

// Operations (RFC 8011 §5.4.15).
const (
	opPrintJob   = 0x0002
	opCancelJob  = 0x0008
	opJob        = 0x0009 // Get-Job-Attributes
	opJobs       = 0x000A // Get-Jobs
	opPrinter    = 0x000B // Get-Printer-Attributes
	maxMessage   = 1 << 20
	maxNesting   = 8
	headerLength = 8
)

// value is one value as it came over the line.
type value struct {
	tag byte
	raw []byte
}

// attribute is a name with its values. Of a collection only the fact that it is one is kept: nothing here needs more.
type attribute struct {
	name   string
	values []value
}

// group is a run of attributes under one delimiter.
type group struct {
	tag   byte
	attrs []attribute
}

// message is a request or an answer without the document behind it.
type message struct {
	major, minor byte
	code         uint16 // operation or status
	id           uint32
	groups       []group
}

// encode writes the message; the document of a job follows it directly.
func (m message) encode() []byte {
	out := []byte{m.major, m.minor}
	out = binary.BigEndian.AppendUint16(out, m.code)
	out = binary.BigEndian.AppendUint32(out, m.id)
	for _, g := range m.groups {
		out = append(out, g.tag)
		for _, a := range g.attrs {
			name := a.name
			for _, v := range a.values {
				out = append(out, v.tag)
				out = appendString(out, name)
				out = appendString(out, string(v.raw))
				name = "" // further values of the same attribute
			}
		}
	}
	return append(out, tagEnd)
}

func appendString(out []byte, s string) []byte {
	out = binary.BigEndian.AppendUint16(out, uint16(len(s))) //nolint:gosec // lengths are bounded where values are made
	return append(out, s...)
}

// Reasons why bytes are no message.
var (
	errShort  = errors.New("message ends in the middle")
	errGroup  = errors.New("value outside of a group")
	errNest   = errors.New("collections nested too deep or not closed")
	errNoName = errors.New("first value of a group has no name")
)

// decode reads a message and returns what follows it.
func decode(b []byte) (message, []byte, error) {
	if len(b) < headerLength {
		return message{}, nil, errShort
	}
	m := message{major: b[0], minor: b[1], code: binary.BigEndian.Uint16(b[2:]), id: binary.BigEndian.Uint32(b[4:])}
	if m.major == 0 || m.major > 2 {
		return message{}, nil, fmt.Errorf("version %d.%d is no IPP", m.major, m.minor)
	}
	r := reader{rest: b[headerLength:]}
	for {
		tag, err := r.byte()
		switch {
		case err != nil:
			return message{}, nil, err
		case tag == tagEnd:
			return m, r.rest, nil
		case tag < 0x10: // a new group
			m.groups = append(m.groups, group{tag: tag})
		case len(m.groups) == 0:
			return message{}, nil, errGroup
		default:
			if err := r.value(tag, &m.groups[len(m.groups)-1]); err != nil {
				return message{}, nil, err
			}
		}
	}
}

// reader takes a message apart.
type reader struct{ rest []byte }

func (r *reader) byte() (byte, error) {
	if len(r.rest) == 0 {
		return 0, errShort
	}
	b := r.rest[0]
	r.rest = r.rest[1:]
	return b, nil
}

func (r *reader) field() ([]byte, error) {
	if len(r.rest) < 2 {
		return nil, errShort
	}
	n := int(binary.BigEndian.Uint16(r.rest))
	if len(r.rest) < 2+n {
		return nil, errShort
	}
	f := r.rest[2 : 2+n]
	r.rest = r.rest[2+n:]
	return f, nil
}

// pair is one name and one value.
func (r *reader) pair() (name, raw []byte, err error) {
	if name, err = r.field(); err != nil {
		return nil, nil, err
	}
	raw, err = r.field()
	return name, raw, err
}

func (r *reader) value(tag byte, g *group) error {
	name, raw, err := r.pair()
	if err != nil {
		return err
	}
	if tag == tagExtended || tag == tagFinish {
		return fmt.Errorf("value tag %02x is not expected here", tag)
	}
	if tag == tagBegin {
		if err := r.skip(); err != nil {
			return err
		}
		raw = nil
	}
	v := value{tag: tag, raw: slices.Clone(raw)}
	if len(name) > 0 {
		g.attrs = append(g.attrs, attribute{name: string(name), values: []value{v}})
		return nil
	}
	if len(g.attrs) == 0 {
		return errNoName
	}
	last := &g.attrs[len(g.attrs)-1]
	last.values = append(last.values, v)
	return nil
}

// skip reads over a collection to its end.
func (r *reader) skip() error {
	for depth := 1; depth > 0; {
		tag, err := r.byte()
		if err != nil {
			return err
		}
		if tag < 0x10 {
			return errNest
		}
		if _, _, err := r.pair(); err != nil {
			return err
		}
		switch tag {
		case tagBegin:
			if depth++; depth > maxNesting {
				return errNest
			}
		case tagFinish:
			depth--
		}
	}
	return nil
}
