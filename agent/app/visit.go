package app

import (
	"context"
	"net/http"
	"runtime/debug"
	"time"

	"tongban/agent/clock"
	"tongban/agent/screen"
	"tongban/agent/seal"
	"tongban/agent/session"
	"tongban/fleet/wire"
)

// Start begins a visit, or returns the one that is under way.
func (a *App) Start(ctx context.Context) error {
	if err := a.lookAtDisk(ctx); err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.visit != nil && a.visit.State != session.Left {
		a.visit.Touched = a.o.Clock.Now()
		a.changed()
		return nil
	}
	return a.begin(session.Begin)
}

// begin makes a fresh visit. Called with mu held.
func (a *App) begin(act session.Act) error {
	if b := a.blocked(); b != nil {
		return problem(http.StatusServiceUnavailable, "screen.blocked", b.Title+"。"+b.Message, nil)
	}
	id, err := a.newID()
	if err != nil {
		return err
	}
	from := session.Attract
	if a.visit != nil {
		from = a.visit.State
	}
	v := &session.Visit{ID: id, State: from, Touched: a.o.Clock.Now(), Prefs: screen.Prefs{Language: "zh-CN"}, Sound: a.firstSound(), Finished: []screen.FinishedIn{}}
	if err := v.Do(act); err != nil {
		return err
	}
	if v.Folder, err = session.NewFolder(a.o.Folder, id); err != nil {
		return err
	}
	a.visit, a.calls = v, newCalls()
	a.changed()
	a.wakeReader()
	return nil
}

// Stay is a touch: the citizen is there.
func (a *App) Stay(id string) error {
	return a.with(id, session.Stay, func(*session.Visit) error { return nil })
}

// SetPrefs changes how the screen looks and sounds, for this visit.
func (a *App) SetPrefs(id string, p screen.Prefs) error {
	if p.Language != "zh-CN" && p.Language != "en" {
		return problem(http.StatusUnprocessableEntity, "screen.language", "只有中文和英文两种界面", nil)
	}
	return a.with(id, session.Stay, func(v *session.Visit) error { v.Prefs = p; return nil })
}

// Help calls a person. A second press while one is on the way changes nothing.
func (a *App) Help(ctx context.Context, id string) error {
	var on string
	called := false
	err := a.with(id, session.Stay, func(v *session.Visit) error {
		called, v.Help, on = v.Help, true, string(v.State)
		return nil
	})
	if err != nil || called {
		return err
	}
	at := a.o.Clock.Now()
	if err := a.tell(ctx, wire.KindHelp, wire.Help{Screen: on, At: at}); err != nil {
		a.o.Log.Error("call for help is not on its way", "err", err)
		_ = a.with(id, session.Stay, func(v *session.Visit) error { v.Help = false; return nil })
		return problem(http.StatusServiceUnavailable, "screen.help", "呼叫没有发出去，请直接到服务台，或打 "+a.o.Model.Helpline, err)
	}
	return nil
}

// tell puts a report into the outbox.
func (a *App) tell(ctx context.Context, kind wire.Kind, body any) error {
	a.mu.Lock()
	st := a.station
	a.mu.Unlock()
	if st == nil {
		return errNotNow
	}
	at := a.o.Clock.Now()
	id, err := seal.NewID(at)
	if err != nil {
		return err
	}
	return a.o.Box.PutReport(ctx, func(seq int64) (wire.Envelope, error) {
		return st.Sealer.Close(seal.Order{ID: id, Lane: wire.LaneReport, Kind: kind, Seq: seq, At: at}, body)
	})
}

// Finish ends the visit and wipes it. A visit that is over already is fine: the press came twice.
func (a *App) Finish(ctx context.Context, id, reason string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.visit == nil || a.visit.ID != id {
		return nil
	}
	if a.working {
		return errBusy
	}
	a.wipe(ctx, reason)
	return nil
}

// wipe forgets the visit. Afterwards nothing of the person is in memory, in the visit's folder or in the database; the
// reader then looks whether a card was left. Called with mu held.
func (a *App) wipe(ctx context.Context, reason string) {
	v := a.visit
	if v == nil {
		return
	}
	left := v.State == session.Left
	a.stopReader()
	a.stopCamera()
	a.pen.End()
	a.voice.Hush()
	if err := v.Wipe(); err != nil {
		a.o.Log.Error("visit folder was not removed", "err", err) // swept at the next start, closed by lost keys until then
	}
	a.visit, a.calls = nil, newCalls()
	a.reader.armed, a.reader.look = false, !left
	if err := a.o.Journal.Forget(ctx, slipsKept); err != nil {
		a.o.Log.Error("slips were not forgotten", "err", err)
	}
	if a.o.Tidy != nil {
		if err := a.o.Tidy(ctx); err != nil {
			a.o.Log.Warn("database journal was not emptied", "err", err)
		}
	}
	a.o.Log.Info("visit is over", "reason", reason)
	a.changed()
	a.wakeReader()
	go debug.FreeOSMemory() // what was dropped is collected now and its pages go back to the system
}

// slipsKept is how long the journal remembers that a slip was printed; what it showed goes with the visit.
const slipsKept = 90 * 24 * time.Hour

// Tick looks at the idle clock; the loop below calls it four times a second.
func (a *App) Tick(ctx context.Context) {
	a.mu.Lock()
	defer a.mu.Unlock()
	v := a.visit
	if v == nil {
		return
	}
	now := a.o.Clock.Now()
	if v.State == session.Left {
		if now.Sub(v.Touched) > leftLimit {
			a.wipe(ctx, "card left")
		}
		return
	}
	if wrote := a.pen.Moved(); wrote || a.working || (v.Reader != nil && v.Reader.Phase == session.Reading) {
		v.Touched = now // the machine works for the citizen, or he writes on the pad: neither is being away
	}
	left, over := v.Warning(a.o.Times, now)
	if over {
		a.wipe(ctx, "timeout")
		return
	}
	if left != a.warned {
		a.warned = left
		a.changed()
	}
}

// leftLimit is how long the screen asks for a card that was left; then the next citizen may come.
const leftLimit = 60 * time.Second

func (a *App) watchIdle(ctx context.Context) {
	for clock.Sleep(ctx, a.o.Clock, 250*time.Millisecond) == nil {
		a.Tick(ctx)
	}
}
