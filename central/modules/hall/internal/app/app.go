// Package app holds the use cases of the hall (大厅用例): configuration and its check, seats, tickets, visits, the live map, the
// displays and the queue machine.
package app

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/events"
	"tongban/central/kernel/jobs"
	"tongban/central/kernel/org"
	"tongban/central/kernel/vault"
	"tongban/central/modules/catalogue"
	"tongban/central/modules/hall"
	"tongban/central/modules/hall/internal/store"
	"tongban/fleet/wire/matter"
)

// classPerson is the sealed class of who was identified at the counter.
const classPerson = "hall.person"

// Places is what the hall asks of the organisation.
type Places interface {
	Halls(ctx context.Context) ([]org.Hall, error)
	DeskIn(ctx context.Context, q db.Query, id string) (org.Desk, bool, error)
	PutDeskIn(ctx context.Context, tx db.Tx, d org.Desk, reason string) error
}

// People is what the hall asks about accounts.
type People interface {
	List(ctx context.Context, f auth.Filter) ([]auth.Account, int, error)
	GrantsOf(ctx context.Context, accounts []string) (map[string][]auth.Grant, error)
	Roles() *auth.Roles
}

// Needs is what the hall asks of others.
type Needs struct {
	DB       *db.DB
	Clock    clock.Clock
	Vault    *vault.Vault
	Events   *events.Log
	Jobs     *jobs.Jobs
	Items    catalogue.Service
	Places   Places
	People   People
	Calendar *calendar.Calendar
	Machine  *Machine // the queue system of the halls; nil without one
	Log      *slog.Logger
}

// App holds the use cases. It is safe for concurrent use.
type App struct {
	Needs
	found findings
}

// New makes the use cases.
func New(n Needs) *App { return &App{Needs: n, found: findings{of: map[string]found{}}} }

var (
	errNoHall  = errs.E(errs.NotFound, "hall.no_such_hall", "没有这个大厅，或者它还没有开通叫号，请刷新后再看", nil)
	errBeyond  = errs.E(errs.Forbidden, "hall.beyond", "这个大厅不在您可以管的区划里", nil)
	errNoSeat  = errs.E(errs.Conflict, "hall.no_seat", "您还没有坐到窗口上：先选窗口签到，再叫号", nil)
	errNotMine = errs.E(errs.Conflict, "hall.not_mine", "这张号在别的窗口手里，请由那个窗口或值班长处理", nil)
)

func (a *App) today() string { return calendar.DateOf(a.Clock.Now()).String() }

func stamp(ms int64) string {
	if ms == 0 {
		return ""
	}
	return db.FromMs(ms).In(clock.Shanghai).Format(time.RFC3339)
}

// minutes is a time span as people read it, rounded down.
func minutes(ms int64) int { return int(max(ms, 0) / int64(time.Minute/time.Millisecond)) }

// model is one hall as it stands now.
type model struct {
	hall       store.Hall
	day        string
	now        int64
	zones      []store.Zone
	windows    []store.Window
	categories []store.Category
	ofWindow   map[string][]hall.Take
	ofPerson   map[string][]hall.Take
	ofCategory map[string][]hall.Take
	staff      []store.Staff
	shifts     []store.Shift
	leaves     []store.Leave
	seats      []store.Seat
	tickets    []store.Ticket // alive, in the order of calling
	kinds      map[string]string
}

// kinds is the category of every item that can be applied for.
func (a *App) kinds(ctx context.Context) (map[string]string, []matter.Item, error) {
	items, err := a.Items.Items(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("list items: %w", err)
	}
	out := make(map[string]string, len(items))
	for _, it := range items {
		out[it.Code] = it.Category
	}
	return out, items, nil
}

// names returns the names of the organisation's halls by id.
func (a *App) names(ctx context.Context) (map[string]string, error) {
	halls, err := a.Places.Halls(ctx)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, h := range halls {
		out[h.ID] = h.Name
	}
	return out, nil
}

