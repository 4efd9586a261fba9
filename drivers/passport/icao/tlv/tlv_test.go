package tlv

import (
	"bytes"
	"testing"
)

func TestRoundTrip(t *testing.T) {
	for _, n := range []int{0, 1, 0x7F, 0x80, 0xFF, 0x100, 0xFFFF, 0x10000} {
		for _, tag := range []uint32{0x61, 0x5F1F, 0x7F61} {
			b := Encode(tag, make([]byte, n))
			got, rest, err := Next(append(b, 0xAA))
			if err != nil || got.Tag != tag || len(got.Value) != n || len(rest) != 1 {
				t.Errorf("%X of %d: %X of %d, rest %d, %v", tag, n, got.Tag, len(got.Value), len(rest), err)
			}
		}
	}
}

func FuzzAll(f *testing.F) {
	f.Add(Encode(0x61, Encode(0x5F1F, []byte("P<UTO"))))
	f.Add([]byte{0x5F, 0x80, 0x80, 0x80, 0x01})
	f.Add([]byte{0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF})
	f.Fuzz(func(t *testing.T, b []byte) {
		nodes, err := All(b)
		if err != nil {
			return
		}
		var again []byte
		for _, n := range nodes {
			again = append(again, Encode(n.Tag, n.Value)...)
		}
		if len(again) > len(b) || len(nodes) > 0 && !bytes.HasSuffix(b, nodes[len(nodes)-1].Value) {
			t.Errorf("%x became %x", b, again)
		}
		_, _ = Path(b, 0x61, 0x5F1F)
	})
}
