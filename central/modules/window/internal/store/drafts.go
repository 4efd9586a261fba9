package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/db"
	"tongban/central/modules/window"
)

// Draft is one hand-in at a counter that is not a case yet (草稿). Times are milliseconds, dates YYYY-MM-DD.
type Draft struct {
	ID                   string
	Revision             int
	State                string // see DraftOpen
	Item                 string
	ItemVersion          int
	ItemName             string
	Owner, OwnerName     string
	Hall, Window         string
	Ticket, Visit        string
	Region, Department   string
	Reason               string // why it was parked
	NameMasked, IDBlind  string
	BodySealed           string
	Done, Total          int // checks met, and how many there are
	CreatedAt, UpdatedAt int64
	ExpiresOn            string
	Crossing             string // where it goes when it is for another region, see window.CrossingTarget
	CrossingName         string
}

// States of a draft.
const (
	DraftOpen   = "draft"  // 正在填
	DraftParked = "parked" // 暂存
)

// At is where the draft belongs.
func (d Draft) At() actor.Place {
	return actor.Place{Region: d.Region, Department: d.Department, Handler: d.Owner}
}

// ErrNoDraft means that there is no such draft, or not for this caller.
var ErrNoDraft = window.ErrNoSuchDraft

const draftColumns = `id, revision, state, item, item_version, item_name, owner, owner_name, hall, counter_window, ticket, visit, region, department, reason,
	name_masked, id_blind, body_sealed, done, total, created_at, updated_at, expires_on, crossing, crossing_name`

func (d *Draft) fields() []any {
	return []any{
		&d.ID, &d.Revision, &d.State, &d.Item, &d.ItemVersion, &d.ItemName, &d.Owner, &d.OwnerName, &d.Hall, &d.Window, &d.Ticket, &d.Visit, &d.Region,
		&d.Department, &d.Reason, &d.NameMasked, &d.IDBlind, &d.BodySealed, &d.Done, &d.Total, &d.CreatedAt, &d.UpdatedAt, &d.ExpiresOn,
		&d.Crossing, &d.CrossingName,
	}
}

// AddDraft keeps a new draft.
func AddDraft(ctx context.Context, tx db.Tx, d Draft) error {
	return insert(ctx, tx, "window_draft", draftColumns, d.fields())
}

// GetDraft returns one draft, or ErrNoDraft.
func GetDraft(ctx context.Context, q db.Query, id string) (Draft, error) {
	var d Draft
	err := q.QueryRowContext(ctx, `SELECT `+draftColumns+` FROM window_draft WHERE id=$1`, id).Scan(d.fields()...)
	if errors.Is(err, sql.ErrNoRows) {
		return d, ErrNoDraft
	}
	if err != nil {
		return d, fmt.Errorf("load draft: %w", err)
	}
	return d, nil
}

