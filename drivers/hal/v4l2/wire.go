package v4l2

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"

	"tongban/drivers"
	"tongban/drivers/hal/record"
)

// Letters of the records. The channel is the place of the camera in the address.
const (
	letterCommand = 'C' // to the camera: JSON
	letterAnswer  = 'A' // from it: JSON
	letterPicture = 'P' // from it: a head and a picture; the answer to "next"
)

// Acts of commands.
const (
	doDescribe = "describe"
	doMode     = "mode"
	doControl  = "control"
	doSet      = "set"
	doStart    = "start"
	doStop     = "stop"
	doNext     = "next"
)

// command is what the driver's side asks. Number comes back with the answer, so that an answer that nobody waits for any more is
// not taken for another.
type command struct {
	Number int    `json:"n"`
	Do     string `json:"do"`
	Mode   *Mode  `json:"mode,omitempty"`
	Name   string `json:"name,omitempty"`
	Value  int    `json:"value,omitempty"`
	Fresh  bool   `json:"fresh,omitempty"`
}

// answer is what comes of it.
type answer struct {
	Number      int            `json:"n"`
	Description *Description   `json:"camera,omitempty"`
	Mode        *Mode          `json:"mode,omitempty"`
	Value       int            `json:"value,omitempty"`
	Error       *drivers.Error `json:"error,omitempty"`
}

func encode(letter byte, channel int, v any) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode record: %w", err)
	}
	return record.Record{Letter: letter, Channel: byte(channel), Content: b}.Bytes(), nil //nolint:gosec // a handful of channels
}

// head of a picture: number of the command, layout, width, height, thousandths of frames a second, sequence, time in microseconds, marks.
const headSize = 4 + 4 + 4 + 4 + 4 + 4 + 8 + 1

const markDamaged = 1

func encodePicture(channel, number int, p Picture) []byte {
	b := make([]byte, 0, headSize+len(p.Data))
	b = binary.BigEndian.AppendUint32(b, uint32(number)) //nolint:gosec // counts up from 1
	b = append(b, fourLetters(p.Mode.Layout)...)
	for _, n := range []int{p.Mode.Width, p.Mode.Height, int(p.Mode.FPS * 1000)} {
		b = binary.BigEndian.AppendUint32(b, uint32(n)) //nolint:gosec // sizes of pictures
	}
	b = binary.BigEndian.AppendUint32(b, p.Sequence)
	b = binary.BigEndian.AppendUint64(b, uint64(p.At.Microseconds())) //nolint:gosec // a clock that counts up
	if p.Damaged {
		b = append(b, markDamaged)
	} else {
		b = append(b, 0)
	}
	return record.Record{Letter: letterPicture, Channel: byte(channel), Content: append(b, p.Data...)}.Bytes() //nolint:gosec // a handful of channels
}

// decodePicture reads a picture record; it takes over the content.
func decodePicture(b []byte) (number int, p Picture, err error) {
	if len(b) < headSize {
		return 0, p, fmt.Errorf("picture record of %d bytes", len(b))
	}
	at := func(i int) int { return int(binary.BigEndian.Uint32(b[i:])) }
	number = at(0)
	p.Mode = Mode{Layout: string(b[4:8]), Width: at(8), Height: at(12), FPS: float64(at(16)) / 1000}
	if p.Mode.Width > maxSide || p.Mode.Height > maxSide {
		return 0, Picture{}, fmt.Errorf("picture of %d×%d", p.Mode.Width, p.Mode.Height)
	}
	p.Sequence = binary.BigEndian.Uint32(b[20:])
	p.At = time.Duration(binary.BigEndian.Uint64(b[24:])) * time.Microsecond //nolint:gosec // only differences are used
	p.Damaged, p.Data = b[32]&markDamaged != 0, b[headSize:]
	return number, p, nil
}

// maxSide bounds a picture: what a camera claims must not fill the memory.
const maxSide = 16384

func fourLetters(s string) []byte {
	out := []byte("    ")
	copy(out, s)
	return out
}
