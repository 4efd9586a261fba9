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
	extra      extra
	lines      []store.Line
	awaited    []store.Awaited
}

// now is where the case stands in its life.
func (l loaded) now(today calendar.Date) window.Now {
	until := l.NoticeDue
	if l.State == window.Accepted {
		until = l.DeferredDue
	}
	return window.Now{
		State: l.State, Immediate: l.item.Handling == matter.Immediate, Notices: l.Notices, Missing: l.Deferred,
		Late: until != "" && today.String() > until, Extended: extended(l.lines),
	}
}

// Show returns one case in full. Looking is an act: it is kept in the audit, and the first look is shown in the history.
func (a *App) Show(ctx context.Context, no string) (Case, error) {
	who := actor.From(ctx)
	var c store.Case
	err := a.DB.View(ctx, func(q db.Query) (err error) { // who may not see it takes no turn among the writers
		c, err = see(ctx, q, no)
		return err
	})
	if err == nil {
		err = a.DB.Do(ctx, func(tx db.Tx) error {
			if c.SeenBy == "" {
				if err := store.Seen(ctx, tx, no, who.Name, who.ID); err != nil {
					return err
				}
			}
			return audit.Write(ctx, tx, audit.Record{Action: "window.show", Object: no})
		})
	}
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
	row, err := a.row(ctx, l.Case, l.lines)
	if err != nil {
		return Case{}, err
	}
	v := Case{Row: row, Version: l.Version, Rating: l.Rating, Mode: l.Mode, Notices: l.Notices, Deferred: l.Deferred, Awaited: awaitedRows(l.awaited), Agent: agentRow(l.extra.Agent, auth.May(ctx, window.PermUnmask) == nil)}
	var strip calendar.Strip
	if v.Clock, strip, err = a.clockOf(l.Case, l.item, l.lines); err != nil {
		return v, err
	}
	if err := a.ifToday(&v.Clock, l.Case, l.item); err != nil {
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
	if l.State == window.Accepted && v.Verdict.OK && v.Verdict.Open == 0 { // nobody asks any more whether it can be taken in
		v.Verdict.Title = "已受理"
		if l.Deferred > 0 {
			v.Verdict.Detail += fmt.Sprintf("，还差 %d 份后补材料", l.Deferred)
		}
	}
	v.Acts = []string{}
	for _, act := range window.Acts(l.now(a.today())) {
		if act != window.ActTolerate || mayTolerate(l) {
			v.Acts = append(v.Acts, string(act))
		}
	}
	v.ItemFacts, v.Holder = facts(l.item), holder(l)
	v.Source = Source{
		Terminal: l.Terminal, Place: l.Place, SubmittedAt: stamp(l.SubmittedAt), ReceivedAt: stamp(l.ReceivedAt), EnvelopeID: l.EnvelopeID,
		Window: l.Window, Ticket: l.Ticket, Clerk: l.ClerkName,
	}
	return v, nil
}

// holder says with whom a case is now (现在在谁手上): the window until it has answered, the applicant while he brings something, the
// deciding office from then on.
func holder(l loaded) string {
	switch l.State {
	case window.Received:
		if l.SeenBy == "" {
			return l.Place + "，还没有人看过"
		}
		return l.Place + "，" + l.SeenBy
	case window.Noticed:
		return "申请人，补正材料"
	case window.Accepted, window.Suspended:
		if l.Deferred > 0 {
			return fmt.Sprintf("%s；申请人还要补交 %d 份", l.item.Office, l.Deferred)
		}
		return l.item.Office
	}
	return ""
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
		if l.ticks, err = store.Ticks(ctx, q, no); err != nil {
			return err
		}
		if l.awaited, err = store.AwaitedOf(ctx, q, no); err != nil {
			return err
		}
		l.lines, err = linesOf(ctx, q, no)
		return err
	})
	if err != nil {
		return l, err
	}
	whole, err := a.openWhole(l.Case)
	if err != nil {
		return l, err
	}
	l.body, l.extra = whole.Submission, whole.extra
	if l.item, err = a.Items.Item(ctx, l.Item, l.ItemVersion); err != nil {
		return l, fmt.Errorf("load item of %s: %w", no, err)
	}
	return l, nil
}

// linesOf is the ledger of one case.
func linesOf(ctx context.Context, q db.Query, no string) ([]store.Line, error) {
	all, err := store.Lines(ctx, q, no)
	return all[no], err
}

