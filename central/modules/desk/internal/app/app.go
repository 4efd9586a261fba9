// Package app is the use cases of the department's desk (部门审批用例).
package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"slices"
	"strings"
	"sync"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/events"
	"tongban/central/kernel/ids"
	"tongban/central/kernel/org"
	"tongban/central/kernel/paper"
	"tongban/central/modules/catalogue"
	"tongban/central/modules/desk"
	"tongban/central/modules/desk/internal/store"
	"tongban/central/modules/window"
)

// People is what the desk asks of the accounts.
type People interface {
	Get(ctx context.Context, id string) (auth.Account, error)
	List(ctx context.Context, f auth.Filter) ([]auth.Account, int, error)
}

// Offices is what the desk asks of the organisation.
type Offices interface {
	Departments(ctx context.Context) ([]org.Department, error)
	FindDepartment(ctx context.Context, usc, name string) (org.Department, bool, error)
}

// Needs is what the desk asks of others.
type Needs struct {
	DB       *db.DB
	Clock    clock.Clock
	Events   *events.Log
	Log      *slog.Logger
	Window   window.Service
	Items    catalogue.Service
	People   People
	Offices  Offices
	Calendar *calendar.Calendar
	Seed     fs.FS
	Public   string // base of the links in QR codes
}

// App holds the use cases. It is safe for concurrent use.
type App struct {
	Needs
	engine func() (*paper.Engine, error)
}

// New makes the use cases.
func New(n Needs) *App {
	return &App{Needs: n, engine: sync.OnceValues(func() (*paper.Engine, error) { return paper.New() })}
}

// errBeyond is the refusal of an act on what the person may see, but not work on.
var errBeyond = errs.E(errs.Forbidden, "desk.beyond", "这一件不在您可以办理的部门里", nil)

func (a *App) today() calendar.Date { return calendar.DateOf(a.Clock.Now()) }

// me is the caller with login and posts; a program has neither.
func (a *App) me(ctx context.Context) (store.Me, error) {
	who := actor.From(ctx)
	m := store.Me{Account: who.ID}
	if who.Kind != actor.Staff {
		return m, nil
	}
	acc, err := a.People.Get(ctx, who.ID)
	if err != nil {
		return m, fmt.Errorf("load account: %w", err)
	}
	m.Login, m.Posts = acc.Login, acc.Posts
	return m, nil
}

// see returns a task that lies within the scope of perm and is not kept for others.
func (a *App) see(ctx context.Context, no, perm string) (t store.Task, err error) {
	m, err := a.me(ctx)
	if err != nil {
		return t, err
	}
	err = a.DB.View(ctx, func(q db.Query) (err error) {
		t, err = store.See(ctx, q, no, actor.From(ctx).Scope(perm), m)
		return err
	})
	return t, err
}

// departments are the names of departments by id.
func (a *App) departments(ctx context.Context) (map[string]org.Department, error) {
	all, err := a.Offices.Departments(ctx)
	if err != nil {
		return nil, fmt.Errorf("list departments: %w", err)
	}
	out := make(map[string]org.Department, len(all))
	for _, d := range all {
		out[d.ID] = d
	}
	return out, nil
}

// deed is one act on a task: what is written beside the task itself.
type deed struct {
	act     desk.Act
	text    string // for the desk's own list
	note    string // title of the line on the case's timeline; "" writes none
	reason  string
	topic   string
	missing []string
	folder  string
	to      string
}

// move writes a task after an act: row, deed, timeline, audit and event, in the caller's transaction. t already holds what
// changed; its state is set here, by the table.
func (a *App) move(ctx context.Context, tx db.Tx, t *store.Task, d deed) error {
	state, err := desk.Next(t.State, d.act)
	if err != nil {
		return err
	}
	t.State = state
	if !state.Open() {
		t.EndedAt = db.Ms(tx.Now())
	}
	if err := store.Move(ctx, tx, *t); err != nil {
		return err
	}
	t.Version++
	return a.tell(ctx, tx, *t, d)
}

