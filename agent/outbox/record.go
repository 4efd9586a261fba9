package outbox

import (
	"context"
	"database/sql"
	"fmt"

	"tongban/fleet/wire"
)

// Record is a report with files (带附件的上报). Its files lie at Path already, see Adopt, and travel before it.
type Record struct {
	ID    string // envelope id; the same one again stores nothing new
	Files []File
	Seal  func(seq int64) (wire.Envelope, error)
	// Also writes what must stand or fall with the record; may be nil.
	Also func(ctx context.Context, tx *sql.Tx) error
}

// PutRecord stores a record in one transaction; when it returns without an error the record is safe. ErrFull: nothing was stored.
func (b *Box) PutRecord(ctx context.Context, r Record) error {
	err := b.db.Do(ctx, func(tx *sql.Tx) error {
		var n int
		err := tx.QueryRowContext(ctx, `SELECT count(*) FROM outbox WHERE id = ?`, r.ID).Scan(&n)
		if err != nil || n > 0 {
			return err
		}
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM outbox WHERE lane = ?`, wire.LaneReport).Scan(&n); err != nil {
			return err
		}
		if n >= b.limits.ReportRows {
			return fmt.Errorf("%w: %d reports wait", ErrFull, n)
		}
		seq, err := b.next(ctx, tx, "seq."+string(wire.LaneReport))
		if err != nil {
			return err
		}
		env, err := r.Seal(seq)
		if err != nil {
			return fmt.Errorf("seal record: %w", err)
		}
		if err := b.insert(ctx, tx, env, "", r.Files, b.clock.Now()); err != nil || r.Also == nil {
			return err
		}
		return r.Also(ctx, tx)
	})
	if err != nil {
		return full(fmt.Errorf("put record: %w", err))
	}
	b.ring(wire.LaneReport)
	return nil
}

// Room finds out whether size bytes more could be kept without touching what must stay free.
func (b *Box) Room(size int64) error {
	free, err := b.free(b.files)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	if free-size < b.limits.FreeBytes {
		return fmt.Errorf("%w: %d MiB free, %d kept", ErrFull, free>>20, b.limits.FreeBytes>>20)
	}
	return nil
}

// Holds reports whether an envelope still waits here.
func (b *Box) Holds(ctx context.Context, id string) (bool, error) {
	var n int
	if err := b.db.Read().QueryRowContext(ctx, `SELECT count(*) FROM outbox WHERE id = ?`, id).Scan(&n); err != nil {
		return false, fmt.Errorf("look for envelope: %w", err)
	}
	return n > 0, nil
}