// load reads a hall within q's snapshot; kinds comes from kinds.
func (a *App) load(ctx context.Context, q db.Query, id string, kinds map[string]string) (m *model, err error) {
	halls, err := store.Halls(ctx, q)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(halls, func(h store.Hall) bool { return h.ID == id })
	if i < 0 {
		return nil, errNoHall
	}
	m = &model{hall: halls[i], day: a.today(), now: db.Ms(a.Clock.Now()), kinds: kinds}
	read := func(f func() error) {
		if err == nil {
			err = f()
		}
	}
	read(func() (err error) { m.zones, err = store.Zones(ctx, q, id); return err })
	read(func() (err error) { m.windows, err = store.Windows(ctx, q, id); return err })
	read(func() (err error) { m.categories, err = store.Categories(ctx, q, id); return err })
	read(func() (err error) { m.ofWindow, err = store.Takes(ctx, q, store.OfWindow); return err })
	read(func() (err error) { m.ofPerson, err = store.Takes(ctx, q, store.OfPerson); return err })
	read(func() (err error) { m.ofCategory, err = store.Takes(ctx, q, store.OfCategory); return err })
	read(func() (err error) { m.staff, err = store.AllStaff(ctx, q, id); return err })
	read(func() (err error) { m.shifts, err = store.Shifts(ctx, q, id); return err })
	read(func() (err error) { m.leaves, err = store.Leaves(ctx, q, id, m.day); return err })
	read(func() (err error) { m.seats, err = store.Seats(ctx, q, id, m.day); return err })
	read(func() (err error) { m.tickets, err = store.Alive(ctx, q, id, m.day); return err })
	return m, err
}

// may refuses a caller whose right does not reach the hall.
func (m *model) may(ctx context.Context, perm string) error {
	if !actor.From(ctx).Scope(perm).Covers(actor.Place{Region: m.hall.Region}) {
		return errBeyond
	}
	return nil
}

func (m *model) zone(id string) (store.Zone, bool) {
	i := slices.IndexFunc(m.zones, func(z store.Zone) bool { return z.ID == id })
	if i < 0 {
		return store.Zone{}, false
	}
	return m.zones[i], true
}

// window finds one by id or number.
func (m *model) window(id string) (store.Window, bool) {
	i := slices.IndexFunc(m.windows, func(w store.Window) bool { return w.ID == id || w.No == id })
	if i < 0 {
		return store.Window{}, false
	}
	return m.windows[i], true
}

// open is how many windows are in use at all.
func (m *model) open() (n int) {
	for _, w := range m.windows {
		if !w.Closed {
			n++
		}
	}
	return n
}

func (m *model) category(id string) (store.Category, bool) {
	i := slices.IndexFunc(m.categories, func(c store.Category) bool { return c.ID == id || c.Code == id })
	if i < 0 {
		return store.Category{}, false
	}
	return m.categories[i], true
}

func (m *model) seatOf(account string) (store.Seat, bool) {
	i := slices.IndexFunc(m.seats, func(s store.Seat) bool { return s.Account == account })
	if i < 0 {
		return store.Seat{}, false
	}
	return m.seats[i], true
}

func (m *model) seatAt(window string) (store.Seat, bool) {
	i := slices.IndexFunc(m.seats, func(s store.Seat) bool { return s.Window == window })
	if i < 0 {
		return store.Seat{}, false
	}
	return m.seats[i], true
}

// helping is the zone that a window supports today, "" for none.
func (m *model) helping(w store.Window) string {
	if w.HelpsOn == m.day {
		return w.Helps
	}
	return ""
}

// covers reports whether takes hold an item.
func (m *model) covers(takes []hall.Take, item string) bool {
	return slices.ContainsFunc(takes, func(t hall.Take) bool {
		return t.Kind == "item" && t.Code == item || t.Kind == "category" && t.Code == m.kinds[item] && t.Code != ""
	})
}

// meet reports whether two lists share an item.
func (m *model) meet(a, b []hall.Take) bool {
	one := func(x, y hall.Take) bool {
		switch {
		case x.Kind == y.Kind:
			return x.Code == y.Code
		case x.Kind == "item":
			return m.kinds[x.Code] == y.Code
		}
		return m.kinds[y.Code] == x.Code
	}
	return slices.ContainsFunc(a, func(x hall.Take) bool {
		return slices.ContainsFunc(b, func(y hall.Take) bool { return one(x, y) })
	})
}

