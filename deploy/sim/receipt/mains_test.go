package receipt

import (
	"io"
	"testing"
)

// What a line still held when the mains went is not printed when they come back: half a slip would come out as a whole one.
func TestWhatALineHeldGoesWithTheMains(t *testing.T) {
	d := New(Config{}, quiet())
	old := &session{conn: io.Discard}
	var p parser
	d.powerCut(0)
	d.take(old, p.feed([]byte("the rest of a slip\n")))
	if len(d.queue) != 0 {
		t.Errorf("%d commands wait for the head", len(d.queue))
	}
	d.take(&session{conn: io.Discard, mains: 1}, p.feed([]byte("another slip\n")))
	if len(d.queue) == 0 {
		t.Error("a line opened afterwards is not heard")
	}
}
