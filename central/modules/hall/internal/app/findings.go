package app

import (
	"context"
	"reflect"
	"sync"
	"time"

	"tongban/central/kernel/calendar"
	"tongban/central/modules/hall"
	"tongban/central/modules/hall/internal/store"
	"tongban/fleet/wire/matter"
)

// findings keeps what the check found of each hall (校验结果留存). Every map asks again at every ticket, and the check looks at every
// item with every person, so that it is made anew only when what it looked at has changed, and each minute for what belongs to
// others: accounts and their roles.
type findings struct {
	mu sync.Mutex
	of map[string]found
}

// found is the result for one hall with what it came from.
type found struct {
	at    int64
	day   string
	setup setup
	items []matter.Item
	list  []Finding
}

// setup is how a hall is set up, as it was read; it is compared and not hashed, so that a change made by another centre counts too.
type setup struct {
	hall                           store.Hall
	zones                          []store.Zone
	windows                        []store.Window
	categories                     []store.Category
	ofWindow, ofPerson, ofCategory map[string][]hall.Take
	staff                          []store.Staff
	shifts                         []store.Shift
	leaves                         []store.Leave
}

func (m *model) setup() setup {
	return setup{
		hall: m.hall, zones: m.zones, windows: m.windows, categories: m.categories, ofWindow: m.ofWindow, ofPerson: m.ofPerson, ofCategory: m.ofCategory,
		staff: m.staff, shifts: m.shifts, leaves: m.leaves,
	}
}

// fresh reports whether nothing has happened to what was looked at. The catalogue gives out one list until it publishes again.
func (f *found) fresh(m *model, items []matter.Item) bool {
	age := m.now - f.at
	return f.day == m.day && age >= 0 && age < time.Minute.Milliseconds() &&
		len(f.items) == len(items) && (len(items) == 0 || &f.items[0] == &items[0]) && reflect.DeepEqual(f.setup, m.setup())
}

// findings returns what the check of a loaded hall finds today. The lock is held while it is made: of many maps that ask at once one
// makes it, and the others take it.
func (a *App) findings(ctx context.Context, m *model, items []matter.Item) ([]Finding, error) {
	a.found.mu.Lock()
	defer a.found.mu.Unlock()
	if kept, ok := a.found.of[m.hall.ID]; ok && kept.fresh(m, items) {
		return kept.list, nil
	}
	c, err := a.checker(ctx, m, items, calendar.DateOf(a.Clock.Now()))
	if err != nil {
		return nil, err
	}
	f := found{at: m.now, day: m.day, setup: m.setup(), items: items, list: c.all()}
	a.found.of[m.hall.ID] = f
	return f.list, nil
}
