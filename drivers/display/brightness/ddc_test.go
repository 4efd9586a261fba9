package brightness

import (
	"encoding/hex"
	"errors"
	"testing"
)

func bytesOf(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The messages as the standard's own tables write them, without the address that the bus sends.
func TestMessages(t *testing.T) {
	for name, c := range map[string]struct {
		got  []byte
		want string
	}{
		"ask":    {askLuminance(), "51820110ac"},
		"set 50": {setLuminance(50), "5184031000329a"},
	} {
		if hex.EncodeToString(c.got) != c.want {
			t.Errorf("%s: %x", name, c.got)
		}
	}
}

func TestParse(t *testing.T) {
	for name, c := range map[string]struct {
		in   string
		want luminance
		err  error
	}{
		"half":                  {in: "6e880200100000640032f2", want: luminance{now: 50, most: 100}},
		"nothing yet":           {in: "6e80beffffffffffffffff", err: errNull},
		"does not know it":      {in: "6e880201100000000000a5", err: errRefused},
		"knows no most":         {in: "6e880200100000000000a4", err: errRefused},
		"brighter than it can":  {in: "6e8802001000000a000ba5", err: errGarbled},
		"of another code":       {in: "6e880200120000640032f0", err: errGarbled},
		"a bit fell over":       {in: "6e880200100000640036f2", err: errGarbled},
		"nobody pulls the wire": {in: "ffffffffffffffffffffff", err: errGarbled},
		"cut":                   {in: "6e880200", err: errGarbled},
		"empty":                 {err: errGarbled},
	} {
		got, err := parse(bytesOf(t, c.in))
		if got != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s: %+v %v", name, got, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"6e880200100000640032f2", "6e80be", "6e880201100000000000a5", "6e"} {
		f.Add(bytesOf(f, s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if l, err := parse(b); err == nil && (l.most == 0 || l.now > l.most) {
			t.Fatalf("%+v", l)
		}
	})
}
