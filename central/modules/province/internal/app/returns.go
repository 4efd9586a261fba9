package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/kernel/events"
	"tongban/central/modules/province"
	"tongban/central/modules/province/internal/store"
	"tongban/central/modules/window"
)

// flowed is one thing that happened at the province.
type flowed struct {
	RetID     string            `json:"retId"`
	Seq       int64             `json:"seq"`
	ProjNo    string            `json:"projNo"`
	ProvNo    string            `json:"provNo"`
	Kind      string            `json:"kind"`
	State     string            `json:"handleState"`
	StateName string            `json:"handleStateName"`
	Text      string            `json:"text"`
	At        time.Time         `json:"at"`
	By        string            `json:"by"`
	Licence   map[string]string `json:"licence"`
}

func (f flowed) title() string {
	return map[string]string{"status": "省里办到", "result": "省里的结果", "licence": "省里发的证照"}[f.Kind] + "：" + f.StateName
}

// cursorReturns is how far the return flow was read.
const cursorReturns = "returns"

// Returns takes in what flowed back since the last time (数据回流), each thing once however often it is delivered. What names no
// case of ours waits in the tray.
func (a *App) Returns(ctx context.Context) error {
	if a.six == nil {
		return nil
	}
	var since int64
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		since, _, err = store.Cursor(ctx, q, cursorReturns)
		return err
	})
	if err != nil {
		return err
	}
	var got struct {
		outcome
		Returns []json.RawMessage `json:"returns"`
	}
	if _, err := a.six.ask(ctx, sysAcceptance, "returns", http.MethodGet, fmt.Sprintf("/v1/returns?since=%d", since), nil, &got); err != nil {
		return err
	}
	for _, raw := range got.Returns {
		var f flowed
		if err := json.Unmarshal(raw, &f); err != nil || f.RetID == "" || f.Seq <= 0 || len(f.RetID) > 60 {
			return errors.Join(province.ErrAnswer, err)
		}
		if err := a.returned(ctx, f, digest(raw)); err != nil {
			return err
		}
	}
	return a.DB.Do(ctx, func(tx db.Tx) error {
		if n, _, err := store.Cursor(ctx, tx, cursorReturns); err != nil || n > since {
			return err
		}
		return store.MoveCursor(ctx, tx, cursorReturns, since) // the time of the last look
	})
}

func (a *App) returned(ctx context.Context, f flowed, sum string) error {
	facts, err := a.Window.Facts(ctx, f.ProjNo)
	known := err == nil
	if err != nil && !errors.Is(err, window.ErrNoSuchCase) {
		return err
	}
	more := map[string]string{"text": clip(f.Text, 200), "by": clip(f.By, 60)}
	for _, k := range []string{"code", "name", "valid_to"} {
		if v := f.Licence[k]; v != "" {
			more[k] = clip(v, 100)
		}
	}
	return a.DB.Do(ctx, func(tx db.Tx) error {
		r := store.Return{
			ID: f.RetID, Seq: f.Seq, SaidNo: clip(f.ProjNo, 40), ProvNo: clip(f.ProvNo, 40), Kind: clip(f.Kind, 20), Code: clip(f.State, 20), Words: clip(f.StateName, 60),
			Facts: factsJSON(more), State: "tray", Digest: sum, Happened: db.Ms(f.At), At: db.Ms(tx.Now()),
		}
		if known {
			r.CaseNo, r.State = f.ProjNo, "matched"
		}
		fresh, err := store.AddReturn(ctx, tx, r)
		if err != nil {
			return err
		}
		if err := store.MoveCursor(ctx, tx, cursorReturns, f.Seq); err != nil || !fresh {
			return err
		}
		if err := a.prove(ctx, tx, province.Proof{Message: r.ID, Case: r.CaseNo, Direction: "in", What: "received", Digest: sum, Facts: factsJSON(map[string]string{"kind": r.Kind, "state": r.Code, "prov_no": r.ProvNo, "said_no": r.SaidNo})}); err != nil || !known {
			return err
		}
		return a.matched(ctx, tx, r, facts, f.title(), more)
	})
}

// matched tells a case what the province did with it.
func (a *App) matched(ctx context.Context, tx db.Tx, r store.Return, facts window.Facts, title string, more map[string]string) error {
	c, there, err := store.FindCase(ctx, tx, r.CaseNo)
	if err != nil {
		return err
	}
	if there {
		c.Returned = r.Words
		if err := store.SaveCase(ctx, tx, c); err != nil {
			return err
		}
	}
	text := more["text"]
	if more["name"] != "" {
		text += " " + more["name"] + " " + more["code"]
	}
	by := more["by"]
	if by == "" {
		by = "省平台"
	}
	if err := a.Window.Note(ctx, tx, r.CaseNo, window.Note{Kind: "machine", Title: title, Text: text, By: by}); err != nil {
		return err
	}
	return events.Emit(ctx, tx, events.Event{Topic: province.TopicReturned, Key: r.CaseNo, Data: province.Told{
		No: r.CaseNo, Item: facts.Item, ItemName: facts.ItemName, Region: facts.Region, Kind: kindReturn, State: r.Words, ProvNo: r.ProvNo, At: tx.Now(),
	}})
}

// Match gives something from the tray to a case, by a person who has looked.
func (a *App) Match(ctx context.Context, id, no, reason string) error {
	facts, err := a.Window.Facts(ctx, no)
	if err != nil {
		return err
	}
	return a.DB.Do(ctx, func(tx db.Tx) error {
		r, err := store.FindReturn(ctx, tx, id)
		if err != nil {
			return err
		}
		r.CaseNo, r.State, r.ByName, r.Reason = no, "matched", tx.Actor().Name, reason
		if ok, err := store.SettleReturn(ctx, tx, r); err != nil || !ok {
			return errors.Join(err, province.ErrNotNow)
		}
		var more map[string]string
		if err := json.Unmarshal([]byte(r.Facts), &more); err != nil {
			return fmt.Errorf("decode return %s: %w", id, err)
		}
		title := flowed{Kind: r.Kind, StateName: r.Words}.title()
		return errors.Join(a.matched(ctx, tx, r, facts, title, more), audit.Write(ctx, tx, audit.Record{Action: "province.match", Object: no, Reason: reason, Detail: map[string]string{"return": id, "said_no": r.SaidNo}}))
	})
}

// Dismiss takes something out of the tray that belongs to nobody here.
func (a *App) Dismiss(ctx context.Context, id, reason string) error {
	return a.DB.Do(ctx, func(tx db.Tx) error {
		r, err := store.FindReturn(ctx, tx, id)
		if err != nil {
			return err
		}
		r.State, r.ByName, r.Reason = "dismissed", tx.Actor().Name, reason
		if ok, err := store.SettleReturn(ctx, tx, r); err != nil || !ok {
			return errors.Join(err, province.ErrNotNow)
		}
		return audit.Write(ctx, tx, audit.Record{Action: "province.dismiss", Object: id, Reason: reason, Detail: map[string]string{"said_no": r.SaidNo}})
	})
}

// clip bounds what somebody else sent.
func clip(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}
