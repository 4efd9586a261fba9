package privacy

import (
	"context"
	"fmt"
	"strings"
	"time"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/ids"
)

// Hold keeps one thing from being deleted while a dispute is open (法律保留).
type Hold struct {
	ID         string
	Rule       string // "" for every rule
	Object     string
	Reason     string
	By         string
	At         time.Time
	Lifted     time.Time // zero while it holds
	LiftedBy   string
	LiftReason string
}

// SetHold keeps object from being deleted until the hold is lifted.
func (s *Service) SetHold(ctx context.Context, rule, object, reason string) (Hold, error) {
	if err := auth.May(ctx, PermRetention); err != nil {
		return Hold{}, err
	}
	if object == "" || len([]rune(reason)) < 4 {
		return Hold{}, ErrReason
	}
	h := Hold{ID: ids.New(), Rule: rule, Object: object, Reason: reason}
	err := s.DB.Do(ctx, func(tx db.Tx) error {
		h.By, h.At = tx.Actor().ID, tx.Now()
		_, err := tx.ExecContext(ctx, `INSERT INTO kernel_hold (id, rule, object, reason, by_id, at, lifted_at, lifted_by, lift_reason)
			VALUES ($1, $2, $3, $4, $5, $6, 0, '', '')`, h.ID, rule, object, reason, h.By, db.Ms(h.At))
		if err != nil {
			return fmt.Errorf("keep hold: %w", err)
		}
		return audit.Write(ctx, tx, audit.Record{Action: "privacy.hold", Object: object, Reason: reason, Detail: map[string]string{"hold": h.ID, "rule": rule}})
	})
	return h, err
}

// LiftHold ends a hold.
func (s *Service) LiftHold(ctx context.Context, id, reason string) error {
	if err := auth.May(ctx, PermRetention); err != nil {
		return err
	}
	if len([]rune(reason)) < 4 {
		return ErrReason
	}
	return s.DB.Do(ctx, func(tx db.Tx) error {
		var object string
		err := tx.QueryRowContext(ctx, `UPDATE kernel_hold SET lifted_at = $2, lifted_by = $3, lift_reason = $4
			WHERE id = $1 AND lifted_at = 0 RETURNING object`, id, db.Ms(tx.Now()), tx.Actor().ID, reason).Scan(&object)
		if err != nil {
			return errs.E(errs.NotFound, "privacy.no_hold", "没有这条保留，或已经解除", err)
		}
		return audit.Write(ctx, tx, audit.Record{Action: "privacy.lift_hold", Object: object, Reason: reason, Detail: map[string]string{"hold": id}})
	})
}

// Holds lists holds, newest first, those that hold before those that were lifted.
func (s *Service) Holds(ctx context.Context) ([]Hold, error) {
	var out []Hold
	err := s.DB.View(ctx, func(q db.Query) error {
		rows, err := q.QueryContext(ctx, `SELECT id, rule, object, reason, by_id, at, lifted_at, lifted_by, lift_reason FROM kernel_hold
			ORDER BY CASE WHEN lifted_at = 0 THEN 0 ELSE 1 END, at DESC, id LIMIT 200`)
		if err != nil {
			return fmt.Errorf("list holds: %w", err)
		}
		defer func() { _ = rows.Close() }()
		out = []Hold{}
		for rows.Next() {
			var h Hold
			var at, lifted int64
			if err := rows.Scan(&h.ID, &h.Rule, &h.Object, &h.Reason, &h.By, &at, &lifted, &h.LiftedBy, &h.LiftReason); err != nil {
				return fmt.Errorf("read hold: %w", err)
			}
			h.At, h.Lifted = db.FromMs(at), db.FromMs(lifted)
			out = append(out, h)
		}
		return rows.Err()
	})
	return out, err
}

// unheld returns those of objects that no hold keeps, in the same order.
func (s *Service) unheld(ctx context.Context, q db.Query, rule string, objects []string) ([]string, error) {
	if len(objects) == 0 {
		return nil, nil
	}
	marks := make([]string, len(objects))
	args := []any{rule}
	for i, o := range objects {
		args = append(args, o)
		marks[i] = fmt.Sprintf("$%d", i+2)
	}
	rows, err := q.QueryContext(ctx, `SELECT object FROM kernel_hold WHERE lifted_at = 0 AND (rule = $1 OR rule = '')
		AND object IN (`+strings.Join(marks, ", ")+`)`, args...)
	if err != nil {
		return nil, fmt.Errorf("list holds: %w", err)
	}
	defer func() { _ = rows.Close() }()
	held := map[string]bool{}
	for rows.Next() {
		var o string
		if err := rows.Scan(&o); err != nil {
			return nil, fmt.Errorf("read hold: %w", err)
		}
		held[o] = true
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list holds: %w", err)
	}
	var free []string
	for _, o := range objects {
		if !held[o] {
			free = append(free, o)
		}
	}
	return free, nil
}
