package app

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/adapter"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/db"
	"tongban/central/kernel/vault"
	"tongban/central/modules/province"
	"tongban/central/modules/province/internal/store"
)

// Board is the cockpit (协同总览).
type Board struct {
	Connected   bool         `json:"connected"`
	State       string       `json:"state" enum:"off,ok,down" doc:"省综合受办现在"`
	Since       string       `json:"since" doc:"断开的时刻"`
	RetryAt     string       `json:"retry_at"`
	Now         string       `json:"now"`
	Report      *Report      `json:"report"`
	Differences []Difference `json:"differences" nullable:"false"`
	Hours       []Hour       `json:"hours" nullable:"false"`
	Counts      Counts       `json:"counts"`
	History     []ReportDay  `json:"history" nullable:"false"`
	Tray        int          `json:"tray"`
	Acts        []string     `json:"acts" nullable:"false"`
}

// Counts are messages by state, and what the day took.
type Counts struct {
	Queued     int   `json:"queued"`
	Sent       int   `json:"sent"`
	Confirmed  int   `json:"confirmed"`
	Refused    int   `json:"refused"`
	Dead       int   `json:"dead"`
	Today      int   `json:"today"`
	Again      int   `json:"again" doc:"今天发了不止一次的"`
	LongestSec int64 `json:"longest_seconds" doc:"今天最慢的一条，从产生到确认"`
}

// Hour is one bar.
type Hour struct {
	Hour  int `json:"hour"`
	Sent  int `json:"sent"`
	Again int `json:"again"`
}

// ReportDay is one bar of the history.
type ReportDay struct {
	ID   string `json:"id"`
	At   string `json:"at"`
	Bad  int    `json:"bad"`
	Case int    `json:"cases"`
}

// Report is one reconciliation.
type Report struct {
	ID        string   `json:"id"`
	At        string   `json:"at"`
	By        string   `json:"by"`
	Cases     int      `json:"cases"`
	Same      int      `json:"same"`
	Differing int      `json:"differing"`
	Missing   int      `json:"missing"`
	Extra     int      `json:"extra"`
	Waiting   int      `json:"waiting"`
	Open      int      `json:"open" doc:"还没选定的差异"`
	Told      Told     `json:"told"`
	SameBy    []ByItem `json:"same_by" nullable:"false"`
}

// Told is what went up.
type Told struct {
	At     string `json:"at"`
	Cases  int    `json:"cases"`
	Theirs int    `json:"theirs"`
	Equal  bool   `json:"equal"`
}

// ByItem counts cases that are the same.
type ByItem struct {
	Item  string `json:"item"`
	Cases int    `json:"cases"`
}

// Difference is one row to decide.
type Difference struct {
	ID       string   `json:"id"`
	CaseNo   string   `json:"case_no"`
	ItemName string   `json:"item_name"`
	Kind     string   `json:"kind" enum:"field,missing,extra"`
	Field    string   `json:"field"`
	Title    string   `json:"title"`
	Ours     string   `json:"ours"`
	Theirs   string   `json:"theirs"`
	OursAt   string   `json:"ours_at"`
	OursBy   string   `json:"ours_by"`
	TheirsAt string   `json:"theirs_at"`
	TheirsBy string   `json:"theirs_by"`
	Why      string   `json:"why"`
	State    string   `json:"state" enum:"open,chosen"`
	Choice   string   `json:"choice"`
	Reason   string   `json:"reason"`
	By       string   `json:"by"`
	At       string   `json:"at"`
	Choices  []string `json:"choices" nullable:"false"`
}

