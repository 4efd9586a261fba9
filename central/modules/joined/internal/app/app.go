// Package app holds the use cases of the neighbours (相邻系统用例): what they tell is kept, what is ours is told to them, a number is
// tracked over all of them, and each outside system says how it is.
package app

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/adapter"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/events"
	"tongban/central/kernel/jobs"
	"tongban/central/modules/joined"
	"tongban/central/modules/joined/internal/store"
	"tongban/central/modules/onething"
	"tongban/central/modules/window"
	"tongban/fleet/wire"
	"tongban/fleet/wire/matter"
)

// JobLook is the job that asks the neighbours what is new and tells them what is new here.
const JobLook = "joined.look"

// Told is a matter as a neighbour tells of it.
type Told struct {
	store.Matter
	Took  int64 // version of ours that it has
	Steps []store.Step
}

// Change is one line of a neighbour's feed.
type Change struct {
	Seq        int64
	Told       Told
	Unreadable bool // it breaks the contract: passed over, since it would be no better the next time
}

// ErrOdd means that a neighbour answered, and not what the contract says: it refuses us, or it is another system by now.
var ErrOdd = errors.New("answer is not of the contract")

// Neighbour is one outside system that handles matters.
type Neighbour interface {
	System() string
	Title() string
	Door() string
	Matter(ctx context.Context, no string) (Told, bool, error)
	Changes(ctx context.Context, after int64) ([]Change, error)
}

// Platform is the one-thing platform, which takes bundles too.
type Platform interface {
	Neighbour
	Themes(ctx context.Context) ([]store.Theme, error)
	Send(ctx context.Context, m store.Matter) (Told, error)
}

// Cases is what is asked of the window.
type Cases interface {
	Facts(ctx context.Context, no string) (window.Facts, error)
	Note(ctx context.Context, tx db.Tx, no string, n window.Note) error
	Progress(ctx context.Context, q wire.ProgressQuery) ([]wire.Progress, error)
	Waiting(ctx context.Context, most int) ([]window.Waits, int, error)
}

// Items is what is asked of the catalogue.
type Items interface {
	Item(ctx context.Context, code string, version int) (matter.Item, error)
}

// Themes is what is asked of the themes of ours.
type Themes interface {
	Themes(ctx context.Context) ([]onething.Theme, error)
}

// Needs is what the use cases ask of others. Neighbours that are not configured are absent.
type Needs struct {
	DB       *db.DB
	Clock    clock.Clock
	Log      *slog.Logger
	Jobs     *jobs.Jobs
	Adapters *adapter.Registry
	Cases    Cases
	Items    Items
	Themes   Themes
	OneThing Platform  // nil when not connected
	Estate   Neighbour // nil when not connected
	Cannot   Neighbour // nil when not connected
	Inquiry  *InquiryKey
	Brain    Adviser // nil when not connected
}

// App holds the use cases. It is safe for concurrent use.
type App struct{ Needs }

// New makes the use cases.
func New(n Needs) *App { return &App{n} }

func (a *App) neighbours() []Neighbour {
	var out []Neighbour
	if a.OneThing != nil {
		out = append(out, a.OneThing)
	}
	if a.Estate != nil {
		out = append(out, a.Estate)
	}
	if a.Cannot != nil {
		out = append(out, a.Cannot)
	}
	return out
}

// Look is the handler of JobLook. One silent neighbour does not keep the others waiting.
func (a *App) Look(ctx context.Context, _ json.RawMessage) error {
	ctx = auth.AsSystem(ctx, "joined")
	var all error
	for _, n := range a.neighbours() {
		all = errors.Join(all, quiet(a.read(ctx, n)))
	}
	if a.OneThing != nil {
		all = errors.Join(all, quiet(a.readThemes(ctx)), quiet(a.send(ctx)))
	}
	return all
}

// quiet drops what the breaker and the switch say: the page of the systems shows it, and the next look asks again.
func quiet(err error) error {
	if errors.Is(err, adapter.ErrCut) || errors.Is(err, adapter.ErrOff) || errors.Is(err, adapter.ErrLimited) || errors.Is(err, adapter.ErrFailed) || errors.Is(err, ErrOdd) {
		return nil
	}
	return err
}

// read takes a neighbour's feed up to its end.
func (a *App) read(ctx context.Context, n Neighbour) error {
	for {
		var after int64
		err := a.DB.View(ctx, func(q db.Query) (err error) {
			after, err = store.Cursor(ctx, q, n.System())
			return err
		})
		if err != nil {
			return err
		}
		some, err := n.Changes(ctx, after)
		if err != nil {
			return err
		}
		before := after
		for _, c := range some {
			if c.Seq <= after {
				continue // told twice
			}
			if err := a.take(ctx, n, c); err != nil {
				return fmt.Errorf("change %d of %s: %w", c.Seq, n.System(), err)
			}
			after = c.Seq
		}
		if after == before {
			return nil
		}
	}
}

// take keeps one change together with how far the feed was read.
func (a *App) take(ctx context.Context, n Neighbour, c Change) error {
	return a.DB.Do(ctx, func(tx db.Tx) error {
		at, err := store.Cursor(ctx, tx, n.System())
		if err != nil || c.Seq <= at {
			return err // another copy was first
		}
		if c.Unreadable {
			a.Log.WarnContext(ctx, "change breaks the contract and is passed over", "system", n.System(), "seq", c.Seq)
		} else if err := a.keep(ctx, tx, n, c.Told); err != nil {
			return err
		}
		return store.SetCursor(ctx, tx, n.System(), c.Seq)
	})
}

