package app

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/modules/desk"
	"tongban/central/modules/desk/internal/store"
	"tongban/fleet/wire/matter"
)

// ToSign is one task of a batch that is signed for.
type ToSign struct {
	No      string  `json:"no" maxLength:"24"`
	Version int     `json:"version" minimum:"1"`
	Papers  []Count `json:"papers,omitempty" maxItems:"60" doc:"逐份清点；没有纸质件的留空"`
}

// Signed is what became of one task of a batch.
type Signed struct {
	No      string   `json:"no"`
	OK      bool     `json:"ok"`
	Code    string   `json:"code"`
	Message string   `json:"message"`
	Missing []string `json:"missing" nullable:"false"`
}

// Sign signs for tasks (签收), each in a transaction of its own: one that cannot be signed does not hold up the others. It sets
// who and when, starts the department's clock, takes the folder and tells the window what was missing.
func (a *App) Sign(ctx context.Context, tasks []ToSign) ([]Signed, error) {
	m, err := a.me(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Signed, 0, len(tasks))
	for _, one := range tasks {
		missing, err := a.signOne(ctx, m, one)
		s := Signed{No: one.No, OK: err == nil, Missing: append([]string{}, missing...)}
		if err != nil {
			if !errs.Coded(err) {
				return nil, err
			}
			s.Code, s.Message = errs.CodeOf(err), errs.MessageOf(err)
		}
		out = append(out, s)
	}
	return out, nil
}

func (a *App) signOne(ctx context.Context, m store.Me, one ToSign) (missing []string, err error) {
	err = a.DB.Do(ctx, func(tx db.Tx) error {
		missing = nil
		t, err := store.See(ctx, tx, one.No, actor.From(ctx).Scope(desk.PermSign), m)
		if err != nil {
			return err
		}
		if t.Version != one.Version {
			return desk.ErrChanged
		}
		d := deed{act: desk.ActSign, text: actor.From(ctx).Name + " 签收", note: "部门签收", topic: desk.TopicSigned}
		f, found, err := store.FindFolder(ctx, tx, "no", t.No)
		if err != nil {
			return err
		}
		if found {
			if missing, err = a.take(ctx, tx, f, one.Papers); err != nil {
				return err
			}
			d.folder, d.text = f.Code, d.text+"，材料袋 "+f.Code+lack(missing)
		}
		who := actor.From(ctx)
		t.SignedAt, t.SignedBy, t.Handler, t.HandlerName, t.Missing = db.Ms(tx.Now()), who.Name, who.ID, who.Name, len(missing)
		if err := a.startStep(&t); err != nil {
			return err
		}
		if err := a.move(ctx, tx, &t, d); err != nil || len(missing) == 0 {
			return err
		}
		miss := deed{act: "missing", text: "签收时少了 " + strings.Join(missing, "、") + "，请窗口补送", note: "材料没有交齐", topic: desk.TopicMissing, missing: missing, folder: f.Code}
		return a.tell(ctx, tx, t, miss)
	})
	return missing, err
}

// Refuse sends a task back to the window without signing for it (拒签), with the reason; what came in the folder goes back too.
func (a *App) Refuse(ctx context.Context, no string, version int, reason string) (Detail, error) {
	if len([]rune(strings.TrimSpace(reason))) < 4 {
		return Detail{}, bad("reason", "写明为什么不签收，至少 4 个字，窗口看得懂")
	}
	return a.act(ctx, no, desk.PermSign, version, func(ctx context.Context, tx db.Tx, t *store.Task) error {
		t.Reason = reason
		return a.move(ctx, tx, t, deed{act: desk.ActRefuse, text: "没有签收：" + reason, note: "部门退回", reason: reason, topic: desk.TopicRefused})
	})
}

