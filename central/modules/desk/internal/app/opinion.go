package app

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/db"
	"tongban/central/kernel/ids"
	"tongban/central/modules/desk"
	"tongban/central/modules/desk/internal/store"
)

// Question is what another department is asked (征询).
type Question struct {
	Department string
	Person     string // login, "" = anybody there
	Text       string
	Days       int // working days to answer
}

// Ask asks another department for its opinion. While the answer is awaited nothing is decided; the clock runs on.
func (a *App) Ask(ctx context.Context, no string, version int, ask Question) (Detail, error) {
	names, err := a.departments(ctx)
	if err != nil {
		return Detail{}, err
	}
	to, ok := names[ask.Department]
	if !ok || to.Closed {
		return Detail{}, bad("department", "选一个要征询的部门")
	}
	if len([]rune(strings.TrimSpace(ask.Text))) < 4 {
		return Detail{}, bad("question", "写清楚要对方答什么，至少 4 个字")
	}
	if ask.Person != "" {
		people, _, err := a.People.List(ctx, auth.Filter{Departments: []string{ask.Department}, Size: 200})
		if err != nil {
			return Detail{}, err
		}
		if !slices.ContainsFunc(people, func(p auth.Account) bool { return p.Login == ask.Person }) {
			return Detail{}, bad("person", "这个人不在所选的部门，请重新选")
		}
	}
	due, err := a.Calendar.Due(a.today(), calendar.Budget{Days: ask.Days, Unit: calendar.Working}, nil)
	if err != nil {
		return Detail{}, fmt.Errorf("compute day of answer: %w", err)
	}
	return a.act(ctx, no, desk.PermDecide, version, func(ctx context.Context, tx db.Tx, t *store.Task) error {
		own(ctx, t)
		o := store.Opinion{
			ID: ids.New(), No: no, From: strings.TrimSpace(actor.From(ctx).Name + " " + actor.From(ctx).Department), Department: ask.Department, Person: ask.Person,
			Question: ask.Text, Due: due.Due.String(), AskedAt: db.Ms(tx.Now()), State: "open",
		}
		if err := store.AddOpinion(ctx, tx, o); err != nil {
			return err
		}
		return a.move(ctx, tx, t, deed{act: desk.ActAsk, text: "征询" + to.Name + "，" + due.Due.Chinese() + "前答复", note: "征询意见", topic: desk.TopicAsked, to: ask.Department})
	})
}

// Answer answers a question (答复). The last answer lets the asking department go on.
func (a *App) Answer(ctx context.Context, id, stance, text string) ([]OpinionRow, error) {
	if stance != "agree" && len([]rune(strings.TrimSpace(text))) < 4 {
		return nil, bad("answer", "不同意或有条件的，写明理由，至少 4 个字")
	}
	m, err := a.me(ctx)
	if err != nil {
		return nil, err
	}
	err = a.DB.Do(ctx, func(tx db.Tx) error {
		o, err := store.GetOpinion(ctx, tx, id)
		if err != nil {
			return err
		}
		at := actor.Place{Department: o.Department}
		if !actor.From(ctx).Scope(desk.PermAnswer).Covers(at) || o.Person != "" && o.Person != m.Login {
			return store.ErrNoSuchOpinion
		}
		o.State, o.Stance, o.Answer, o.By, o.AnsweredAt = "answered", stance, text, actor.From(ctx).Name, db.Ms(tx.Now())
		return a.closeOpinion(ctx, tx, o, a.named(ctx, o.Department)+"答复："+stanceWords[stance])
	})
	if err != nil {
		return nil, err
	}
	return a.OpinionsForMe(ctx, false)
}

// Recall takes a question back that nobody answered in time (收回), so that the department can go on.
func (a *App) Recall(ctx context.Context, no string, version int, id string) (Detail, error) {
	return a.act(ctx, no, desk.PermDecide, version, func(ctx context.Context, tx db.Tx, _ *store.Task) error {
		o, err := store.GetOpinion(ctx, tx, id)
		if err != nil || o.No != no {
			return orNoOpinion(err)
		}
		o.State, o.By, o.AnsweredAt = "recalled", actor.From(ctx).Name, db.Ms(tx.Now())
		return a.closeOpinion(ctx, tx, o, "收回对"+a.named(ctx, o.Department)+"的征询")
	})
}

func orNoOpinion(err error) error {
	if err == nil {
		return store.ErrNoSuchOpinion
	}
	return err
}

var stanceWords = map[string]string{"agree": "同意", "conditions": "有条件同意", "disagree": "不同意"}

func (a *App) closeOpinion(ctx context.Context, tx db.Tx, o store.Opinion, text string) error {
	if err := store.CloseOpinion(ctx, tx, o); err != nil {
		return err
	}
	t, err := store.Get(ctx, tx, o.No)
	if err != nil {
		return err
	}
	if !t.State.Open() {
		return nil // it was decided without; the answer is kept
	}
	all, err := store.Opinions(ctx, tx, o.No)
	if err != nil {
		return err
	}
	act := desk.ActSettle
	if slices.ContainsFunc(all, func(other store.Opinion) bool { return other.State == "open" }) {
		act = desk.ActAnswer
	}
	return a.move(ctx, tx, &t, deed{act: act, text: text, note: "意见答复", topic: desk.TopicAnswered})
}
