package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/db"
	"tongban/central/modules/supervision"
)

// Card is one card.
type Card struct {
	No, Case                    string
	Rule, Rung, Title, Words    string
	Setting                     int
	Level                       supervision.Level
	Process                     bool // not of the clock
	Why                         string
	Item, ItemName              string
	Region, Department, Handler string
	State                       supervision.State
	IssuedAt, ReplyDue          time.Time
	LateTold                    bool
	ReadAt                      time.Time
	ReadBy                      string
	RepliedAt                   time.Time
	RepliedBy, Replier, Reply   string // name, account, words
	EndedAt                     time.Time
	Outcome                     string
	Paper                       Paper
	Version                     int
}

// Paper is which paper of the window a card has (督办文书); zero for a card of before there were any.
type Paper struct{ ID, No, Title, Code string }

const cardColumns = `no, case_no, rule, rung, rule_title, rule_words, setting, level, grade, process, why, item, item_name, region, department, handler, state, issued_at,
	reply_due, late_told, read_at, read_by, replied_at, replied_by, replier, reply, ended_at, outcome, paper, paper_no, paper_title, paper_code, version`

func readCard(s scanner) (c Card, err error) {
	var grade, process, late int
	var issued, due, read, replied, ended int64
	err = s.Scan(&c.No, &c.Case, &c.Rule, &c.Rung, &c.Title, &c.Words, &c.Setting, &c.Level, &grade, &process, &c.Why, &c.Item, &c.ItemName, &c.Region, &c.Department, &c.Handler,
		&c.State, &issued, &due, &late, &read, &c.ReadBy, &replied, &c.RepliedBy, &c.Replier, &c.Reply, &ended, &c.Outcome, &c.Paper.ID, &c.Paper.No,
		&c.Paper.Title, &c.Paper.Code, &c.Version)
	c.Process, c.LateTold = process == 1, late == 1
	c.IssuedAt, c.ReplyDue, c.ReadAt, c.RepliedAt, c.EndedAt = db.FromMs(issued), db.FromMs(due), db.FromMs(read), db.FromMs(replied), db.FromMs(ended)
	return c, err
}

// NextNumber takes the next number of a year.
func NextNumber(ctx context.Context, tx db.Tx, year int) (n int, err error) {
	err = tx.QueryRowContext(ctx, `INSERT INTO supervision_number (year, n) VALUES ($1, 1) ON CONFLICT (year) DO UPDATE SET n = supervision_number.n + 1 RETURNING n`, year).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("take number of a card: %w", err)
	}
	return n, nil
}

// Rung is what was raised already of a case.
type Rung struct {
	Case, Rule, Rung string
}

// Rungs returns what was raised of the named cases, with its level.
func Rungs(ctx context.Context, q db.Query, nos []string) (map[Rung]bool, map[string]int, error) {
	type row struct {
		Rung
		grade, process int
	}
	var c clauses
	c.within("case_no", nos)
	list, err := all(ctx, q, "rungs", func(s scanner) (r row, err error) {
		return r, s.Scan(&r.Case, &r.Rule, &r.Rung.Rung, &r.grade, &r.process)
	}, `SELECT case_no, rule, rung, grade, process FROM supervision_card WHERE `+c.where(), c.args...)
	raised, gravest := map[Rung]bool{}, map[string]int{}
	for _, r := range list {
		raised[r.Rung] = true
		if r.process == 0 {
			gravest[r.Case] = max(gravest[r.Case], r.grade)
		}
	}
	return raised, gravest, err
}

// AddCard keeps a new card.
func AddCard(ctx context.Context, tx db.Tx, c Card) error {
	return exec(ctx, tx, "keep card", `INSERT INTO supervision_card (no, case_no, rule, rung, rule_title, rule_words, setting, level, grade, process, why, item, item_name, region,
		department, handler, state, issued_at, reply_due, paper, paper_no, paper_title, paper_code)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)`,
		c.No, c.Case, c.Rule, c.Rung, c.Title, c.Words, c.Setting, c.Level, c.Level.Grade(), db.Int(c.Process), c.Why, c.Item, c.ItemName, c.Region, c.Department, c.Handler,
		c.State, db.Ms(c.IssuedAt), db.Ms(c.ReplyDue), c.Paper.ID, c.Paper.No, c.Paper.Title, c.Paper.Code)
}

