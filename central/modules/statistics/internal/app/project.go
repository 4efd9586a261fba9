package app

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"tongban/central/kernel/calendar"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/events"
	"tongban/central/modules/statistics/internal/store"
	"tongban/central/modules/window"
)

// dayOf is the day in Mianyang on which an instant falls, "" for none.
func dayOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return calendar.DateOf(t.In(clock.Shanghai)).String()
}

// RowOf is a case as the ledger of the statistics keeps it.
func RowOf(f window.Facts) store.Row {
	hall, _, _ := strings.Cut(f.Place, " ")
	r := store.Row{
		No: f.No, Item: f.Item, ItemName: f.ItemName, Region: f.Region, Department: f.Department, Hall: hall, Window: f.Window, Channel: f.Channel,
		State: string(f.State), Received: dayOf(f.ReceivedAt), Accepted: f.AcceptedOn, Closed: dayOf(f.ClosedAt), Notices: f.Notices,
		Tolerated: db.Int(f.Tolerated), Exempt: f.Exempt,
	}
	if f.AcceptedOn != "" {
		r.Promised, r.Statutory, r.Used, r.Stopped = f.Clock.Budget, f.Clock.StatutoryBudget, f.Clock.Used, f.Clock.Suspended
		r.Overdue, r.Illegal = f.Clock.Overdue, f.Clock.StatutoryOver
	}
	return r
}

// Contribution is what one case adds to the sums of one day.
type Contribution struct {
	Day  string
	Sums store.Sums
}

// Contributions are what a case adds to the sums: to the day it came, the day it was accepted and the day it ended.
func Contributions(r store.Row) []Contribution {
	flag := func(b bool) int64 { return int64(db.Int(b)) }
	var out []Contribution
	if r.Received != "" {
		out = append(out, Contribution{r.Received, store.Of(map[string]int64{"received": 1, "remote": flag(r.Channel != "window"), "exempt": int64(r.Exempt)})})
	}
	if r.Accepted != "" {
		out = append(out, Contribution{r.Accepted, store.Of(map[string]int64{"accepted": 1, "tolerated": int64(r.Tolerated)})})
	}
	if r.Closed == "" {
		return out
	}
	ended := map[string]int64{
		"ended": 1, "granted": flag(r.State == string(window.Granted)), "refused": flag(r.State == string(window.Refused)),
		"withdrawn": flag(r.State == string(window.Withdrawn)), "noticed": flag(r.Notices > 0), "noticed_again": flag(r.Notices > 1),
		"on_spot": flag(r.State == string(window.Granted) && r.Promised == 0),
	}
	if decided := r.State == string(window.Granted) || r.State == string(window.Denied); decided && r.Promised > 0 {
		ended["promised"], ended["promised_days"], ended["statutory_days"] = 1, int64(r.Promised), int64(r.Statutory)
		ended["used_days"], ended["stopped_days"] = int64(r.Used+r.Overdue), int64(r.Stopped)
		ended["on_time"], ended["early"] = flag(r.Overdue == 0), flag(r.Overdue == 0 && r.Used < r.Promised)
		ended["illegal"] = flag(r.Illegal > 0)
	}
	return append(out, Contribution{r.Closed, store.Of(ended)})
}

// keysOf are the rows of the sums to which a day of a case adds.
func keysOf(day string, r store.Row) []store.Key {
	key := func(dim, name string) store.Key {
		return store.Key{Dim: dim, Day: day, Name: name, Region: r.Region, Department: r.Department}
	}
	return []store.Key{
		key(store.DimPlace, ""), key(store.DimItem, r.Item), key(store.DimWindow, r.Window), key(store.DimChannel, r.Channel), key(store.DimHall, r.Hall),
	}
}

// addTo adds what a case contributes, once or minus once, to sums that are gathered.
func addTo(sums map[store.Key]store.Sums, r store.Row, minus bool) {
	for _, c := range Contributions(r) {
		for _, k := range keysOf(c.Day, r) {
			if minus {
				sums[k] = sums[k].Minus(c.Sums)
			} else {
				sums[k] = sums[k].Plus(c.Sums)
			}
		}
	}
}

