package store

import (
	"context"
	"fmt"

	"tongban/central/kernel/db"
)

// open is the condition of cases that have not ended.
const open = `state IN ('received', 'notice', 'accepted', 'suspended')`

// Running returns the cases of an item that have not ended, newest first.
func Running(ctx context.Context, q db.Query, item string, most int) ([]Case, error) {
	return list(ctx, q, `WHERE item = $1 AND `+open+` ORDER BY received_at DESC, no DESC LIMIT $2`, item, most)
}

// RunningCount is how many cases of one version of an item have not ended.
type RunningCount struct {
	Item    string
	Version int
	N       int
}

// RunningCounts counts the cases that have not ended, by item and version; of one item, or of all where item is "".
func RunningCounts(ctx context.Context, q db.Query, item string) ([]RunningCount, error) {
	rows, err := q.QueryContext(ctx, `SELECT item, item_version, count(*) FROM window_case
		WHERE ($1 = '' OR item = $1) AND `+open+` GROUP BY item, item_version`, item)
	if err != nil {
		return nil, fmt.Errorf("count running cases: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var out []RunningCount
	for rows.Next() {
		var c RunningCount
		if err := rows.Scan(&c.Item, &c.Version, &c.N); err != nil {
			return nil, fmt.Errorf("read count: %w", err)
		}
		out = append(out, c)
	}
	return out, rows.Err()
}

// Unended returns cases that have not ended by number, those after the given one.
func Unended(ctx context.Context, q db.Query, after string, most int) ([]Case, error) {
	return list(ctx, q, `WHERE no > $1 AND `+open+` ORDER BY no LIMIT $2`, after, most)
}

// Every returns all cases by number, those after the given one.
func Every(ctx context.Context, q db.Query, after string, most int) ([]Case, error) {
	return list(ctx, q, `WHERE no > $1 ORDER BY no LIMIT $2`, after, most)
}
