// Package store is the only one that names the tables of the neighbours (相邻系统数据表).
package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"tongban/central/kernel/db"
	"tongban/central/modules/joined"
)

// Child is one item of a bundle as the neighbour told it.
type Child struct {
	Item      string       `json:"item"`
	Name      string       `json:"name"`
	State     joined.State `json:"state"`
	StateText string       `json:"state_text"`
	Case      string       `json:"case,omitempty"`
}

// Matter is one registration or bundle.
type Matter struct {
	System, No, Origin string // Origin: here, there
	Title, Theme       string
	State              joined.State // as the neighbour says
	StateText          string
	Children           []Child
	Updated, Seen      time.Time
	Due                string // until which day somebody has to be answered, "" for none
	Version, Sent      int64  // of what is ours in it; Sent is the last that the neighbour took
}

const matterColumns = `system, no, origin, title, theme, state, state_text, children, updated, seen, version, sent, due`

func scanMatter(row interface{ Scan(...any) error }) (m Matter, err error) {
	var children string
	var updated, seen int64
	if err := row.Scan(&m.System, &m.No, &m.Origin, &m.Title, &m.Theme, &m.State, &m.StateText, &children, &updated, &seen, &m.Version, &m.Sent, &m.Due); err != nil {
		return m, err
	}
	m.Updated, m.Seen = db.FromMs(updated), db.FromMs(seen)
	return m, json.Unmarshal([]byte(children), &m.Children)
}

// Get returns a matter by number, of whatever system.
func Get(ctx context.Context, q db.Query, no string) (Matter, error) {
	m, err := scanMatter(q.QueryRowContext(ctx, `SELECT `+matterColumns+` FROM joined_matter WHERE no = $1 ORDER BY system LIMIT 1`, no))
	if errors.Is(err, db.ErrNoRows) {
		return m, joined.ErrNoSuchBundle
	}
	if err != nil {
		return m, fmt.Errorf("load matter: %w", err)
	}
	return m, nil
}

// Put writes a matter, whole.
func Put(ctx context.Context, tx db.Tx, m Matter) error {
	if m.Children == nil {
		m.Children = []Child{}
	}
	children, err := json.Marshal(m.Children)
	if err != nil {
		return fmt.Errorf("encode items: %w", err)
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO joined_matter (`+matterColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
		ON CONFLICT (system, no) DO UPDATE SET title = excluded.title, theme = excluded.theme, state = excluded.state, state_text = excluded.state_text,
		children = excluded.children, updated = excluded.updated, seen = excluded.seen, version = excluded.version, sent = excluded.sent, due = excluded.due`,
		m.System, m.No, m.Origin, m.Title, m.Theme, m.State, m.StateText, string(children), db.Ms(m.Updated), db.Ms(m.Seen), m.Version, m.Sent, m.Due)
	if err != nil {
		return fmt.Errorf("save matter: %w", err)
	}
	return nil
}

// List returns the newest matters of a system; unsent ones only where something of ours has not arrived.
func List(ctx context.Context, q db.Query, system string, unsent bool, most int) ([]Matter, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+matterColumns+` FROM joined_matter WHERE system = $1 AND ($2 = 0 OR version > sent)
		ORDER BY updated DESC, no DESC LIMIT $3`, system, db.Int(unsent), most)
	if err != nil {
		return nil, fmt.Errorf("list matters: %w", err)
	}
	defer func() { _ = rows.Close() }()
	out := []Matter{}
	for rows.Next() {
		m, err := scanMatter(rows)
		if err != nil {
			return nil, fmt.Errorf("list matters: %w", err)
		}
		out = append(out, m)
	}
	return out, rows.Err()
}

// Open returns the newest matters of a system that have not ended, and how many there are.
func Open(ctx context.Context, q db.Query, system string, most int) ([]Matter, int, error) {
	const open = `FROM joined_matter WHERE system = $1 AND state NOT IN ('done', 'refused')`
	var n int
	if err := q.QueryRowContext(ctx, `SELECT count(*) `+open, system).Scan(&n); err != nil {
		return nil, 0, fmt.Errorf("count open matters: %w", err)
	}
	rows, err := q.QueryContext(ctx, `SELECT `+matterColumns+` `+open+` ORDER BY CASE WHEN due = '' THEN 1 ELSE 0 END, due, updated DESC, no DESC LIMIT $2`, system, most)
	if err != nil {
		return nil, 0, fmt.Errorf("list open matters: %w", err)
	}
	defer func() { _ = rows.Close() }()
	out := []Matter{}
	for rows.Next() {
		m, err := scanMatter(rows)
		if err != nil {
			return nil, 0, fmt.Errorf("list open matters: %w", err)
		}
		out = append(out, m)
	}
	return out, n, rows.Err()
}

// Step is one line of a matter's history.
type Step struct {
	ID, Text, By string
	At           time.Time
}