// Follow is what the statistics do with one event: a case's row is replaced and the sums move by the difference, so that whatever
// came before and however often, the sums are those of the ledger.
func (a *App) Follow(ctx context.Context, tx db.Tx, e events.Event) error {
	switch {
	case e.Topic == "window.rated":
		return a.rated(ctx, tx, e)
	case e.Topic == "hall.ticket_finished":
		return a.ticket(ctx, tx, e)
	case !strings.HasPrefix(e.Topic, "window."):
		return nil
	}
	var moved window.Moved
	if err := e.Decode(&moved); err != nil || moved.No == "" {
		return nil //nolint:nilerr // an event of the window that is not about a case
	}
	f, err := a.Ledger.Facts(ctx, moved.No)
	if errors.Is(err, window.ErrNoSuchCase) {
		return nil // deleted since
	}
	if err != nil {
		return err
	}
	return put(ctx, tx, RowOf(f))
}

func put(ctx context.Context, tx db.Tx, row store.Row) error {
	old, had, err := store.GetRow(ctx, tx, row.No)
	if err != nil || (had && old == row) {
		return err
	}
	sums := map[store.Key]store.Sums{}
	if had {
		addTo(sums, old, true)
	}
	addTo(sums, row, false)
	if err := store.PutRows(ctx, tx, row); err != nil {
		return err
	}
	if err := store.NameItem(ctx, tx, row.Item, row.ItemName); err != nil {
		return err
	}
	return addAll(ctx, tx, sums)
}

func addAll(ctx context.Context, tx db.Tx, sums map[store.Key]store.Sums) error {
	keys, values := make([]store.Key, 0, len(sums)), make([]store.Sums, 0, len(sums))
	for _, k := range sortedKeys(sums) { // in one order everywhere, so that two writers never wait for each other
		if sums[k] != (store.Sums{}) {
			keys, values = append(keys, k), append(values, sums[k])
		}
	}
	return store.AddAll(ctx, tx, keys, values)
}

func (a *App) rated(ctx context.Context, tx db.Tx, e events.Event) error {
	var r struct {
		Case  string `json:"case"`
		Level int    `json:"level"`
	}
	if err := e.Decode(&r); err != nil {
		return err
	}
	day := dayOf(e.At)
	fresh, err := store.AddRating(ctx, tx, store.Rating{ID: e.Key, CaseNo: r.Case, Day: day, Level: r.Level})
	if err != nil || !fresh {
		return err
	}
	row, _, err := store.GetRow(ctx, tx, r.Case)
	if err != nil {
		return err
	}
	sums := store.Of(map[string]int64{"rated": 1, "liked": int64(db.Int(r.Level >= 3)), "disliked": int64(db.Int(r.Level <= 2))})
	return addDay(ctx, tx, keysOf(day, row), sums)
}

func (a *App) ticket(ctx context.Context, tx db.Tx, e events.Event) error {
	var t struct {
		Region string `json:"region"`
		Hall   string `json:"hall"`
		Window string `json:"window"`
		Wait   int64  `json:"wait_ms"`
		Serve  int64  `json:"serve_ms"`
	}
	if err := e.Decode(&t); err != nil {
		return fmt.Errorf("served number: %w", err)
	}
	day := dayOf(e.At)
	row := store.Ticket{ID: e.Key, Day: day, Region: t.Region, Hall: t.Hall, Window: t.Window, Wait: t.Wait / 1000, Serve: t.Serve / 1000}
	fresh, err := store.AddTicket(ctx, tx, row)
	if err != nil || !fresh {
		return err
	}
	sums := store.Of(map[string]int64{"tickets": 1, "wait_seconds": row.Wait, "serve_seconds": row.Serve})
	keys := []store.Key{
		{Dim: store.DimPlace, Day: day, Region: t.Region}, {Dim: store.DimWindow, Day: day, Name: t.Window, Region: t.Region}, {Dim: store.DimHall, Day: day, Name: t.Hall, Region: t.Region},
	}
	return addDay(ctx, tx, keys, sums)
}

func addDay(ctx context.Context, tx db.Tx, keys []store.Key, sums store.Sums) error {
	all := map[store.Key]store.Sums{}
	for _, k := range keys {
		all[k] = sums
	}
	return addAll(ctx, tx, all)
}