func awaitedRows(all []store.Awaited) []AwaitedPaper {
	out := []AwaitedPaper{}
	for _, w := range all {
		out = append(out, AwaitedPaper{Code: w.Material, Name: w.Name, Due: w.Due, Came: stamp(w.CameAt)})
	}
	return out
}

func agentRow(g *Agent, full bool) *AgentRow {
	if g == nil {
		return nil
	}
	row := &AgentRow{Name: g.Name, IDMasked: vault.MaskID(g.IDNumber), Phone: vault.MaskPhone(g.Phone)}
	if !full {
		row.Name = vault.MaskName(g.Name)
	}
	return row
}

// person is the applicant. Numbers are masked for everybody, name and address for those who may not look at values in full.
func person(l loaded, full bool) Person {
	p := l.body.Applicant
	if !full {
		p.Name, p.Address, p.Birth = l.NameMasked, vault.MaskAddress(p.Address), ""
	}
	phone := phoneOf(l.item, l.body.Form, l.extra.Told)
	return Person{
		Name: p.Name, NameMasked: l.NameMasked, IDMasked: l.IDMasked, PhoneMasked: vault.MaskPhone(phone), Address: p.Address,
		Sex: map[string]string{"male": "男", "female": "女"}[p.Sex], Nation: p.Nation, Birth: p.Birth, CardType: p.Type,
	}
}

// formRows is the form as it was filled in, with the groups that applied to answers and entries.
func formRows(l loaded, full bool) []FormGroup {
	out := []FormGroup{}
	for _, g := range matter.Shown(matter.Groups(&l.item, l.body.Answers), l.body.Form) {
		group := FormGroup{Title: g.Title, Fields: []FormField{}}
		for _, f := range g.Fields {
			class := l.item.ClassOf("form." + f.Name)
			field := FormField{Name: f.Name, Label: f.Label, Source: source(f.Source)}
			if f.Widget == "rows" {
				field.lines(f, class, l.body.Form[f.Name], full)
			} else {
				field.Value = entry(f, class, l.body.Form[f.Name], full)
			}
			group.Fields = append(group.Fields, field)
		}
		out = append(out, group)
	}
	return out
}

// entry is one value in words: the label of a choice, several choices one after another.
func entry(f matter.Field, class string, v any, full bool) string {
	if all, several := v.([]any); several {
		labels := make([]string, len(all))
		for i, one := range all {
			labels[i] = label(f, text(one))
		}
		return strings.Join(labels, "、")
	}
	return masked(f, class, label(f, text(v)), full)
}

func label(f matter.Field, value string) string {
	for _, o := range f.Options {
		if o.Value == value {
			return o.Label
		}
	}
	return value
}

// lines puts repeated lines into columns. A column is masked by its own kind, and by the class of the whole field where that
// has one.
func (f *FormField) lines(field matter.Field, class string, v any, full bool) {
	for _, c := range field.Columns {
		f.Columns = append(f.Columns, c.Label)
	}
	all, _ := v.([]any)
	for _, one := range all {
		line, _ := one.(map[string]any)
		cells := make([]string, len(field.Columns))
		for i, c := range field.Columns {
			cells[i] = entry(c, columnClass(c, class), line[c.Name], full)
		}
		f.Lines = append(f.Lines, cells)
	}
	f.Value = fmt.Sprintf("%d 条", len(f.Lines))
}

// columnClass is the field class of one column. The inventory speaks of the field as a whole, so each column is told apart by
// what it asks for; a name or an address is masked whether or not the inventory thought of it.
func columnClass(c matter.Field, class string) string {
	switch {
	case c.Widget == "phone":
		return "person.phone"
	case c.Masked, strings.HasSuffix(c.Name, "id_number"), strings.Contains(c.Label, "身份证"):
		return classID
	case strings.Contains(c.Label, "姓名"):
		return className
	case strings.Contains(c.Label, "住址"), strings.Contains(c.Label, "地址"):
		return "person.address"
	case class == "person.bank" && c.Widget == "digits":
		return class
	}
	return ""
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
		return "证件读出"
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
		Proof: append([]string{}, i.Result.Lines...),
	}
	for _, l := range i.Law {
		f.Law = append(f.Law, "《"+l.Name+"》"+l.Article)
	}
	return f
}
