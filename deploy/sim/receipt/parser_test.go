package receipt

import (
	"bytes"
	"testing"
)

// FuzzParser: whatever comes, in whatever pieces, no byte is lost or invented.
func FuzzParser(f *testing.F) {
	f.Add([]byte("\x1b@\x1c&abc\n\x1d(k\x03\x00\x31\x51\x30\x1dVB\x20"), 3)
	f.Add([]byte("\x10\x04\x01\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"), 1)
	f.Add([]byte("\x1dv0\x00\x02\x00\x02\x00abcd\x1dk\x49\x05{B123\x1b*\x21\x01\x00abc"), 2)
	f.Fuzz(func(t *testing.T, in []byte, cut int) {
		if len(in) > 1<<14 {
			return
		}
		var p parser
		var got []byte
		cut = 1 + (cut&0x7fffffff)%64
		for i := 0; i < len(in); i += cut {
			for _, o := range p.feed(in[i:min(len(in), i+cut)]) {
				if len(o.raw) == 0 {
					t.Fatal("empty command")
				}
				got = append(got, o.raw...)
			}
		}
		if got = append(got, p.buf...); !bytes.Equal(got, in) {
			t.Fatalf("got % X, want % X", got, in)
		}
	})
}

// FuzzDevice runs arbitrary commands through the head: it must neither panic nor hang.
func FuzzDevice(f *testing.F) {
	f.Add([]byte("\x1b@\x1c&\xca\xd5\x1d!\x77A\n\x1d(k\x0f\x00\x31\x50\x30TB-VERIFY-01\x1d(k\x03\x00\x31\x51\x30\x1dVB\x20"))
	f.Add([]byte("\x1dL\xff\xff\x1b$\xff\xffA\x1dk\x49\x05{B123\x1dv0\x03\x50\x00\x01\x00"))
	f.Fuzz(func(t *testing.T, in []byte) {
		if len(in) > 512 {
			return
		}
		d := New(Config{}, quiet())
		var err error
		if d.store, err = openStore(""); err != nil {
			t.Fatal(err)
		}
		var p parser
		s := &session{conn: &bytes.Buffer{}}
		for _, o := range p.feed(in) {
			if o.kind == "dle" {
				continue
			}
			d.execute(job{op: o, s: s, gen: d.gen})
		}
	})
}
