package store

import (
	"context"
	"fmt"

	"tongban/central/kernel/db"
)

// Entry is one line of what happened to a case (经过).
type Entry struct {
	ID, CaseNo  string
	At          int64
	Kind        string // person, machine, message
	Title, Note string
	Actor       string
}

// Tell adds a line.
func Tell(ctx context.Context, tx db.Tx, e Entry) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO window_history (id, case_no, at, kind, title, note, actor) VALUES ($1,$2,$3,$4,$5,$6,$7)`,
		e.ID, e.CaseNo, e.At, e.Kind, e.Title, e.Note, e.Actor)
	if err != nil {
		return fmt.Errorf("insert history: %w", err)
	}
	return nil
}

// History returns the lines, newest first.
func History(ctx context.Context, q db.Query, no string) ([]Entry, error) {
	rows, err := q.QueryContext(ctx, `SELECT id, case_no, at, kind, title, note, actor FROM window_history WHERE case_no=$1 ORDER BY at DESC, id DESC`, no)
	if err != nil {
		return nil, fmt.Errorf("list history: %w", err)
	}
	defer rows.Close() //nolint:errcheck // read to the end below
	var out []Entry
	for rows.Next() {
		var e Entry
		if err := rows.Scan(&e.ID, &e.CaseNo, &e.At, &e.Kind, &e.Title, &e.Note, &e.Actor); err != nil {
			return nil, fmt.Errorf("read history: %w", err)
		}
		out = append(out, e)
	}
	return out, rows.Err()
}

// Tick is one clerk's judgement of one review point.
type Tick struct {
	CaseNo, Point string
	Ticked        bool
	Note, By      string
	At            int64
}

// PutTick keeps the newest judgement of a point.
func PutTick(ctx context.Context, tx db.Tx, t Tick) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO window_point (case_no, point, ticked, note, by_name, at) VALUES ($1,$2,$3,$4,$5,$6)
		ON CONFLICT (case_no, point) DO UPDATE SET ticked=excluded.ticked, note=excluded.note, by_name=excluded.by_name, at=excluded.at`,
		t.CaseNo, t.Point, db.Int(t.Ticked), t.Note, t.By, t.At)
	if err != nil {
		return fmt.Errorf("keep judgement: %w", err)
	}
	return nil
}

// Ticks returns the judgements of a case by point.
func Ticks(ctx context.Context, q db.Query, no string) (map[string]Tick, error) {
	rows, err := q.QueryContext(ctx, `SELECT case_no, point, ticked, note, by_name, at FROM window_point WHERE case_no=$1`, no)
	if err != nil {
		return nil, fmt.Errorf("list judgements: %w", err)
	}
	defer rows.Close() //nolint:errcheck // read to the end below
	out := map[string]Tick{}
	for rows.Next() {
		var t Tick
		var ticked int
		if err := rows.Scan(&t.CaseNo, &t.Point, &ticked, &t.Note, &t.By, &t.At); err != nil {
			return nil, fmt.Errorf("read judgement: %w", err)
		}
		t.Ticked = ticked == 1
		out[t.Point] = t
	}
	return out, rows.Err()
}

// Rating is one citizen's rating.
type Rating struct {
	EnvelopeID, CaseNo, Item string
	Level                    int
	Terminal                 string
	At                       int64
}

// AddRating keeps a rating and shows it on its case.
func AddRating(ctx context.Context, tx db.Tx, r Rating) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO window_rating (envelope_id, case_no, item, level, terminal, at) VALUES ($1,$2,$3,$4,$5,$6)`,
		r.EnvelopeID, r.CaseNo, r.Item, r.Level, r.Terminal, r.At)
	if err != nil {
		return fmt.Errorf("insert rating: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `UPDATE window_case SET rating=$1 WHERE no=$2`, r.Level, r.CaseNo); err != nil {
		return fmt.Errorf("rate case: %w", err)
	}
	return nil
}

// Help is one call for a person at a terminal.
type Help struct {
	EnvelopeID, Terminal, Place, Screen string
	At                                  int64
}

// AddHelp keeps a call.
func AddHelp(ctx context.Context, tx db.Tx, h Help) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO window_help (envelope_id, terminal, place, screen, at) VALUES ($1,$2,$3,$4,$5)`,
		h.EnvelopeID, h.Terminal, h.Place, h.Screen, h.At)
	if err != nil {
		return fmt.Errorf("insert call: %w", err)
	}
	return nil
}
