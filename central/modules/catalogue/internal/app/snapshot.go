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
	"strings"

	"tongban/central/kernel/calendar"
	"tongban/central/kernel/db"
	"tongban/central/modules/catalogue/internal/store"
	"tongban/fleet/wire/matter"
)

// Shown is a snapshot made ready to be sent (事项快照).
type Shown struct {
	Items    []matter.Item   // whole, for the centre's own use
	Snapshot matter.Snapshot // what terminals get: what cannot be applied for there is a guide only
	JSON     []byte
	Gzip     []byte

	key string // versions it was made of
}

// Current returns the snapshot of what is in force. It asks the database each time which versions those are, because another copy
// of the centre may have published, and makes a new one only when they changed.
func (a *App) Current(ctx context.Context) (*Shown, error) {
	var rows []store.Row
	var made *Shown
	err := a.DB.View(ctx, func(q db.Query) error {
		heads, err := store.Heads(ctx, q)
		if err != nil {
			return err
		}
		key := keyOf(heads)
		a.mu.Lock()
		made = a.shown
		a.mu.Unlock()
		if made != nil && made.key == key {
			return nil
		}
		made = &Shown{key: key}
		rows, err = store.Current(ctx, q)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("load catalogue: %w", err)
	}
	if made.JSON != nil {
		return made, nil
	}
	if err := a.build(made, rows); err != nil {
		return nil, err
	}
	a.mu.Lock()
	a.shown = made
	a.mu.Unlock()
	return made, nil
}

func keyOf(heads []store.Head) string {
	var b strings.Builder
	for _, h := range heads {
		if !h.Withdrawn {
			fmt.Fprintf(&b, "%s@%d ", h.Code, h.Version)
		}
	}
	return b.String()
}

func (a *App) build(s *Shown, rows []store.Row) error {
	s.Items = []matter.Item{}
	s.Snapshot = matter.Snapshot{Calendar: calendarOf(a.Calendar), Categories: a.categories, Items: []matter.Item{}}
	for _, row := range rows {
		it, err := itemOf(row)
		if err != nil {
			return err
		}
		s.Items = append(s.Items, it)
	}
	sortItems(s.Items, a.categories)
	for _, it := range s.Items {
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
		it.Materials[i].When, it.Materials[i].Exempt = nil, nil
	}
	return it
}

// sortItems puts what many people come for first, then by category, then by code.
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
	slices.SortFunc(items, func(x, y matter.Item) int {
		return cmp.Or(cmp.Compare(last(x.Frequent), last(y.Frequent)), cmp.Compare(place[x.Category], place[y.Category]), cmp.Compare(x.Code, y.Code))
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
