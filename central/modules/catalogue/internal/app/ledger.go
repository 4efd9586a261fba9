package app

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"tongban/central/kernel/db"
	"tongban/central/modules/catalogue"
	"tongban/central/modules/catalogue/internal/elements"
	"tongban/central/modules/catalogue/internal/lint"
	"tongban/central/modules/catalogue/internal/store"
)

// ledger is all items as offices see them (事项台账): those in force, those that start later, suspended and cancelled ones.
type ledger struct {
	entries []record // by code
	place   map[string]int

	revision    int64
	from, until int64

	once  sync.Once      // the check of the whole list
	found []lint.Finding // what it found
}

// record is one item of the ledger.
type record struct {
	catalogue.Entry
	row          store.Row // in force, or the first one where none is yet
	next         int       // version that starts later, 0 = none
	nextFrom     int64
	standing     standing
	filled, must int
	text         string // what a search looks at
}

// state is how an item stands for offices.
func (r *record) state() (word, text string) {
	if r.row.Effective > 0 && r.next == r.row.Version {
		return "planned", "未到生效日"
	}
	if r.standing.is == "" {
		return string(catalogue.Active), catalogue.Active.Text()
	}
	return string(r.standing.is), r.standing.is.Text()
}

// books returns the ledger, made anew when something was published or adjusted or a day has come.
func (a *App) books(ctx context.Context) (*ledger, error) {
	now := db.Ms(a.Clock.Now())
	a.mu.Lock()
	kept := a.ledger
	a.mu.Unlock()
	made := &ledger{place: map[string]int{}}
	var current, newest []store.Row
	var ops []store.Operation
	fresh := false
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		if made.revision, err = store.Revision(ctx, q); err != nil {
			return err
		}
		if kept != nil && kept.revision == made.revision && kept.from <= now && now < kept.until {
			fresh = true
			return nil
		}
		if made.from, made.until, err = store.Bounds(ctx, q, now); err != nil {
			return err
		}
		if ops, err = store.Operations(ctx, q, ""); err != nil {
			return err
		}
		if current, err = store.InForce(ctx, q, now); err != nil {
			return err
		}
		newest, err = store.Newest(ctx, q)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("load ledger: %w", err)
	}
	if fresh {
		return kept, nil
	}
	if err := made.fill(current, newest, standings(ops, now), now); err != nil {
		return nil, err
	}
	a.mu.Lock()
	a.ledger = made
	a.mu.Unlock()
	return made, nil
}

func (l *ledger) fill(current, newest []store.Row, how map[string]standing, now int64) error {
	table, err := elements.Shipped()
	if err != nil {
		return err
	}
	now0 := map[string]store.Row{}
	for _, r := range current {
		now0[r.Code] = r
	}
	for _, last := range newest {
		row, ok := now0[last.Code]
		if !ok {
			row = last
		}
		e, err := entryOf(row)
		if err != nil {
			return err
		}
		rec := record{Entry: e, row: row, standing: how[row.Code]}
		if last.Effective > now {
			rec.next, rec.nextFrom = last.Version, last.Effective
		}
		rec.filled, rec.must = table.Filled(&e)
		rec.text = strings.ToLower(strings.Join(append([]string{e.Name, e.Code, e.TaskCode, e.National.CatalogCode, e.Pinyin}, e.Keywords...), "\n"))
		l.place[e.Code] = len(l.entries)
		l.entries = append(l.entries, rec)
	}
	return nil
}

// find returns the record of an item, nil when there is none.
func (l *ledger) find(code string) *record {
	if i, ok := l.place[code]; ok {
		return &l.entries[i]
	}
	return nil
}

// all returns every entry, as the check of one among the others wants them.
func (l *ledger) all() []catalogue.Entry {
	out := make([]catalogue.Entry, len(l.entries))
	for i := range l.entries {
		out[i] = l.entries[i].Entry
	}
	return out
}
