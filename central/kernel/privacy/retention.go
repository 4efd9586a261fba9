package privacy

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/ids"
)

// PermRetention lets somebody change how long things are kept, run the deletion and set holds (留存管理).
const PermRetention = "privacy:retention"

// Rule says when one kind of thing ends (留存规则).
type Rule struct {
	Name  string // such as "case"
	Title string // 办件
	What  string // what is done: 删除, or 去标识化 with what stays
	Basis string // why this long, with the article
	Days  int    // built-in length
	Least int    // shortest that may be set; Days when 0
	Most  int    // longest that may be set; Days when 0

	// Due lists ids of things whose time ended before an instant, in ascending order, beginning after an id.
	Due func(ctx context.Context, q db.Query, before time.Time, after string, limit int) ([]string, error)
	// Drop ends these things in tx and says how many rows that were.
	Drop func(ctx context.Context, tx db.Tx, ids []string) (rows int, err error)
}

// Editable reports whether its length may be changed.
func (r Rule) Editable() bool { return r.least() != r.most() }

// Bounds are the shortest and the longest length that may be set, in days.
func (r Rule) Bounds() (least, most int) { return r.least(), r.most() }

func (r Rule) least() int {
	if r.Least == 0 {
		return r.Days
	}
	return r.Least
}

func (r Rule) most() int {
	if r.Most == 0 {
		return r.Days
	}
	return r.Most
}

// Kept is a rule as it is in force.
type Kept struct {
	Rule
	Days int // in force
	Due  int // things whose time has ended and that no hold keeps
	Held int // of those whose time has ended, kept by a hold
}

// Run is one run of the deletion (留存执行记录).
type Run struct {
	ID     string
	At     time.Time
	Dry    bool // 试运行: counted only
	By     string
	Counts map[string]int // rule → things
	Took   time.Duration
	State  string // running, done, failed
}

const dropBatch = 100

func (s *Service) rule(name string) *Rule {
	for i := range s.rules {
		if s.rules[i].Name == name {
			return &s.rules[i]
		}
	}
	return nil
}

// Rules lists the rules as registered, in order.
func (s *Service) Rules() []Rule {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Clone(s.rules)
}

