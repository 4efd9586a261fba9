package app

import (
	"context"
	"fmt"
	"strings"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/db"
	"tongban/central/kernel/vault"
	"tongban/central/modules/window"
	"tongban/central/modules/window/internal/store"
	"tongban/fleet/wire"
	"tongban/fleet/wire/matter"
)

// loaded is one case with everything that hangs on it.
type loaded struct {
	store.Case
	item       matter.Item
	body       wire.Submission
	pages      []store.File
	signatures []store.Signature
	documents  []store.Document
	history    []store.Entry
	ticks      map[string]store.Tick
}

// Show returns one case in full. Looking is an act: it is kept in the audit, and the first look is shown in the history.
func (a *App) Show(ctx context.Context, no string) (Case, error) {
	who := actor.From(ctx)
	err := a.DB.Do(ctx, func(tx db.Tx) error {
		if _, err := see(ctx, tx, no); err != nil {
			return err
		}
		if err := store.Seen(ctx, tx, no, who.Name, who.ID); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "window.show", Object: no})
	})
	if err != nil {
		return Case{}, err
	}
	return a.view(ctx, no)
}

func (a *App) view(ctx context.Context, no string) (Case, error) {
	l, err := a.load(ctx, no)
	if err != nil {
		return Case{}, err
	}
	row, err := a.row(ctx, l.Case)
	if err != nil {
		return Case{}, err
	}
	v := Case{Row: row, Version: l.Version, Rating: l.Rating}
	var strip calendar.Strip
	if v.Clock, strip, err = a.clockOf(l.Case, l.item); err != nil {
		return v, err
	}
	full := auth.May(ctx, window.PermUnmask) == nil
	v.Person = person(l, full)
	v.Form, v.Answers = formRows(l, full), answers(l)
	v.Papers, v.Points = a.papers(l), a.points(l)
	if v.Signatures, err = a.signatureRows(l, full); err != nil {
		return v, err
	}
	v.Ledger = ledger(l, strip)
	v.Documents, v.History = documentRows(l.documents), historyRows(l.history)
	v.Verdict = verdict(v.Points, v.Papers)
	v.Acts = []string{}
	for _, act := range window.Acts(l.State, l.item.Handling == matter.Immediate) {
		v.Acts = append(v.Acts, string(act))
	}
	v.ItemFacts = facts(l.item)
	v.Source = Source{
		Terminal: l.Terminal, Place: l.Place, SubmittedAt: stamp(l.SubmittedAt), ReceivedAt: stamp(l.ReceivedAt), EnvelopeID: l.EnvelopeID,
	}
	return v, nil
}

func (a *App) load(ctx context.Context, no string) (loaded, error) {
	var l loaded
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		if l.Case, err = see(ctx, q, no); err != nil {
			return err
		}
		if l.pages, err = store.Pages(ctx, q, no); err != nil {
			return err
		}
		if l.signatures, err = store.Signatures(ctx, q, no); err != nil {
			return err
		}
		if l.documents, err = store.Documents(ctx, q, no); err != nil {
			return err
		}
		if l.history, err = store.History(ctx, q, no); err != nil {
			return err
		}
		l.ticks, err = store.Ticks(ctx, q, no)
		return err
	})
	if err != nil {
		return l, err
	}
	if l.body, err = a.open(l.Case); err != nil {
		return l, err
	}
	if l.item, err = a.Items.Item(ctx, l.Item, l.ItemVersion); err != nil {
		return l, fmt.Errorf("load item of %s: %w", no, err)
	}
	return l, nil
}

// person is the applicant. Numbers are masked for everybody, name and address for those who may not look at values in full.
func person(l loaded, full bool) Person {
	p := l.body.Applicant
	if !full {
		p.Name, p.Address, p.Birth = l.NameMasked, vault.MaskAddress(p.Address), ""
	}
	phone, _ := l.body.Form["phone"].(string)
	return Person{
		Name: p.Name, NameMasked: l.NameMasked, IDMasked: l.IDMasked, PhoneMasked: vault.MaskPhone(phone), Address: p.Address,
		Sex: map[string]string{"male": "男", "female": "女"}[p.Sex], Nation: p.Nation, Birth: p.Birth, CardType: p.Type,
	}
}

func formRows(l loaded, full bool) []FormGroup {
	out := []FormGroup{}
	for _, g := range matter.Groups(&l.item, l.body.Answers) {
		group := FormGroup{Title: g.Title, Fields: []FormField{}}
		for _, f := range g.Fields {
			value := text(l.body.Form[f.Name])
			for _, o := range f.Options {
				if o.Value == value {
					value = o.Label
				}
			}
			group.Fields = append(group.Fields, FormField{Name: f.Name, Label: f.Label, Value: masked(f, l.item.ClassOf("form."+f.Name), value, full), Source: source(f.Source)})
		}
		out = append(out, group)
	}
	return out
}

// masked is one entry as the form sheet shows it, by the class that the item's inventory gives it.
func masked(f matter.Field, class, value string, full bool) string {
	switch {
	case class == "person.phone" || f.Widget == "phone":
		return vault.MaskPhone(value)
	case class == "person.bank":
		return vault.MaskBank(value)
	case class == classID || f.Masked || strings.HasSuffix(f.Source, ".id_number"):
		return vault.MaskID(value)
	case class == className && !full:
		return vault.MaskName(value)
	case class == "person.address" && !full:
		return vault.MaskAddress(value)
	default:
		return value
	}
}

func source(s string) string {
	if strings.HasPrefix(s, "idcard.") {
		return "身份证读出"
	}
	return "申请人填写"
}

func text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		if v {
			return "是"
		}
		return "否"
	default:
		return fmt.Sprint(v)
	}
}

func answers(l loaded) []Answered {
	out := []Answered{}
	for _, q := range l.item.Questions {
		for _, o := range q.Options {
			if l.body.Answers[q.ID] == o.Value {
				out = append(out, Answered{Question: q.Text, Answer: o.Label})
			}
		}
	}
	return out
}

func facts(i matter.Item) ItemFacts {
	f := ItemFacts{
		Name: i.Name, Code: i.Code, Version: i.Version, Office: i.Office, Handling: string(i.Handling), Fee: i.Fee,
		Result: i.Result.Name, How: i.Result.How, Law: []string{}, Conditions: append([]string{}, i.Conditions...),
		Proof: append([]string{}, proofLines[i.Result.Template]...),
	}
	for _, l := range i.Law {
		f.Law = append(f.Law, "《"+l.Name+"》"+l.Article)
	}
	return f
}
