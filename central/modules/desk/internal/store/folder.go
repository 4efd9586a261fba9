package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
)

// ErrNoSuchFolder means that the code is no folder's.
var ErrNoSuchFolder = errs.E(errs.NotFound, "desk.no_such_folder", "没有这个材料袋，请核对袋上的编号", nil)

// Folder is the papers of one case on their way (材料袋).
type Folder struct {
	Code, No           string
	Region, Department string
	State              string // here, sent
	HolderKind         string // window, department, archive
	Holder, HolderName string
	DueAt, MadeAt      int64
}

// Paper is one line of what is in a folder.
type Paper struct {
	Folder         string
	Ord            int
	Material, Name string
	Form           string // original, copy
	Wanted, Got    int
	State          string // expected, received, missing, absent
	Note           string
}

// Handover is one change of hands (交接).
type Handover struct {
	Folder                       string
	Seq                          int
	FromKind, FromID, From, Sent string // Sent: who handed it over
	ToKind, ToID, To, Got        string // Got: who took it
	SentAt, GotAt                int64
	State                        string // sent, received
	Note                         string
}

const folderColumns = `code, no, region, department, state, holder_kind, holder, holder_name, due_at, made_at`

func (f *Folder) fields() []any {
	return []any{&f.Code, &f.No, &f.Region, &f.Department, &f.State, &f.HolderKind, &f.Holder, &f.HolderName, &f.DueAt, &f.MadeAt}
}

// NextNumber counts up.
func NextNumber(ctx context.Context, tx db.Tx, name string) (n int64, err error) {
	err = tx.QueryRowContext(ctx, `INSERT INTO desk_counter (name, n) VALUES ($1, 1) ON CONFLICT (name) DO UPDATE SET n = desk_counter.n + 1 RETURNING n`, name).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count %s: %w", name, err)
	}
	return n, nil
}

// AddFolder keeps a new folder with its list.
func AddFolder(ctx context.Context, tx db.Tx, f Folder, papers []Paper) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO desk_folder (`+folderColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)`,
		f.Code, f.No, f.Region, f.Department, f.State, f.HolderKind, f.Holder, f.HolderName, f.DueAt, f.MadeAt)
	if err != nil {
		return fmt.Errorf("insert folder: %w", err)
	}
	for i, p := range papers {
		_, err := tx.ExecContext(ctx, `INSERT INTO desk_paper (folder, ord, material, name, form, wanted, got, state, note) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)`,
			f.Code, i+1, p.Material, p.Name, p.Form, p.Wanted, p.Got, p.State, p.Note)
		if err != nil {
			return fmt.Errorf("insert paper: %w", err)
		}
	}
	return nil
}

// FindFolder returns a folder by its code, or by the case's number.
func FindFolder(ctx context.Context, q db.Query, column, value string) (f Folder, found bool, err error) {
	where := map[string]string{"code": "code = $1", "no": "no = $1"}[column]
	err = q.QueryRowContext(ctx, `SELECT `+folderColumns+` FROM desk_folder WHERE `+where, value).Scan(f.fields()...)
	if errors.Is(err, sql.ErrNoRows) {
		return Folder{}, false, nil
	}
	if err != nil {
		return Folder{}, false, fmt.Errorf("load folder: %w", err)
	}
	return f, true, nil
}

// Folders lists the folders within scope, those that are due first at the top; states nil = all.
func Folders(ctx context.Context, q db.Query, within actor.Scope, holderKind string, states []string, most int) ([]Folder, error) {
	where, args := within.Where(actor.Columns{Region: "region", Department: "department"}, 1)
	if holderKind != "" {
		args = append(args, holderKind)
		where += fmt.Sprintf(` AND holder_kind = $%d`, len(args))
	}
	if len(states) > 0 {
		marks := make([]string, len(states))
		for i, s := range states {
			args = append(args, s)
			marks[i] = fmt.Sprintf("$%d", len(args))
		}
		where += ` AND state IN (` + strings.Join(marks, ", ") + `)`
	}
	rows, err := q.QueryContext(ctx, fmt.Sprintf(`SELECT %s FROM desk_folder WHERE %s ORDER BY due_at, made_at, code LIMIT %d`, folderColumns, where, most), args...)
	if err != nil {
		return nil, fmt.Errorf("list folders: %w", err)
	}
	defer rows.Close() //nolint:errcheck // read to the end below
	out := []Folder{}
	for rows.Next() {
		var f Folder
		if err := rows.Scan(f.fields()...); err != nil {
			return nil, fmt.Errorf("read folder: %w", err)
		}
		out = append(out, f)
	}
	return out, rows.Err()
}

