package sdt

import (
	"bytes"
	"strings"
	"testing"

	"tongban/drivers"
)

// record is an answer to read, of the holder of resident().
func record() []byte {
	return seal(append(append([]byte{0, 0, 0x90, 1, 0, 4, 0}, block(resident())...), bytes.Repeat([]byte{0x77}, 1024)...))
}

func TestRedact(t *testing.T) {
	secret := block(with(resident(), 122, "510799198001010011"))
	whole := seal(append(append([]byte{0, 0, 0x90, 1, 0, 4, 0}, secret...), bytes.Repeat([]byte{0x77}, 1024)...))
	for name, in := range map[string][]byte{
		"whole":          whole,
		"twice":          append(bytes.Clone(whole), whole...),
		"half":           whole[:700],
		"rest of a half": whole[700:],
		"bad checksum":   append(bytes.Clone(whole[:len(whole)-1]), 0),
		"bad length":     append(append(bytes.Clone(whole[:5]), 0xFF, 0xFF), whole[7:]...),
		"no preamble":    whole[5:],
		"late":           append(unhex(t, "AA AA AA 96 69 00 04 00 00 80 84 12"), whole...),
	} {
		for _, step := range []int{1, 7, 5000} {
			r := &redactor{}
			var out []byte
			for rest := in; len(rest) > 0; {
				n := min(step, len(rest))
				out = append(out, r.FromDevice(rest[:n])...)
				rest = rest[n:]
			}
			out = append(out, r.Rest()...)
			if len(out) != len(in) {
				t.Errorf("%s: %d bytes became %d", name, len(in), len(out))
			}
			if bytes.Contains(out, []byte{0x77, 0x77}) || bytes.Contains(out, encodeUTF16("19800101", 16)) || bytes.Contains(out, encodeUTF16("周", 2)) {
				t.Errorf("%s in steps of %d: the holder is on the tape", name, step)
			}
		}
	}
}

// A redacted record still goes through the whole driver, as a sample person with the same kind of card.
func TestRedactedRecordParses(t *testing.T) {
	for _, l := range layouts {
		text := sampleText(block(map[int]string{markAt: string(l.mark)}))
		in := seal(append(append([]byte{0, 0, 0x90, 1, 0, 4, 0}, text...), make([]byte, 1024)...))
		var s scanner
		s.feed((&redactor{}).FromDevice(in))
		f, ev := s.next()
		if ev != evFrame {
			t.Fatalf("%s: event %v", l.kind, ev)
		}
		got, ok, warning := drivers.IDCard{}, false, ""
		if b, _, is := blocks(f); is {
			var err error
			got, warning, err = parseText(b)
			ok = err == nil && !odd(b)
		}
		if !ok || got.Type != l.kind || warning != "" || !strings.Contains(got.Name, "样例") {
			t.Errorf("%s: %+v %q", l.kind, plain(got), warning)
		}
	}
}

func FuzzRedact(f *testing.F) {
	f.Add(record(), 100)
	f.Add(record()[300:], 1)
	f.Add(append(record(), record()...), 1300)
	f.Fuzz(func(t *testing.T, in []byte, step int) {
		step = max(1, min(step, 4096))
		r := &redactor{}
		n := 0
		for rest := in; len(rest) > 0; {
			k := min(step, len(rest))
			n += len(r.FromDevice(rest[:k]))
			rest = rest[k:]
		}
		if n += len(r.Rest()); n != len(in) {
			t.Errorf("%d bytes became %d", len(in), n)
		}
	})
}
