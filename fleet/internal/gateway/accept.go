package gateway

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/events"
	"tongban/central/kernel/tracing"
	"tongban/fleet"
	"tongban/fleet/internal/store"
	"tongban/fleet/wire"
)

// acceptOne takes one letter in a transaction of its own and answers it. The error is only ever the end of ctx.
func (g *Gateway) acceptOne(ctx context.Context, a *answers, l letter) error {
	var r wire.Receipt
	err := g.persist(ctx, a, func() error {
		return g.DB.Do(as(ctx, l), func(tx db.Tx) error {
			var err error
			r, err = g.accept(as(ctx, l), tx, l, roster{})
			if err != nil {
				return err
			}
			return store.Seen(ctx, tx, l.terminal)
		})
	})
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return g.decline(ctx, a, l, err)
	}
	a.give(l, r)
	return nil
}

// roster is the terminals as one transaction sees them: nobody else writes meanwhile, so each is asked for once.
type roster map[string]fleet.Terminal

func (r roster) get(ctx context.Context, tx db.Tx, code string) (fleet.Terminal, error) {
	if t, ok := r[code]; ok {
		return t, nil
	}
	row, err := store.Terminal(ctx, tx, code)
	if err == nil {
		r[code] = row.Terminal
	}
	return row.Terminal, err
}

// accept lets the module of the letter's kind take it, in tx. Whoever calls commits before sending the receipt.
func (g *Gateway) accept(ctx context.Context, tx db.Tx, l letter, known roster) (r wire.Receipt, err error) {
	// The envelope's id is the trace of the submission, see tracing.Submission.
	ctx, span := g.Tracer.Start(tracing.Submission(ctx, l.env.ID), "Gate", trace.WithSpanKind(trace.SpanKindConsumer),
		trace.WithAttributes(attribute.String("terminal", l.terminal), attribute.String("lane", string(l.lane)), attribute.String("kind", string(l.env.Kind))))
	defer func() {
		span.SetAttributes(attribute.String("answer", string(r.Status)))
		if err != nil {
			tracing.Failed(span, errs.CodeOf(err))
		}
		span.End()
	}()
	// The terminal may have been enrolled anew since the letter was opened.
	now, err := known.get(ctx, tx, l.terminal)
	if err != nil {
		return wire.Receipt{}, err
	}
	if now.State == fleet.Revoked {
		return wire.Receipt{}, refuse(wire.CodeRevoked, "这台终端已被停用，请联系管理员", nil)
	}
	if now.Epoch != l.env.Epoch {
		return wire.Receipt{}, refuse(wire.CodeStaleEpoch, "终端登记已经更换，请用新的登记码重新登记", fmt.Errorf("epoch %d, now %d", l.env.Epoch, now.Epoch))
	}

	e := l.env
	earlier, fresh, err := store.Take(ctx, tx, store.Envelope{
		ID: e.ID, Terminal: e.Terminal, Epoch: e.Epoch, Lane: e.Lane, Seq: e.Seq, Kind: e.Kind, Digest: l.digest, MadeAt: e.MadeAt,
	})
	if err != nil {
		return wire.Receipt{}, err
	}
	if !fresh {
		// Another terminal's number must not be told, and another content must not be thought delivered.
		if earlier.Terminal != e.Terminal || earlier.Digest != l.digest {
			return wire.Receipt{}, refuse(wire.CodeReusedID, "编号已被别的内容使用，请联系技术人员", errors.New("same id, other envelope"))
		}
		return wire.Receipt{ID: e.ID, Status: wire.Duplicate, CaseNo: earlier.CaseNo}, nil
	}

	caseNo, err := g.ask(ctx, tx, l, now)
	if err != nil {
		return wire.Receipt{}, err
	}
	if caseNo != "" {
		if err := store.SetCase(ctx, tx, e.ID, caseNo); err != nil {
			return wire.Receipt{}, err
		}
	}
	return wire.Receipt{ID: e.ID, Status: wire.Accepted, CaseNo: caseNo}, nil
}

// ask calls the acceptor. A panic in it is that one envelope's misfortune, not the gate's.
func (g *Gateway) ask(ctx context.Context, tx db.Tx, l letter, from fleet.Terminal) (caseNo string, err error) {
	defer func() {
		if p := recover(); p != nil {
			g.Log.ErrorContext(ctx, "acceptor panicked", "hop", "Accept", "envelope", l.id, "kind", string(l.env.Kind),
				"stack", string(debug.Stack()))
			err = errs.E(errs.Internal, "gateway.panic", "", errors.New("the acceptor panicked"))
		}
	}()
	return g.Acceptors[l.env.Kind].Accept(ctx, tx, *l.env, from, slices.Clone(l.body))
}

// takeLight takes reports, states and refusals of one batch in one transaction: the disk is waited for once. When one of
// them fails, all are undone and taken one by one, so that each gets its own answer.
func (g *Gateway) takeLight(ctx context.Context, a *answers, light []letter) error {
	if len(light) == 0 {
		return nil
	}
	receipts := make([]wire.Receipt, len(light))
	err := g.persist(ctx, a, func() error {
		return g.DB.Do(actor.With(ctx, actor.Actor{Kind: actor.System, ID: "gate"}), func(tx db.Tx) error {
			seen, known := map[string]bool{}, roster{}
			for i, l := range light {
				var err error
				if receipts[i], err = g.lightOne(ctx, tx, l, known); err != nil {
					return err
				}
				seen[l.terminal] = seen[l.terminal] || l.refusal == nil
			}
			for code, ok := range seen {
				if ok {
					if err := store.Seen(ctx, tx, code); err != nil {
						return err
					}
				}
			}
			return nil
		})
	})
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err == nil:
		for i, l := range light {
			if l.status == nil && l.lane != laneStatus {
				a.give(l, receipts[i])
			}
		}
		return nil
	case len(light) == 1:
		return g.decline(ctx, a, light[0], err)
	}
	for _, l := range light {
		if err := g.takeLight(ctx, a, []letter{l}); err != nil {
			return err
		}
	}
	return nil
}

