package app

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/db"
	"tongban/central/modules/issuing"
	"tongban/central/modules/issuing/internal/store"
)

// Row is one result in a list. Names are masked.
type Row struct {
	No        string        `json:"no"`
	ItemName  string        `json:"item_name"`
	Applicant string        `json:"applicant"`
	Outcome   string        `json:"outcome"` // granted, denied
	State     issuing.State `json:"state"`
	StateText string        `json:"state_text"`
	Way       issuing.Way   `json:"way"`
	WayText   string        `json:"way_text"`
	Version   int           `json:"version"`
	Due       string        `json:"due"`
	Left      int           `json:"left" doc:"到送达期限还有几个工作日，含今天，不含决定当天；负数是过了几天"`
	Note      string        `json:"note" doc:"要人注意的一句话"`
	Parcel    string        `json:"parcel"`
	Track     string        `json:"track" doc:"邮件最近一条"`
	EndedAt   string        `json:"ended_at"`
	ArchiveNo string        `json:"archive_no"`
}

// List is one page of records.
type List struct {
	Rows   []Row  `json:"rows"`
	Total  int    `json:"total"`
	Counts Counts `json:"counts"`
}

// Counts are what lies where, and what left today by way.
type Counts struct {
	Ready    int `json:"ready"`
	Road     int `json:"road"`
	Today    int `json:"today"`
	Counter  int `json:"counter"`
	Post     int `json:"post"`
	Online   int `json:"online"`
	Soonest  int `json:"soonest" doc:"最近一件还有几个工作日；没有件时为 0"`
	Overdue  int `json:"overdue"`
	Returned int `json:"returned"`
}

// Step is one of the four proofs (交付四步).
type Step struct {
	ID    string `json:"id"` // code, recipient, read, signature
	Title string `json:"title"`
	Text  string `json:"text"`
	Done  bool   `json:"done"`
	Word  string `json:"word"`
}

// Event is one thing the post told.
type Event struct {
	At    string `json:"at"`
	Code  string `json:"code"`
	Text  string `json:"text"`
	Place string `json:"place"`
}

// Detail is one record with everything the counter needs.
type Detail struct {
	Row
	ReadyAt     string        `json:"ready_at"`
	Steps       []Step        `json:"steps"`
	Acts        []issuing.Act `json:"acts"`
	DecisionNo  string        `json:"decision_no"`
	Certificate string        `json:"certificate"`
	Originals   int           `json:"originals"`
	Copies      int           `json:"copies"`
	Document    string        `json:"document" doc:"送达回证在办件里的编号，没有时为空"`
	Address     string        `json:"address"`
	To          string        `json:"to"`
	Events      []Event       `json:"events"`
	Signature   bool          `json:"signature" doc:"有手写屏上的签名图"`
	CodeTo      string        `json:"code_to"`
	Level       int           `json:"level" doc:"评价，0 是还没有评"`
}

// Records lists one page.
func (a *App) Records(ctx context.Context, tab, text string, page, size int) (List, error) {
	out := List{Rows: []Row{}}
	today := a.today()
	scope := actor.From(ctx).Scope(issuing.PermRead)
	err := a.DB.View(ctx, func(q db.Query) error {
		rows, total, err := store.Records(ctx, q, scope, tab, strings.TrimSpace(text), size, (page-1)*size)
		if err != nil {
			return err
		}
		out.Total = total
		for _, r := range rows {
			out.Rows = append(out.Rows, a.row(r, today))
		}
		states, ways, err := store.Counts(ctx, q, scope, db.Ms(today.Time()))
		if err != nil {
			return err
		}
		out.Counts = Counts{
			Ready: states[string(issuing.Ready)] + states[string(issuing.Returned)], Road: states[string(issuing.Posted)], Returned: states[string(issuing.Returned)],
			Counter: ways[string(issuing.AtCounter)], Post: ways[string(issuing.ByPost)], Online: ways[string(issuing.Electronic)],
		}
		out.Counts.Today = out.Counts.Counter + out.Counts.Post + out.Counts.Online
		first, _, err := store.Records(ctx, q, scope, "ready", "", 200, 0)
		if err != nil || len(first) == 0 {
			return err
		}
		out.Counts.Soonest = a.leftOf(first[0], today)
		for _, r := range first {
			if a.leftOf(r, today) < 0 {
				out.Counts.Overdue++
			}
		}
		return nil
	})
	return out, err
}

// leftOf is how many working days remain to hand a result over. The day of the decision does not count, as
// the day that a period begins on never does here (see calendar).
func (a *App) leftOf(r store.Record, today calendar.Date) int {
	if first := calendar.DateOf(db.FromMs(r.ReadyAt)).AddDays(1); today.Before(first) {
		today = first
	}
	return a.left(r.Due, today)
}

// left is how many working days remain, today included; negative past the date.
func (a *App) left(due string, today calendar.Date) int {
	d, err := calendar.ParseDate(due)
	if err != nil {
		return 0
	}
	if d.Before(today) {
		return -a.Calendar.Workdays(d.AddDays(1), today)
	}
	return a.Calendar.Workdays(today, d)
}