// keep writes a matter as it was told, its new lines, and a note on the cases that stand for its items.
func (a *App) keep(ctx context.Context, tx db.Tx, n Neighbour, t Told) error {
	m := t.Matter
	m.Seen = tx.Now()
	had, err := store.Get(ctx, tx, m.No)
	switch {
	case errors.Is(err, joined.ErrNoSuchBundle):
	case err != nil:
		return err
	default:
		m.Origin, m.Version, m.Sent = had.Origin, had.Version, max(had.Sent, min(t.Took, had.Version))
	}
	if err := store.Put(ctx, tx, m); err != nil {
		return err
	}
	binds, err := store.Binds(ctx, tx, m.No)
	if err != nil {
		return err
	}
	for _, s := range t.Steps {
		fresh, err := store.AddStep(ctx, tx, m.System, m.No, s)
		if err != nil {
			return err
		}
		if !fresh || s.By == ourName {
			continue
		}
		for _, caseNo := range binds {
			if err := a.Cases.Note(ctx, tx, caseNo, window.Note{Kind: "machine", Title: "一件事：" + s.Text, Text: m.No, By: n.Title()}); err != nil {
				return err
			}
		}
	}
	return a.tell(ctx, tx, m)
}

// ourName is how the platform calls us in the lines that we caused ourselves.
const ourName = "综合窗口"

func (a *App) tell(ctx context.Context, tx db.Tx, m store.Matter) error {
	return events.Emit(ctx, tx, events.Event{Topic: joined.TopicMoved, Key: m.No, Data: joined.Moved{System: m.System, No: m.No, State: m.State}})
}

// readThemes takes what the configuration system has published.
func (a *App) readThemes(ctx context.Context) error {
	all, err := a.OneThing.Themes(ctx)
	if err != nil {
		return err
	}
	var had []store.Theme
	err = a.DB.View(ctx, func(q db.Query) (err error) {
		had, err = store.Themes(ctx, q)
		return err
	})
	if err != nil {
		return err
	}
	slices.SortFunc(all, func(x, y store.Theme) int { return cmp.Or(cmp.Compare(x.Name, y.Name), cmp.Compare(x.Code, y.Code)) })
	if reflect.DeepEqual(had, all) {
		return nil
	}
	return a.DB.Do(ctx, func(tx db.Tx) error { return store.PutThemes(ctx, tx, all) })
}

// send tells the platform of bundles in which something of ours changed.
func (a *App) send(ctx context.Context) error {
	var waiting []store.Matter
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		waiting, err = store.List(ctx, q, joined.OneThing, true, 50)
		return err
	})
	if err != nil {
		return err
	}
	var all error
	for _, m := range waiting {
		all = errors.Join(all, quiet(a.sendOne(ctx, m)))
	}
	return all
}

func (a *App) sendOne(ctx context.Context, m store.Matter) error {
	children, err := a.children(ctx, m)
	if err != nil {
		return err
	}
	out := m
	out.Children = children
	t, err := a.OneThing.Send(ctx, out)
	if err != nil {
		return err
	}
	return a.DB.Do(ctx, func(tx db.Tx) error {
		now, err := store.Get(ctx, tx, m.No)
		if err != nil || now.Sent >= m.Version {
			return err
		}
		now.State, now.StateText, now.Children, now.Sent, now.Seen, now.Updated = t.State, t.StateText, t.Children, m.Version, tx.Now(), t.Updated
		if err := store.Put(ctx, tx, now); err != nil {
			return err
		}
		return a.tell(ctx, tx, now)
	})
}

// children are the items of a bundle with the states of the cases that stand for them here.
func (a *App) children(ctx context.Context, m store.Matter) ([]store.Child, error) {
	var binds map[string]string
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		binds, err = store.Binds(ctx, q, m.No)
		return err
	})
	if err != nil {
		return nil, err
	}
	out := make([]store.Child, len(m.Children))
	for i, c := range m.Children {
		out[i] = c
		no, ok := binds[c.Item]
		if !ok {
			continue
		}
		f, err := a.Cases.Facts(ctx, no)
		if err != nil {
			return nil, fmt.Errorf("case %s of bundle %s: %w", no, m.No, err)
		}
		out[i].Case, out[i].State, out[i].StateText = no, ofCase(f.State), f.State.Text()
	}
	return out, nil
}

// ofCase is the state of an item by that of the case of this window.
func ofCase(s window.State) joined.State {
	switch s {
	case window.Noticed:
		return joined.Supplement
	case window.Granted:
		return joined.Done
	case window.Refused, window.Denied, window.Withdrawn, window.Lapsed:
		return joined.Refused
	default:
		return joined.Underway
	}
}

// Followed are the topics that Do wants.
func Followed() []string { return []string{"window."} }

// Do notes that a case which stands for an item moved: the platform will be told.
func (a *App) Do(ctx context.Context, tx db.Tx, e events.Event) error {
	no, err := store.Bound(ctx, tx, e.Key)
	if err != nil || no == "" {
		return err
	}
	if err := store.Raise(ctx, tx, no); err != nil {
		return err
	}
	return a.soon(ctx, tx)
}

// soon looks as soon as this commits.
func (a *App) soon(ctx context.Context, tx db.Tx) error {
	return a.Jobs.Add(ctx, tx, JobLook, nil, jobs.Opts{MaxAttempts: 1})
}

// MayHear lets those who may track hear of changes.
func MayHear(ctx context.Context, _ events.Event) bool {
	return actor.From(ctx).Can(joined.PermTrack)
}

func stamp(t time.Time) string {
	if t.IsZero() || t.Unix() <= 0 {
		return ""
	}
	return t.In(clock.Shanghai).Format(time.RFC3339)
}