// AddStep keeps a line; false when it was known.
func AddStep(ctx context.Context, tx db.Tx, system, no string, s Step) (bool, error) {
	res, err := tx.ExecContext(ctx, `INSERT INTO joined_step (system, id, no, at, text, by_name) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (system, id) DO NOTHING`, system, s.ID, no, db.Ms(s.At), s.Text, s.By)
	if err != nil {
		return false, fmt.Errorf("keep step: %w", err)
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// Steps returns the history of a matter, newest first.
func Steps(ctx context.Context, q db.Query, system, no string) ([]Step, error) {
	rows, err := q.QueryContext(ctx, `SELECT id, text, by_name, at FROM joined_step WHERE system = $1 AND no = $2 ORDER BY at DESC, id DESC LIMIT 200`, system, no)
	if err != nil {
		return nil, fmt.Errorf("list steps: %w", err)
	}
	defer func() { _ = rows.Close() }()
	out := []Step{}
	for rows.Next() {
		var s Step
		var at int64
		if err := rows.Scan(&s.ID, &s.Text, &s.By, &at); err != nil {
			return nil, fmt.Errorf("list steps: %w", err)
		}
		s.At = db.FromMs(at)
		out = append(out, s)
	}
	return out, rows.Err()
}

// Bind puts a case on an item; ErrTaken when either has its other half.
func Bind(ctx context.Context, tx db.Tx, no, item, caseNo string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO joined_bind (no, item, case_no) VALUES ($1, $2, $3)`, no, item, caseNo)
	if db.IsUnique(err) {
		return joined.ErrTaken
	}
	if err != nil {
		return fmt.Errorf("bind case: %w", err)
	}
	return nil
}

// Binds returns the cases of a bundle by item.
func Binds(ctx context.Context, q db.Query, no string) (map[string]string, error) {
	rows, err := q.QueryContext(ctx, `SELECT item, case_no FROM joined_bind WHERE no = $1`, no)
	if err != nil {
		return nil, fmt.Errorf("list cases of a bundle: %w", err)
	}
	defer func() { _ = rows.Close() }()
	out := map[string]string{}
	for rows.Next() {
		var item, caseNo string
		if err := rows.Scan(&item, &caseNo); err != nil {
			return nil, fmt.Errorf("list cases of a bundle: %w", err)
		}
		out[item] = caseNo
	}
	return out, rows.Err()
}

// Bound returns the bundle that a case belongs to, "" for none.
func Bound(ctx context.Context, q db.Query, caseNo string) (no string, err error) {
	err = q.QueryRowContext(ctx, `SELECT no FROM joined_bind WHERE case_no = $1`, caseNo).Scan(&no)
	if errors.Is(err, db.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("find bundle of a case: %w", err)
	}
	return no, nil
}

// Raise says that something of ours in a bundle changed.
func Raise(ctx context.Context, tx db.Tx, no string) error {
	if _, err := tx.ExecContext(ctx, `UPDATE joined_matter SET version = version + 1 WHERE no = $1`, no); err != nil {
		return fmt.Errorf("raise version: %w", err)
	}
	return nil
}

// ThemeItem is one item of a published theme.
type ThemeItem struct {
	Code string `json:"code"`
	Name string `json:"name"`
	Role string `json:"role"`
}

// Theme is a published theme.
type Theme struct {
	Code    string
	Version int
	Name    string
	Items   []ThemeItem
}

// PutThemes replaces the published themes by those that are published now.
func PutThemes(ctx context.Context, tx db.Tx, all []Theme) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM joined_theme`); err != nil {
		return fmt.Errorf("replace themes: %w", err)
	}
	for _, t := range all {
		items, err := json.Marshal(t.Items)
		if err != nil {
			return fmt.Errorf("encode theme: %w", err)
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO joined_theme (code, version, name, items, at) VALUES ($1, $2, $3, $4, $5)`,
			t.Code, t.Version, t.Name, string(items), db.Ms(tx.Now())); err != nil {
			return fmt.Errorf("save theme %s: %w", t.Code, err)
		}
	}
	return nil
}

// Themes returns the published themes by name.
func Themes(ctx context.Context, q db.Query) ([]Theme, error) {
	rows, err := q.QueryContext(ctx, `SELECT code, version, name, items FROM joined_theme ORDER BY name, code`)
	if err != nil {
		return nil, fmt.Errorf("list themes: %w", err)
	}
	defer func() { _ = rows.Close() }()
	out := []Theme{}
	for rows.Next() {
		var t Theme
		var items string
		if err := rows.Scan(&t.Code, &t.Version, &t.Name, &items); err != nil {
			return nil, fmt.Errorf("list themes: %w", err)
		}
		if err := json.Unmarshal([]byte(items), &t.Items); err != nil {
			return nil, fmt.Errorf("decode theme %s: %w", t.Code, err)
		}
		out = append(out, t)
	}
	return out, rows.Err()
}

// Cursor returns how far a feed was read.
func Cursor(ctx context.Context, q db.Query, name string) (seq int64, err error) {
	if err := q.QueryRowContext(ctx, `SELECT coalesce(max(seq), 0) FROM joined_cursor WHERE name = $1`, name).Scan(&seq); err != nil {
		return 0, fmt.Errorf("read cursor: %w", err)
	}
	return seq, nil
}

// SetCursor says how far a feed was read.
func SetCursor(ctx context.Context, tx db.Tx, name string, seq int64) error {
	if _, err := tx.ExecContext(ctx, `INSERT INTO joined_cursor (name, seq) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET seq = excluded.seq`, name, seq); err != nil {
		return fmt.Errorf("set cursor: %w", err)
	}
	return nil
}
