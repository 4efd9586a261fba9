package app

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/notify"
	"tongban/central/kernel/vault"
	"tongban/central/modules/messages"
	"tongban/central/modules/messages/internal/store"
	"tongban/central/modules/window"
)

// JobTexts asks how far short messages came, and tidies up.
const JobTexts = "messages.texts"

// asked is how long a message is asked after.
const asked = 3 * 24 * time.Hour

// failedStates are ends at which the phone did not get the message, with their words.
var failedStates = map[string]string{"failed": "没到手机", "refused": "网关拒收", "expired": "过时没送出"}

// Look takes over from the platform how far messages came; whoever works on the case is told of those that did not arrive.
func (a *App) Look(ctx context.Context, _ json.RawMessage) error {
	now := a.Clock.Now()
	var list []store.Text
	var known map[string]notify.Delivery
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		if list, err = store.Underway(ctx, q, now.Add(-asked)); err != nil {
			return err
		}
		sms := make([]string, len(list))
		for i, t := range list {
			sms[i] = t.SMS
		}
		known, err = a.SMS.Deliveries(ctx, q, sms)
		return err
	})
	if err != nil {
		return err
	}
	var moved []store.Text
	for _, t := range list {
		d, ok := known[t.SMS]
		if !ok || d.State == t.State && d.Attempts == t.Attempts {
			continue
		}
		word, failed := failedStates[d.State]
		t.State, t.Attempts, t.Failed, t.Note, t.MovedAt = d.State, d.Attempts, failed, word, now
		if d.Note != "" {
			t.Note = d.Note
		}
		moved = append(moved, t)
	}
	return a.DB.Do(ctx, func(tx db.Tx) error {
		for _, t := range moved {
			if err := store.PutText(ctx, tx, t); err != nil {
				return err
			}
			if !t.Failed {
				continue
			}
			f := facts{No: t.Case, ItemName: t.ItemName, Region: t.Region, Department: t.Department, Handler: t.Handler, Why: t.Note}
			if err := a.tell(ctx, tx, topicUnreached, "text:"+t.ID, f); err != nil {
				return err
			}
		}
		return store.Forget(ctx, tx, now.Add(-kept))
	})
}

// Text is one short message on the page.
type Text struct {
	ID         string `json:"id"`
	At         string `json:"at"`
	Case       string `json:"case_no"`
	Item       string `json:"item"`
	Applicant  string `json:"applicant" doc:"脱敏"`
	Phone      string `json:"phone" doc:"脱敏"`
	Scene      string `json:"scene"`
	SceneName  string `json:"scene_name"`
	State      string `json:"state" enum:"none,queued,sent,delivered,failed,refused,expired"`
	Failed     bool   `json:"failed"`
	Note       string `json:"note"`
	Attempts   int    `json:"attempts"`
	Cells      int    `json:"cells" doc:"走到第几格：排队、交网关、网关收下、到手机、有着落"`
	MovedAt    string `json:"moved_at"`
	Words      string `json:"words" doc:"短信的文字"`
	Followed   string `json:"followed"`
	FollowedBy string `json:"followed_by"`
	FollowedAt string `json:"followed_at"`
}

// Texts is one page of short messages.
type Texts struct {
	Answer   string     `json:"answer"`
	Today    int        `json:"today"`
	Arrived  int        `json:"arrived"`
	Underway int        `json:"underway"`
	Failed   int        `json:"failed" doc:"没到手机，还没有人管"`
	Followed int        `json:"followed" doc:"没到手机，已换办法告诉"`
	Scenes   []SceneRef `json:"scenes"`
	Rows     []Text     `json:"rows"`
	Total    int        `json:"total"`
	Page     int        `json:"page"`
	Size     int        `json:"size"`
}

// SceneRef names a scene.
type SceneRef struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// TextAsk says which texts are wanted.
type TextAsk struct {
	Tab, Scene, Typed string
	Page, Size        int
}