// Board returns the cockpit.
func (a *App) Board(ctx context.Context) (Board, error) {
	within := actor.From(ctx).Scope(province.PermRead)
	out := Board{Connected: a.six != nil, State: "off", Now: stamp(a.Clock.Now()), Differences: []Difference{}, Hours: []Hour{}, History: []ReportDay{}, Acts: []string{}}
	if a.six != nil {
		s, err := a.Adapters.State(ctx, sysAcceptance)
		if err != nil {
			return out, err
		}
		out.State = "ok"
		if s.Breaker != adapter.Closed || !s.Enabled || s.Health == "down" {
			out.State, out.Since, out.RetryAt = "down", stamp(s.Since), stamp(s.RetryAt)
		}
		if actor.From(ctx).Can(province.PermOperate) {
			out.Acts = []string{"reconcile", "sync", "choose"}
		}
	}
	var list []store.Difference
	err := a.DB.View(ctx, func(q db.Query) error {
		counts, err := store.Counts(ctx, q, within)
		if err != nil {
			return err
		}
		hours, longest, err := store.Hours(ctx, q, db.Ms(calendar.DateOf(a.Clock.Now()).Time()))
		if err != nil {
			return err
		}
		out.Counts = Counts{Queued: counts[province.Queued], Sent: counts[province.Sent], Confirmed: counts[province.Confirmed], Refused: counts[province.Refused], Dead: counts[province.Dead], LongestSec: longest / 1000}
		out.Hours = out.Hours[:0]
		for i, h := range hours {
			out.Counts.Today += h.Sent
			out.Counts.Again += h.Again
			out.Hours = append(out.Hours, Hour{i, h.Sent, h.Again})
		}
		if out.Tray, err = store.Tray(ctx, q); err != nil {
			return err
		}
		reports, err := store.Reports(ctx, q, 14)
		if err != nil || len(reports) == 0 {
			return err
		}
		out.History = out.History[:0]
		for _, r := range slices.Backward(reports) {
			out.History = append(out.History, ReportDay{r.ID, stampMs(r.At), r.Differing + r.Missing + r.Extra, r.Cases})
		}
		if out.Report, err = reportView(ctx, q, reports[0]); err != nil {
			return err
		}
		list, err = store.Differences(ctx, q, reports[0].ID, within)
		return err
	})
	if err != nil {
		return out, err
	}
	for _, d := range list {
		v, err := a.differenceView(d)
		if err != nil {
			return out, err
		}
		out.Differences = append(out.Differences, v)
	}
	return out, nil
}

func reportView(ctx context.Context, q db.Query, r store.Report) (*Report, error) {
	out := &Report{ID: r.ID, At: stampMs(r.At), By: r.ByName, Cases: r.Cases, Same: r.Same, Differing: r.Differing, Missing: r.Missing, Extra: r.Extra, Waiting: r.Waiting, SameBy: []ByItem{}}
	var byItem map[string]int
	if err := json.Unmarshal([]byte(r.ByItem), &byItem); err != nil {
		return nil, fmt.Errorf("decode report: %w", err)
	}
	for name, n := range byItem {
		out.SameBy = append(out.SameBy, ByItem{name, n})
	}
	slices.SortFunc(out.SameBy, func(a, b ByItem) int {
		if a.Cases != b.Cases {
			return b.Cases - a.Cases
		}
		return len(a.Item) - len(b.Item)
	})
	if err := json.Unmarshal([]byte(r.Told), &out.Told); err != nil {
		return nil, fmt.Errorf("decode report: %w", err)
	}
	var err error
	out.Open, err = store.Open(ctx, q, r.ID)
	return out, err
}

func (a *App) differenceView(d store.Difference) (Difference, error) {
	out := Difference{
		ID: d.ID, CaseNo: d.CaseNo, ItemName: d.ItemName, Kind: d.Kind, Field: d.Field, Title: d.Title, OursAt: stampMs(d.OursAt), OursBy: d.OursBy,
		TheirsAt: stampMs(d.TheirsAt), TheirsBy: d.TheirsBy, Why: d.TheirsWhy, State: d.State, Choice: d.Choice, Reason: d.Reason, By: d.ByName, At: stampMs(d.At), Choices: []string{},
	}
	f, _ := a.mapping.field(d.Field)
	if d.ValuesSealed != "" {
		text, err := a.Vault.OpenRow(classPayload, d.ID, d.ValuesSealed)
		if err != nil {
			return out, err
		}
		var p pair
		if err := json.Unmarshal([]byte(text), &p); err != nil {
			return out, fmt.Errorf("decode difference: %w", err)
		}
		out.Ours, out.Theirs = f.shown(p.Ours, a.mapping), f.shown(p.Theirs, a.mapping)
	}
	if d.State == "open" {
		if d.Kind != "extra" {
			out.Choices = append(out.Choices, choiceOurs)
		}
		if d.Kind == "extra" || d.Kind == "field" && !f.Follows {
			out.Choices = append(out.Choices, choiceTheirs)
		}
		out.Choices = append(out.Choices, choiceLater)
	}
	return out, nil
}

// shown is a value as a page shows it: what is personal masked, states in words.
func (f field) shown(v string, m mapping) string {
	switch f.Mask {
	case "name":
		return vault.MaskName(v)
	case "id":
		return vault.MaskID(v)
	case "phone":
		return vault.MaskPhone(v)
	case "address":
		return vault.MaskAddress(v)
	}
	if f.From == "case.state" {
		for _, s := range m.States {
			if s.Code == v {
				return v + " " + s.Name
			}
		}
	}
	return v
}