// MoveFolder writes where a folder is, if it still is in state from with holder; ok is false when it is not.
func MoveFolder(ctx context.Context, tx db.Tx, f Folder, from Folder) (ok bool, err error) {
	res, err := tx.ExecContext(ctx, `UPDATE desk_folder SET state=$1, holder_kind=$2, holder=$3, holder_name=$4, department=$5 WHERE code=$6 AND state=$7 AND holder_kind=$8 AND holder=$9`,
		f.State, f.HolderKind, f.Holder, f.HolderName, f.Department, f.Code, from.State, from.HolderKind, from.Holder)
	if err != nil {
		return false, fmt.Errorf("move folder: %w", err)
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// Papers returns what is in a folder.
func Papers(ctx context.Context, q db.Query, folder string) ([]Paper, error) {
	all, err := PapersIn(ctx, q, []string{folder})
	return all[folder], err
}

// PapersIn returns what is in each of some folders.
func PapersIn(ctx context.Context, q db.Query, folders []string) (map[string][]Paper, error) {
	marks, args := among(folders)
	rows, err := q.QueryContext(ctx, `SELECT folder, ord, material, name, form, wanted, got, state, note FROM desk_paper WHERE folder IN (`+marks+`) ORDER BY folder, ord`, args...)
	if err != nil {
		return nil, fmt.Errorf("list papers: %w", err)
	}
	defer rows.Close() //nolint:errcheck // read to the end below
	out := map[string][]Paper{}
	for rows.Next() {
		var p Paper
		if err := rows.Scan(&p.Folder, &p.Ord, &p.Material, &p.Name, &p.Form, &p.Wanted, &p.Got, &p.State, &p.Note); err != nil {
			return nil, fmt.Errorf("read paper: %w", err)
		}
		out[p.Folder] = append(out[p.Folder], p)
	}
	return out, rows.Err()
}

// among are the marks and the arguments of a list of values; no value is none that exists.
func among(values []string) (marks string, args []any) {
	if len(values) == 0 {
		values = []string{""}
	}
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = fmt.Sprintf("$%d", i+1)
		args = append(args, v)
	}
	return strings.Join(list, ", "), args
}

// PutPaper writes what became of one line.
func PutPaper(ctx context.Context, tx db.Tx, p Paper) error {
	_, err := tx.ExecContext(ctx, `UPDATE desk_paper SET wanted=$1, got=$2, state=$3, note=$4 WHERE folder=$5 AND ord=$6`, p.Wanted, p.Got, p.State, p.Note, p.Folder, p.Ord)
	if err != nil {
		return fmt.Errorf("update paper: %w", err)
	}
	return nil
}

const handoverColumns = `folder, seq, from_kind, from_id, from_name, from_by, to_kind, to_id, to_name, to_by, sent_at, got_at, state, note`

// Handovers returns the chain of a folder, first one first.
func Handovers(ctx context.Context, q db.Query, folder string) ([]Handover, error) {
	all, err := HandoversOf(ctx, q, []string{folder})
	return all[folder], err
}

// HandoversOf returns the chain of each of some folders, first one first.
func HandoversOf(ctx context.Context, q db.Query, folders []string) (map[string][]Handover, error) {
	marks, args := among(folders)
	rows, err := q.QueryContext(ctx, `SELECT `+handoverColumns+` FROM desk_handover WHERE folder IN (`+marks+`) ORDER BY folder, seq`, args...)
	if err != nil {
		return nil, fmt.Errorf("list hand-overs: %w", err)
	}
	defer rows.Close() //nolint:errcheck // read to the end below
	out := map[string][]Handover{}
	for rows.Next() {
		var h Handover
		if err := rows.Scan(&h.Folder, &h.Seq, &h.FromKind, &h.FromID, &h.From, &h.Sent, &h.ToKind, &h.ToID, &h.To, &h.Got, &h.SentAt, &h.GotAt, &h.State, &h.Note); err != nil {
			return nil, fmt.Errorf("read hand-over: %w", err)
		}
		out[h.Folder] = append(out[h.Folder], h)
	}
	return out, rows.Err()
}

// PutHandover keeps a hand-over, or what became of it.
func PutHandover(ctx context.Context, tx db.Tx, h Handover) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO desk_handover (`+handoverColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14)
		ON CONFLICT (folder, seq) DO UPDATE SET to_by = excluded.to_by, got_at = excluded.got_at, state = excluded.state, note = excluded.note`,
		h.Folder, h.Seq, h.FromKind, h.FromID, h.From, h.Sent, h.ToKind, h.ToID, h.To, h.Got, h.SentAt, h.GotAt, h.State, h.Note)
	if err != nil {
		return fmt.Errorf("keep hand-over: %w", err)
	}
	return nil
}
