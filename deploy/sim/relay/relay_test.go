package relay

import (
	"encoding/hex"
	"testing"
)

// Frames as they stand in the manuals of relay boards.
func TestSum(t *testing.T) {
	for _, s := range []string{"01050000ff008c3a", "010500000000cdca", "0101000000083dcc", "01020000000879cc"} {
		b, err := hex.DecodeString(s)
		if err != nil || sum(b) != 0 || hex.EncodeToString(frame(b[:6]...)) != s {
			t.Errorf("%s: remainder %04x, %x %v", s, sum(b), frame(b[:6]...), err)
		}
	}
}