// SaveDraft writes what changed, if nobody saved since Revision was read; else window.ErrDraftChanged.
func SaveDraft(ctx context.Context, tx db.Tx, d Draft) error {
	res, err := tx.ExecContext(ctx, `UPDATE window_draft SET revision=revision+1, state=$1, owner=$2, owner_name=$3, reason=$4, name_masked=$5, id_blind=$6,
		body_sealed=$7, done=$8, total=$9, updated_at=$10, expires_on=$11 WHERE id=$12 AND revision=$13`,
		d.State, d.Owner, d.OwnerName, d.Reason, d.NameMasked, d.IDBlind, d.BodySealed, d.Done, d.Total, d.UpdatedAt, d.ExpiresOn, d.ID, d.Revision)
	if err != nil {
		return fmt.Errorf("save draft: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return errors.Join(err, window.ErrDraftChanged)
	}
	return nil
}

// DropDrafts ends drafts: with their file keys the pages can never be opened again.
func DropDrafts(ctx context.Context, tx db.Tx, ids []string) (rows int, err error) {
	for _, id := range ids {
		for _, statement := range []string{`DELETE FROM window_draft_page WHERE draft_id=$1`, `DELETE FROM window_draft WHERE id=$1`} {
			r, err := tx.ExecContext(ctx, statement, id)
			if err != nil {
				return 0, fmt.Errorf("drop draft: %w", err)
			}
			n, err := r.RowsAffected()
			if err != nil {
				return 0, fmt.Errorf("drop draft: %w", err)
			}
			rows += int(n)
		}
	}
	return rows, nil
}

// StaleDrafts lists ids of drafts that nobody touched since an instant, in order, after an id.
func StaleDrafts(ctx context.Context, q db.Query, before int64, after string, limit int) ([]string, error) {
	return numbers(ctx, q, `SELECT id FROM window_draft WHERE updated_at < $1 AND id > $2 ORDER BY id LIMIT $3`, before, after, limit)
}

// DraftFilter is which drafts are asked for; an empty field asks nothing.
type DraftFilter struct {
	Owner   string
	IDBlind string
	Name    string // part of the masked name or the item's
	Before  int64  // made before
	Within  *actor.Scope
	Most    int
}

func (f DraftFilter) where() (string, []any) {
	parts, args := []string{`1=1`}, []any{}
	add := func(condition string, a any) {
		args = append(args, a)
		parts = append(parts, strings.ReplaceAll(condition, "?", fmt.Sprintf("$%d", len(args))))
	}
	if f.Owner != "" {
		add(`owner = ?`, f.Owner)
	}
	if f.IDBlind != "" {
		add(`id_blind = ?`, f.IDBlind)
	}
	if f.Name != "" {
		add(`(name_masked LIKE ? OR item_name LIKE ?)`, "%"+f.Name+"%")
	}
	if f.Before != 0 {
		add(`created_at < ?`, f.Before)
	}
	if f.Within != nil {
		within, more := f.Within.Where(actor.Columns{Region: "region", Department: "department", Handler: "owner"}, len(args)+1)
		parts, args = append(parts, within), append(args, more...)
	}
	return ` WHERE ` + strings.Join(parts, ` AND `), args
}

// Drafts returns those that fit, what ends first before the others.
func Drafts(ctx context.Context, q db.Query, f DraftFilter) ([]Draft, error) {
	where, args := f.where()
	args = append(args, f.Most)
	rows, err := q.QueryContext(ctx, `SELECT `+draftColumns+` FROM window_draft`+where+fmt.Sprintf(` ORDER BY expires_on, updated_at, id LIMIT $%d`, len(args)), args...)
	if err != nil {
		return nil, fmt.Errorf("list drafts: %w", err)
	}
	defer rows.Close() //nolint:errcheck // read to the end below
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

// CountDrafts counts those that fit.
func CountDrafts(ctx context.Context, q db.Query, f DraftFilter) (n int, err error) {
	where, args := f.where()
	if err = q.QueryRowContext(ctx, `SELECT count(*) FROM window_draft`+where, args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("count drafts: %w", err)
	}
	return n, nil
}

// DraftPage is one encrypted page of a draft, or a signature when Role is set.
type DraftPage struct {
	File
	Role string
}

// AddDraftPage keeps a page; its place is behind the others of its material.
func AddDraftPage(ctx context.Context, tx db.Tx, p DraftPage) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO window_draft_page (id, draft_id, material, role, ord, digest, size, mime, key_sealed, added_at)
		VALUES ($1,$2,$3,$4,(SELECT coalesce(max(ord), 0) + 1 FROM window_draft_page WHERE draft_id=$2 AND material=$3 AND role=$4),$5,$6,$7,$8,$9)`,
		p.ID, p.CaseNo, p.Material, p.Role, p.Digest, p.Size, p.MIME, p.KeySealed, p.AddedAt)
	if err != nil {
		return fmt.Errorf("insert page of draft: %w", err)
	}
	return nil
}

// DropDraftPages takes out one page, or all signatures of a role.
func DropDraftPages(ctx context.Context, tx db.Tx, draft, id, role string) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM window_draft_page WHERE draft_id=$1 AND (id=$2 OR ($3 <> '' AND role=$3))`, draft, id, role)
	if err != nil {
		return fmt.Errorf("drop page of draft: %w", err)
	}
	return nil
}

// DraftPages returns the pages and signatures of a draft.
func DraftPages(ctx context.Context, q db.Query, draft string) ([]DraftPage, error) {
	rows, err := q.QueryContext(ctx, `SELECT id, draft_id, material, role, ord, digest, size, mime, key_sealed, added_at FROM window_draft_page
		WHERE draft_id=$1 ORDER BY material, role, ord, added_at`, draft)
	if err != nil {
		return nil, fmt.Errorf("list pages of draft: %w", err)
	}
	defer rows.Close() //nolint:errcheck // read to the end below
	var out []DraftPage
	for rows.Next() {
		var p DraftPage
		if err := rows.Scan(&p.ID, &p.CaseNo, &p.Material, &p.Role, &p.Ord, &p.Digest, &p.Size, &p.MIME, &p.KeySealed, &p.AddedAt); err != nil {
			return nil, fmt.Errorf("read page of draft: %w", err)
		}
		out = append(out, p)
	}
	return out, rows.Err()
}

// NextNumber takes the next number of a series.
func NextNumber(ctx context.Context, tx db.Tx, name string) (n int64, err error) {
	err = tx.QueryRowContext(ctx, `INSERT INTO window_counter (name, n) VALUES ($1, 1)
		ON CONFLICT (name) DO UPDATE SET n = window_counter.n + 1 RETURNING n`, name).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("take next number: %w", err)
	}
	return n, nil
}