func (a *App) row(r store.Record, today calendar.Date) Row {
	out := Row{
		No: r.No, ItemName: r.ItemName, Applicant: r.Applicant, Outcome: r.Outcome, State: r.State, StateText: r.State.Text(), Way: r.Way, WayText: r.Way.Text(),
		Version: r.Version, Due: r.Due, Note: r.Proof.Note, Parcel: r.Parcel, Track: trackText(r.ParcelState), EndedAt: minute(r.EndedAt), ArchiveNo: r.ArchiveNo,
	}
	if r.EndedAt == 0 {
		out.Left = a.leftOf(r, today)
	}
	return out
}

// trackText is where a parcel is, in a word.
func trackText(state string) string {
	return map[string]string{
		"ordering": "正在下单", "ordered": "等邮政揽收", "collected": "已揽收", "arrived": "运输中", "out": "派送中", "delivered": "已签收",
		"refused": "拒收", "returned": "退回", "lost": "丢失",
	}[state]
}

// Show opens one record. The look is kept in the audit.
func (a *App) Show(ctx context.Context, no string) (Detail, error) {
	var out Detail
	err := a.DB.Do(ctx, func(tx db.Tx) error {
		r, err := see(ctx, tx, no)
		if err != nil {
			return err
		}
		if err := audit.Write(ctx, tx, audit.Record{Action: "issuing.show", Object: no}); err != nil {
			return err
		}
		out, err = a.detail(ctx, tx, r)
		return err
	})
	return out, err
}

func (a *App) detail(ctx context.Context, q db.Query, r store.Record) (Detail, error) {
	d := Detail{
		Row: a.row(r, a.today()), ReadyAt: minute(r.ReadyAt), Steps: steps(r), Acts: acts(r.State), DecisionNo: r.DocumentNo, Certificate: r.Certificate,
		Originals: r.Proof.Originals, Copies: r.Proof.Copies, Document: r.DocumentID, Address: r.Proof.Address, To: r.Proof.To, Events: []Event{},
		Signature: r.SignatureSealed != "", CodeTo: r.Proof.CodeTo,
	}
	track, err := store.ParcelEvents(ctx, q, r.No)
	if err != nil {
		return d, err
	}
	for _, e := range track {
		d.Events = append(d.Events, Event{At: minute(e.At), Code: e.Code, Text: e.Text, Place: e.Place})
	}
	rated, err := store.FindRating(ctx, q, r.No, OccasionIssue)
	if err != nil && !errors.Is(err, issuing.ErrNone) {
		return d, err
	}
	d.Level = rated.Level
	return d, nil
}

func acts(s issuing.State) []issuing.Act {
	out := []issuing.Act{}
	for _, act := range []issuing.Act{issuing.ActHand, issuing.ActPost} {
		if _, err := issuing.Next(s, act); err == nil {
			out = append(out, act)
		}
	}
	return out
}

// steps are the four proofs, as far as they have come.
func steps(r store.Record) []Step {
	p := r.Proof
	code := Step{ID: "code", Title: "取件码", Text: "请他报短信里的六位数字", Done: p.CodeAt != 0}
	switch {
	case p.CodeNote != "":
		code.Text, code.Word = "没有用取件码："+p.CodeNote, "记下原因"
	case code.Done && r.EndedAt != 0:
		code.Text, code.Word = minute(p.CodeSentAt)[5:]+" 发到 "+p.CodeTo+"，用过了", "对上"
	case code.Done:
		code.Text, code.Word = minute(p.CodeSentAt)[5:]+" 发到 "+p.CodeTo+"，没用过", "对上"
	case p.CodeTo != "":
		code.Text = minute(p.CodeSentAt)[5:] + " 发到 " + p.CodeTo + "，请他报六位数字"
	case p.Note != "":
		code.Text = p.Note
	}
	who := Step{ID: "recipient", Title: "是谁来领", Text: "读他的身份证；代领的还要看委托书", Done: p.IdentifiedAt != 0}
	if who.Done {
		who.Word = "本人"
		who.Text = p.Recipient + " " + p.RecipientID + "，" + map[string]string{"card": "读卡核对", "typed": "看证件核对"}[p.By]
		if p.Relation == "agent" {
			who.Word = "受托人"
			who.Text += "；委托：" + p.Authority
		}
	}
	read := Step{ID: "read", Title: "一起看一遍", Text: "名称、地址、项目、有效期读给他听，当面看对", Done: p.ReadAt != 0}
	if read.Done {
		read.Text, read.Word = strings.Join(p.Read, "、")+"，当面看过", strconv.Itoa(len(p.Read))+" 项一致"
	}
	sign := Step{ID: "signature", Title: "签收", Text: "请他在手写屏上签名，或在纸上签", Done: p.SignedAt != 0}
	if sign.Done {
		sign.Text, sign.Word = minute(p.SignedAt)[5:]+" "+signedText(p.Signed), "已签"
	}
	return []Step{code, who, read, sign}
}

func signedText(how string) string {
	return map[string]string{"pad": "手写屏签名", "paper": "纸上签名"}[how]
}
