package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tongban/central/kernel/db"
)

// GetRow returns a case of the ledger; ok is false for one that is not there yet.
func GetRow(ctx context.Context, q db.Query, no string) (r Row, ok bool, err error) {
	err = q.QueryRowContext(ctx, `SELECT `+rowColumns+` FROM statistics_case WHERE no = $1`, no).Scan(r.fields()...)
	if errors.Is(err, sql.ErrNoRows) {
		return Row{}, false, nil
	}
	if err != nil {
		return Row{}, false, fmt.Errorf("load ledger row: %w", err)
	}
	return r, true, nil
}

// mostRows is how many rows go into one statement: SQLite looks each numbered parameter up among all, so that long ones are slow.
const mostRows = 8

// PutRows keeps rows of the ledger as they are now.
func PutRows(ctx context.Context, tx db.Tx, rows ...Row) error {
	for page := range slices.Chunk(rows, mostRows) {
		if err := putRows(ctx, tx, page); err != nil {
			return err
		}
	}
	return nil
}

func putRows(ctx context.Context, tx db.Tx, rows []Row) error {
	columns := strings.Split(rowColumns, ", ")
	var set []string
	for _, c := range columns[1:] {
		set = append(set, c+" = excluded."+c)
	}
	var args []any
	for _, r := range rows {
		args = append(args, r.values()...)
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO statistics_case (`+rowColumns+`) VALUES `+marks(len(rows), len(columns))+
		` ON CONFLICT (no) DO UPDATE SET `+strings.Join(set, ", "), args...)
	if err != nil {
		return fmt.Errorf("keep ledger rows: %w", err)
	}
	return nil
}

// NameItem keeps what an item is called now.
func NameItem(ctx context.Context, tx db.Tx, code, name string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO statistics_item (code, name) VALUES ($1, $2) ON CONFLICT (code) DO UPDATE SET name = excluded.name`, code, name)
	if err != nil {
		return fmt.Errorf("name item: %w", err)
	}
	return nil
}

// AddAll adds many; no key may stand twice among them.
func AddAll(ctx context.Context, tx db.Tx, keys []Key, sums []Sums) error {
	var set []string
	for _, m := range Measures {
		set = append(set, m+" = statistics_day."+m+" + excluded."+m)
	}
	for len(keys) > 0 {
		n := min(mostRows, len(keys))
		args := make([]any, 0, n*(5+MeasureCount))
		for i, k := range keys[:n] {
			args = append(args, k.Dim, k.Day, k.Name, k.Region, k.Department)
			for _, v := range sums[i] {
				args = append(args, v)
			}
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO statistics_day (dim, day, name, region, department, `+strings.Join(Measures, ", ")+`) VALUES `+
			marks(n, 5+MeasureCount)+` ON CONFLICT (dim, day, name, region, department) DO UPDATE SET `+strings.Join(set, ", "), args...)
		if err != nil {
			return fmt.Errorf("add to sums: %w", err)
		}
		keys, sums = keys[n:], sums[n:]
	}
	return nil
}

// Rating is one rating.
type Rating struct {
	ID, CaseNo, Day string
	Level           int
}

// AddRating keeps a rating; false means that it was kept before.
func AddRating(ctx context.Context, tx db.Tx, r Rating) (bool, error) {
	return once(ctx, tx, `INSERT INTO statistics_rating (id, case_no, day, level) VALUES ($1,$2,$3,$4) ON CONFLICT (id) DO NOTHING`, r.ID, r.CaseNo, r.Day, r.Level)
}

// Ticket is one served number; Wait and Serve are seconds.
type Ticket struct {
	ID, Day, Region, Hall, Window string
	Wait, Serve                   int64
}

// AddTicket keeps a served number; false means that it was kept before.
func AddTicket(ctx context.Context, tx db.Tx, t Ticket) (bool, error) {
	return once(ctx, tx, `INSERT INTO statistics_ticket (id, day, region, hall, at_window, wait, serve) VALUES ($1,$2,$3,$4,$5,$6,$7) ON CONFLICT (id) DO NOTHING`,
		t.ID, t.Day, t.Region, t.Hall, t.Window, t.Wait, t.Serve)
}

func once(ctx context.Context, tx db.Tx, insert string, args ...any) (bool, error) {
	res, err := tx.ExecContext(ctx, insert, args...)
	if err != nil {
		return false, fmt.Errorf("keep row: %w", err)
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// Clear forgets the cases and the sums, before a rebuild; ratings and tickets stay, they have no other home.
func Clear(ctx context.Context, tx db.Tx) error {
	for _, table := range []string{"statistics_case", "statistics_day", "statistics_item"} {
		if _, err := tx.ExecContext(ctx, `DELETE FROM `+table); err != nil {
			return fmt.Errorf("clear: %w", err)
		}
	}
	return nil
}

// Restore adds the kept ratings and served numbers to sums that were cleared.
func Restore(ctx context.Context, tx db.Tx) error {
	add := func(dim, name, region, department, from string, measures map[string]string, group string) error {
		var values, set []string
		for _, m := range Measures {
			v := measures[m]
			if v == "" {
				v = "0"
			}
			values, set = append(values, v), append(set, m+" = statistics_day."+m+" + excluded."+m)
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO statistics_day (dim, day, name, region, department, `+strings.Join(Measures, ", ")+`)
			SELECT '`+dim+`', `+`x.day, `+name+`, `+region+`, `+department+`, `+strings.Join(values, ", ")+` FROM `+from+` WHERE 1=1 GROUP BY `+group+`
			ON CONFLICT (dim, day, name, region, department) DO UPDATE SET `+strings.Join(set, ", "))
		if err != nil {
			return fmt.Errorf("restore sums: %w", err)
		}
		return nil
	}
	rated := map[string]string{"rated": "COUNT(*)", "liked": "SUM(CASE WHEN x.level >= 3 THEN 1 ELSE 0 END)", "disliked": "SUM(CASE WHEN x.level <= 2 THEN 1 ELSE 0 END)"}
	ratings := `statistics_rating x LEFT JOIN statistics_case c ON c.no = x.case_no`
	for dim, column := range map[string]string{DimPlace: "", DimItem: "item", DimWindow: "at_window", DimChannel: "channel", DimHall: "hall"} {
		name := "''"
		if column != "" {
			name = "COALESCE(c." + column + ", '')"
		}
		if err := add(dim, name, "COALESCE(c.region, '')", "COALESCE(c.department, '')", ratings, rated, "2, 3, 4, 5"); err != nil {
			return err
		}
	}
	served := map[string]string{"tickets": "COUNT(*)", "wait_seconds": "SUM(x.wait)", "serve_seconds": "SUM(x.serve)"}
	for dim, name := range map[string]string{DimPlace: "''", DimWindow: "x.at_window", DimHall: "x.hall"} {
		if err := add(dim, name, "x.region", "''", `statistics_ticket x`, served, "2, 3, 4, 5"); err != nil {
			return err
		}
	}
	return nil
}