// Texts shows where short messages went, within the caller's scope.
func (a *App) Texts(ctx context.Context, ask TextAsk) (out Texts, err error) {
	scope := actor.From(ctx).Scope(messages.PermTexts)
	f := store.TextFilter{Scope: scope, Tab: ask.Tab, Scene: ask.Scene, Typed: ask.Typed, From: a.Clock.Now().Add(-shown), Most: ask.Size, Skip: (ask.Page - 1) * ask.Size}
	var list []store.Text
	var scenes []Scene
	err = a.DB.View(ctx, func(q db.Query) (err error) {
		if list, out.Total, err = store.Texts(ctx, q, f); err != nil {
			return err
		}
		if scenes, err = a.scenes(ctx, q); err != nil {
			return err
		}
		for tab, into := range map[string]*int{"failed": &out.Failed, "underway": &out.Underway, "followed": &out.Followed, "arrived": &out.Arrived} {
			if *into, err = store.CountTexts(ctx, q, store.TextFilter{Scope: scope, Tab: tab, From: f.From}); err != nil {
				return err
			}
		}
		out.Today, err = store.CountTexts(ctx, q, store.TextFilter{Scope: scope, Tab: "all", From: calendar.DateOf(a.Clock.Now()).Time()})
		return err
	})
	if err != nil {
		return out, err
	}
	names, sms := map[string]string{}, map[string]string{}
	out.Scenes = []SceneRef{}
	for _, s := range scenes {
		names[s.ID], sms[s.ID] = s.Name, s.SMS
		if s.SMS != "" {
			out.Scenes = append(out.Scenes, SceneRef{s.ID, s.Name})
		}
	}
	out.Page, out.Size, out.Answer, out.Rows = ask.Page, ask.Size, textAnswer(out), make([]Text, len(list))
	for i, t := range list {
		out.Rows[i] = a.row(ctx, t, names[t.Scene], templateText(sms[t.Scene]))
	}
	return out, nil
}

func textAnswer(t Texts) string {
	switch {
	case t.Failed > 0 && t.Followed > 0:
		return fmt.Sprintf("%s没到手机，%s已换办法告诉", plural(t.Failed), plural(t.Followed))
	case t.Failed > 0:
		return plural(t.Failed) + "没到手机，要换办法告诉"
	case t.Underway > 0:
		return plural(t.Underway) + "在路上，没有送不到的"
	case t.Arrived > 0:
		return "都到了，没有送不到的"
	}
	return "还没有发过短信"
}

func plural(n int) string { return fmt.Sprintf("%d 条", n) }

// cells is how far a message came.
func cells(t store.Text) int {
	switch {
	case t.State == "delivered" || t.Followed != "":
		return 5
	case t.State == "sent", t.State == "failed":
		return 3
	case t.State == "queued" && t.Attempts == 0, t.State == "none":
		return 1
	}
	return 2
}

func (a *App) row(ctx context.Context, t store.Text, scene, words string) Text {
	r := Text{
		ID: t.ID, At: stamp(t.At), Case: t.Case, Item: t.ItemName, Scene: t.Scene, SceneName: scene, State: t.State, Failed: t.Failed, Note: t.Note, Attempts: t.Attempts, Cells: cells(t),
		MovedAt: stamp(t.MovedAt), Words: strings.ReplaceAll(words, "{no}", t.Case), Followed: t.Followed, FollowedBy: t.FollowedBy, FollowedAt: stamp(t.FollowedAt),
	}
	r.Words = strings.NewReplacer("{due}", "〔日期〕", "{result}", "〔结果〕").Replace(r.Words)
	if f, err := a.Window.Facts(ctx, t.Case); err == nil {
		r.Applicant = f.Applicant
	}
	if phone, err := a.Window.Phone(ctx, t.Case); err == nil && phone != "" {
		r.Phone = vault.MaskPhone(phone.Reveal())
	}
	return r
}

var errNotFailed = errs.E(errs.Conflict, "messages.not_failed", "这条短信没有送不到，不用另外告诉", nil)

// Follow notes how an applicant was told whom a short message did not reach.
func (a *App) Follow(ctx context.Context, id, how string) error {
	return a.DB.Do(ctx, func(tx db.Tx) error {
		t, err := store.GetText(ctx, tx, id)
		if err != nil {
			return err
		}
		who := tx.Actor()
		if !who.Scope(messages.PermFollow).Covers(actor.Place{Region: t.Region, Department: t.Department, Handler: t.Handler}) {
			return messages.ErrNoSuchText
		}
		if !t.Failed {
			return errNotFailed
		}
		t.Followed, t.FollowedBy, t.FollowedAt = how, who.Name, tx.Now()
		if err := store.PutText(ctx, tx, t); err != nil {
			return err
		}
		if err := a.Window.Note(ctx, tx, t.Case, noteOf(how)); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "messages.follow", Object: t.ID, Reason: how, Detail: map[string]string{"case": t.Case}})
	})
}

func noteOf(how string) window.Note {
	return window.Note{Kind: "message", Title: "短信没到，已另外告诉申请人", Text: how}
}
