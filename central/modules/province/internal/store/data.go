package store

import (
	"context"
	"errors"
	"fmt"

	"tongban/central/kernel/db"
	"tongban/central/modules/province"
)

// Entry is one line of the province's data at one version; Kind "item" is an item.
type Entry struct {
	Kind, Code   string
	Version      int
	Name, Parent string
	Valid        bool
	Facts        string
	At           int64
}

// AddEntry keeps one; a version that is there already stays.
func AddEntry(ctx context.Context, tx db.Tx, e Entry) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO province_entry (kind, code, version, name, parent, valid, facts, at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8) ON CONFLICT DO NOTHING`,
		e.Kind, e.Code, e.Version, e.Name, e.Parent, db.Int(e.Valid), e.Facts, db.Ms(tx.Now()))
	if err != nil {
		return fmt.Errorf("add entry: %w", err)
	}
	return nil
}

// Entries lists the newest version of each line, the latest change first.
func Entries(ctx context.Context, q db.Query, kind string, most int) ([]Entry, error) {
	rows, err := q.QueryContext(ctx, `SELECT kind, code, version, name, parent, valid, facts, at FROM province_entry e WHERE ($1 = '' OR kind = $1) AND
		NOT EXISTS (SELECT 1 FROM province_entry n WHERE n.kind = e.kind AND n.code = e.code AND n.version > e.version) ORDER BY kind, version DESC LIMIT $2`, kind, most)
	if err != nil {
		return nil, fmt.Errorf("list entries: %w", err)
	}
	defer rows.Close()
	out := []Entry{}
	for rows.Next() {
		var e Entry
		if err := rows.Scan(&e.Kind, &e.Code, &e.Version, &e.Name, &e.Parent, &e.Valid, &e.Facts, &e.At); err != nil {
			return nil, fmt.Errorf("list entries: %w", err)
		}
		out = append(out, e)
	}
	return out, rows.Err()
}

// Finding is what a provincial version changes.
type Finding struct {
	ID, Kind, Code, Title string
	Field, Ours, Theirs   string
	Version               int
	State                 string
	At                    int64
	ByName, Reason        string
}

// AddFinding keeps one; the same finding of the same version comes once.
func AddFinding(ctx context.Context, tx db.Tx, f Finding) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO province_finding (id, kind, code, title, field, ours, theirs, version, state, at, by_name, reason)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,'open',$9,'','') ON CONFLICT (kind, code, version, field) DO NOTHING`,
		f.ID, f.Kind, f.Code, f.Title, f.Field, f.Ours, f.Theirs, f.Version, db.Ms(tx.Now()))
	if err != nil {
		return fmt.Errorf("add finding: %w", err)
	}
	return nil
}

// Findings lists them, open ones first.
func Findings(ctx context.Context, q db.Query, most int) ([]Finding, error) {
	rows, err := q.QueryContext(ctx, `SELECT id, kind, code, title, field, ours, theirs, version, state, at, by_name, reason FROM province_finding
		ORDER BY CASE WHEN state = 'open' THEN 0 ELSE 1 END, at DESC, code LIMIT $1`, most)
	if err != nil {
		return nil, fmt.Errorf("list findings: %w", err)
	}
	defer rows.Close()
	out := []Finding{}
	for rows.Next() {
		var f Finding
		if err := rows.Scan(&f.ID, &f.Kind, &f.Code, &f.Title, &f.Field, &f.Ours, &f.Theirs, &f.Version, &f.State, &f.At, &f.ByName, &f.Reason); err != nil {
			return nil, fmt.Errorf("list findings: %w", err)
		}
		out = append(out, f)
	}
	return out, rows.Err()
}

// SeeFinding closes one; province.ErrNotNow when it is not open.
func SeeFinding(ctx context.Context, tx db.Tx, id, reason string) error {
	r, err := tx.ExecContext(ctx, `UPDATE province_finding SET state = 'seen', by_name = $1, reason = $2 WHERE id = $3 AND state = 'open'`, tx.Actor().Name, reason, id)
	if err != nil {
		return fmt.Errorf("see finding: %w", err)
	}
	if n, err := r.RowsAffected(); err != nil || n != 1 {
		return errors.Join(err, province.ErrNotNow)
	}
	return nil
}

// Rule says whether an item goes to the province, and at which topics.
type Rule struct {
	Item     string
	Sends    bool
	Topics   string // JSON
	Revision int
	At       int64
	ByName   string
	Reason   string
}

// Rules lists all.
func Rules(ctx context.Context, q db.Query) ([]Rule, error) {
	rows, err := q.QueryContext(ctx, `SELECT item, sends, acts, revision, at, by_name, reason FROM province_rule ORDER BY item`)
	if err != nil {
		return nil, fmt.Errorf("list rules: %w", err)
	}
	defer rows.Close()
	out := []Rule{}
	for rows.Next() {
		var r Rule
		if err := rows.Scan(&r.Item, &r.Sends, &r.Topics, &r.Revision, &r.At, &r.ByName, &r.Reason); err != nil {
			return nil, fmt.Errorf("list rules: %w", err)
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// PutRule keeps one at its next revision; province.ErrNotNow when somebody changed it since.
func PutRule(ctx context.Context, tx db.Tx, r Rule) error {
	res, err := tx.ExecContext(ctx, `INSERT INTO province_rule (item, sends, acts, revision, at, by_name, reason) VALUES ($1,$2,$3,$4,$5,$6,$7)
		ON CONFLICT (item) DO UPDATE SET sends = excluded.sends, acts = excluded.acts, revision = excluded.revision, at = excluded.at, by_name = excluded.by_name, reason = excluded.reason
		WHERE province_rule.revision = excluded.revision - 1`,
		r.Item, db.Int(r.Sends), r.Topics, r.Revision+1, db.Ms(tx.Now()), r.ByName, r.Reason)
	if err != nil {
		return fmt.Errorf("put rule: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return errors.Join(err, province.ErrNotNow)
	}
	return nil
}

// SeedRule keeps a shipped rule where none is.
func SeedRule(ctx context.Context, tx db.Tx, r Rule) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO province_rule (item, sends, acts, revision, at, by_name, reason) VALUES ($1,$2,$3,1,$4,'','') ON CONFLICT (item) DO NOTHING`,
		r.Item, db.Int(r.Sends), r.Topics, db.Ms(tx.Now()))
	if err != nil {
		return fmt.Errorf("seed rule: %w", err)
	}
	return nil
}