// serves reports whether a window with its clerk may call a ticket category: one without items of its own is for every window of
// its zone; a window that helps another zone brings what its clerk can do.
func (m *model) serves(w store.Window, account string, c store.Category) bool {
	own, helps := c.Zone == w.Zone, c.Zone == m.helping(w)
	if w.Closed || c.Closed || !own && !helps {
		return false
	}
	wants := m.ofCategory[c.ID]
	return len(wants) == 0 || own && m.meet(m.ofWindow[w.ID], wants) || helps && m.meet(m.ofPerson[account], wants)
}

// calls reports whether a window may call a ticket that waits.
func (m *model) calls(w store.Window, account string, t store.Ticket) bool {
	if t.Wanted != "" {
		return t.Wanted == w.ID
	}
	c, ok := m.category(t.Category)
	if !ok {
		return t.Zone == w.Zone
	}
	c.Zone = t.Zone // it may have been moved
	return m.serves(w, account, c)
}

// takes reports whether a window with its clerk takes an item.
func (m *model) takes(w store.Window, account, item string) bool {
	if m.covers(m.ofWindow[w.ID], item) {
		return true
	}
	helps := m.helping(w)
	return helps != "" && m.covers(m.ofPerson[account], item) && slices.ContainsFunc(m.windows, func(o store.Window) bool {
		return o.Zone == helps && !o.Closed && m.covers(m.ofWindow[o.ID], item)
	})
}

// queue is who waits for a window, in the order of calling.
func (m *model) queue(w store.Window, account string) []store.Ticket {
	return slices.DeleteFunc(store.Waiting(m.tickets), func(t store.Ticket) bool { return !m.calls(w, account, t) })
}

// onShift lists who should sit where at a minute of a day.
func (m *model) onShift(day calendar.Date, minute int, workday bool) []store.Shift {
	return slices.DeleteFunc(m.onDay(day, workday), func(s store.Shift) bool { return minute < s.From || minute >= s.Until })
}

// onDay lists the shifts of a day; those on leave are left out.
func (m *model) onDay(day calendar.Date, workday bool) []store.Shift {
	if !workday {
		return nil
	}
	d, week := day.String(), "7123456"[day.Weekday():][:1]
	return slices.DeleteFunc(slices.Clone(m.shifts), func(s store.Shift) bool {
		return !contains(s.Weekdays, week) || d < s.FromDay || s.UntilDay != "" && d > s.UntilDay || m.away(s.Account, d)
	})
}

func contains(digits, one string) bool {
	return slices.Contains([]byte(digits), one[0])
}

// away reports whether an account is on leave on a day.
func (m *model) away(account, day string) bool {
	return slices.ContainsFunc(m.leaves, func(l store.Leave) bool { return l.Account == account && l.FromDay <= day && day <= l.UntilDay })
}

// minute is how far the day is.
func (a *App) minute() int {
	now := a.Clock.Now().In(clock.Shanghai)
	return now.Hour()*60 + now.Minute()
}

// people returns accounts by id.
func (a *App) people(ctx context.Context, ids []string) (map[string]auth.Account, error) {
	out := map[string]auth.Account{}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	for len(ids) > 0 {
		some := ids[:min(len(ids), 200)]
		ids = ids[len(some):]
		found, _, err := a.People.List(ctx, auth.Filter{IDs: some, Page: 1, Size: 200})
		if err != nil {
			return nil, err
		}
		for _, p := range found {
			out[p.ID] = p
		}
	}
	return out, nil
}

// emit tells what moved.
func (a *App) emit(ctx context.Context, tx db.Tx, topic, key string, m hall.Moved) error {
	m.At = tx.Now()
	return events.Emit(ctx, tx, events.Event{Topic: topic, Key: key, Data: m})
}

// MayHear reports whether an event of the hall lies where the caller may see the hall; for the live stream.
func MayHear(ctx context.Context, e events.Event) bool {
	at, err := events.Read[hall.Moved](e)
	if err != nil {
		return false
	}
	who := actor.From(ctx)
	return who.Scope(hall.PermMap).Covers(actor.Place{Region: at.Region}) || who.Scope(hall.PermServe).Covers(actor.Place{Region: at.Region})
}
