package wav

import (
	"encoding/hex"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestEncode(t *testing.T) {
	s := Sound{Rate: 8000, Channels: 2, Samples: []int16{1, -1, 256, 32767}}
	want := "52494646 2c000000 57415645 666d7420 10000000 0100 0200 401f0000 007d0000 0400 1000 64617461 08000000 0100ffff 0001ff7f"
	b := s.Encode()
	if got := hex.EncodeToString(b); got != strings.ReplaceAll(want, " ", "") {
		t.Errorf("%s", got)
	}
	back, err := Parse(b)
	if err != nil || back.Rate != 8000 || back.Channels != 2 || !slices.Equal(back.Samples, s.Samples) {
		t.Errorf("%+v %v", back, err)
	}
}

func TestParse(t *testing.T) {
	good := Compose(Done).Encode()
	extra := slices.Concat(good[:12], []byte("LIST\x03\x00\x00\x00abc\x00"), good[12:])
	if s, err := Parse(extra); err != nil || s.Length() < 300*time.Millisecond {
		t.Errorf("with a part that nobody needs: %v %v", s.Length(), err)
	}
	piped := slices.Clone(good)
	copy(piped[40:], "\xff\xff\xff\xff")
	if s, err := Parse(piped); err != nil || len(s.Samples) != len(Compose(Done).Samples) {
		t.Errorf("written to a pipe: %v", err)
	}
	edit := func(at int, with string) []byte { b := slices.Clone(good); copy(b[at:], with); return b }
	for name, c := range map[string]struct {
		b   []byte
		err error
	}{
		"empty": {nil, ErrForm}, "not RIFF": {edit(0, "RIFX"), ErrForm}, "compressed": {edit(20, "\x55"), ErrForm}, "8 bit": {edit(34, "\x08"), ErrForm}, "six channels": {edit(22, "\x06"), ErrForm},
		"no rate": {edit(24, "\x00\x00\x00\x00"), ErrForm}, "data first": {slices.Concat(good[:12], good[36:]), ErrForm}, "no data": {good[:36], ErrForm}, "no samples": {good[:44], ErrForm},
		"long": {Sound{Rate: 4000, Channels: 1, Samples: make([]int16, 4000*301)}.Encode(), ErrLong},
	} {
		if _, err := Parse(c.b); !errors.Is(err, c.err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLoudness(t *testing.T) {
	s := Compose(Attention)
	peak := func(s Sound) float64 {
		top := 0.0
		for _, v := range s.Samples {
			top = max(top, math.Abs(float64(v)))
		}
		return top
	}
	whole := peak(s)
	if whole < 16000 || whole > 16500 {
		t.Errorf("tone of %v", whole)
	}
	for percent, want := range map[int]float64{100: 1, 50: 0.25, 10: 0.01, 0: 0, -5: 0, 200: 1} {
		if got := peak(s.Loudness(percent)) / whole; math.Abs(got-want) > 0.001 {
			t.Errorf("%d%%: %.3f", percent, got)
		}
	}
	for _, p := range [][]Note{Done, Attention, Refused, Alarm} {
		c := Compose(p)
		if l := c.Length(); l < 300*time.Millisecond || l > time.Second || c.Samples[0] != 0 || c.Samples[len(c.Samples)-1] != 0 {
			t.Errorf("prompt of %v, from %d to %d", l, c.Samples[0], c.Samples[len(c.Samples)-1])
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(Compose([]Note{{440, 2 * time.Millisecond}}).Encode())
	f.Add([]byte("RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := Parse(b)
		if err != nil {
			return
		}
		if len(s.Samples) == 0 || len(s.Samples)%s.Channels != 0 || s.Length() > MaxLength {
			t.Fatalf("%d samples on %d channels", len(s.Samples), s.Channels)
		}
		if back, err := Parse(s.Encode()); err != nil || !slices.Equal(back.Samples, s.Samples) {
			t.Fatalf("written and read: %v", err)
		}
		s.Loudness(50)
	})
}