// tell writes what others learn of an act.
func (a *App) tell(ctx context.Context, tx db.Tx, t store.Task, d deed) error {
	who := tx.Actor()
	name := who.Name
	if who.Kind == actor.System {
		name = "系统"
	}
	if err := store.AddDeed(ctx, tx, store.Deed{ID: ids.New(), No: t.No, At: db.Ms(tx.Now()), Act: string(d.act), Who: name, Text: d.text}); err != nil {
		return err
	}
	if d.note != "" {
		kind := "person"
		if who.Kind == actor.System {
			kind = "machine"
		}
		if err := a.Window.Note(ctx, tx, t.No, window.Note{Kind: kind, Title: d.note, Text: d.text, By: strings.TrimSpace(name + " " + who.Department)}); err != nil {
			return err
		}
	}
	detail := map[string]string{"state": string(t.State)}
	if len(d.missing) > 0 {
		detail["missing"] = strings.Join(d.missing, "、")
	}
	if d.folder != "" {
		detail["folder"] = d.folder
	}
	if err := audit.Write(ctx, tx, audit.Record{Action: "desk." + string(d.act), Object: t.No, Reason: d.reason, Detail: detail}); err != nil {
		return err
	}
	if d.topic == "" {
		return nil
	}
	return events.Emit(ctx, tx, events.Event{Topic: d.topic, Key: t.No, Data: movedOf(t, d)})
}

func movedOf(t store.Task, d deed) desk.Moved {
	return desk.Moved{
		No: t.No, Item: t.Item, ItemName: t.ItemName, Region: t.Region, Department: t.Department, Handler: t.Handler, State: t.State, Act: d.act,
		Reason: d.reason, Missing: d.missing, Folder: d.folder, To: d.to,
	}
}

// MayHear reports whether an event of the desk lies where the caller works; for the live stream.
func MayHear(ctx context.Context, e events.Event) bool {
	m, err := events.Read[desk.Moved](e)
	if err != nil {
		return false
	}
	who := actor.From(ctx)
	at := actor.Place{Region: m.Region, Department: m.Department, Handler: m.Handler}
	asked := m.To != "" && who.Scope(desk.PermAnswer).Covers(actor.Place{Department: m.To})
	return asked || who.Scope(desk.PermCustody).Covers(at)
}

// spans are the pauses of the step clock.
func spans(t store.Task) []calendar.Span {
	var out []calendar.Span
	if t.Pauses != "" {
		_ = json.Unmarshal([]byte(t.Pauses), &out) // written by setSpans alone
	}
	return out
}

func setSpans(t *store.Task, all []calendar.Span) error {
	b, err := json.Marshal(all)
	if err != nil {
		return fmt.Errorf("encode pauses: %w", err)
	}
	t.Pauses = string(b)
	return nil
}

// startStep starts the department's own clock today (环节计时).
func (a *App) startStep(t *store.Task) error {
	t.StepFrom = a.today().String()
	return a.restep(t)
}

// restep computes when the department's step is due; nothing without a limit or before the start.
func (a *App) restep(t *store.Task) error {
	t.StepDue = ""
	if t.StepDays == 0 || t.StepFrom == "" {
		return nil
	}
	from, err := calendar.ParseDate(t.StepFrom)
	if err != nil {
		return fmt.Errorf("read start of step: %w", err)
	}
	due, err := a.Calendar.Due(from, calendar.Budget{Days: t.StepDays, Unit: calendar.Working}, spans(*t))
	if err != nil {
		return fmt.Errorf("compute step: %w", err)
	}
	if !due.Open() {
		t.StepDue = due.Due.String()
	}
	return nil
}

// ticksOf are the points that the department has looked at, with notes.
func ticksOf(t store.Task) map[string]string {
	out := map[string]string{}
	if t.Ticks != "" {
		_ = json.Unmarshal([]byte(t.Ticks), &out) // written by Tick alone
	}
	return out
}

func bad(path, words string) error {
	return errs.WithFields(errs.E(errs.Invalid, "desk.input", words, nil), errs.Field{Path: path, Message: words})
}

func missingErr(err error) bool { return errors.Is(err, window.ErrNoSuchCase) }

func sortedNames(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}
