package audit

import (
	"context"
	"embed"
	"fmt"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/obs"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations returns the tables of the audit.
func Migrations() db.Migrations { return db.Migrations{Name: "kernel_audit", FS: files} }

// Write appends r in tx. An error means that the act must fail, which
// returning it from the function given to db.Do does.
func Write(ctx context.Context, tx db.Tx, r Record) error {
	if r.Action == "" {
		return errs.E(errs.Internal, "audit.no_action", "", nil)
	}
	who, from := tx.Actor(), actor.OriginFrom(ctx)
	e := Entry{
		At:        tx.Now(),
		ActorKind: string(who.Kind), ActorID: who.ID, ActorName: who.Name,
		Desk: who.Desk, Department: who.Department,
		Source: from.Source, Request: from.Request,
		Action: r.Action, Object: r.Object, Reason: r.Reason,
		Detail: obs.RedactMap(r.Detail),
	}
	if err := appendTo(ctx, tx, &e); err != nil {
		return errs.E(errs.Unavailable, "audit.unwritable", "操作没有生效：审计记录写不进去，请联系运维人员", err)
	}
	return nil
}

// appendTo takes the next number from the head row, whose lock orders the
// writers, and keeps record and head together.
func appendTo(ctx context.Context, tx db.Tx, e *Entry) error {
	head := `UPDATE kernel_audit_head SET count = count + 1 WHERE id = 1 RETURNING count, hash`
	if err := tx.QueryRowContext(ctx, head).Scan(&e.Seq, &e.Prev); err != nil {
		return fmt.Errorf("take audit number: %w", err)
	}
	e.Hash = e.sum()
	detail, err := detailText(e.Detail)
	if err != nil {
		return fmt.Errorf("encode audit detail: %w", err)
	}

	_, err = tx.ExecContext(ctx, `INSERT INTO kernel_audit
		(seq, at, actor_kind, actor_id, actor_name, desk, department, source, request, action, object, reason, detail, prev, hash)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		e.Seq, db.Ms(e.At), e.ActorKind, e.ActorID, e.ActorName, e.Desk, e.Department, e.Source, e.Request,
		e.Action, e.Object, e.Reason, detail, e.Prev, e.Hash)
	if err != nil {
		return fmt.Errorf("insert audit record: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `UPDATE kernel_audit_head SET hash = $1 WHERE id = 1`, e.Hash); err != nil {
		return fmt.Errorf("move audit head: %w", err)
	}
	return nil
}
