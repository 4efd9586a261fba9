package app

import (
	"context"
	"fmt"
	"slices"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/ids"
	"tongban/central/modules/window"
	"tongban/central/modules/window/internal/store"
	"tongban/fleet/wire/matter"
)

const (
	mostExtended = 10 // working days that the head of the body may add (行政许可法 art. 42, first paragraph)
	mostJoint    = 15 // where several bodies decide together within 45 days (second paragraph)
	jointDays    = 45
	mostPause    = 60 // a longer procedure is told anew
)

// outcome is a case as an act makes it, with what is written beside it.
type outcome struct {
	next     store.Case
	lines    []store.Line // ledger as it will be
	add      *store.Line  // its new line
	ends     string       // day on which a suspension ends, "" = none does
	await    []store.Awaited
	came     []string        // materials that came
	awaited  []store.Awaited // papers as they will be
	approver string          // name of the head who agreed
}

// keep writes the ledger and the papers that are waited for.
func (o outcome) keep(ctx context.Context, tx db.Tx, document string) error {
	if o.ends != "" {
		if err := store.EndSuspension(ctx, tx, o.next.No, o.ends); err != nil {
			return err
		}
	}
	if o.add != nil {
		line := *o.add
		line.Document = document
		if err := store.AddLine(ctx, tx, line); err != nil {
			return err
		}
	}
	for _, w := range o.await {
		if err := store.Await(ctx, tx, w); err != nil {
			return err
		}
	}
	return store.Came(ctx, tx, o.next.No, o.came, db.Ms(tx.Now()))
}

// after is the case as it will be.
func (a *App) after(ctx context.Context, l loaded, d window.Decision) (outcome, error) {
	today := a.today()
	o := outcome{next: l.Case, lines: l.lines, awaited: l.awaited}
	state, err := window.Next(l.now(today), d.Act)
	if err != nil {
		return o, err
	}
	if err := proven(l.item, d); err != nil {
		return o, err
	}
	o.next.State, o.next.Calendar = state, a.Calendar.Version()
	if err := a.effect(ctx, l, d, &o); err != nil {
		return o, err
	}
	if !state.Open() {
		o.next.ClosedAt = db.Ms(a.Clock.Now())
	}
	return o, nil
}

// effect is what the act does to the clock, the ledger and the papers.
func (a *App) effect(ctx context.Context, l loaded, d window.Decision, o *outcome) (err error) {
	today := a.today()
	switch d.Act {
	case window.ActAccept:
		return a.start(l, o)
	case window.ActTolerate:
		if err := a.start(l, o); err != nil {
			return err
		}
		return a.tolerate(l, d, o)
	case window.ActGrant:
		if l.AcceptedOn == "" { // issued on the spot
			return a.start(l, o)
		}
	case window.ActNotice, window.ActRenotice:
		if d.Act == window.ActRenotice {
			if o.approver, err = a.approved(ctx, l.Case, d); err != nil {
				return err
			}
		}
		o.next.Notices++
		o.next.NoticeDue, err = a.workingDays(today, d.Days)
		return err
	case window.ActSupplement:
		o.next.AnswerFrom = today.String()
		if o.next.NoticeDue, err = a.workingDays(today, noticeDays); err != nil {
			return err
		}
		return a.came(l, d, o)
	case window.ActSupply:
		return a.came(l, d, o)
	case window.ActPause:
		return a.pause(ctx, l, d, o)
	case window.ActExtend:
		return a.extend(ctx, l, d, o)
	case window.ActResume, window.ActWithdraw, window.ActLapse, window.ActDeny:
		if l.State == window.Suspended {
			o.ends = today.String()
			o.lines = endPause(l.lines, o.ends)
			return a.redate(&o.next, l.item, o.lines)
		}
	}
	return nil
}

// start begins the legal clock today.
func (a *App) start(l loaded, o *outcome) error {
	due, err := a.dates(l.item, a.today())
	if err != nil {
		return err
	}
	o.next.AcceptedOn, o.next.Due, o.next.StatutoryDue = a.today().String(), due.promise.Due.String(), due.statutory.Due.String()
	return nil
}

func (a *App) workingDays(from calendar.Date, days int) (string, error) {
	due, err := a.Calendar.Due(from, calendar.Budget{Days: days, Unit: calendar.Working}, nil)
	if err != nil {
		return "", fmt.Errorf("compute date: %w", err)
	}
	return due.Due.String(), nil
}

// mayTolerate reports whether any paper of the case may come later.
func mayTolerate(l loaded) bool {
	return slices.ContainsFunc(matter.Materials(&l.item, l.body.Answers), func(n matter.Needed) bool { return n.Need == matter.Deferrable })
}

// tolerate accepts only what the item itself lets come later, and all of it at once: every paper that the applicant left for
// later is named.
func (a *App) tolerate(l loaded, d window.Decision, o *outcome) error {
	may := map[string]matter.Needed{}
	for _, n := range matter.Materials(&l.item, l.body.Answers) {
		if n.Need == matter.Deferrable {
			may[n.Code] = n
		}
	}
	days := d.Days
	for _, g := range d.Gaps {
		n, ok := may[g.Ref]
		if !ok {
			return wrong("gaps", "“"+orWhat(nameOf(l, g.Ref), g.What)+"”不是可以容缺的材料，要当场交齐或一次性告知")
		}
		if days == 0 || (d.Days == 0 && n.Defer < days) {
			days = n.Defer
		}
		if d.Days > n.Defer {
			return wrong("days", fmt.Sprintf("“%s”最多可以晚交 %d 个工作日", n.Name, n.Defer))
		}
	}
	for code := range may {
		if l.awaits(code) && !slices.ContainsFunc(d.Gaps, func(g window.Gap) bool { return g.Ref == code }) {
			return wrong("gaps", "“"+may[code].Name+"”还没有交，也要写进容缺清单")
		}
	}
	for _, w := range l.awaited {
		if _, ok := may[w.Material]; !ok && w.CameAt == 0 {
			return wrong("gaps", "“"+w.Name+"”不能容缺，要当场交齐或一次性告知")
		}
	}
	due, err := a.workingDays(a.today(), days)
	if err != nil {
		return err
	}
	for _, g := range d.Gaps {
		o.await = append(o.await, store.Awaited{CaseNo: l.No, Material: g.Ref, Name: may[g.Ref].Name, Due: due})
	}
	o.next.Mode, o.next.Deferred, o.next.DeferredDue = store.ModeTolerant, len(o.await), due
	return nil
}

