package app

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/check"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/ids"
	"tongban/central/kernel/vault"
	"tongban/central/modules/privacy"
	"tongban/central/modules/privacy/internal/store"
)

// answerDays is how long an answer may take, and extraDays by how much it may be put off, once. The law says "in time"
// (PIPL art. 50); GB/T 35273-2020 8.7 says 30 days.
const (
	answerDays = 30
	extraDays  = 15
)

// Asked is a request as it is taken in.
type Asked struct {
	Kind     privacy.Kind
	IDNumber string
	Name     string
	Channel  string
	Note     string
}

// Add takes a request in.
func (a *App) Add(ctx context.Context, in Asked) (Request, error) {
	v := check.Verify(check.ID, in.IDNumber)
	if !v.OK() {
		return Request{}, errs.WithFields(errs.E(errs.Invalid, "privacy.id_number", "身份证号码不对，请核对", nil), errs.Field{Path: "body.id_number", Message: v.Message})
	}
	if in.Kind.Title() == "" {
		return Request{}, errs.E(errs.Invalid, "privacy.kind", "没有这种请求", nil)
	}
	r := store.Request{
		ID: ids.New(), Kind: in.Kind, Channel: in.Channel, State: privacy.Received, Version: 1,
		IDBlind: a.Vault.Blind(classID, v.Normalised), IDMasked: vault.MaskID(v.Normalised), NameMasked: vault.MaskName(in.Name),
	}
	for _, f := range []struct {
		to           *string
		class, plain string
	}{{&r.IDSealed, classID, v.Normalised}, {&r.NameSealed, className, strings.TrimSpace(in.Name)}, {&r.NoteSealed, classNote, in.Note}} {
		var err error
		if *f.to, err = a.Vault.SealRow(f.class, r.ID, f.plain); err != nil {
			return Request{}, fmt.Errorf("seal request: %w", err)
		}
	}
	err := a.DB.Do(ctx, func(tx db.Tx) error {
		now := tx.Now().In(clock.Shanghai)
		n, err := store.Next(ctx, tx, now.Format("20060102"))
		if err != nil {
			return err
		}
		r.No = fmt.Sprintf("GX%s-%03d", now.Format("20060102"), n)
		r.ReceivedAt, r.DueAt = db.Ms(now), db.Ms(endOfDay(now.AddDate(0, 0, answerDays)))
		if err := store.Add(ctx, tx, r); err != nil {
			return err
		}
		if err := a.tell(ctx, tx, r.ID, "收到"+in.Kind.Title()+"请求", in.Channel); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "privacy.request_add", Object: r.No, Detail: map[string]string{"kind": string(in.Kind), "channel": in.Channel}})
	})
	if err != nil {
		return Request{}, err
	}
	return a.Get(ctx, r.ID)
}

func endOfDay(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 23, 59, 59, 0, clock.Shanghai)
}

func (a *App) tell(ctx context.Context, tx db.Tx, id, title, reason string) error {
	return store.Tell(ctx, tx, store.Step{ID: ids.New(), RequestID: id, At: db.Ms(tx.Now()), Act: title, By: tx.Actor().Name, Reason: reason})
}

// List is one page of the register.
func (a *App) List(ctx context.Context, state string, page, size int) (Requests, error) {
	out := Requests{Rows: []RequestRow{}, Page: page, Size: size}
	err := a.DB.View(ctx, func(q db.Query) error {
		rows, total, err := store.List(ctx, q, state, page, size)
		if err != nil {
			return err
		}
		out.Total = total
		for _, r := range rows {
			out.Rows = append(out.Rows, a.row(r))
		}
		return nil
	})
	return out, err
}

func (a *App) row(r store.Request) RequestRow {
	left := int(math.Floor(db.FromMs(r.DueAt).Sub(a.Clock.Now()).Hours() / 24)) // an hour late is a day late
	if r.ClosedAt > 0 {
		left = 0
	}
	return RequestRow{
		ID: r.ID, No: r.No, Kind: string(r.Kind), KindTitle: r.Kind.Title(), SubjectMasked: strings.TrimSpace(r.NameMasked + " " + r.IDMasked), Channel: r.Channel,
		ReceivedAt: stamp(r.ReceivedAt), DueAt: stamp(r.DueAt), DaysLeft: left, State: string(r.State), StateText: r.State.Title(), Handler: r.Handler,
	}
}

// Get is one request in full. The number itself stays masked; the note is the person's own words and is shown to the
// handler.
func (a *App) Get(ctx context.Context, id string) (Request, error) {
	var r store.Request
	var steps []store.Step
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		if r, err = store.Get(ctx, q, id); err != nil {
			return err
		}
		steps, err = store.Steps(ctx, q, id)
		return err
	})
	if err != nil {
		return Request{}, err
	}
	out := Request{RequestRow: a.row(r), History: []StepRow{}, Found: []FoundRow{}, Acts: []ActRow{}}
	if out.Note, err = a.Vault.OpenRow(classNote, r.ID, r.NoteSealed); err != nil {
		return out, fmt.Errorf("open request: %w", err)
	}
	for _, s := range steps {
		out.History = append(out.History, StepRow{At: stamp(s.At), Title: s.Act, By: s.By, Reason: s.Reason})
	}
	number, err := a.Vault.OpenRow(classID, r.ID, r.IDSealed)
	if err != nil {
		return out, fmt.Errorf("open request: %w", err)
	}
	found, err := a.Held.FindPerson(ctx, number)
	if err != nil {
		return out, err
	}
	for _, f := range found {
		out.Found = append(out.Found, FoundRow{Table: f.Source, Title: f.Title, Rows: f.Rows})
	}
	for _, act := range r.State.Acts(r.Kind, r.Extended == 1) {
		if act == privacy.ActExport && auth.May(ctx, privacy.PermExport) != nil {
			continue
		}
		out.Acts = append(out.Acts, ActRow{Act: string(act), Title: act.Title()})
	}
	return out, nil
}

// Act moves a request one step.
func (a *App) Act(ctx context.Context, id string, act privacy.Act, reason string) (Request, error) {
	if act == privacy.ActExport {
		return Request{}, privacy.ErrNotNow // handing out is an operation of its own
	}
	err := a.DB.Do(ctx, func(tx db.Tx) error {
		r, err := store.Get(ctx, tx, id)
		if err != nil {
			return err
		}
		from := r.State
		if r.State, err = r.State.Apply(act); err != nil {
			return err
		}
		switch {
		case act == privacy.ActExtend && r.Extended == 1:
			return errs.E(errs.Conflict, "privacy.extended", "已经延过一次期，不能再延", nil)
		case act == privacy.ActExtend:
			r.Extended, r.DueAt = 1, db.Ms(db.FromMs(r.DueAt).AddDate(0, 0, extraDays))
		case act == privacy.ActTake:
			r.Handler = tx.Actor().Name
		case r.State == privacy.Finished || r.State == privacy.Refused:
			r.ClosedAt = db.Ms(tx.Now())
		}
		if err := store.Move(ctx, tx, r); err != nil {
			return err
		}
		if err := a.tell(ctx, tx, id, act.Title(), reason); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{
			Action: "privacy.request_act", Object: r.No, Reason: reason,
			Detail: map[string]string{"act": string(act), "from": string(from), "to": string(r.State)},
		})
	})
	if err != nil {
		return Request{}, err
	}
	return a.Get(ctx, id)
}
