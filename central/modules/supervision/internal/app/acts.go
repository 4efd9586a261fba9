package app

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/modules/supervision"
	"tongban/central/modules/supervision/internal/rules"
	"tongban/central/modules/supervision/internal/store"
	"tongban/central/modules/window"
)

// Doing is what somebody does with a card.
type Doing struct {
	Act     supervision.Act
	Version int // of the card as the caller saw it
	Text    string
}

// permOf says who may do what.
func permOf(act supervision.Act) string {
	if act == supervision.ActRead || act == supervision.ActReply {
		return supervision.PermReply
	}
	return supervision.PermReview
}

// least is how many characters an act wants to be explained in.
var least = map[supervision.Act]int{supervision.ActReply: 10, supervision.ActReturn: 4, supervision.ActCancel: 4}

var words = map[supervision.Act]string{
	supervision.ActReply:  "答复至少写 10 个字：为什么会这样，什么时候办完",
	supervision.ActReturn: "写明退回的理由，答复的人照着重写",
	supervision.ActCancel: "写明撤销的理由：撤销的牌仍然可见",
}

// recorded are the names under which the audit keeps the acts of persons.
var recorded = map[supervision.Act]string{
	supervision.ActRead: "supervision.read", supervision.ActReply: "supervision.reply", supervision.ActAccept: "supervision.accept", supervision.ActReturn: "supervision.return",
	supervision.ActCancel: "supervision.cancel", supervision.ActClose: "supervision.close", supervision.ActRemind: "supervision.remind",
}

// Act moves a card for a person.
func (a *App) Act(ctx context.Context, no string, d Doing) error {
	d.Text = strings.TrimSpace(d.Text)
	if len([]rune(d.Text)) < least[d.Act] {
		return errs.WithFields(errs.E(errs.Invalid, "supervision.text", words[d.Act], nil), errs.Field{Path: "text", Message: words[d.Act]})
	}
	return a.DB.Do(ctx, func(tx db.Tx) error {
		c, err := store.GetCard(ctx, tx, no)
		if err != nil {
			return err
		}
		if err := may(ctx, permOf(d.Act), c); err != nil {
			return err
		}
		if c.Version != d.Version {
			return supervision.ErrChanged
		}
		return a.act(ctx, tx, c, d)
	})
}

// may asks for a permission at the place of a card; a card that the caller may not see does not exist for them.
func may(ctx context.Context, perm string, c store.Card) error {
	if err := auth.May(ctx, perm); err != nil {
		return err
	}
	if !actor.From(ctx).Scope(perm).Covers(placeOf(c)) {
		return supervision.ErrNoSuchCard
	}
	return nil
}

func placeOf(c store.Card) actor.Place {
	return actor.Place{Region: c.Region, Department: c.Department, Handler: c.Handler}
}

func (a *App) act(ctx context.Context, tx db.Tx, c store.Card, d Doing) error {
	who := tx.Actor()
	if (d.Act == supervision.ActAccept || d.Act == supervision.ActReturn) && c.Replier == who.ID {
		return supervision.ErrOwnReply
	}
	next, err := supervision.Next(c.State, d.Act, c.Level)
	if err != nil {
		return err
	}
	c.State = next
	switch d.Act {
	case supervision.ActRead:
		c.ReadAt, c.ReadBy = tx.Now(), who.Name
	case supervision.ActReply:
		c.RepliedAt, c.RepliedBy, c.Replier, c.Reply = tx.Now(), who.Name, who.ID, d.Text
		if c.ReadAt.IsZero() {
			c.ReadAt, c.ReadBy = tx.Now(), who.Name
		}
	case supervision.ActReturn:
		if c.ReplyDue, err = a.answerBy(calendar.DateOf(tx.Now()), 1); err != nil {
			return err
		}
		c.LateTold = false
	case supervision.ActCancel, supervision.ActClose:
		c.EndedAt, c.Outcome = tx.Now(), d.Text
	}
	if err := store.PutCard(ctx, tx, c); err != nil {
		return err
	}
	if err := a.told(ctx, tx, c, d.Act, topicOf(d.Act, next), who.Name, d.Text); err != nil {
		return err
	}
	err = audit.Write(ctx, tx, audit.Record{Action: recorded[d.Act], Object: c.No, Reason: d.Text, Detail: map[string]string{"case": c.Case, "state": string(next)}})
	if err != nil {
		return err
	}
	if err := a.note(ctx, tx, c, d); err != nil || d.Act != supervision.ActAccept {
		return err
	}
	return a.closeEnded(ctx, tx, c)
}

