package audit

import (
	"context"
	"embed"
	"fmt"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit/actions"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/obs"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations returns the tables of the audit.
func Migrations() db.Migrations {
	return db.Migrations{
		Name: "kernel_audit", FS: files, AddOnly: []string{"kernel_audit", "kernel_audit_checkpoint"}, ReadOnly: []string{"kernel_audit_head", "kernel_audit_base"},
	}
}

// Thousand is the bell that rings with each thousandth record, for whoever
// signs checkpoints.
const Thousand = "audit.thousand"

// Write appends r in tx. An error means that the act must fail, which
// returning it from the function given to db.Do does.
func Write(ctx context.Context, tx db.Tx, r Record) error {
	if r.Action == "" {
		return errs.E(errs.Internal, "audit.no_action", "", nil)
	}
	if r.Result == "" {
		r.Result = actions.ResultOf(r.Action)
	}
	who, from := tx.Actor(), actor.OriginFrom(ctx)
	e := Entry{
		At:        tx.Now(),
		ActorKind: string(who.Kind), ActorID: who.ID, ActorName: who.Name,
		Desk: who.Desk, Department: who.Department,
		Source: from.Source, Request: from.Request,
		Action: r.Action, Object: r.Object, Reason: r.Reason,
		Detail: obs.RedactMap(r.Detail), Result: r.Result,
	}
	if err := appendTo(ctx, tx, &e); err != nil {
		Failures(tx.Metrics()).Inc()
		return errs.E(errs.Unavailable, "audit.unwritable", "操作没有生效：审计记录写不进去，请联系运维人员", err)
	}
	if e.Seq%1000 == 0 {
		tx.Ring(Thousand)
	}
	return nil
}

// Failures counts records that could not be written, and acts that therefore
// did not happen.
func Failures(m *obs.Metrics) obs.Counter {
	return m.Counter("audit_write_failures_total", "Audit records that could not be written; the acts failed with them.")
}

// appendTo adds e behind the head. Writers take turns, so that nobody moves the
// head in between; the database moves it with the record, and refuses a record
// that stands anywhere else.
func appendTo(ctx context.Context, tx db.Tx, e *Entry) error {
	if err := tx.QueryRowContext(ctx, `SELECT count + 1, hash FROM kernel_audit_head WHERE id = 1`).Scan(&e.Seq, &e.Prev); err != nil {
		return fmt.Errorf("take audit number: %w", err)
	}
	e.At = db.FromMs(db.Ms(e.At)) // what is kept is what is hashed
	e.Hash = e.sum()
	detail, err := detailText(e.Detail)
	if err != nil {
		return fmt.Errorf("encode audit detail: %w", err)
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO kernel_audit (`+columns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		e.Seq, db.Ms(e.At), e.ActorKind, e.ActorID, e.ActorName, e.Desk, e.Department, e.Source, e.Request,
		e.Action, e.Object, e.Reason, detail, e.Result, e.Prev, e.Hash)
	if err != nil {
		return fmt.Errorf("insert audit record: %w", err)
	}
	return nil
}