// MessageRow is one line of the list.
type MessageRow struct {
	ID        string `json:"id"`
	CaseNo    string `json:"case_no"`
	Seq       int    `json:"seq"`
	Kind      string `json:"kind"`
	Title     string `json:"title"`
	ItemName  string `json:"item_name"`
	State     string `json:"state" enum:"queued,sent,confirmed,refused,dead,dropped"`
	StateText string `json:"state_text"`
	Attempts  int    `json:"attempts"`
	CreatedAt string `json:"created_at"`
	SentAt    string `json:"sent_at"`
	SettledAt string `json:"settled_at"`
	NextAt    string `json:"next_at" doc:"下一次试，排队和已发出时"`
	Code      string `json:"code"`
	Answer    string `json:"answer"`
	ProvNo    string `json:"prov_no"`
	Digest    string `json:"digest" doc:"内容的 SM3"`
}

func row(m store.Message) MessageRow {
	out := MessageRow{
		ID: m.ID, CaseNo: m.CaseNo, Seq: m.Seq, Kind: m.Kind, Title: m.Title, ItemName: m.ItemName, State: string(m.State), StateText: m.State.Text(), Attempts: m.Attempts,
		CreatedAt: stampMs(m.CreatedAt), SentAt: stampMs(m.SentAt), SettledAt: stampMs(m.SettledAt), Code: m.Code, Answer: m.Answer, ProvNo: m.ProvNo, Digest: m.Digest,
	}
	if m.State == province.Queued || m.State == province.Sent {
		out.NextAt = stampMs(m.NextAt)
	}
	return out
}

// Messages is one page of the list.
type Messages struct {
	Rows   []MessageRow `json:"rows" nullable:"false"`
	Total  int          `json:"total"`
	Page   int          `json:"page"`
	Size   int          `json:"size"`
	Counts Counts       `json:"counts"`
}

// Messages lists messages.
func (a *App) Messages(ctx context.Context, f store.Filter) (Messages, error) {
	f.Within = actor.From(ctx).Scope(province.PermRead)
	out := Messages{Rows: []MessageRow{}, Page: f.Page, Size: f.Size}
	err := a.DB.View(ctx, func(q db.Query) error {
		list, total, err := store.Messages(ctx, q, f)
		if err != nil {
			return err
		}
		out.Rows, out.Total = out.Rows[:0], total
		for _, m := range list {
			out.Rows = append(out.Rows, row(m))
		}
		c, err := store.Counts(ctx, q, f.Within)
		out.Counts = Counts{Queued: c[province.Queued], Sent: c[province.Sent], Confirmed: c[province.Confirmed], Refused: c[province.Refused], Dead: c[province.Dead]}
		return err
	})
	return out, err
}

// MessageDetail is one message with what happened to it.
type MessageDetail struct {
	MessageRow
	Steps []StepRow `json:"steps" nullable:"false"`
	Acts  []string  `json:"acts" nullable:"false"`
	Held  bool      `json:"held" doc:"内容还在，可以申请看"`
}

// StepRow is one proof.
type StepRow struct {
	N      int64  `json:"n" doc:"链上第几条"`
	At     string `json:"at"`
	What   string `json:"what"`
	Text   string `json:"text"`
	Digest string `json:"digest"`
	Answer string `json:"answer"`
	Hash   string `json:"hash"`
}

var stepWords = map[string]string{
	"queue": "进队", "dispatch": "发出", "confirm": "省里确认，回执签名对", "refuse": "省里退回", "absent": "问过，没有到", "unsure": "没有应答，等着问", "hold": "没发出去，省平台不通", "give_up": "停下，等人处理",
	"resend": "人工重发", "drop": "人工作废", "received": "收到回流",
}

// Message shows one.
func (a *App) Message(ctx context.Context, id string) (MessageDetail, error) {
	m, err := a.message(ctx, id, province.PermRead)
	if err != nil {
		return MessageDetail{}, err
	}
	out := MessageDetail{MessageRow: row(m), Steps: []StepRow{}, Acts: []string{}, Held: m.BodySealed != ""}
	who := actor.From(ctx)
	for act, by := range map[string]province.Move{"resend": province.MoveResend, "drop": province.MoveDrop} {
		if _, ok := m.State.Next(by); ok && who.Can(province.PermOperate) {
			out.Acts = append(out.Acts, act)
		}
	}
	slices.Sort(out.Acts)
	if out.Held && who.Can(province.PermOpen) {
		out.Acts = append(out.Acts, "open")
	}
	err = a.DB.View(ctx, func(q db.Query) error {
		list, err := store.Proofs(ctx, q, m.ID, 0, 0)
		out.Steps = out.Steps[:0]
		for _, p := range list {
			out.Steps = append(out.Steps, StepRow{p.N, stamp(p.At), p.What, stepWords[p.What], p.Digest, p.Answer, p.Hash})
		}
		return err
	})
	return out, err
}
