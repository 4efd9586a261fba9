package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/db"
	"tongban/central/kernel/jobs"
	"tongban/central/kernel/notify"
	"tongban/central/kernel/vault"
	"tongban/central/modules/region"
	"tongban/central/modules/region/internal/store"
)

// JobFeed is the job that asks what happened in the other regions.
const JobFeed = "region.feed"

// happening is one line of the feed.
type happening struct {
	Seq         int64           `json:"seq"`
	ID          string          `json:"id"`
	Region      string          `json:"region"`
	No          string          `json:"no"`
	Kind        string          `json:"kind"`
	At          time.Time       `json:"at"`
	By          string          `json:"by"`
	Text        string          `json:"text"`
	Days        int             `json:"days"`
	Due         string          `json:"due"`
	Gaps        []string        `json:"gaps"`
	Parcel      string          `json:"parcel"`
	Code        string          `json:"code"`
	Place       string          `json:"place"`
	Granted     bool            `json:"granted"`
	Application json.RawMessage `json:"application"`
}

// told is what a kind of line says of a case: the act, "" for none, and its words.
var told = map[string]struct {
	act   region.Act
	title string
}{
	"arrived": {region.ActArrive, "办理地收到纸件"}, "accepted": {region.ActAccept, "办理地受理"}, "correction": {region.ActCorrect, "办理地要求补正"},
	"declined": {region.ActDecline, "办理地不予受理"}, "decided": {region.ActDecide, "办理地作出决定"}, "posted": {region.ActDispatch, "办理地寄出结果"},
	"landed": {region.ActLand, "结果送达窗口"}, "parcel": {"", "结果邮件"}, "part": {"", "一部分办好"},
}

const feedName = "feed"

// Feed takes in what happened since the last time, each thing once however often it is told.
func (a *App) Feed(ctx context.Context, _ json.RawMessage) error {
	ctx = auth.AsSystem(ctx, "region")
	for a.line != nil {
		var since int64
		err := a.DB.View(ctx, func(q db.Query) (err error) {
			since, err = store.Cursor(ctx, q, feedName)
			return err
		})
		if err != nil {
			return err
		}
		var got struct {
			Events []happening `json:"events"`
		}
		if err := a.line.ask(ctx, "events", http.MethodGet, fmt.Sprintf("/v1/events?since=%d", since), nil, &got); err != nil {
			return jobs.Cancel(err) // on record with the adapter; asked again soon
		}
		at := since
		for _, h := range got.Events {
			if h.Seq <= at {
				continue // told twice
			}
			if err := a.take(ctx, h); err != nil {
				return jobs.Cancel(fmt.Errorf("line %d of the regions: %w", h.Seq, err))
			}
			at = h.Seq
		}
		if at == since {
			return nil
		}
	}
	return nil
}

// take does one line, together with how far the feed was read.
func (a *App) take(ctx context.Context, h happening) error {
	if h.Kind == "application" {
		return a.arrived(ctx, h)
	}
	return a.DB.Do(ctx, func(tx db.Tx) error {
		if err := a.happened(ctx, tx, h); err != nil {
			return err
		}
		return store.SetCursor(ctx, tx, feedName, h.Seq)
	})
}

func (a *App) happened(ctx context.Context, tx db.Tx, h happening) error {
	words, known := told[h.Kind]
	c, err := store.Get(ctx, tx, h.No)
	if errors.Is(err, region.ErrNone) || !known {
		a.Log.WarnContext(ctx, "line of the regions is of nothing here and is passed over", "seq", h.Seq, "kind", clip(h.Kind, 20))
		return nil
	}
	if err != nil {
		return err
	}
	title := words.title
	if h.Kind == "parcel" {
		title += " " + clip(c.ParcelBack, 40)
	}
	fresh, err := store.AddStep(ctx, tx, store.Step{ID: "feed:" + clip(h.ID, 60), No: c.No, At: db.Ms(h.At), Side: sideOf(h.Kind), Title: title, Text: textOf(h), By: clip(h.By, 40)})
	if err != nil || !fresh {
		return err
	}
	if err := a.apply(ctx, tx, &c, h, words.act); err != nil {
		return err
	}
	if err := store.Put(ctx, tx, c); err != nil {
		return err
	}
	if err := audit.Write(ctx, tx, audit.Record{Action: "region.hear", Object: c.No, Detail: map[string]string{"kind": h.Kind, "state": string(c.State), "line": clip(h.ID, 60)}}); err != nil {
		return err
	}
	return emit(ctx, tx, region.TopicMoved, c)
}