// PutCard writes what may change of a card; supervision.ErrChanged when somebody was faster.
func PutCard(ctx context.Context, tx db.Tx, c Card) error {
	res, err := tx.ExecContext(ctx, `UPDATE supervision_card SET state = $2, reply_due = $3, late_told = $4, read_at = $5, read_by = $6, replied_at = $7, replied_by = $8, replier = $9,
		reply = $10, ended_at = $11, outcome = $12, version = version + 1 WHERE no = $1 AND version = $13`,
		c.No, c.State, db.Ms(c.ReplyDue), db.Int(c.LateTold), db.Ms(c.ReadAt), c.ReadBy, db.Ms(c.RepliedAt), c.RepliedBy, c.Replier, c.Reply, db.Ms(c.EndedAt), c.Outcome, c.Version)
	if err != nil {
		return fmt.Errorf("keep card: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return supervision.ErrChanged
	}
	return nil
}

// GetCard returns one card.
func GetCard(ctx context.Context, q db.Query, no string) (Card, error) {
	return one("card", readCard, q.QueryRowContext(ctx, `SELECT `+cardColumns+` FROM supervision_card WHERE no = $1`, no))
}

// CardsOf returns the cards of a case, newest first.
func CardsOf(ctx context.Context, q db.Query, caseNo string) ([]Card, error) {
	return all(ctx, q, "cards", readCard, `SELECT `+cardColumns+` FROM supervision_card WHERE case_no = $1 ORDER BY issued_at DESC, no DESC`, caseNo)
}

// CardFilter says which cards are listed.
type CardFilter struct {
	Scope      actor.Scope
	States     []string
	Levels     []string
	DueBefore  time.Time
	EndedFrom  time.Time
	Department string
	Typed      string
	Most, Skip int
}

func (f CardFilter) clauses() clauses {
	var c clauses
	c.bound(func(first int) (string, []any) { return f.Scope.Where(places, first) })
	if len(f.States) > 0 {
		c.within("state", f.States)
	}
	if len(f.Levels) > 0 {
		c.within("level", f.Levels)
	}
	if !f.DueBefore.IsZero() {
		c.add("reply_due > 0 AND reply_due < ?", db.Ms(f.DueBefore))
	}
	if !f.EndedFrom.IsZero() {
		c.add("ended_at >= ?", db.Ms(f.EndedFrom))
	}
	if f.Department != "" {
		c.add("department = ?", f.Department)
	}
	if f.Typed != "" {
		c.add(`(no LIKE ? ESCAPE '\' OR case_no LIKE ? ESCAPE '\' OR item_name LIKE ? ESCAPE '\')`, like(strings.ToUpper(f.Typed)), like(strings.ToUpper(f.Typed)), like(f.Typed))
	}
	return c
}

// Cards lists a page of cards, those that want something first, and says how many there are.
func Cards(ctx context.Context, q db.Query, f CardFilter) ([]Card, int, error) {
	n, err := CountCards(ctx, q, f)
	if err != nil {
		return nil, 0, err
	}
	c := f.clauses()
	where := c.where()
	most, skip := c.next(f.Most), c.next(f.Skip)
	list, err := all(ctx, q, "cards", readCard, `SELECT `+cardColumns+` FROM supervision_card WHERE `+where+`
		ORDER BY CASE WHEN state IN ('closed', 'cancelled') THEN 1 ELSE 0 END, grade DESC, CASE WHEN reply_due = 0 THEN 1 ELSE 0 END, reply_due, issued_at DESC, no
		LIMIT `+most+` OFFSET `+skip, c.args...)
	return list, n, err
}

// CountCards counts the cards of a filter.
func CountCards(ctx context.Context, q db.Query, f CardFilter) (int, error) {
	c := f.clauses()
	return number(ctx, q, "cards", `SELECT count(*) FROM supervision_card WHERE `+c.where(), c.args...)
}

// Late lists open cards whose answer is overdue and of which nobody has been told.
func Late(ctx context.Context, q db.Query, now time.Time) ([]Card, error) {
	return all(ctx, q, "late cards", readCard, `SELECT `+cardColumns+` FROM supervision_card
		WHERE state IN ('issued', 'notified', 'returned') AND reply_due > 0 AND reply_due < $1 AND late_told = 0 ORDER BY no LIMIT 500`, db.Ms(now))
}

// Sum is how many cards of a level a department was given.
type Sum struct {
	Department string
	Level      supervision.Level
	Process    bool
	N          int
}

// Sums counts the cards that were issued in a time and not cancelled, by department.
func Sums(ctx context.Context, q db.Query, scope actor.Scope, from, to time.Time) ([]Sum, error) {
	c := CardFilter{Scope: scope}.clauses()
	c.add("issued_at >= ? AND issued_at < ? AND state <> 'cancelled'", db.Ms(from), db.Ms(to))
	return all(ctx, q, "sums", func(s scanner) (t Sum, err error) {
		var process int
		err = s.Scan(&t.Department, &t.Level, &process, &t.N)
		t.Process = process == 1
		return t, err
	}, `SELECT department, level, process, count(*) FROM supervision_card WHERE `+c.where()+` GROUP BY department, level, process ORDER BY department`, c.args...)
}

// Alike counts the cards of a rule against a department or a handler since a time, cancelled ones left out.
func Alike(ctx context.Context, q db.Query, rule, department, handler string, since time.Time) (n int, err error) {
	return number(ctx, q, "like cards", `SELECT count(*) FROM supervision_card WHERE rule = $1 AND issued_at >= $2 AND state <> 'cancelled'
		AND ($3 = '' OR department = $3) AND ($4 = '' OR handler = $4)`, rule, db.Ms(since), department, handler)
}

// Done is one line of a card's history.
type Done struct {
	At       time.Time
	Act      supervision.Act
	By, Text string
}

// Tell adds a line to the history of a card.
func Tell(ctx context.Context, tx db.Tx, id, card string, act supervision.Act, by, text string) error {
	return exec(ctx, tx, "note act", `INSERT INTO supervision_act (id, card, at, act, by_name, text) VALUES ($1, $2, $3, $4, $5, $6)`, id, card, db.Ms(tx.Now()), string(act), by, text)
}

// History returns what was done with a card, oldest first.
func History(ctx context.Context, q db.Query, card string) ([]Done, error) {
	return all(ctx, q, "history", func(s scanner) (d Done, err error) {
		var at int64
		err = s.Scan(&at, &d.Act, &d.By, &d.Text)
		d.At = db.FromMs(at)
		return d, err
	}, `SELECT at, act, by_name, text FROM supervision_act WHERE card = $1 ORDER BY at, id`, card)
}
