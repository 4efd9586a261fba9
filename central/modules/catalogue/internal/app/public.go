package app

import (
	"context"
	"fmt"

	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/modules/catalogue"
	"tongban/central/modules/catalogue/internal/store"
	"tongban/fleet/wire/matter"
	"tongban/fleet/wire/matter/form"
)

// GuideMore is what a guide says beyond the terminal's part of the item (指南其余部分).
type GuideMore struct {
	Paused    *matter.Pause   `json:"paused,omitempty"` // suspended: shown, but nobody can apply
	Channels  []string        `json:"channels"`         // kiosk, web, window
	Questions int             `json:"questions"`        // how many may be asked at most
	Form      *GuideForm      `json:"form,omitempty"`
	Steps     []GuideStep     `json:"steps"`
	Fees      []catalogue.Fee `json:"fees"`
	Faq       []catalogue.Faq `json:"faq"`
	Windows   string          `json:"windows"` // where and when
	LinkWay   string          `json:"link_way"`
	Complain  string          `json:"supervise_way"`
	Visits    int             `json:"visits"` // times one has to come
	Promise   matter.Limit    `json:"promise"`
	LimitLaw  matter.Limit    `json:"statutory_limit"`
}

// GuideForm names the official form that is filled in.
type GuideForm struct {
	ID      string `json:"id"`
	Version int    `json:"version"`
	Title   string `json:"title"`
}

// GuideStep is one step of the handling in words.
type GuideStep struct {
	Name  string `json:"name"`
	Dept  string `json:"dept"`
	Limit string `json:"limit"`
}

// inForce is the entry in force, with how it stands now.
func (a *App) inForce(ctx context.Context, code string) (catalogue.Entry, error) {
	shown, err := a.Current(ctx)
	if err != nil {
		return catalogue.Entry{}, err
	}
	i, ok := shown.place[code]
	if !ok {
		return catalogue.Entry{}, unknown(code, 0)
	}
	var row store.Row
	if err := a.DB.View(ctx, func(q db.Query) (err error) {
		row, err = store.Get(ctx, q, code, shown.Items[i].Version, 0)
		return err
	}); err != nil {
		return catalogue.Entry{}, fmt.Errorf("load entry: %w", err)
	}
	en, err := entryOf(row)
	en.Item = shown.Items[i] // the same one that terminals and windows get
	return en, err
}

func moreOf(en catalogue.Entry) GuideMore {
	m := GuideMore{
		Paused: en.Paused, Channels: en.Channels, Questions: len(en.Questions), Steps: []GuideStep{}, Fees: en.Fees, Faq: en.Faq, Windows: en.National.Windows,
		LinkWay: en.National.LinkWay, Complain: en.National.SuperviseWay, Visits: en.National.Visits, Promise: en.Promise, LimitLaw: en.Statutory,
	}
	if len(m.Channels) == 0 {
		m.Channels = []string{matter.AtKiosk, matter.AtWeb, matter.AtWindow}
	}
	if m.Fees == nil {
		m.Fees = []catalogue.Fee{}
	}
	if m.Faq == nil {
		m.Faq = []catalogue.Faq{}
	}
	if len(en.Form.Groups) > 0 {
		m.Form = &GuideForm{ID: en.Form.ID, Version: en.Form.Version, Title: en.Form.Title}
	}
	for _, s := range en.Steps {
		m.Steps = append(m.Steps, GuideStep{Name: s.Name, Dept: s.Dept, Limit: s.Limit.Plain(en.Handling)})
	}
	return m
}

// Asked is the questionnaire of a guide after some answers (情形引导): the next question that still changes the outcome, and what
// the answers make of the papers so far, each with its reason. It is the rule that terminals and windows follow.
type Asked struct {
	Version   int               `json:"version"`
	Answers   map[string]string `json:"answers"` // those that still count
	Said      []Said            `json:"said"`
	Question  *matter.Question  `json:"question,omitempty"`
	No        int               `json:"no"`
	Of        int               `json:"of"`
	Settled   bool              `json:"settled"`
	Stop      string            `json:"stop"`
	Materials []AskedPaper      `json:"materials"`
	Groups    []string          `json:"groups"` // of the form, that surely apply
	Signers   []string          `json:"signers"`
}

// Said is one answer in words.
type Said struct {
	ID       string `json:"id"`
	Question string `json:"question"`
	Answer   string `json:"answer"`
}

// AskedPaper is one paper with what the answers make of it.
type AskedPaper struct {
	Code       string           `json:"code"`
	Name       string           `json:"name"`
	Plain      string           `json:"plain"`
	How        string           `json:"how"`
	Need       string           `json:"need" enum:"required,exempt,deferrable,unknown"`
	Note       string           `json:"note"`
	Why        string           `json:"why"`
	Because    []matter.Because `json:"because"`
	Copies     int              `json:"copies"`
	Original   bool             `json:"original"`
	Defer      int              `json:"defer_days"`
	Commitment bool             `json:"commitment"` // a promise may take its place (告知承诺)
	SourceBy   string           `json:"source_by"`  // who issues it
	Standard   string           `json:"standard"`   // what makes it good enough
}

// Ask takes the answers given so far. Nothing of them is kept: they are about a person, and this is asked without one.
func (a *App) Ask(ctx context.Context, code string, answers map[string]string) (Asked, error) {
	en, err := a.inForce(ctx, code)
	if err != nil {
		return Asked{}, err
	}
	it := &en.Item
	out := Asked{Version: it.Version, Answers: matter.Prune(it, answers), Said: []Said{}, Materials: []AskedPaper{}, Groups: []string{}, Signers: []string{}}
	out.Question, out.No, out.Of, out.Settled, out.Stop = matter.Next(it, out.Answers)
	for _, q := range it.Questions {
		for _, o := range q.Options {
			if v, said := out.Answers[q.ID]; said && v == o.Value {
				out.Said = append(out.Said, Said{q.ID, q.Text, o.Label})
			}
		}
	}
	traits := map[string]catalogue.Trait{}
	for _, t := range en.Papers {
		traits[t.Code] = t
	}
	for _, n := range matter.Materials(it, out.Answers) {
		p := AskedPaper{
			Code: n.Code, Name: n.Name, Plain: n.Plain, How: n.How, Need: n.Need, Note: n.Note, Why: n.Why, Because: []matter.Because{}, Copies: n.Copies, Original: n.Original,
			Defer: n.Defer, Commitment: traits[n.Code].Commitment, SourceBy: traits[n.Code].SourceBy, Standard: traits[n.Code].Standard,
		}
		if why, ok := matter.Explain(it, out.Answers, n.Code); ok {
			p.Because = why.Because
		}
		out.Materials = append(out.Materials, p)
	}
	for _, g := range matter.Groups(it, out.Answers) {
		out.Groups = append(out.Groups, g.ID)
	}
	for _, s := range matter.Signers(it, out.Answers) {
		out.Signers = append(out.Signers, s.Label)
	}
	return out, nil
}

// CheckFilled checks a whole form for these answers as the terminal and the window do (整表核对). Nothing of it is kept.
func (a *App) CheckFilled(ctx context.Context, code string, answers map[string]string, values map[string]any) ([]form.FieldError, error) {
	en, err := a.inForce(ctx, code)
	if err != nil {
		return nil, err
	}
	if len(en.Form.Groups) == 0 {
		return nil, errs.E(errs.NotFound, "catalogue.no_form", "这件事没有要填的表", nil)
	}
	out := form.CheckItem(&en.Item, matter.Prune(&en.Item, answers), values)
	if out == nil {
		out = []form.FieldError{}
	}
	return out, nil
}