// Days returns the lengths in force, by rule.
func (s *Service) Days(ctx context.Context, q db.Query) (map[string]int, error) {
	out := map[string]int{}
	rules := s.Rules()
	for _, r := range rules {
		out[r.Name] = r.Days
	}
	rows, err := q.QueryContext(ctx, `SELECT rule, days FROM kernel_retention`)
	if err != nil {
		return nil, fmt.Errorf("list retention: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var name string
		var days int
		if err := rows.Scan(&name, &days); err != nil {
			return nil, fmt.Errorf("read retention: %w", err)
		}
		// A limit that the law tightened in a newer release wins over what was once set.
		for _, r := range rules {
			if r.Name == name {
				out[name] = min(max(days, r.least()), r.most())
			}
		}
	}
	return out, rows.Err()
}

// SetDays changes how long one kind of thing is kept.
func (s *Service) SetDays(ctx context.Context, rule string, days int, reason string) error {
	if err := auth.May(ctx, PermRetention); err != nil {
		return err
	}
	if len([]rune(reason)) < 4 {
		return ErrReason
	}
	s.mu.RLock()
	r := s.rule(rule)
	s.mu.RUnlock()
	if r == nil {
		return errs.E(errs.NotFound, "privacy.no_rule", "没有这条留存规则", nil)
	}
	if days < r.least() || days > r.most() {
		return errs.E(errs.Invalid, "privacy.days", fmt.Sprintf("这类数据可以留存 %d 到 %d 天", r.least(), r.most()), nil)
	}
	return s.DB.Do(ctx, func(tx db.Tx) error {
		old, err := s.Days(ctx, tx)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO kernel_retention (rule, days, reason, by_id, at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (rule) DO UPDATE SET days = $2, reason = $3, by_id = $4, at = $5`, rule, days, reason, tx.Actor().ID, db.Ms(tx.Now()))
		if err != nil {
			return fmt.Errorf("keep retention: %w", err)
		}
		return audit.Write(ctx, tx, audit.Record{
			Action: "privacy.set_retention", Object: rule, Reason: reason,
			Detail: map[string]string{"from": strconv.Itoa(old[rule]), "to": strconv.Itoa(days)},
		})
	})
}

// Preview counts what a run would end now and what holds keep, and ends nothing.
func (s *Service) Preview(ctx context.Context) ([]Kept, error) {
	var out []Kept
	err := s.DB.View(ctx, func(q db.Query) error {
		days, err := s.Days(ctx, q)
		if err != nil {
			return err
		}
		out = nil
		for _, r := range s.Rules() {
			k := Kept{Rule: r, Days: days[r.Name]}
			before := s.Clock.Now().AddDate(0, 0, -k.Days)
			for after, more := "", true; more; {
				due, err := r.Due(ctx, q, before, after, 1000)
				if err != nil {
					return fmt.Errorf("rule %s: %w", r.Name, err)
				}
				free, err := s.unheld(ctx, q, r.Name, due)
				if err != nil {
					return err
				}
				k.Due, k.Held = k.Due+len(free), k.Held+len(due)-len(free)
				if more = len(due) == 1000; more {
					after = due[len(due)-1]
				}
			}
			out = append(out, k)
		}
		return nil
	})
	return out, err
}

// Dry is Preview, kept as a run and audited.
func (s *Service) Dry(ctx context.Context) (Run, error) {
	if err := auth.May(ctx, PermRetention); err != nil {
		return Run{}, err
	}
	begin := s.Clock.Now()
	kept, err := s.Preview(ctx)
	if err != nil {
		return Run{}, err
	}
	run := Run{ID: ids.New(), At: begin, Dry: true, By: auth.Who(ctx).ID, Counts: map[string]int{}, State: "done"}
	for _, k := range kept {
		run.Counts[k.Name] = k.Due
	}
	run.Took = s.Clock.Now().Sub(begin)
	return run, s.DB.Do(ctx, func(tx db.Tx) error { return s.keepRun(ctx, tx, run, "试运行") })
}

// Apply ends everything whose time has ended and that no hold keeps (执行留存规则), batch by batch, each with its audit
// record in one act.
func (s *Service) Apply(ctx context.Context, reason string) (Run, error) {
	if err := auth.May(ctx, PermRetention); err != nil {
		return Run{}, err
	}
	if len([]rune(reason)) < 4 {
		return Run{}, ErrReason
	}
	run := Run{ID: ids.New(), At: s.Clock.Now(), By: auth.Who(ctx).ID, Counts: map[string]int{}, State: "running"}
	if err := s.DB.Do(ctx, func(tx db.Tx) error { return s.putRun(ctx, tx, run) }); err != nil {
		return run, err
	}
	err := s.apply(ctx, &run)
	run.State, run.Took = "done", s.Clock.Now().Sub(run.At)
	if err != nil {
		run.State = "failed"
	}
	keep := context.WithoutCancel(ctx)
	return run, errors.Join(err, s.DB.Do(keep, func(tx db.Tx) error { return s.keepRun(keep, tx, run, reason) }))
}

func (s *Service) apply(ctx context.Context, run *Run) error {
	defer s.recount()
	var days map[string]int
	err := s.DB.View(ctx, func(q db.Query) (err error) {
		days, err = s.Days(ctx, q)
		return err
	})
	if err != nil {
		return err
	}
	for _, r := range s.Rules() {
		before := s.Clock.Now().AddDate(0, 0, -days[r.Name])
		for after, more := "", true; more; {
			if err := ctx.Err(); err != nil {
				return err
			}
			var dropped int
			err := s.DB.Do(ctx, func(tx db.Tx) (err error) {
				dropped, after, more, err = s.drop(ctx, tx, r, before, after, run.ID)
				return err
			})
			if err != nil {
				return fmt.Errorf("rule %s: %w", r.Name, err)
			}
			run.Counts[r.Name] += dropped
		}
	}
	return nil
}

// drop ends one batch of one rule. Holds are asked for inside the act, so that one set a moment ago counts.
func (s *Service) drop(ctx context.Context, tx db.Tx, r Rule, before time.Time, after, run string) (int, string, bool, error) {
	due, err := r.Due(ctx, tx, before, after, dropBatch)
	if err != nil || len(due) == 0 {
		return 0, after, false, err
	}
	next, more := due[len(due)-1], len(due) == dropBatch
	free, err := s.unheld(ctx, tx, r.Name, due)
	if err != nil || len(free) == 0 {
		return 0, next, more, err
	}
	rows, err := r.Drop(ctx, tx, free)
	if err != nil {
		return 0, after, false, err
	}
	return len(free), next, more, audit.Write(ctx, tx, audit.Record{
		Action: "privacy.expire", Object: r.Name, Detail: map[string]string{
			"run": run, "things": strconv.Itoa(len(free)), "rows": strconv.Itoa(rows), "first": free[0], "last": free[len(free)-1],
		},
	})
}

func (s *Service) putRun(ctx context.Context, tx db.Tx, r Run) error {
	counts, err := json.Marshal(r.Counts)
	if err != nil {
		return fmt.Errorf("encode counts: %w", err)
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO kernel_retention_run (id, at, dry, by_id, counts, ms, state) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (id) DO UPDATE SET counts = $5, ms = $6, state = $7`,
		r.ID, db.Ms(r.At), db.Int(r.Dry), r.By, string(counts), r.Took.Milliseconds(), r.State)
	return wrap("keep run", err)
}

func (s *Service) keepRun(ctx context.Context, tx db.Tx, r Run, reason string) error {
	if err := s.putRun(ctx, tx, r); err != nil {
		return err
	}
	detail := map[string]string{"state": r.State, "dry": strconv.FormatBool(r.Dry)}
	for _, name := range slices.Sorted(maps.Keys(r.Counts)) {
		detail["n_"+name] = strconv.Itoa(r.Counts[name])
	}
	return audit.Write(ctx, tx, audit.Record{Action: "privacy.retention_run", Object: r.ID, Reason: reason, Detail: detail})
}

// Runs lists runs, newest first.
func (s *Service) Runs(ctx context.Context, limit int) ([]Run, error) {
	var out []Run
	err := s.DB.View(ctx, func(q db.Query) error {
		rows, err := q.QueryContext(ctx, `SELECT id, at, dry, by_id, counts, ms, state FROM kernel_retention_run ORDER BY at DESC, id DESC LIMIT $1`, limit)
		if err != nil {
			return fmt.Errorf("list runs: %w", err)
		}
		defer func() { _ = rows.Close() }()
		out = []Run{}
		for rows.Next() {
			var r Run
			var at, ms int64
			var dry int
			var counts string
			if err := rows.Scan(&r.ID, &at, &dry, &r.By, &counts, &ms, &r.State); err != nil {
				return fmt.Errorf("read run: %w", err)
			}
			if err := json.Unmarshal([]byte(counts), &r.Counts); err != nil {
				return fmt.Errorf("decode run: %w", err)
			}
			r.At, r.Dry, r.Took = db.FromMs(at), dry == 1, time.Duration(ms)*time.Millisecond
			out = append(out, r)
		}
		return rows.Err()
	})
	return out, err
}
