package ipp

import (
	"encoding/binary"
	"slices"
)

func keywords(name string, words ...string) attribute {
	a := attribute{name: name}
	for _, w := range words {
		a.values = append(a.values, value{tagKeyword, []byte(w)})
	}
	return a
}

func text(tag byte, name, s string) attribute {
	return attribute{name: name, values: []value{{tag, []byte(s)}}}
}

func number(tag byte, name string, n int) attribute {
	return attribute{name: name, values: []value{{tag, binary.BigEndian.AppendUint32(nil, uint32(int32(n)))}}} //nolint:gosec // small numbers
}

// resolution is dots per inch, the same both ways.
func resolution(name string, dpi int) attribute {
	const perInch = 3
	raw := binary.BigEndian.AppendUint32(nil, uint32(dpi))                                                                           //nolint:gosec // bounded in the settings
	return attribute{name: name, values: []value{{tagResolution, append(binary.BigEndian.AppendUint32(raw, uint32(dpi)), perInch)}}} //nolint:gosec // the same
}

func (g group) find(name string) []value {
	i := slices.IndexFunc(g.attrs, func(a attribute) bool { return a.name == name })
	if i < 0 {
		return nil
	}
	return g.attrs[i].values
}

// number is a first integer or enum; missing, unknown or of another type is def.
func (g group) number(name string, def int) int {
	v := g.find(name)
	if len(v) == 0 {
		return def
	}
	return v[0].number(def)
}

func (v value) number(def int) int {
	switch {
	case (v.tag == tagInteger || v.tag == tagEnum) && len(v.raw) == 4:
		return int(int32(binary.BigEndian.Uint32(v.raw))) //nolint:gosec // two's complement on the line
	case v.tag == tagRange && len(v.raw) == 8: // the upper bound is what is asked for here
		return int(int32(binary.BigEndian.Uint32(v.raw[4:]))) //nolint:gosec // two's complement on the line
	}
	return def
}

func (g group) yes(name string, def bool) bool {
	v := g.find(name)
	if len(v) == 0 || v[0].tag != tagBoolean || len(v[0].raw) != 1 {
		return def
	}
	return v[0].raw[0] != 0
}

// words are all text-like values.
func (g group) words(name string) []string {
	var out []string
	for _, v := range g.find(name) {
		if s, ok := v.word(); ok {
			out = append(out, s)
		}
	}
	return out
}

func (g group) word(name string) string {
	if w := g.words(name); len(w) > 0 {
		return w[0]
	}
	return ""
}

func (v value) word() (string, bool) {
	switch v.tag {
	case tagTextLang, tagNameLang: // language length, language, text length, text
		b := v.raw
		for range 2 {
			if len(b) < 2 {
				return "", false
			}
			n := int(binary.BigEndian.Uint16(b))
			if len(b) < 2+n {
				return "", false
			}
			if len(b) == 2+n {
				return string(b[2:]), true
			}
			b = b[2+n:]
		}
		return "", false
	case tagOctets:
		return string(v.raw), true
	}
	return string(v.raw), v.tag >= 0x40 && v.tag < 0x60
}

// group is the first group of a kind, empty where there is none.
func (m message) group(tag byte) group {
	for _, g := range m.groups {
		if g.tag == tag {
			return g
		}
	}
	return group{tag: tag}
}
