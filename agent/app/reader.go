package app

import (
	"context"
	"time"

	"tongban/agent/clock"
	"tongban/agent/devices"
	"tongban/agent/session"
	"tongban/drivers"
)

// readerState is what the card loop needs beside the visit. Guarded by App.mu.
type readerState struct {
	ctx   context.Context // of the reading under way, nil when nobody waits for a card
	stop  context.CancelFunc
	armed bool // the reader was seen empty, so a card on it is a new one
	look  bool // a visit has just ended: is its card still there?
	lift  bool // the card that was read does not count: it must be lifted first
	wake  chan struct{}

	document bool                    // a passport or permit is read, not a card
	chip     bool                    // one was read in this visit: it may be left behind
	access   *drivers.PassportAccess // what opens its chip
}

// Pauses of the card loop.
const (
	findEvery   = 300 * time.Millisecond
	findLimit   = 500 * time.Millisecond
	takeLimit   = 1500 * time.Millisecond // for a health check that has the reader just now
	removeLimit = 8 * time.Second         // for the card to be lifted before the next try
	noticeLimit = 400 * time.Millisecond  // between two tries on a reader that is away
)

func (a *App) wakeReader() {
	select {
	case a.reader.wake <- struct{}{}:
	default:
	}
}

// startReader begins to wait for a card. Called with mu held.
func (a *App) startReader(v *session.Visit, whom string) {
	a.stopReader()
	v.Reader = &session.Reader{For: whom}
	v.Reader.Set(session.Waiting, a.o.Model.Positions[string(drivers.KindIDCard)])
	a.reader.ctx, a.reader.stop = a.background()
	a.wakeReader()
}

// stopReader ends the waiting; a read under way is cancelled. Called with mu held.
func (a *App) stopReader() {
	if a.reader.stop != nil {
		a.reader.stop()
	}
	a.reader.ctx, a.reader.stop = nil, nil
	a.reader.document, a.reader.access = false, nil
}

// readCards is the one goroutine that reads cards and documents.
func (a *App) readCards(ctx context.Context) {
	for ctx.Err() == nil {
		a.mu.Lock()
		reading, document, access := a.reader.ctx, a.reader.document, a.reader.access
		watching := a.visit == nil || a.visit.State == session.Left
		a.mu.Unlock()
		switch {
		case reading != nil && document:
			a.readDocument(reading, access) //nolint:contextcheck // ends with the reading, which ends with the app
		case reading != nil:
			a.readCard(reading) //nolint:contextcheck // ends with the reading, which ends with the app
		case watching:
			a.watchCard(ctx)
			a.rest(ctx, findEvery)
		default:
			a.rest(ctx, 10*time.Second)
		}
	}
}

// rest waits for d or until something has changed for the reader.
func (a *App) rest(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-a.reader.wake:
	case <-a.o.Clock.After(d):
	}
}

