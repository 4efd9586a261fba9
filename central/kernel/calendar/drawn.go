package calendar

import (
	"slices"
	"sync"
)

// drawn keeps strips that were asked for (时限条备忘): of the cases on a clerk's list many were accepted on the same days with the same
// budgets, and five hundred clerks look at the same list. A calendar never changes, so that a strip never gets old.
type drawn struct {
	mu     sync.Mutex
	strips map[drawnKey]Strip
}

type drawnKey struct {
	accepted, today    Date
	promise, statutory Budget
}

// mostDrawn bounds what is kept; when it is full all is let go, which costs a morning's first looks.
const mostDrawn = 8192

// keyOf tells under what a strip is kept; one with suspensions belongs to one case and is not.
func keyOf(clock Clock, today Date) (key drawnKey, ok bool) {
	return drawnKey{accepted: clock.Accepted, today: today, promise: clock.Promise, statutory: clock.Statutory}, len(clock.Suspensions) == 0
}

func (d *drawn) find(key drawnKey) (Strip, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s, ok := d.strips[key]
	s.Cells = slices.Clone(s.Cells) // the caller's own
	return s, ok
}

func (d *drawn) keep(key drawnKey, s Strip) {
	s.Cells = slices.Clone(s.Cells)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.strips == nil || len(d.strips) >= mostDrawn {
		d.strips = map[drawnKey]Strip{}
	}
	d.strips[key] = s
}
