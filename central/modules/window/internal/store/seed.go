package store

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"tongban/central/kernel/db"
)

// AddAll keeps many new cases at once, for made-up histories; four in a statement, because SQLite looks each numbered parameter up
// among all.
func AddAll(ctx context.Context, tx db.Tx, cases []Case) error {
	for page := range slices.Chunk(cases, 4) {
		if err := addAll(ctx, tx, page); err != nil {
			return err
		}
	}
	return nil
}

func addAll(ctx context.Context, tx db.Tx, cases []Case) error {
	var b strings.Builder
	var values []any
	for i := range cases {
		if cases[i].Mode == "" {
			cases[i].Mode = ModePlain
		}
		b.WriteString(map[bool]string{true: "(", false: ",("}[i == 0])
		for j, p := range cases[i].fields() {
			if j > 0 {
				b.WriteByte(',')
			}
			values = append(values, reflect.ValueOf(p).Elem().Interface())
			fmt.Fprintf(&b, "$%d", len(values))
		}
		b.WriteByte(')')
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO window_case (`+caseColumns+`) VALUES `+b.String(), values...); err != nil {
		return fmt.Errorf("insert cases: %w", err)
	}
	return nil
}

// Held returns how many cases there are.
func Held(ctx context.Context, q db.Query) (n int, err error) {
	err = q.QueryRowContext(ctx, `SELECT COUNT(*) FROM window_case`).Scan(&n)
	return n, err
}
