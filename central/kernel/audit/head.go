package audit

import (
	"context"
	"fmt"

	"tongban/central/kernel/db"
)

// Head returns the number and hash of the last record as the head row tells it, inside the caller's snapshot: a backup
// notes it, a restore compares.
func Head(ctx context.Context, q db.Query) (count int64, hash string, err error) {
	if err := q.QueryRowContext(ctx, `SELECT count, hash FROM kernel_audit_head WHERE id = 1`).Scan(&count, &hash); err != nil {
		return 0, "", fmt.Errorf("read audit head: %w", err)
	}
	return count, hash, nil
}
