package app

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"tongban/central/kernel/calendar"
	"tongban/central/kernel/db"
	"tongban/central/modules/catalogue"
	"tongban/central/modules/catalogue/internal/store"
	"tongban/fleet/wire/matter"
)

// Shown is a snapshot made ready to be sent (事项快照).
type Shown struct {
	Items    []matter.Item   // whole, for the centre's own use
	Index    *matter.Index   // of Items
	Snapshot matter.Snapshot // what terminals get: what cannot be applied for there is a guide only
	JSON     []byte
	Gzip     []byte

	place map[string]int // of each item in the snapshot, by code
	smart int            // items that are fit for smart approval

	// It is true while nothing was published or adjusted since (revision), and from the day on which the last version or
	// adjustment began until the next one does.
	revision    int64
	from, until int64
}

func (s *Shown) holds(revision, now int64) bool {
	return s != nil && s.revision == revision && s.from <= now && now < s.until
}

// Current returns the snapshot of what is in force. It asks the database each time whether anything changed, because another copy
// of the centre may have published, and the clock whether a version's day has come.
func (a *App) Current(ctx context.Context) (*Shown, error) {
	now := db.Ms(a.Clock.Now())
	var rows []store.Row
	var ops []store.Operation
	var made *Shown
	err := a.DB.View(ctx, func(q db.Query) error {
		revision, err := store.Revision(ctx, q)
		if err != nil {
			return err
		}
		a.mu.Lock()
		made = a.shown
		a.mu.Unlock()
		if made.holds(revision, now) {
			return nil
		}
		made = &Shown{revision: revision}
		if made.from, made.until, err = store.Bounds(ctx, q, now); err != nil {
			return err
		}
		if ops, err = store.Operations(ctx, q, ""); err != nil {
			return err
		}
		rows, err = store.InForce(ctx, q, now)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("load catalogue: %w", err)
	}
	if made.JSON != nil {
		return made, nil
	}
	if err := a.build(made, rows, standings(ops, now)); err != nil {
		return nil, err
	}
	a.mu.Lock()
	a.shown = made
	a.mu.Unlock()
	return made, nil
}

func (a *App) build(s *Shown, rows []store.Row, how map[string]standing) error {
	s.Items = []matter.Item{}
	s.Snapshot = matter.Snapshot{Calendar: calendarOf(a.Calendar), Categories: a.categories, Items: []matter.Item{}, Synonyms: a.known.Synonyms}
	for _, row := range rows {
		how := how[row.Code]
		if how.is == catalogue.Cancelled {
			continue
		}
		en, err := entryOf(row)
		if err != nil {
			return err
		}
		it := en.Item
		if en.Smart != nil {
			s.smart++
		}
		if how.is == catalogue.Suspended {
			it.Paused = &matter.Pause{Reason: how.reason, Since: day(how.since)}
		}
		s.Items = append(s.Items, it)
	}
	sortItems(s.Items, a.categories)
	s.Index = matter.NewIndex(s.Items, a.known.Synonyms)
	s.place = make(map[string]int, len(s.Items))
	for i, it := range s.Items {
		s.place[it.Code] = i
		s.Snapshot.Items = append(s.Snapshot.Items, forTerminals(it))
	}

	content, err := json.Marshal(s.Snapshot)
	if err != nil {
		return fmt.Errorf("encode snapshot: %w", err)
	}
	sum := sha256.Sum256(content)
	s.Snapshot.Version = hex.EncodeToString(sum[:8])
	if s.JSON, err = json.Marshal(s.Snapshot); err != nil {
		return fmt.Errorf("encode snapshot: %w", err)
	}
	s.Gzip, err = squeeze(s.JSON)
	return err
}

// forTerminals leaves of an item that cannot be applied for at a terminal what its guide shows (办事指南): seven hundred of them
// travel to every terminal, and nobody fills in a form there.
func forTerminals(it matter.Item) matter.Item {
	if it.Offered(matter.AtKiosk) {
		return it
	}
	it.Form, it.Questions, it.Points, it.Signers, it.Inventory, it.Notice, it.Uses, it.Needs = matter.Form{}, nil, nil, nil, nil, nil, nil, nil
	it.Law = slices.Clone(it.Law)
	for i := range it.Law {
		it.Law[i].Text = ""
	}
	it.Materials = slices.Clone(it.Materials)
	for i := range it.Materials {
		m := &it.Materials[i]
		if m.When != nil || m.Exempt != nil { // the questions stay here, but nobody is told to bring what they may not need
			m.Plain = cmp.Or(m.Plain, m.Name) + "（看情况）"
		}
		m.When, m.Exempt = nil, nil
	}
	return it
}

// sortItems puts what many people come for first, then what can be done at once at a terminal, then by category, then by code.
// A search keeps this order between names that match it equally well.
func sortItems(items []matter.Item, categories []matter.Category) {
	place := map[string]int{}
	for i, c := range categories {
		place[c.Key] = i
	}
	last := func(frequent int) int {
		if frequent == 0 {
			return 1000
		}
		return frequent
	}
	away := func(it matter.Item) int {
		if it.Offered(matter.AtKiosk) {
			return 0
		}
		return 1
	}
	slices.SortFunc(items, func(x, y matter.Item) int {
		return cmp.Or(cmp.Compare(last(x.Frequent), last(y.Frequent)), cmp.Compare(away(x), away(y)), cmp.Compare(place[x.Category], place[y.Category]), cmp.Compare(x.Code, y.Code))
	})
}

func squeeze(b []byte) ([]byte, error) {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, err := w.Write(b)
	if err := errors.Join(err, w.Close()); err != nil {
		return nil, fmt.Errorf("compress snapshot: %w", err)
	}
	return out.Bytes(), nil
}

// calendarOf writes the legal calendar down as a terminal needs it: only the days that are not as their weekday says.
func calendarOf(c *calendar.Calendar) matter.Calendar {
	out := matter.Calendar{Version: c.Version(), Years: c.Years(), Off: []string{}, Work: []string{}}
	for _, year := range out.Years {
		for d := calendar.On(year, 1, 1); d.Year == year; d = d.AddDays(1) {
			weekend := d.Weekday() == 0 || d.Weekday() == 6
			switch work, _ := c.IsWorkday(d); {
			case !work && !weekend:
				out.Off = append(out.Off, d.String())
			case work && weekend:
				out.Work = append(out.Work, d.String())
			}
		}
	}
	return out
}
