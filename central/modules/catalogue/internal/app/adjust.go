package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/kernel/events"
	"tongban/central/kernel/ids"
	"tongban/central/modules/catalogue"
	"tongban/central/modules/catalogue/internal/store"
)

// Adjustment is what is wanted of an item that is in force (动态调整).
type Adjustment struct {
	Op     catalogue.Operation // suspend, resume, cancel
	Reason string
	From   string // YYYY-MM-DD, today or later
}

// Adjust suspends, resumes or cancels an item from a day on. Running cases go on by their version; the record keeps how many
// there were.
func (a *App) Adjust(ctx context.Context, code string, want Adjustment) (Detail, error) {
	from, err := a.adjustable(want.Reason, want.From)
	if err != nil {
		return Detail{}, err
	}
	running, err := a.Running(ctx, code)
	if err != nil {
		return Detail{}, err
	}
	err = a.DB.Do(ctx, func(tx db.Tx) error {
		return a.turn(ctx, tx, code, want.Op, want.Reason, from, running.Total)
	})
	if err != nil {
		return Detail{}, err
	}
	return a.Detail(ctx, code)
}

// minReason is the shortest reason that says anything, in characters.
const minReason = 4

func (a *App) adjustable(reason, date string) (int64, error) {
	if utf8.RuneCountInString(reason) < minReason {
		return 0, errNoReason
	}
	return a.startOf(date)
}

// audited are the names under which adjustments are audited.
var audited = map[catalogue.Operation]string{
	catalogue.OpSuspend: "catalogue.suspend", catalogue.OpResume: "catalogue.resume", catalogue.OpCancel: "catalogue.cancel", catalogue.OpSplit: "catalogue.split",
	catalogue.OpMerge: "catalogue.merge",
}

// turn writes an adjustment if the life of the item allows it on that day.
func (a *App) turn(ctx context.Context, tx db.Tx, code string, op catalogue.Operation, reason string, from int64, running int) error {
	if _, err := store.HeadOf(ctx, tx, code); errors.Is(err, store.ErrNone) {
		return unknown(code, 0)
	} else if err != nil {
		return err
	}
	ops, err := store.Operations(ctx, tx, code)
	if err != nil {
		return err
	}
	how := standings(ops, from)[code].is
	if how == "" {
		how = catalogue.Active
	}
	if _, err := catalogue.Turn(how, op); err != nil {
		return err
	}
	if later := slices.ContainsFunc(ops, func(o store.Operation) bool {
		return o.Effective > from && audited[o.Kind] != "" && o.Kind != catalogue.OpSplit && o.Kind != catalogue.OpMerge
	}); later {
		return catalogue.ErrNoTurn // an adjustment is planned for a later day already; what it leaves would no longer be true
	}
	if err := store.AddOperation(ctx, tx, a.operation(tx, code, op, reason, from, running)); err != nil {
		return err
	}
	return adjusted(ctx, tx, code, op, reason, from)
}

func adjusted(ctx context.Context, tx db.Tx, code string, op catalogue.Operation, reason string, from int64) error {
	err := audit.Write(ctx, tx, audit.Record{Action: audited[op], Object: code, Reason: reason, Detail: map[string]string{"from": day(from)}})
	if err != nil {
		return err
	}
	return events.Emit(ctx, tx, events.Event{Topic: catalogue.TopicAdjusted, Key: code, Data: map[string]string{"code": code, "op": string(op), "from": day(from)}})
}

// Running lists the cases of an item that have not ended; none where nobody can be asked.
func (a *App) Running(ctx context.Context, code string) (catalogue.Running, error) {
	none := catalogue.Running{Versions: map[int]int{}, Cases: []catalogue.RunningCase{}}
	if a.Outside.Running == nil {
		return none, nil
	}
	r, err := a.Outside.Running(ctx, code)
	if err != nil {
		return none, fmt.Errorf("ask for running cases: %w", err)
	}
	return r, nil
}

// Part is one item that another is split into.
type Part struct{ Code, Name string }

// Split plans to put several items in the place of one (拆分): each gets a draft that begins as the old one. The old item goes on
// until the last of them starts, so that there is no day on which nobody can apply.
func (a *App) Split(ctx context.Context, code string, into []Part, reason, from string) (Detail, error) {
	return a.succession(ctx, catalogue.OpSplit, []string{code}, into, reason, from)
}

