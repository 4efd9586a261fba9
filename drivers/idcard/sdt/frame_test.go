package sdt

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The bytes are those of the public protocol tables; four unrelated sources agree on them.
func TestRequests(t *testing.T) {
	for want, got := range map[string][]byte{
		"AA AA AA 96 69 00 03 10 FF EC":    request(cmdReset.cmd, cmdReset.para),
		"AA AA AA 96 69 00 03 11 FF ED":    request(cmdStatus.cmd, cmdStatus.para),
		"AA AA AA 96 69 00 03 12 FF EE":    request(cmdNumber.cmd, cmdNumber.para),
		"AA AA AA 96 69 00 03 20 01 22":    request(cmdFind.cmd, cmdFind.para),
		"AA AA AA 96 69 00 03 20 02 21":    request(cmdSelect.cmd, cmdSelect.para),
		"AA AA AA 96 69 00 03 30 01 32":    request(cmdRead.cmd, cmdRead.para),
		"AA AA AA 96 69 00 03 30 03 30":    request(cmdAdded.cmd, cmdAdded.para),
		"AA AA AA 96 69 00 03 30 05 36":    request(cmdCardNumber.cmd, cmdCardNumber.para),
		"AA AA AA 96 69 00 04 61 FF 50 CA": request(0x61, 0xFF, 0x50),
		"AA AA AA 96 69 00 03 60 00 63":    request(0x60, 0),
		"AA AA AA 96 69 00 03 60 04 67":    request(0x60, 4),
	} {
		if !bytes.Equal(unhex(t, want), got) {
			t.Errorf("got % X, want %s", got, want)
		}
	}
}

func TestAnswers(t *testing.T) {
	for in, want := range map[string]frame{
		"AA AA AA 96 69 00 08 00 00 9F 00 00 00 00 97":                               {sw: [3]byte{0, 0, 0x9F}, data: make([]byte, 4)},
		"AA AA AA 96 69 00 04 00 00 80 84":                                           {sw: [3]byte{0, 0, 0x80}, data: []byte{}},
		"AA AA AA 96 69 00 0C 00 00 90 00 00 00 00 00 00 00 00 9C":                   {sw: [3]byte{0, 0, 0x90}, data: make([]byte, 8)},
		"AA AA AA 96 69 00 04 6A 82 41 AD":                                           {sw: [3]byte{0x6A, 0x82, 0x41}, data: []byte{}},
		"AA AA AA AA 96 69 00 04 00 00 80 84":                                        {sw: [3]byte{0, 0, 0x80}, data: []byte{}}, // one AA too many
		"00 FF AA AA 96 AA AA AA 96 69 00 04 00 00 80 84":                            {sw: [3]byte{0, 0, 0x80}, data: []byte{}},
		"AA AA AA 96 69 FF FF AA AA AA 96 69 00 04 00 00 80 84":                      {sw: [3]byte{0, 0, 0x80}, data: []byte{}}, // garbled length
		"AA AA AA 96 69 00 04 00 00 80 85 AA AA AA 96 69 00 04 00 00 90 94":          {sw: [3]byte{0, 0, 0x90}, data: []byte{}}, // garbled checksum
		"AA AA AA 96 69 00 12 AA AA AA 96 69 00 04 00 00 80 84 00 00 00 00 00 00 00": {sw: [3]byte{0, 0, 0x80}, data: []byte{}}, // a good frame within a garbled length
	} {
		for _, step := range []int{1, 3, 1000} { // bytes one by one, in threes, at once
			var s scanner
			var got []frame
			for rest := unhex(t, in); len(rest) > 0; {
				n := min(step, len(rest))
				s.feed(rest[:n])
				rest = rest[n:]
				for {
					f, ev := s.next()
					if ev == evFrame {
						got = append(got, f)
					}
					if ev == evNone {
						break
					}
				}
			}
			if diff := cmp.Diff([]frame{want}, got, cmp.AllowUnexported(frame{})); diff != "" {
				t.Errorf("%s in steps of %d (-want +got):\n%s", in, step, diff)
			}
		}
	}
}

func TestSAMNumber(t *testing.T) {
	b := []byte{5, 0, 3, 0, 0x95, 0xB1, 0x34, 0x01, 0x39, 0x30, 0, 0, 0xB1, 0x68, 0xDE, 0x3A}
	if got := samNumber(b); got != "05.03-20230549-0000012345-0987654321" {
		t.Errorf("got %s", got)
	}
}

func FuzzScanner(f *testing.F) {
	f.Add(unhex(f, "AA AA AA 96 69 00 08 00 00 9F 00 00 00 00 97"), 3)
	f.Add(unhex(f, "AA AA AA 96 69 00 04 00 00 80 85 AA AA AA 96 69 00 04 00 00 90 94"), 1)
	f.Add(unhex(f, "AA AA AA 96 69 FF FF AA AA AA"), 2)
	f.Add([]byte{0xAA, 0xAA, 0xAA, 0xAA, 0x96, 0x69}, 1)
	f.Fuzz(func(t *testing.T, stream []byte, step int) {
		step = max(1, min(step, 64))
		var s scanner
		good := seal([]byte{0, 0, 0x80})
		run := func(b []byte) (last frame, frames int) {
			for len(b) > 0 {
				n := min(step, len(b))
				s.feed(b[:n])
				b = b[n:]
				for i := 0; ; i++ {
					if i > len(stream)+64 {
						t.Fatal("the scanner does not come to an end")
					}
					f, ev := s.next()
					if ev == evNone {
						break
					}
					if ev == evFrame {
						last, frames = f, frames+1
					}
				}
				if len(s.buf) > headLen+maxLen {
					t.Fatalf("the scanner holds %d bytes", len(s.buf))
				}
			}
			return last, frames
		}
		run(stream)
		// Whatever came before: once the longest frame's worth of silence has been skipped, the next frame is found.
		s.reset()
		if last, n := run(good); n != 1 || last.sw[2] != 0x80 {
			t.Errorf("a good frame after it: %d frames, %v", n, last.sw)
		}
	})
}
