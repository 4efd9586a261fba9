package backup

import (
	"bytes"
	"io"
	"testing"
)

func sealAll(t testing.TB, key, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	s, err := newSealer(&b, key)
	if err != nil {
		t.Fatal(err)
	}
	for p := text; len(p) > 0; { // in uneven pieces
		n := min(len(p), 10007)
		if _, err := s.Write(p[:n]); err != nil {
			t.Fatal(err)
		}
		p = p[n:]
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func openAll(key, box []byte) ([]byte, error) {
	r, err := newOpener(bytes.NewReader(box), key)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

func TestStreamOfEveryLength(t *testing.T) {
	key := streamKey(random(32), random(16), "x")
	for _, n := range []int{0, 1, piece - 1, piece, piece + 1, 2 * piece, 3*piece + 5} {
		text := random(n)
		box := sealAll(t, key, text)
		got, err := openAll(key, box)
		if err != nil || !bytes.Equal(got, text) {
			t.Errorf("%d bytes: %d back, %v", n, len(got), err)
		}
		if _, err := openAll(streamKey(random(32), nil, "x"), box); err == nil {
			t.Errorf("%d bytes: another key opens it", n)
		}
		full := piece + tagSize
		head := len(magic) + prefixSize
		if n > piece { // a whole piece off the end, and two pieces the other way round
			if _, err := openAll(key, box[:head+full]); err == nil {
				t.Errorf("%d bytes: cut at a piece and not noticed", n)
			}
		}
		if n > 2*piece {
			moved := bytes.Clone(box)
			copy(moved[head:], box[head+full:head+2*full])
			copy(moved[head+full:], box[head:head+full])
			if _, err := openAll(key, moved); err == nil {
				t.Errorf("%d bytes: moved and not noticed", n)
			}
		}
	}
}

// No change of any byte yields another text than an error.
func FuzzStream(f *testing.F) {
	key := streamKey([]byte("k"), []byte("s"), "fuzz")
	f.Add([]byte("text"), 3, byte(1))
	f.Fuzz(func(t *testing.T, text []byte, at int, with byte) {
		box := sealAll(t, key, text)
		if at < 0 {
			at = -(at + 1)
		}
		at %= len(box)
		if with == 0 {
			with = 1
		}
		box[at] ^= with
		if got, err := openAll(key, box); err == nil && !bytes.Equal(got, text) {
			t.Errorf("byte %d changed and another text came back", at)
		} else if err == nil {
			t.Errorf("byte %d changed and not noticed", at)
		}
	})
}
