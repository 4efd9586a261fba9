package app

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"tongban/central/kernel/calendar"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/events"
	"tongban/central/kernel/ids"
	"tongban/central/kernel/notify"
	"tongban/central/modules/messages"
	"tongban/central/modules/messages/internal/store"
)

// Followed are the topics that Do wants.
func Followed() []string { return []string{"window.", "desk.", "issuing.", "supervision."} }

// stale is the age of an event that nobody is told of any more: a centre that was down for long, or that has just got this module,
// does not tell of last week.
const stale = 24 * time.Hour

// topicUnreached is the scene of a short message that did not arrive; it is no event.
const topicUnreached = "messages.unreached"

// facts are what events say, whoever emits them.
type facts struct {
	No         string `json:"no"`
	ItemName   string `json:"item_name"`
	Region     string `json:"region"`
	Department string `json:"department"`
	Handler    string `json:"handler"`
	Due        string `json:"due"`
	Card       string `json:"card"`
	Level      string `json:"level"`
	State      string `json:"state"`
	Rule       string `json:"rule"`
	Why        string `json:"why"`
	ReplyDue   string `json:"reply_due"`
}

var levels = map[string]string{"reminder": "提醒", "yellow": "黄牌", "red": "红牌", "illegal": "红牌·违法"}

func (f facts) words() map[string]string {
	due := "当天"
	if d, err := calendar.ParseDate(f.Due); err == nil {
		due = d.Chinese()
	}
	reply := ""
	if t, err := time.Parse(time.RFC3339, f.ReplyDue); err == nil {
		reply = t.In(clock.Shanghai).Format("1月2日 15:04")
	}
	return map[string]string{"no": f.No, "item": f.ItemName, "due": due, "card": f.Card, "level": levels[f.Level], "rule": f.Rule, "why": f.Why, "reply_due": reply}
}

// Do tells of one event by the scenes that are for it. It is run once for each event, in order.
func (a *App) Do(ctx context.Context, tx db.Tx, e events.Event) error {
	if tx.Now().Sub(e.At) > stale {
		return nil
	}
	var f facts
	if err := e.Decode(&f); err != nil || f.No == "" {
		return err
	}
	return a.tell(ctx, tx, e.Topic, fmt.Sprintf("event:%d", e.Seq), f)
}

// tell sends what the scenes of a topic say. source keeps the same from being told twice.
func (a *App) tell(ctx context.Context, tx db.Tx, topic, source string, f facts) error {
	list, err := a.scenes(ctx, tx)
	if err != nil {
		return err
	}
	for _, s := range list {
		if s.On != topic || s.Level != "" && s.Level != f.Level || s.State != "" && s.State != f.State {
			continue
		}
		if !s.letterOff {
			if err := a.letters(ctx, tx, s, source, f); err != nil {
				return err
			}
		}
		if s.SMS != "" && !s.smsOff {
			if err := a.text(ctx, tx, s, source, f); err != nil {
				return err
			}
		}
	}
	return nil
}

// letters writes the station letters of a scene.
func (a *App) letters(ctx context.Context, tx db.Tx, s Scene, source string, f facts) error {
	words := f.words()
	letter := store.Letter{
		Source: source + ":" + s.ID, Scene: s.ID, Region: f.Region, Department: f.Department, Title: fill(s.Title, words), Text: fill(s.Text, words), Link: fill(s.Link, words),
		Urgent: s.Urgent, At: tx.Now(),
	}
	for _, to := range receivers(s, f.Handler) {
		l := letter
		l.ID = ids.New()
		if to == toHandler {
			l.Account = f.Handler
		} else {
			l.Role = to
		}
		if err := store.AddLetter(ctx, tx, l); err != nil {
			return err
		}
		err := events.Emit(ctx, tx, events.Event{Topic: messages.TopicArrived, Key: l.ID, Data: messages.Arrived{
			Scene: s.ID, Account: l.Account, Role: l.Role, Region: l.Region, Department: l.Department,
		}})
		if err != nil {
			return err
		}
	}
	return nil
}

// receivers are the handler where there is one, otherwise the role that stands in, and those who are told besides.
func receivers(s Scene, handler string) []string {
	var out []string
	for _, to := range s.To {
		if to == toHandler && handler == "" {
			continue
		}
		out = append(out, to)
		if to == toHandler {
			break
		}
	}
	if len(out) == 0 { // nobody works on it, and no role stands in
		out = append(out, "supervisor")
	}
	return append(out, s.Also...)
}

// text queues the short message of a scene to the applicant and keeps how far it comes.
func (a *App) text(ctx context.Context, tx db.Tx, s Scene, source string, f facts) error {
	t := store.Text{
		ID: ids.New(), Source: source + ":" + s.ID, Scene: s.ID, Case: f.No, ItemName: f.ItemName, Region: f.Region, Department: f.Department, Handler: f.Handler, State: "queued", At: tx.Now(),
	}
	phone, err := a.Window.Phone(ctx, f.No)
	switch {
	case errs.KindOf(err) == errs.NotFound:
		return nil
	case err != nil:
		return err
	case phone == "":
		t.State, t.Failed, t.Note = "none", true, "没有留手机号"
	default:
		words := f.words()
		words["result"] = s.Result
		t.SMS, err = a.SMS.Queue(ctx, tx, phone, s.SMS, wanted(s.SMS, words))
		if errors.Is(err, notify.ErrNumber) {
			t.State, t.Failed, t.Note = "none", true, "号码收不了短信"
		} else if err != nil {
			return err
		}
	}
	return store.AddText(ctx, tx, t)
}

// wanted picks the arguments that a template asks for.
func wanted(template string, words map[string]string) map[string]string {
	out := map[string]string{}
	for _, t := range notify.Templates() {
		if t.Name != template {
			continue
		}
		for _, arg := range t.Args {
			out[arg] = strings.TrimSpace(words[arg])
		}
	}
	return out
}
