package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"tongban/central/kernel/db"
	"tongban/central/modules/catalogue"
)

// Draft is one draft of an item (草案).
type Draft struct {
	ID, Code, Name     string
	Kind               string
	Base               int
	State              catalogue.State
	Revision           int
	Body               string
	Reason             string
	Effective          string // planned day, YYYY-MM-DD or ""
	Author, AuthorName string
	Hands              string // accounts that saved it, parted by spaces
	ReviewerName       string
	Region, Department string
	Started, Changed   int64
}

const draftColumns = `id, code, name, kind, base, state, revision, body, reason, effective, author, author_name, hands, reviewer_name,
	region, department, started, changed`

func (d *Draft) fields() []any {
	return []any{
		&d.ID, &d.Code, &d.Name, &d.Kind, &d.Base, &d.State, &d.Revision, &d.Body, &d.Reason, &d.Effective, &d.Author, &d.AuthorName, &d.Hands,
		&d.ReviewerName, &d.Region, &d.Department, &d.Started, &d.Changed,
	}
}

// ErrNoDraft means that the item has no draft that has not ended.
var ErrNoDraft = errors.New("no open draft")

// OpenDraft returns the draft of an item that has not ended, or ErrNoDraft.
func OpenDraft(ctx context.Context, q db.Query, code string) (Draft, error) {
	var d Draft
	err := q.QueryRowContext(ctx, `SELECT `+draftColumns+` FROM catalogue_draft
		WHERE code = $1 AND state NOT IN ('published', 'discarded')`, code).Scan(d.fields()...)
	if errors.Is(err, sql.ErrNoRows) {
		return d, ErrNoDraft
	}
	if err != nil {
		return d, fmt.Errorf("load draft: %w", err)
	}
	return d, nil
}

// OpenDrafts returns all drafts that have not ended, by code; without their bodies where light.
func OpenDrafts(ctx context.Context, q db.Query) ([]Draft, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+draftColumns+` FROM catalogue_draft WHERE state NOT IN ('published', 'discarded') ORDER BY code`)
	if err != nil {
		return nil, fmt.Errorf("list drafts: %w", err)
	}
	defer func() { _ = rows.Close() }()
	out := []Draft{}
	for rows.Next() {
		var d Draft
		if err := rows.Scan(d.fields()...); err != nil {
			return nil, fmt.Errorf("read draft: %w", err)
		}
		out = append(out, d)
	}
	return out, rows.Err()
}

// AddDraft keeps a new draft. A second open one of the same item is refused by the database: db.IsUnique.
func AddDraft(ctx context.Context, tx db.Tx, d Draft) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO catalogue_draft (`+draftColumns+`)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18)`,
		d.ID, d.Code, d.Name, d.Kind, d.Base, d.State, d.Revision, d.Body, d.Reason, d.Effective, d.Author, d.AuthorName, d.Hands, d.ReviewerName,
		d.Region, d.Department, d.Started, d.Changed)
	if err != nil {
		return fmt.Errorf("insert draft: %w", err)
	}
	return nil
}

// MoveDraft keeps d in the place of revision d.Revision-1; catalogue.ErrChanged when somebody else was faster.
func MoveDraft(ctx context.Context, tx db.Tx, d Draft) error {
	res, err := tx.ExecContext(ctx, `UPDATE catalogue_draft SET name = $3, state = $4, revision = $5, body = $6, reason = $7, effective = $8,
		hands = $9, reviewer_name = $10, region = $11, department = $12, changed = $13 WHERE id = $1 AND revision = $2`,
		d.ID, d.Revision-1, d.Name, d.State, d.Revision, d.Body, d.Reason, d.Effective, d.Hands, d.ReviewerName, d.Region, d.Department, d.Changed)
	if err != nil {
		return fmt.Errorf("update draft: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return errors.Join(catalogue.ErrChanged, err)
	}
	return nil
}

// Told is one line of a draft's history.
type Told struct {
	ID, Draft   string
	At          int64
	Actor       string
	Title, Note string
}

// Tell adds a line to a draft's history.
func Tell(ctx context.Context, tx db.Tx, t Told) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO catalogue_draft_history (id, draft, at, actor, title, note) VALUES ($1, $2, $3, $4, $5, $6)`,
		t.ID, t.Draft, t.At, t.Actor, t.Title, t.Note)
	if err != nil {
		return fmt.Errorf("insert history: %w", err)
	}
	return nil
}

// History returns a draft's history, newest first.
func History(ctx context.Context, q db.Query, draft string) ([]Told, error) {
	rows, err := q.QueryContext(ctx, `SELECT id, draft, at, actor, title, note FROM catalogue_draft_history WHERE draft = $1 ORDER BY at DESC, id DESC`, draft)
	if err != nil {
		return nil, fmt.Errorf("list history: %w", err)
	}
	defer func() { _ = rows.Close() }()
	out := []Told{}
	for rows.Next() {
		var t Told
		if err := rows.Scan(&t.ID, &t.Draft, &t.At, &t.Actor, &t.Title, &t.Note); err != nil {
			return nil, fmt.Errorf("read history: %w", err)
		}
		out = append(out, t)
	}
	return out, rows.Err()
}
