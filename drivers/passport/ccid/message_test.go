package ccid

import (
	"bytes"
	"context"
	"testing"
	"time"

	"tongban/drivers"
)

// The messages of the class, written by hand from its specification.
func TestMessages(t *testing.T) {
	m := message{kind: msgTransfer, number: 7, own: [3]byte{0, chainFirst, 0}, body: []byte{0x00, 0xA4}}
	if got, want := m.write(), []byte{0x6F, 2, 0, 0, 0, 0, 7, 0, 1, 0, 0x00, 0xA4}; !bytes.Equal(got, want) {
		t.Errorf("% X, want % X", got, want)
	}
	a, n, err := head([]byte{0x80, 0x05, 0x01, 0, 0, 0, 9, 0x42, 0xFE, 0x03})
	if err != nil || n != 0x0105 || a.number != 9 || !a.absent() || !a.failed() || a.later() || a.fault() != errorMute || a.chain() != chainMiddle {
		t.Errorf("%+v %d %v", a, n, err)
	}
	for _, b := range [][]byte{{0x62, 0, 0, 0, 0, 0, 0, 0, 0, 0}, {0x80, 0, 0, 2, 0, 0, 0, 0, 0, 0}, {0x81, 0, 0, 0, 0, 1, 0, 0, 0, 0}} {
		if _, _, err := head(b); err == nil {
			t.Errorf("% X is taken", b)
		}
	}
}

// fed is a port that says what it is given, whatever it is asked.
type fed struct{ left []byte }

func (f *fed) Read(p []byte, _ time.Duration) (int, error) {
	n := copy(p, f.left)
	f.left = f.left[n:]
	return n, nil
}
func (f *fed) Write(p []byte) (int, error) { return len(p), nil }
func (f *fed) Discard() error              { return nil }
func (f *fed) Close() error                { return nil }
func (f *fed) String() string              { return "fed" }

// Whatever a reader answers: no panic, an end, and every error in the words of the platform.
func FuzzAnswers(f *testing.F) {
	f.Add([]byte{0x80, 2, 0, 0, 0, 0, 1, 0, 0, 0, 0x90, 0x00}, byte(0))
	f.Add([]byte{0x80, 1, 0, 0, 0, 0, 1, 0, 0, 1, 0x90, 0x80, 1, 0, 0, 0, 0, 2, 0, 0, 2, 0x00}, byte(0))
	f.Add([]byte{0x80, 0, 0, 0, 0, 0, 1, 0x80, 1, 0, 0x81, 0, 0, 0, 0, 0, 1, 2, 0, 0}, byte(1))
	f.Fuzz(func(t *testing.T, b []byte, what byte) {
		now := time.Unix(0, 0)
		s := &slot{port: &fed{b}, answer: time.Second, longest: 64, clk: clock{now: func() time.Time { now = now.Add(10 * time.Millisecond); return now }}}
		var err error
		switch what % 3 {
		case 0:
			var a []byte
			if a, err = s.Transmit(context.Background(), make([]byte, 100)); err == nil && len(a) < 2 {
				t.Errorf("answer % X without a status", a)
			}
		case 1:
			_, err = s.Present(context.Background(), time.Second)
		case 2:
			err = s.Begin(context.Background())
		}
		if err != nil && drivers.Fault(err).Code == drivers.CodeInternalError {
			t.Errorf("%v", err)
		}
	})
}