// Merge plans to put one item in the place of several (合并); it begins as the first of them.
func (a *App) Merge(ctx context.Context, codes []string, into Part, reason, from string) (Detail, error) {
	return a.succession(ctx, catalogue.OpMerge, codes, []Part{into}, reason, from)
}

func (a *App) succession(ctx context.Context, op catalogue.Operation, old []string, into []Part, reason, date string) (Detail, error) {
	from, err := a.adjustable(reason, date)
	if err != nil {
		return Detail{}, err
	}
	books, err := a.books(ctx)
	if err != nil {
		return Detail{}, err
	}
	var drafts []store.Draft
	taken := map[string]bool{}
	for _, p := range into {
		d, err := a.part(ctx, books, old[0], p, op, reason, date, taken)
		if err != nil {
			return Detail{}, err
		}
		drafts = append(drafts, d)
	}
	total := map[string]int{}
	for _, code := range old {
		running, err := a.Running(ctx, code)
		if err != nil {
			return Detail{}, err
		}
		total[code] = running.Total
	}
	err = a.DB.Do(ctx, func(tx db.Tx) error { return a.plan(ctx, tx, op, old, drafts, reason, from, total) })
	if err != nil {
		return Detail{}, err
	}
	if op == catalogue.OpMerge {
		return a.Detail(ctx, drafts[0].Code)
	}
	return a.Detail(ctx, old[0])
}

// part is the draft of one successor.
func (a *App) part(ctx context.Context, books *ledger, of string, p Part, op catalogue.Operation, reason, date string, taken map[string]bool) (store.Draft, error) {
	first := books.find(of)
	if first == nil {
		return store.Draft{}, unknown(of, 0)
	}
	if p.Code == "" {
		p.Code = freeCode(books, p.Name)
	}
	for n := 2; taken[p.Code]; n++ {
		p.Code = fmt.Sprintf("%s%d", p.Code, n)
	}
	taken[p.Code] = true
	if books.find(p.Code) != nil || slices.ContainsFunc(books.entries, func(r record) bool { return r.Name == p.Name }) {
		return store.Draft{}, errTaken
	}
	e := first.Entry
	e.Code, e.Name, e.Frequent, e.TaskCode, e.National.CatalogCode, e.National.HandleItem = p.Code, p.Name, 0, "", "", ""
	e.Short = string([]rune(p.Name)[:min(8, utf8.RuneCountInString(p.Name))])
	return a.begin(ctx, Start{Code: p.Code, Kind: string(op), Entry: &e, Reason: reason, Day: date})
}

// plan keeps drafts, lines and records of a succession together.
func (a *App) plan(ctx context.Context, tx db.Tx, op catalogue.Operation, old []string, drafts []store.Draft, reason string, from int64, running map[string]int) error {
	for _, code := range old {
		if err := a.turn(ctx, tx, code, op, reason, from, running[code]); err != nil {
			return err
		}
		for _, d := range drafts {
			line := store.Lineage{ID: ids.New(), Kind: op, From: code, To: d.Code, Reason: reason, Wanted: from, At: db.Ms(tx.Now())}
			if err := store.AddLineage(ctx, tx, line); err != nil {
				return err
			}
		}
	}
	for _, d := range drafts {
		if err := a.open(ctx, tx, d); err != nil {
			return err
		}
	}
	return nil
}

// succeed ends what the item just published follows, once all successors have a version: on the day the last of them starts.
func (a *App) succeed(ctx context.Context, tx db.Tx, code string, from int64) error {
	lines, err := store.Lineages(ctx, tx, code)
	if err != nil {
		return err
	}
	for _, l := range lines {
		if l.To != code || l.Done != 0 {
			continue
		}
		end, all := from, true
		siblings, err := store.Lineages(ctx, tx, l.From)
		if err != nil {
			return err
		}
		for _, s := range siblings {
			if s.From != l.From || s.Done != 0 {
				continue
			}
			head, err := store.HeadOf(ctx, tx, s.To)
			if errors.Is(err, store.ErrNone) {
				all = false
				continue
			}
			if err != nil {
				return err
			}
			end = max(end, head.Effective)
		}
		if !all {
			continue
		}
		if err := store.EndLineage(ctx, tx, l.From, end); err != nil {
			return err
		}
		if err := a.turn(ctx, tx, l.From, catalogue.OpCancel, "由"+l.Kind.Text()+"后的事项接着办："+l.Reason, end, 0); err != nil {
			return err
		}
	}
	return nil
}