// note tells the case's timeline what was done with a card that people were told of.
func (a *App) note(ctx context.Context, tx db.Tx, c store.Card, d Doing) error {
	title := map[supervision.Act]string{
		supervision.ActReply: "答复督办", supervision.ActReturn: "退回督办答复", supervision.ActAccept: "认可督办答复", supervision.ActCancel: "撤销" + c.Level.Title(), supervision.ActRemind: "催办",
	}[d.Act]
	if title == "" || c.Level == supervision.Reminder {
		return nil
	}
	return a.Window.Note(ctx, tx, c.Case, window.Note{Kind: "person", Title: title + " " + c.No, Text: d.Text})
}

// closeEnded closes a card whose answer stands when its case has ended already.
func (a *App) closeEnded(ctx context.Context, tx db.Tx, c store.Card) error {
	known, err := store.CasesByNo(ctx, tx, []string{c.Case})
	if err != nil || !known[c.Case].Ended {
		return err
	}
	c.Version++
	return a.step(ctx, tx, c, supervision.ActEnd, program, "办件已办结")
}

// Acts lists what the caller may do with a card now.
func (a *App) acts(ctx context.Context, c store.Card) []supervision.Act {
	out := []supervision.Act{}
	who := actor.From(ctx)
	for _, act := range []supervision.Act{
		supervision.ActRead, supervision.ActReply, supervision.ActAccept, supervision.ActReturn, supervision.ActCancel, supervision.ActClose, supervision.ActRemind,
	} {
		if _, err := supervision.Next(c.State, act, c.Level); err != nil || may(ctx, permOf(act), c) != nil {
			continue
		}
		if c.Replier == who.ID && slices.Contains([]supervision.Act{supervision.ActAccept, supervision.ActReturn}, act) {
			continue
		}
		out = append(out, act)
	}
	return out
}

// Set keeps a new version of the rules (督办规则配置); revision is the one that was edited.
func (a *App) Set(ctx context.Context, s rules.Setting, revision int, reason string) error {
	slices.Sort(s.Items)
	s.Items = slices.Compact(s.Items)
	if s.Items == nil {
		s.Items = []string{}
	}
	if err := s.Check(); err != nil {
		return err
	}
	s.Version = revision + 1
	body, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("encode rules: %w", err)
	}
	return a.DB.Do(ctx, func(tx db.Tx) error {
		now, err := a.setting(ctx, tx)
		if err != nil {
			return err
		}
		if now.Version != revision {
			return errRulesChanged
		}
		v := store.Version{Version: s.Version, Body: string(body), Reason: reason, By: tx.Actor().Name, At: tx.Now()}
		if err := store.AddVersion(ctx, tx, v); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "supervision.rules", Object: fmt.Sprint(s.Version), Reason: reason, Detail: changed(now, s)})
	})
}

var errRulesChanged = errs.E(errs.Conflict, "supervision.rules_changed", "别人刚改过规则，已为您换成最新的，请再改一次", nil)

// changed names the rules that differ.
func changed(before, after rules.Setting) map[string]string {
	var ids []string
	for _, r := range after.Rules {
		if was, ok := before.Find(r.ID); !ok || was != r {
			ids = append(ids, r.ID)
		}
	}
	for _, r := range before.Rules {
		if _, ok := after.Find(r.ID); !ok {
			ids = append(ids, "-"+r.ID)
		}
	}
	out := map[string]string{"rules": strings.Join(ids, " ")}
	if before.Office != after.Office {
		out["office"] = after.Office.Name + " " + after.Office.Mark
	}
	if before.All != after.All || !slices.Equal(before.Items, after.Items) {
		out["items"] = fmt.Sprintf("all %v, %d listed", after.All, len(after.Items))
	}
	return out
}
