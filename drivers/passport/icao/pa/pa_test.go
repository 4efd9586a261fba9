package pa

import (
	"errors"
	"testing"
	"time"

	"tongban/drivers/passport/icao/tlv"
)

func TestNonsense(t *testing.T) {
	for _, b := range [][]byte{nil, {0x77, 0}, tlv.Encode(0x77, []byte{0x30, 0}), tlv.Encode(0x61)} {
		if _, err := Check(b, nil, nil, time.Time{}); !errors.Is(err, ErrMalformed) {
			t.Errorf("% X: %v", b, err)
		}
	}
}

// Whatever a chip sends: no panic, and nothing without an anchor is genuine.
func FuzzCheck(f *testing.F) {
	f.Add([]byte{0x77, 0x10, 0x30, 0x0E, 6, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7, 2, 0xA0, 1, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := Check(b, map[int][]byte{1: {0x61, 0}}, nil, time.Unix(0, 0)); err == nil {
			t.Error("genuine without an anchor")
		}
	})
}