func orWhat(name, what string) string {
	if name == "" {
		return what
	}
	return name
}

// nameOf is the name of a material of the case, "" when there is none of that code.
func nameOf(l loaded, code string) string {
	for _, m := range wanted(&l.item, l.body.Answers, l.extra.Agent) {
		if m.Code == code {
			return m.Name
		}
	}
	return ""
}

// came notes papers that came, and counts those that are still to come.
func (a *App) came(l loaded, d window.Decision, o *outcome) error {
	o.awaited = slices.Clone(l.awaited)
	for _, code := range d.Materials {
		if nameOf(l, code) == "" {
			return wrong("materials", "这个办件没有要过编码为“"+code+"”的材料")
		}
		i := slices.IndexFunc(o.awaited, func(w store.Awaited) bool { return w.Material == code && w.CameAt == 0 })
		if i >= 0 {
			o.awaited[i].CameAt = db.Ms(a.Clock.Now())
			o.came = append(o.came, code)
		}
	}
	if d.Act == window.ActSupply && len(o.came) == 0 {
		return wrong("materials", "选的材料不在等着补交的清单里")
	}
	o.next.Deferred, o.next.DeferredDue = 0, ""
	for _, w := range o.awaited {
		if w.CameAt != 0 {
			continue
		}
		o.next.Deferred++
		if o.next.DeferredDue == "" || w.Due < o.next.DeferredDue {
			o.next.DeferredDue = w.Due
		}
	}
	return nil
}

// pause stops the clock from today, for as long as the applicant is told (行政许可法 art. 45): the ledger holds the end from
// the start, so that a procedure which takes longer than told does not go on by itself.
func (a *App) pause(ctx context.Context, l loaded, d window.Decision, o *outcome) error {
	today := a.today()
	last := today
	for n := a.Calendar.Workdays(today, today); n < d.Days; n++ {
		last = a.Calendar.Next(last)
	}
	o.add = a.line(ctx, l, d, store.LineSuspension)
	o.add.Special, o.add.To, o.add.ToldTo = d.ReasonCode, last.String(), last.String()
	o.lines = append(slices.Clone(l.lines), *o.add)
	return a.redate(&o.next, l.item, o.lines)
}

func (a *App) extend(ctx context.Context, l loaded, d window.Decision, o *outcome) (err error) {
	if most := extendable(l.item); d.Days > most {
		return wrong("days", fmt.Sprintf("法律最多许延长 %d 个工作日", most))
	}
	if o.approver, err = a.approved(ctx, l.Case, d); err != nil {
		return err
	}
	o.add = a.line(ctx, l, d, store.LineExtension)
	o.add.Approver, o.add.ApproverName = d.Approver, o.approver
	o.lines = append(slices.Clone(l.lines), *o.add)
	return a.redate(&o.next, l.item, o.lines)
}

// extendable is how many days the law lets the office add.
func extendable(item matter.Item) int {
	if joint(item) {
		return mostJoint
	}
	return mostExtended
}

func joint(item matter.Item) bool {
	return item.Statutory.Days == jointDays && item.Statutory.Unit == matter.Working
}

func (a *App) line(ctx context.Context, l loaded, d window.Decision, kind string) *store.Line {
	who := actor.From(ctx)
	return &store.Line{
		ID: ids.New(), CaseNo: l.No, Kind: kind, Days: d.Days, From: a.today().String(), Reason: d.Reason, Document: "—", By: who.ID, ByName: who.Name,
		At: db.Ms(a.Clock.Now()),
	}
}

// approved checks that somebody else, who may, is named as the one who agreed, and returns their name.
func (a *App) approved(ctx context.Context, c store.Case, d window.Decision) (string, error) {
	bad := func(words string, cause error) (string, error) {
		return "", errs.WithFields(errs.E(errs.Invalid, "window.approver", words, cause), errs.Field{Path: "approver", Message: words})
	}
	if d.Approver == "" {
		return bad("要由负责人批准，请选批准人", nil)
	}
	if d.Approver == actor.From(ctx).ID {
		return bad("批准人不能是经办人自己", nil)
	}
	account, who, err := a.Staff.Person(ctx, d.Approver)
	if errs.KindOf(err) == errs.NotFound {
		return bad("没有这个批准人，请重新选", err)
	}
	if err != nil {
		return "", fmt.Errorf("load approver: %w", err)
	}
	if !account.Open(a.Clock.Now()) || !mayApprove(who, c, permOf[d.Act]) {
		return bad("这个人没有批准这个办件的权限，请重新选", nil)
	}
	return account.Name, nil
}

func mayApprove(who auth.Actor, c store.Case, perm string) bool {
	return who.Can(perm) && who.Scope(perm).Covers(c.At())
}