func sideOf(kind string) string {
	if kind == "parcel" {
		return "post"
	}
	return "home"
}

func textOf(h happening) string {
	text := clip(h.Text, 200)
	for i, g := range h.Gaps {
		if i < 20 {
			text += "；" + clip(g, 80)
		}
	}
	for label, v := range map[string]string{"邮件号 ": h.Parcel, "": h.Place} {
		if v != "" {
			text += "，" + label + clip(v, 60)
		}
	}
	if h.Due != "" && h.Kind == "accepted" {
		text += "，承诺 " + clip(h.Due, 10) + " 前"
	}
	return text
}

// apply moves the case by what was told. What does not fit its life is kept in the history and shown, and moves nothing.
func (a *App) apply(ctx context.Context, tx db.Tx, c *store.Case, h happening, act region.Act) error {
	switch h.Kind {
	case "part":
		_, err := store.FinishPart(ctx, tx, c.No, clip(h.Code, 12), db.Ms(h.At))
		return err
	case "arrived":
		if c.ArrivedAt == 0 {
			c.ArrivedAt = db.Ms(h.At)
		}
		if c.State == region.Arrived || c.State == region.Correcting || c.State == region.Accepted {
			return nil // known, or in between: the post told it first
		}
	case "parcel":
		c.ParcelBackAt = clip(h.Text, 80)
		if h.Code != "delivered" || c.State == region.Returned || !c.State.Open() {
			return nil
		}
		act = region.ActLand
	}
	to, err := region.Next(c.State, act, c.Paper)
	if err != nil {
		c.Odd = fmt.Sprintf("办理地说“%s”，这里是“%s”：请打电话核对", told[h.Kind].title, c.State.Text())
		return nil //nolint:nilerr // said to people; the other side's word is kept as it came
	}
	c.State, c.Odd = to, ""
	at := db.Ms(h.At)
	switch act {
	case region.ActAccept:
		c.AcceptedOn, c.Due = calendar.DateOf(h.At).String(), clip(h.Due, 10)
		if c.ArrivedAt == 0 && c.Paper {
			c.ArrivedAt = at
		}
		if h.Days > 0 && h.Days < 1000 {
			c.Promised = h.Days
		}
		c.Gaps, c.GapsDue = "", ""
	case region.ActCorrect:
		gaps, err := json.Marshal(clipped(h.Gaps, h.Text))
		if err != nil {
			return fmt.Errorf("encode gaps: %w", err)
		}
		c.Gaps, c.GapsDue, c.AskedAt = string(gaps), clip(h.Due, 10), at
		return a.sms(ctx, tx, *c, "region.correct")
	case region.ActDecline:
		c.Outcome, c.Result, c.DecidedAt = "declined", clip(h.Text, 120), at
	case region.ActDecide:
		c.Outcome, c.Result, c.DecidedAt = "denied", clip(h.Text, 120), at
		if h.Granted {
			c.Outcome = "granted"
		}
	case region.ActDispatch:
		c.ParcelBack, c.ParcelBackAt = clip(h.Parcel, 40), "已交寄"
	case region.ActLand:
		c.LandedAt = at
		return a.sms(ctx, tx, *c, "region.landed")
	}
	return nil
}

func clipped(gaps []string, text string) []string {
	out := []string{}
	for _, g := range gaps {
		if len(out) < 20 && g != "" {
			out = append(out, clip(g, 80))
		}
	}
	if len(out) == 0 {
		out = append(out, clip(text, 80))
	}
	return out
}

// sms tells the applicant; a case without a telephone goes on without.
func (a *App) sms(ctx context.Context, tx db.Tx, c store.Case, template string) error {
	b, err := a.openBody(c)
	if err != nil || b.Phone == "" {
		return nil //nolint:nilerr // what was handed in is gone by the retention rule: nobody to tell
	}
	err = a.SMS.Send(ctx, tx, vault.Phone(b.Phone), template, map[string]string{"no": c.No, "region": c.HomeName})
	if errors.Is(err, notify.ErrNumber) {
		return nil
	}
	if err != nil {
		return err
	}
	return a.here(ctx, tx, c.No, "已短信告知申请人", "")
}