// Resend sends a task to the department again after the window put right what was refused (重新送), to another department if the
// first one was not the right one.
func (a *App) Resend(ctx context.Context, no string, version int, department, note string) (Detail, error) {
	names, err := a.departments(ctx)
	if err != nil {
		return Detail{}, err
	}
	if department != "" {
		if d, ok := names[department]; !ok || d.Closed {
			return Detail{}, bad("department", "没有这个部门，请重新选")
		}
	}
	err = a.DB.Do(ctx, func(tx db.Tx) error {
		t, err := store.Get(ctx, tx, no)
		if err != nil {
			return err
		}
		if !actor.From(ctx).Scope(desk.PermSend).Covers(t.At()) {
			return desk.ErrNoSuchTask
		}
		if t.Version != version {
			return desk.ErrChanged
		}
		if department != "" && department != t.Department {
			t.Department = department
			f, found, err := store.FindFolder(ctx, tx, "no", no)
			if err != nil {
				return err
			}
			if found {
				next := f
				next.Department = department
				if ok, err := store.MoveFolder(ctx, tx, next, f); err != nil || !ok {
					return orMoved(err)
				}
			}
		}
		t.AssignedAt, t.Reason = db.Ms(tx.Now()), ""
		d := deed{act: desk.ActResend, text: "重新送" + names[t.Department].Name + "：" + note, note: "重新送部门", topic: desk.TopicAssigned, reason: note}
		return a.move(ctx, tx, &t, d)
	})
	if err != nil {
		return Detail{}, err
	}
	return a.custodian(ctx, no)
}

// Tick keeps that the department looked at one review point (复核), or takes it back.
func (a *App) Tick(ctx context.Context, no string, version int, point string, ok bool, note string) (Detail, error) {
	return a.act(ctx, no, desk.PermDecide, version, func(ctx context.Context, tx db.Tx, t *store.Task) error {
		if !slices.Contains([]desk.State{desk.Reviewing, desk.Asking, desk.Forwarded}, t.State) {
			return desk.ErrNotNow
		}
		item, err := a.Items.Item(ctx, t.Item, t.ItemVersion)
		if err != nil {
			return fmt.Errorf("load item of %s: %w", no, err)
		}
		if !slices.ContainsFunc(item.Points, func(p matter.Point) bool { return p.ID == point }) {
			return bad("point", "没有这个审查要点，请刷新后再看")
		}
		ticks := ticksOf(*t)
		delete(ticks, point)
		if ok {
			ticks[point] = note
		}
		b, err := json.Marshal(ticks)
		if err != nil {
			return fmt.Errorf("encode ticks: %w", err)
		}
		t.Ticks = string(b)
		own(ctx, t)
		if err := store.Move(ctx, tx, *t); err != nil {
			return err
		}
		return auditTick(ctx, tx, no, point, note, ok)
	})
}

// own makes the caller the one who works on a task that nobody works on yet.
func own(ctx context.Context, t *store.Task) {
	if who := actor.From(ctx); t.Handler == "" {
		t.Handler, t.HandlerName = who.ID, who.Name
	}
}

// act loads a task that the caller may see, as it was seen, and does something with it in one transaction.
func (a *App) act(ctx context.Context, no, perm string, version int, do func(context.Context, db.Tx, *store.Task) error) (Detail, error) {
	m, err := a.me(ctx)
	if err != nil {
		return Detail{}, err
	}
	err = a.DB.Do(ctx, func(tx db.Tx) error {
		t, err := store.See(ctx, tx, no, actor.From(ctx).Scope(perm), m)
		if err != nil {
			return err
		}
		if t.Version != version {
			return desk.ErrChanged
		}
		return do(ctx, tx, &t)
	})
	if err != nil {
		return Detail{}, err
	}
	return a.Task(ctx, no)
}

func auditTick(ctx context.Context, tx db.Tx, no, point, note string, ok bool) error {
	return audit.Write(ctx, tx, audit.Record{Action: "desk.tick", Object: no, Reason: note, Detail: map[string]string{"point": point, "ticked": fmt.Sprint(ok)}})
}
