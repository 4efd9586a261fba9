// Package wav reads, makes and changes sounds (提示音、语音文件): WAV with 16 bit PCM, the form that prompts are kept in.
package wav

import (
	"encoding/binary"
	"errors"
	"math"
	"time"
)

// Sound is what can be played.
type Sound struct {
	Rate     int     // samples a second
	Channels int     // 1 or 2
	Samples  []int16 // of all channels in turn
}

// Length is how long it lasts.
func (s Sound) Length() time.Duration {
	return time.Duration(len(s.Samples)/s.Channels) * time.Second / time.Duration(s.Rate)
}

// Errors of files.
var (
	ErrForm = errors.New("not a WAV of 16 bit PCM")
	ErrLong = errors.New("sound is too long")
)

// MaxLength bounds a sound: a prompt is a sentence, not a lecture.
const MaxLength = 5 * time.Minute

const (
	minRate = 4000
	maxRate = 96000
	pcm     = 1
)

// Parse reads a file.
func Parse(b []byte) (Sound, error) {
	if len(b) < 12 || string(b[:4]) != "RIFF" || string(b[8:12]) != "WAVE" {
		return Sound{}, ErrForm
	}
	var s Sound
	for rest := b[12:]; len(rest) >= 8; {
		name, n := string(rest[:4]), binary.LittleEndian.Uint32(rest[4:])
		rest = rest[8:]
		if uint64(n) > uint64(len(rest)) {
			if name != "data" {
				return Sound{}, ErrForm
			}
			n = uint32(len(rest)) //nolint:gosec // programs that write to a pipe do not know the length
		}
		content := rest[:n]
		switch name {
		case "fmt ":
			if len(content) < 16 || binary.LittleEndian.Uint16(content) != pcm || binary.LittleEndian.Uint16(content[14:]) != 16 {
				return Sound{}, ErrForm
			}
			s.Channels, s.Rate = int(binary.LittleEndian.Uint16(content[2:])), int(binary.LittleEndian.Uint32(content[4:]))
			if s.Channels < 1 || s.Channels > 2 || s.Rate < minRate || s.Rate > maxRate {
				return Sound{}, ErrForm
			}
		case "data":
			return s.with(content)
		}
		rest = rest[min(int(n)+int(n&1), len(rest)):] // parts have an even length
	}
	return Sound{}, ErrForm
}

func (s Sound) with(data []byte) (Sound, error) {
	if s.Channels == 0 { // the form must stand before
		return Sound{}, ErrForm
	}
	frame := 2 * s.Channels
	n := len(data) / frame * s.Channels
	if n == 0 {
		return Sound{}, ErrForm
	}
	if time.Duration(n/s.Channels)*time.Second/time.Duration(s.Rate) > MaxLength {
		return Sound{}, ErrLong
	}
	s.Samples = make([]int16, n)
	for i := range s.Samples {
		s.Samples[i] = int16(binary.LittleEndian.Uint16(data[2*i:])) //nolint:gosec // two bytes with a sign
	}
	return s, nil
}

// Encode writes a file.
func (s Sound) Encode() []byte {
	data := 2 * len(s.Samples)
	out := make([]byte, 0, 44+data)
	out = append(out, "RIFF"...)
	out = binary.LittleEndian.AppendUint32(out, uint32(36+data)) //nolint:gosec // bounded by MaxLength
	out = append(out, "WAVEfmt "...)
	out = binary.LittleEndian.AppendUint32(out, 16)
	out = binary.LittleEndian.AppendUint16(out, pcm)
	out = binary.LittleEndian.AppendUint16(out, uint16(s.Channels))          //nolint:gosec // 1 or 2
	out = binary.LittleEndian.AppendUint32(out, uint32(s.Rate))              //nolint:gosec // bounded
	out = binary.LittleEndian.AppendUint32(out, uint32(s.Rate*s.Channels*2)) //nolint:gosec // bounded
	out = binary.LittleEndian.AppendUint16(out, uint16(2*s.Channels))        //nolint:gosec // 2 or 4
	out = binary.LittleEndian.AppendUint16(out, 16)
	out = append(out, "data"...)
	out = binary.LittleEndian.AppendUint32(out, uint32(data)) //nolint:gosec // bounded by MaxLength
	for _, v := range s.Samples {
		out = binary.LittleEndian.AppendUint16(out, uint16(v)) //nolint:gosec // its bits
	}
	return out
}

// Loudness is the sound at a volume from 0 to 100. The ear takes equal factors for equal steps, so the factor is a square.
func (s Sound) Loudness(percent int) Sound {
	f := float64(min(max(percent, 0), 100)) / 100
	out := s
	out.Samples = make([]int16, len(s.Samples))
	for i, v := range s.Samples {
		out.Samples[i] = int16(math.Round(float64(v) * f * f))
	}
	return out
}
