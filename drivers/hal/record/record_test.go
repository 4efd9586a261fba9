package record

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tongban/drivers"
)

// line gives what it was given, piece by piece, and then an error or silence.
type line struct {
	drivers.Port
	pieces [][]byte
	err    error
}

func (l *line) Read(p []byte, _ time.Duration) (int, error) {
	if len(l.pieces) == 0 {
		err := l.err
		l.err = nil
		return 0, err
	}
	n := copy(p, l.pieces[0])
	if l.pieces[0] = l.pieces[0][n:]; len(l.pieces[0]) == 0 {
		l.pieces = l.pieces[1:]
	}
	return n, nil
}

func TestReader(t *testing.T) {
	a, b := Record{Letter: 'A', Channel: 1, Content: []byte(`{"n":1}`)}, Record{Letter: 'P', Content: []byte{}}
	whole := b.Append(a.Bytes())
	l := &line{pieces: [][]byte{whole[:3], whole[3:9], whole[9:]}}
	r := Reader{Port: l}
	for _, want := range []Record{a, b} {
		got, ok, err := r.Next(0)
		if err != nil || !ok || !cmp.Equal(got, want) {
			t.Fatalf("%+v %v %v, want %+v", got, ok, err, want)
		}
	}
	if _, ok, err := r.Next(0); ok || err != nil {
		t.Errorf("silence: %v %v", ok, err)
	}
	// Half a record, then the cable is pulled: the next one begins anew.
	l.pieces, l.err = [][]byte{whole[:8]}, &drivers.Error{Code: drivers.CodeNoDevice}
	if _, _, err := r.Next(0); drivers.Fault(err) == nil || drivers.Fault(err).Code != drivers.CodeNoDevice {
		t.Errorf("pulled: %v", err)
	}
	l.pieces = [][]byte{a.Bytes()}
	if got, ok, err := r.Next(0); err != nil || !ok || !cmp.Equal(got, a) {
		t.Errorf("after that: %+v %v %v", got, ok, err)
	}
	l.pieces = [][]byte{[]byte("plain text")}
	if _, _, err := r.Next(0); drivers.Fault(err) == nil || drivers.Fault(err).Reason != drivers.ReasonProtocol {
		t.Errorf("no records: %v", err)
	}
}

// A head may promise a picture that never comes: until its first bytes are there, little is set aside for it. One that comes is whole.
func TestLongContents(t *testing.T) {
	var c Cutter
	if _, err := c.Feed([]byte{'P', 0, 0x03, 0, 0, 0}); err != nil || len(c.body) != firstRoom {
		t.Fatalf("%d bytes set aside for a head, %v", len(c.body), err)
	}
	for _, size := range []int{firstRoom - 1, firstRoom, firstRoom + 1, 3*firstRoom + 7} {
		want := Record{Letter: 'P', Channel: 1, Content: make([]byte, size)}
		for i := range want.Content {
			want.Content[i] = byte(i * 7)
		}
		var c Cutter
		var got []Record
		for b := want.Bytes(); len(b) > 0; {
			n := min(len(b), 300_001)
			r, err := c.Feed(b[:n])
			if err != nil {
				t.Fatal(err)
			}
			got, b = append(got, r...), b[n:]
		}
		if len(got) != 1 || !bytes.Equal(got[0].Content, want.Content) || got[0].Channel != 1 || c.Pending() != 0 {
			t.Errorf("%d bytes: %d records, %d pending", size, len(got), c.Pending())
		}
	}
}

// FuzzCutter: however the bytes are cut, the same records come out, and none of them is longer than what was fed.
func FuzzCutter(f *testing.F) {
	f.Add(Record{Letter: 'A', Channel: 1, Content: []byte(`{"n":1}`)}.Append(Record{Letter: 'P'}.Bytes()), 7)
	f.Add([]byte{'P', 0, 0xFF, 0xFF, 0xFF, 0xFF, 1}, 3)
	f.Add([]byte("plain"), 1)
	f.Fuzz(func(t *testing.T, b []byte, at int) {
		if at < 0 || at > len(b) {
			return
		}
		var one, two Cutter
		whole, err := one.Feed(b)
		first, err1 := two.Feed(b[:at])
		if err1 != nil {
			if err == nil {
				t.Fatalf("cut at %d: %v, whole none", at, err1)
			}
			return
		}
		rest, err2 := two.Feed(b[at:])
		if (err == nil) != (err2 == nil) || !cmp.Equal(whole, append(first, rest...)) {
			t.Fatalf("cut at %d: %v %v", at, err, err2)
		}
		var again []byte
		for _, r := range whole {
			again = r.Append(again)
		}
		if !bytes.HasPrefix(b, again) || err == nil && len(again)+one.Pending() != len(b) {
			t.Fatalf("%d bytes fed, %d in records, %d pending", len(b), len(again), one.Pending())
		}
	})
}