func (g *Gateway) lightOne(ctx context.Context, tx db.Tx, l letter, known roster) (wire.Receipt, error) {
	switch {
	case l.refusal != nil:
		return wire.Receipt{ID: l.id, Status: wire.Refused, Code: l.refusal.code, Reason: l.refusal.reason}, g.record(ctx, tx, l)
	case l.status != nil:
		return wire.Receipt{}, g.takeStatus(ctx, tx, l)
	}
	return g.accept(as(ctx, l), tx, l, known)
}

// record keeps a refusal and tells the operator.
func (g *Gateway) record(ctx context.Context, tx db.Tx, l letter) error {
	tx.OnCommit(func() {
		g.Log.WarnContext(ctx, "uplink refused", "hop", "Gate", "terminal", l.terminal, "lane", string(l.lane), "envelope", l.id,
			"code", l.refusal.code, "cause", l.refusal.cause, "size", len(l.raw))
	})
	return store.Refuse(ctx, tx, store.Refused{
		Terminal: short(l.terminal), Code: l.refusal.code, Head: head(l.raw), ID: l.id, Lane: string(l.lane),
		Reason: l.refusal.reason, Size: len(l.raw),
	})
}

// decline answers a letter whose transaction was undone by err: later, or not at all.
func (g *Gateway) decline(ctx context.Context, a *answers, l letter, err error) error {
	if l.refusal != nil || l.status != nil {
		// Keeping the note itself failed, for a reason that will not pass: there is nothing more to be undone.
		g.Log.ErrorContext(ctx, "uplink note cannot be kept", "hop", "Gate", "terminal", l.terminal, "cause", err.Error())
		if l.refusal != nil && l.lane != laneStatus {
			a.give(l, wire.Receipt{ID: l.id, Status: wire.Refused, Code: l.refusal.code, Reason: l.refusal.reason})
		}
		return nil
	}
	var known *refusal
	if errors.As(err, &known) {
		l.refusal = known
		return g.takeLight(ctx, a, []letter{l})
	}
	code, reason := errs.CodeOf(err), reasonOf(err)
	if errs.KindOf(err) == errs.Unavailable {
		g.Log.InfoContext(ctx, "uplink put off", "hop", "Gate", "terminal", l.terminal, "envelope", l.id, "code", code, "cause", err.Error())
		a.give(l, wire.Receipt{ID: l.id, Status: wire.Retry, Code: code, Reason: reason})
		return nil
	}
	l.refusal = &refusal{code: code, reason: reason, cause: err.Error()}
	return g.takeLight(ctx, a, []letter{l})
}

// reasonOf is the sentence of err with the places of single faults, which name fields and never values.
func reasonOf(err error) string {
	var paths []string
	for _, f := range errs.Fields(err) {
		paths = append(paths, f.Path)
	}
	if len(paths) == 0 {
		return errs.MessageOf(err)
	}
	return errs.MessageOf(err) + "（" + strings.Join(paths, "、") + "）"
}

// persist runs one act on the database and, while the database itself is away, runs it again with growing pauses. Nothing
// behind it is touched meanwhile: order holds, and the broker keeps what comes.
func (g *Gateway) persist(ctx context.Context, a *answers, act func() error) error {
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, 3*time.Second) {
		err := act()
		if err == nil || ctx.Err() != nil || !away(err) {
			return err
		}
		g.Log.WarnContext(ctx, "gate waits for the database", "hop", "Gate", "code", errs.CodeOf(err), "cause", err.Error())
		a.alive()
		if err := clock.Sleep(ctx, g.Clock, pause); err != nil {
			return err
		}
	}
}

// away reports that the database cannot be written now, whoever asks.
func away(err error) bool {
	return errs.KindOf(err) == errs.Unavailable && strings.HasPrefix(errs.CodeOf(err), "db.")
}

// takeStatus keeps a terminal's own report, and tells consoles when something in it changed.
func (g *Gateway) takeStatus(ctx context.Context, tx db.Tx, l letter) error {
	before, err := store.Terminal(ctx, tx, l.terminal)
	if err != nil {
		return err
	}
	// The last will was written when the terminal connected and says nothing of its devices: what was known stays known.
	if !l.status.Online && l.status.Devices == nil {
		l.status.Devices, l.status.Version = before.Status.Devices, before.Status.Version
	}
	if err := store.SetStatus(ctx, tx, l.terminal, *l.status); err != nil {
		return err
	}
	if before.Online == l.status.Online && slices.Equal(before.Status.Devices, l.status.Devices) {
		return nil
	}
	return events.Emit(ctx, tx, events.Event{Topic: fleet.EventStatus, Key: l.terminal, Data: fleet.StatusChanged{
		Terminal: l.terminal, Online: l.status.Online, Devices: l.status.Devices,
	}})
}

// as is ctx acting as the letter's terminal.
func as(ctx context.Context, l letter) context.Context {
	return actor.With(ctx, actor.Actor{Kind: actor.Terminal, ID: l.terminal, Name: l.from.Label, Desk: l.from.Place})
}

// short bounds what comes from a topic before it becomes a key.
func short(s string) string { return s[:min(len(s), 64)] }