// watchCard looks once whether a card lies on the reader: on the attract screen a new one starts a visit, after a visit the
// one that was left keeps the screen until it is gone.
func (a *App) watchCard(ctx context.Context) {
	if !a.o.Rack.Has(drivers.KindIDCard) {
		return
	}
	a.mu.Lock()
	chip := a.reader.chip
	a.mu.Unlock()
	if chip {
		a.watchDocument(ctx)
		return
	}
	there, err := a.lies(ctx, drivers.KindIDCard)
	if err != nil {
		return // the supervisor knows more; the screen shows the reader's state
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	v := a.visit
	switch {
	case !there:
		a.reader.armed, a.reader.look = true, false
		if v != nil && v.State == session.Left {
			a.wipe(ctx, "card taken")
			a.reader.armed = true
		}
	case v == nil && a.reader.look:
		a.reader.look = false
		a.leave(false)
	case v == nil && a.reader.armed && a.blocked() == nil:
		a.reader.armed = false
		if err := a.begin(session.Begin); err != nil {
			a.o.Log.Error("visit cannot begin", "err", err)
			return
		}
		a.startReader(a.visit, session.Applicant)
		a.changed()
	}
}

// leave shows the empty shell of a visit whose card or document still lies here. Called with mu held.
func (a *App) leave(document bool) {
	id, err := a.newID()
	if err != nil {
		return
	}
	v := &session.Visit{ID: id, State: session.Attract, Touched: a.o.Clock.Now(), CardLeft: true, DocumentLeft: document}
	if v.Do(session.Forgot) == nil {
		a.visit = v
		a.changed()
	}
}

// finder is a reader that sees what lies on it.
type finder interface {
	drivers.Device
	Find(ctx context.Context) (bool, error)
}

// lies asks a reader once whether something lies on it.
func (a *App) lies(ctx context.Context, k drivers.Kind) (bool, error) {
	take, cancel := context.WithTimeout(ctx, takeLimit)
	defer cancel()
	l, err := devices.Take[finder](take, a.o.Rack, k)
	if err != nil {
		return false, err
	}
	find, cancel := context.WithTimeout(ctx, findLimit)
	defer cancel()
	there, err := l.Device.Find(find)
	l.Done(err)
	return there, err
}

// readCard waits for a card and reads it once. Whatever goes wrong is on the screen when it returns, and the loop tries
// again until the citizen, or the visit, stops it.
func (a *App) readCard(ctx context.Context) {
	take, cancel := context.WithTimeout(ctx, takeLimit)
	l, err := devices.Take[drivers.IDCardReader](take, a.o.Rack, drivers.KindIDCard)
	cancel()
	if err != nil {
		a.readFailed(ctx, err)
		a.awaitReader(ctx)
		return
	}
	card, err := l.Device.Read(ctx, func(e drivers.CardEvent) { a.readStep(ctx, e) })
	l.Done(err)
	if err == nil {
		a.cardRead(ctx, card)
		a.mu.Lock()
		lift := a.reader.lift
		a.reader.lift = false
		a.mu.Unlock()
		if lift && ctx.Err() == nil {
			a.awaitRemoval(ctx)
		}
		return
	}
	if ctx.Err() != nil {
		return
	}
	phase, failed := a.readFailed(ctx, err)
	switch {
	case !failed:
	case phase == session.Silent || phase == session.Down:
		a.awaitReader(ctx)
	default:
		a.awaitRemoval(ctx)
	}
}

// onReader changes the reader's part of the visit, unless the reading was stopped meanwhile.
func (a *App) onReader(ctx context.Context, f func(v *session.Visit, r *session.Reader)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if ctx.Err() != nil || a.visit == nil || a.visit.Reader == nil {
		return
	}
	f(a.visit, a.visit.Reader)
	a.visit.Touched = a.o.Clock.Now()
	a.changed()
}

func (a *App) readStep(ctx context.Context, e drivers.CardEvent) {
	a.onReader(ctx, func(_ *session.Visit, r *session.Reader) {
		r.Set(session.Reading, "")
		if e == drivers.CardNoise {
			r.Message = "信号不好，正在自动再读一次，请先别拿开。"
		}
	})
}

func (a *App) readFailed(ctx context.Context, err error) (phase session.Phase, failed bool) {
	if phase, failed = session.PhaseOf(err); !failed {
		return phase, false
	}
	a.o.Log.Warn("card was not read", "hop", "Driver", "phase", phase, "err", err)
	a.onReader(ctx, func(_ *session.Visit, r *session.Reader) {
		if r.Phase != phase || phase != session.Down && phase != session.Silent {
			r.Set(phase, a.o.Model.Positions[string(drivers.KindIDCard)]) // no word about a document names the place
		}
	})
	return phase, true
}

// awaitReader waits until the reader is back, then asks for the card again.
func (a *App) awaitReader(ctx context.Context) {
	if clock.Sleep(ctx, a.o.Clock, noticeLimit) != nil || a.o.Rack.Await(ctx, drivers.KindIDCard) != nil {
		_ = clock.Sleep(ctx, a.o.Clock, noticeLimit) // a terminal without a reader does not spin
		return
	}
	a.onReader(ctx, func(_ *session.Visit, r *session.Reader) {
		r.Set(session.Waiting, a.o.Model.Positions[string(drivers.KindIDCard)])
	})
}

// awaitRemoval leaves the reason on the screen until the card is lifted, so that the next try is a fresh one.
func (a *App) awaitRemoval(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, removeLimit)
	defer cancel()
	l, err := devices.Take[drivers.IDCardReader](ctx, a.o.Rack, drivers.KindIDCard)
	if err != nil {
		return
	}
	l.Done(l.Device.WaitRemoved(ctx))
}
