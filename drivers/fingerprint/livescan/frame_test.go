package livescan

import (
	"bytes"
	"errors"
	"testing"

	"tongban/drivers"
)

// The bytes that the contract shows.
func TestFrameBytes(t *testing.T) {
	t.Parallel()
	for want, f := range map[string]frame{
		"TBFP 1 hello 1 0 00000000\n":                            {number: 1, word: "hello", values: []int{1}},
		"TBFP 2 LIVESCAN_Init - 0 00000000\n":                    {number: 2, word: "LIVESCAN_Init"},
		"TBFP 7 LIVESCAN_GetFPRawData 1 9 cbf43926\n123456789":   {number: 7, word: "LIVESCAN_GetFPRawData", values: []int{1}, content: []byte("123456789")},
		"TBFP 8 LIVESCAN_GetMaxImageSize 1,256,360 0 00000000\n": {number: 8, word: "LIVESCAN_GetMaxImageSize", values: []int{1, 256, 360}},
		"TBFP 9 LIVESCAN_Init -4 0 00000000\n":                   {number: 9, word: "LIVESCAN_Init", values: []int{-4}},
	} {
		if got := string(f.encode()); got != want {
			t.Errorf("%q, want %q", got, want)
		}
		got, rest, ok, err := cut([]byte("usb ok\nTBFP 3 retries\nTBFP " + want + "tail"))
		if err != nil || !ok || got.number != f.number || got.word != f.word || len(got.values) != len(f.values) || !bytes.Equal(got.content, f.content) || string(rest) != "tail" {
			t.Errorf("%q: %+v %q %v %v", want, got, rest, ok, err)
		}
		for n := range len(want) { // in pieces
			if _, _, ok, err := cut([]byte(want)[:n]); ok || err != nil {
				t.Errorf("%q is a frame: %v", want[:n], err)
			}
		}
	}
	if _, rest, ok, err := cut([]byte("TBFP 7 x 1 3 00000000\nabcTBFP")); !ok || !errors.Is(err, errSum) || string(rest) != "TBFP" {
		t.Errorf("%q %v %v", rest, ok, err)
	}
	if _, _, ok, _ := cut([]byte("TBFP 7 x 1 9999999 00000000\nabc")); ok {
		t.Error("a content of ten megabytes was waited for")
	}
}

func TestParams(t *testing.T) {
	t.Parallel()
	if c, err := decode(drivers.Params{"channel": uint64(1), "quality": 55.0}); err != nil || c != (config{1, 55}) {
		t.Errorf("%+v %v", c, err)
	}
	for _, p := range []drivers.Params{{"chanel": 0}, {"quality": 101}, {"quality": -1}, {"quality": 1.5}, {"channel": "0"}} {
		if _, err := decode(p); err == nil {
			t.Errorf("%v was taken", p)
		}
	}
}

func FuzzCut(f *testing.F) {
	f.Add([]byte("TBFP 7 LIVESCAN_GetFPRawData 1,2 9 cbf43926\n123456789"))
	f.Add([]byte("noise TBFP 1 a - 0 00000000\nTBFP"))
	f.Fuzz(func(t *testing.T, b []byte) {
		whole := len(b)
		for {
			g, rest, ok, err := cut(b)
			if len(rest) > len(b) {
				t.Fatal("it grew")
			}
			if !ok {
				return
			}
			if len(rest) >= len(b) {
				t.Fatal("nothing was taken")
			}
			if err == nil {
				if again, _, ok, err := cut(g.encode()); err != nil || !ok || again.word != g.word || !bytes.Equal(again.content, g.content) {
					t.Fatalf("written again it differs: %v", err)
				}
			}
			if b = rest; len(b) > whole {
				t.Fatal("more came out than went in")
			}
		}
	})
}
