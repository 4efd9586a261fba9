// Package outbox is the terminal's durable queue to the centre (待发箱). A row is a promise: once Put has returned, the
// envelope survives a power cut and leaves only when the centre's receipt says that it was taken over.
//
// Two lanes: the case lane is strictly ordered with one envelope under way, the report lane is pipelined. A row that the
// centre refuses is parked for a technician and never dropped.
package outbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"tongban/agent/clock"
	"tongban/agent/store"
	"tongban/fleet/wire"
)

// Row states.
const (
	Waiting = "waiting" // to be sent, or under way
	Parked  = "parked"  // refused by the centre
)

// ErrFull means that nothing can be stored now: the disk is full, read-only or broken, or a cap is reached. The citizen
// is told that the papers were not taken.
var ErrFull = errors.New("outbox cannot store")

// Limits bound what may wait here (上限).
type Limits struct {
	CaseBytes  int64         // envelopes and files of cases; refuses new ones beyond
	ReportRows int           // reports; the newest is dropped beyond, a rating is not worth a submission
	FreeBytes  int64         // of the disk that must stay free
	Room       int           // bytes that one submission may need at once, for the probe
	MaxWait    time.Duration // longest pause between two tries; a clock that jumped back cannot make it longer
}

// Default limits.
func Default() Limits {
	return Limits{CaseBytes: 2 << 30, ReportRows: 20_000, FreeBytes: 200 << 20, Room: 512 << 10, MaxWait: 15 * time.Minute}
}

// Box is the open outbox. It is safe for concurrent use.
type Box struct {
	db     *store.DB
	sql    statements
	clock  clock.Clock
	files  string
	limits Limits
	bell   map[wire.Lane]chan struct{}
	free   func(path string) (int64, error)
}

// Open takes up the queue where the last run left it; dir takes the encrypted files. Rows that were under way are due at
// once, files that no row names (a crash between file and row) are removed.
func Open(ctx context.Context, db *store.DB, c clock.Clock, dir string, l Limits) (*Box, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil { //nolint:gosec // below the data folder
		return nil, fmt.Errorf("make outbox folder: %w", err)
	}
	b := &Box{db: db, clock: c, files: dir, limits: l, free: diskFree, bell: map[wire.Lane]chan struct{}{
		wire.LaneCase: make(chan struct{}, 1), wire.LaneReport: make(chan struct{}, 1),
	}}
	var err error
	if b.sql, err = prepare(ctx, db); err != nil {
		return nil, err
	}
	err = db.Do(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE outbox SET next_at = 0 WHERE state = ?`, Waiting)
		return err
	})
	if err != nil && !store.Unwritable(err) { // a full disk must not keep the rows from being sent
		return nil, fmt.Errorf("take up outbox: %w", err)
	}
	return b, b.sweep(ctx)
}

// Wake rings when a row of the lane may have become due.
func (b *Box) Wake(lane wire.Lane) <-chan struct{} { return b.bell[lane] }

func (b *Box) ring(lane wire.Lane) {
	select {
	case b.bell[lane] <- struct{}{}:
	default:
	}
}

// Path is where a file with this digest lies.
func (b *Box) Path(digest string) string { return filepath.Join(b.files, fileName(digest)) }

// Waiting counts the rows of a lane that are still to be sent.
func (b *Box) Waiting(ctx context.Context) (map[wire.Lane]int, error) {
	rows, err := b.db.Read().QueryContext(ctx, `SELECT lane, count(*) FROM outbox WHERE state = ? GROUP BY lane`, Waiting)
	if err != nil {
		return nil, fmt.Errorf("count outbox: %w", err)
	}
	defer rows.Close()
	out := map[wire.Lane]int{wire.LaneCase: 0, wire.LaneReport: 0}
	for rows.Next() {
		var lane wire.Lane
		var n int
		if err := rows.Scan(&lane, &n); err != nil {
			return nil, fmt.Errorf("count outbox: %w", err)
		}
		out[lane] = n
	}
	return out, rows.Err()
}

// Ready finds out whether a submission could be stored now; ErrFull wraps the reason when not. It is asked before the
// citizen is asked anything.
func (b *Box) Ready(ctx context.Context) error {
	free, err := b.free(b.files)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	if free < b.limits.FreeBytes {
		return fmt.Errorf("%w: %d MiB free, %d kept", ErrFull, free>>20, b.limits.FreeBytes>>20)
	}
	var size int64
	err = b.db.Read().QueryRowContext(ctx, `SELECT coalesce(sum(size), 0) FROM outbox WHERE lane = ?`, wire.LaneCase).Scan(&size)
	if err != nil {
		return full(fmt.Errorf("measure outbox: %w", err))
	}
	if size > b.limits.CaseBytes {
		return fmt.Errorf("%w: %d MiB wait already", ErrFull, size>>20)
	}
	return full(b.db.Probe(ctx, b.limits.Room))
}

// DiskFree is the free space in bytes beside the outbox.
func (b *Box) DiskFree() (int64, error) { return b.free(b.files) }

// full marks errors after which nothing can be accepted.
func full(err error) error {
	if store.Unwritable(err) {
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return err
}
