package app

import (
	"context"
	"slices"
	"testing"
	"time"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/kerneltest"
	"tongban/central/modules/catalogue"
	"tongban/central/modules/catalogue/seed"
	"tongban/fleet/wire/matter"
)

// people are those who work on the catalogue, each with what their role holds.
type people struct{ editor, reviewer, publisher context.Context }

func staff(t *testing.T) people {
	t.Helper()
	as := func(id, name string, perms ...string) context.Context {
		return auth.As(t.Context(), auth.Actor{Kind: auth.Staff, ID: id, Name: name}.Granted(append(perms, catalogue.PermRead)...))
	}
	return people{as("e1", "编制员", catalogue.PermEdit), as("r1", "审核员", catalogue.PermReview), as("p1", "发布员", catalogue.PermPublish)}
}

func must[T any](t *testing.T, what string) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v (%s, %v)", what, err, errs.MessageOf(err), errs.Fields(err))
		}
		return v
	}
}

func refused(t *testing.T, what, code string, err error) {
	t.Helper()
	if errs.CodeOf(err) != code {
		t.Errorf("%s: %v, want %s", what, err, code)
	}
}

// Two situations are added, the list follows the answers, a fault keeps the draft back, the reviewer returns one element with a
// comment, and what is published for tomorrow is seen tomorrow (gov. scenario 2).
func TestADraftFromFirstWordToItsDay(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		a, p := open(t, k, seed.FS), staff(t)
		const code = "cxbx"
		promise := get(t, a, code, 0).Promise
		audited := k.AuditCount(t)

		d := must[Draft](t, "start")(a.StartDraft(p.editor, Start{Code: code, Kind: "change", Reason: "增加情形"}))
		if d.State != "drafting" || d.Base != 1 || len(d.Changes) != 0 {
			t.Fatalf("begins as %s of %d with %v", d.State, d.Base, d.Changes)
		}
		_, err := a.StartDraft(p.editor, Start{Code: code, Kind: "change"})
		refused(t, "a second draft", "catalogue.draft_open", err)

		e := d.Entry
		e.Questions = append(slices.Clone(e.Questions),
			matter.Question{ID: "moved", Text: "户口是今年迁来的吗？", Why: "迁来的要核对原参保地", Options: []matter.Option{{Value: "yes", Label: "是"}, {Value: "no", Label: "不是"}}},
			matter.Question{ID: "paid", Text: "在原来的地方缴过费吗？", Why: "缴过的要转关系", When: &matter.Cond{Q: "moved", Is: []string{"yes"}},
				Options: []matter.Option{{Value: "yes", Label: "缴过"}, {Value: "no", Label: "没缴过"}}})
		paper := e.Materials[0]
		paper.Code, paper.Name, paper.Plain = "paidproof", "原参保地缴费凭证", "原来地方的缴费单"
		paper.When, paper.Exempt, paper.ExemptBy, paper.Why = &matter.Cond{Q: "paid", Is: []string{"yes", "never"}}, nil, "", "转移接续要核对"
		e.Materials = append(slices.Clone(e.Materials), paper)
		if len(e.Papers) > 0 {
			trait := e.Papers[0]
			trait.Code, trait.Need = "paidproof", "when"
			e.Papers = append(slices.Clone(e.Papers), trait)
		}
		point := matter.Point{ID: "paidproof", On: "material", Ref: "paidproof", Text: "凭证是原参保地出的", Law: "《社会保险法》第十九条", When: &matter.Cond{Q: "paid", Is: []string{"yes"}}}
		e.Points = append(slices.Clone(e.Points), point)
		if e.Smart != nil { // what a machine looks at wants a rule
			smart := *e.Smart
			rule := smart.Rules[0]
			rule.ID, rule.Point = "paidproof", "paidproof"
			smart.Rules = append(slices.Clone(smart.Rules), rule)
			e.Smart = &smart
		}
		e.Promise.Days = promise.Days + 1
		d = must[Draft](t, "save")(a.SaveDraft(p.editor, code, d.Revision, e, ""))
		_, err = a.SaveDraft(p.editor, code, d.Revision-1, e, "")
		refused(t, "a stale save", "catalogue.changed", err)

		tried := must[Tryout](t, "try")(a.Try(p.editor, code, DraftVersion, nil, map[string]string{"moved": "yes", "paid": "yes"}))
		if !slices.ContainsFunc(tried.Materials, func(m TriedPaper) bool { return m.Code == "paidproof" && m.Need == matter.Required }) {
			t.Errorf("whoever has paid is not asked for the proof: %+v", tried.Materials)
		}
		tried = must[Tryout](t, "try again")(a.Try(p.editor, code, DraftVersion, nil, map[string]string{"moved": "no", "paid": "yes"}))
		if slices.ContainsFunc(tried.Materials, func(m TriedPaper) bool { return m.Code == "paidproof" }) || tried.Answers["paid"] != "" {
			t.Errorf("whoever did not move is asked for the proof: %+v", tried)
		}

		_, err = a.Submit(p.editor, code, d.Revision, "")
		refused(t, "an option that does not exist", "catalogue.faults", err)
		e.Materials[len(e.Materials)-1].When = &matter.Cond{Q: "paid", Is: []string{"yes"}}
		d = must[Draft](t, "mend")(a.SaveDraft(p.editor, code, d.Revision, e, "2026-11-27"))
		d = must[Draft](t, "submit")(a.Submit(p.editor, code, d.Revision, "请审"))
		_, err = a.SaveDraft(p.editor, code, d.Revision, e, "")
		refused(t, "a save during review", "catalogue.not_now", err)

		_, err = a.Return(p.reviewer, code, d.Revision, "")
		refused(t, "a return without a comment", "catalogue.no_comment", err)
		d = must[Draft](t, "comment")(a.Comment(p.reviewer, code, "PROMISE_DAY", "承诺时限不能比原来长"))
		_, err = a.Approve(p.reviewer, code, d.Revision, "")
		refused(t, "approval over an open comment", "catalogue.open_comments", err)
		d = must[Draft](t, "return")(a.Return(p.reviewer, code, d.Revision, "请看意见"))
		e.Promise.Days = promise.Days
		d = must[Draft](t, "correct")(a.SaveDraft(p.editor, code, d.Revision, e, "2026-11-27"))
		d = must[Draft](t, "answer")(a.Answer(p.editor, code, d.Comments[0].ID, "改短了"))
		d = must[Draft](t, "submit again")(a.Submit(p.editor, code, d.Revision, ""))
		if d.Comments[0].State != "answered" || d.Comments[0].Title != "承诺办结时限" {
			t.Errorf("comment is %+v", d.Comments[0])
		}
		_, err = a.Resolve(p.editor, code, d.Comments[0].ID)
		refused(t, "the editor resolves", "auth.forbidden", err)
		d = must[Draft](t, "resolve")(a.Resolve(p.reviewer, code, d.Comments[0].ID))
		both := auth.As(t.Context(), auth.Actor{Kind: auth.Staff, ID: "e1", Name: "编制员"}.Granted(catalogue.PermReview))
		_, err = a.Approve(both, code, d.Revision, "")
		refused(t, "approval of one's own work", "catalogue.own_work", err)
		d = must[Draft](t, "approve")(a.Approve(p.reviewer, code, d.Revision, "可以"))

		_, err = a.Publish(p.publisher, code, d.Revision, "2026-11-25", "")
		refused(t, "publishing for yesterday", "catalogue.bad_day", err)
		out := must[Detail](t, "publish")(a.Publish(p.publisher, code, d.Revision, "2026-11-27", "明天起"))
		if out.Next == nil || out.Next.Version != 2 || out.Current.Version != 1 || out.Draft != nil {
			t.Errorf("after publishing: %+v", out)
		}
		if it := get(t, a, code, 0); it.Version != 1 || it.Promise != promise {
			t.Errorf("today shows version %d", it.Version)
		}
		before, _ := a.Snapshot(t.Context())
		k.Clock.Set(time.Date(2026, 11, 27, 0, 0, 0, 0, clock.Shanghai))
		if it := get(t, a, code, 0); it.Version != 2 || len(it.Questions) != len(e.Questions) {
			t.Errorf("tomorrow shows version %d", it.Version)
		}
		after, _ := a.Snapshot(t.Context())
		if before.Version == after.Version || get(t, a, code, 1).Promise != promise {
			t.Error("terminals are not told, or the old version is lost")
		}
		k.Clock.Set(kerneltest.Start)
		if it := get(t, a, code, 0); it.Version != 1 {
			t.Errorf("travelled back, version %d is shown", it.Version)
		}
		if k.AuditCount(t) <= audited+8 {
			t.Error("acts are missing in the audit")
		}
		changes := must[int](t, "diff")(func() (int, error) { c, err := a.Diff(p.editor, code, 1, 2); return len(c), err }())
		if changes < 5 {
			t.Errorf("%d changes between the versions", changes)
		}
		// The seed does not take back what people have published.
		if err := a.Load(t.Context()); err != nil {
			t.Fatal(err)
		}
		k.Clock.Set(time.Date(2026, 11, 28, 0, 0, 0, 0, clock.Shanghai))
		if it := get(t, a, code, 0); it.Version != 2 {
			t.Errorf("after a restart version %d", it.Version)
		}
	})
}

// A suspended item is shown with its reason and resumed; a cancelled one is gone from its day on, and its version stays.
func TestAdjusting(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		a, p := open(t, k, seed.FS), staff(t)
		_, err := a.Adjust(p.publisher, "jzz", Adjustment{Op: catalogue.OpResume, Reason: "试着恢复", From: "2026-11-26"})
		refused(t, "resuming what goes on", "catalogue.no_turn", err)
		_, err = a.Adjust(p.publisher, "jzz", Adjustment{Op: catalogue.OpSuspend, Reason: "升级", From: "2026-11-26"})
		refused(t, "a reason of two characters", "catalogue.no_reason", err)
		d := must[Detail](t, "suspend")(a.Adjust(p.publisher, "jzz", Adjustment{Op: catalogue.OpSuspend, Reason: "系统升级，暂停三天", From: "2026-11-26"}))
		it := get(t, a, "jzz", 0)
		if d.State != "suspended" || it.Paused == nil || it.Paused.Reason != "系统升级，暂停三天" || it.Paused.Since != "2026-11-26" {
			t.Errorf("suspended: %+v, %+v", d.State, it.Paused)
		}
		must[Detail](t, "resume")(a.Adjust(p.publisher, "jzz", Adjustment{Op: catalogue.OpResume, Reason: "升级完成", From: "2026-11-29"}))
		if get(t, a, "jzz", 0).Paused == nil {
			t.Error("resumed before its day")
		}
		k.Clock.Set(time.Date(2026, 11, 29, 8, 0, 0, 0, clock.Shanghai))
		if get(t, a, "jzz", 0).Paused != nil {
			t.Error("not resumed on its day")
		}
		must[Detail](t, "cancel")(a.Adjust(p.publisher, "jzz", Adjustment{Op: catalogue.OpCancel, Reason: "上级取消了", From: "2026-12-01"}))
		if !offered(t, a, "jzz") {
			t.Error("cancelled before its day")
		}
		k.Clock.Set(time.Date(2026, 12, 1, 0, 0, 0, 0, clock.Shanghai))
		if offered(t, a, "jzz") || get(t, a, "jzz", 1).Version != 1 || get(t, a, "jzz", 0).Version != 1 {
			t.Error("cancelled: still offered, or running cases lost it")
		}
	})
}

// An item with running cases is split: they are listed and keep their version, the new ones are made ready, and the old one ends
// when the last of them starts (gov. scenario 3).
func TestSplitting(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		a, p := open(t, k, seed.FS), staff(t)
		a.Outside.Running = func(_ context.Context, code string) (catalogue.Running, error) {
			return catalogue.Running{Total: 2, Versions: map[int]int{1: 2}, Cases: []catalogue.RunningCase{{No: "FC-1", Version: 1}, {No: "FC-2", Version: 1}}}, nil
		}
		impact := must[Impact](t, "impact")(a.Impact(p.publisher, "lsjz", "2026-12-01"))
		if impact.Running.Total != 2 || impact.Rows[0].N != 2 {
			t.Errorf("impact %+v", impact)
		}
		d := must[Detail](t, "split")(a.Split(p.publisher, "lsjz", []Part{{Name: "支出型临时救助"}, {Name: "急难型临时救助"}}, "按救助类型分开办", "2026-12-01"))
		if len(d.Lineage) != 2 || d.State != "active" || d.Operations[0].Running != 2 {
			t.Fatalf("after the split: %+v %+v", d.Lineage, d.Operations)
		}
		var ends []string
		for i, l := range d.Lineage {
			draft := must[Draft](t, "successor")(a.Draft(p.editor, l.Other))
			if draft.State != "pending" || draft.Kind != "split" {
				t.Errorf("successor is %s %s", draft.State, draft.Kind)
			}
			e := draft.Entry
			e.National.CatalogCode = []string{"000000990001", "000000990002"}[i]
			if e.National.UseLevel == "" {
				e.National.UseLevel = "4"
			}
			e.TaskCode = e.OfficeCode + e.National.UseLevel + e.National.CatalogCode
			draft = must[Draft](t, "save")(a.SaveDraft(p.editor, l.Other, draft.Revision, e, "2026-12-01"))
			draft = must[Draft](t, "submit")(a.Submit(p.editor, l.Other, draft.Revision, ""))
			draft = must[Draft](t, "approve")(a.Approve(p.reviewer, l.Other, draft.Revision, ""))
			must[Detail](t, "publish")(a.Publish(p.publisher, l.Other, draft.Revision, []string{"2026-12-01", "2026-12-05"}[i], ""))
			ends = append(ends, l.Other)
		}
		k.Clock.Set(time.Date(2026, 12, 2, 9, 0, 0, 0, clock.Shanghai))
		if !offered(t, a, "lsjz") || !offered(t, a, ends[0]) || offered(t, a, ends[1]) {
			t.Error("between the two days the old one goes on")
		}
		k.Clock.Set(time.Date(2026, 12, 5, 9, 0, 0, 0, clock.Shanghai))
		if offered(t, a, "lsjz") || !offered(t, a, ends[1]) {
			t.Error("on the day of the last successor the old one ends")
		}
		if get(t, a, "lsjz", 1).Version != 1 {
			t.Error("running cases lost their version")
		}
		d = must[Detail](t, "detail")(a.Detail(p.publisher, "lsjz"))
		if d.State != "cancelled" || d.Lineage[0].Done != "2026-12-05" {
			t.Errorf("the old one is %s, %+v", d.State, d.Lineage)
		}
	})
}

// What belongs to another department is not edited, by a draft of one's own neither.
func TestDepartmentsEditTheirOwn(t *testing.T) {
	k := kerneltest.New(t)
	a := open(t, k, seed.FS)
	stranger := auth.As(t.Context(), auth.Actor{Kind: auth.Staff, ID: "e2", Name: "外人"}.GrantedWithin(auth.Actor{}.Scope("x"), catalogue.PermEdit))
	_, err := a.StartDraft(stranger, Start{Code: "glbt", Kind: "change", Reason: "改别人的"})
	refused(t, "editing another department's item", "catalogue.beyond", err)
}

// The list finds, filters and counts.
func TestEntryList(t *testing.T) {
	k := kerneltest.New(t)
	a, p := open(t, k, seed.FS), staff(t)
	all := must[EntryList](t, "list")(a.Entries(p.editor, EntryAsk{Size: 100, Page: 1}))
	if all.Total < 12 || all.Counts.All != all.Total || len(all.Departments) < 3 {
		t.Errorf("%d items, counts %+v", all.Total, all.Counts)
	}
	for _, r := range all.Rows {
		if r.Faults > 0 {
			t.Errorf("%s has %d faults", r.Code, r.Faults)
		}
	}
	hit := must[EntryList](t, "search")(a.Entries(p.editor, EntryAsk{Query: "gljt", Size: 10}))
	byName := must[EntryList](t, "search")(a.Entries(p.editor, EntryAsk{Query: "高龄", Size: 10}))
	if byName.Total == 0 || byName.Rows[0].Code != "glbt" {
		t.Errorf("高龄 finds %+v (initials %d)", byName.Rows, hit.Total)
	}
	must[Draft](t, "draft")(a.StartDraft(p.editor, Start{Code: "glbt", Kind: "change", Reason: "改一改"}))
	must[Draft](t, "new")(a.Add(p.editor, NewItem{Name: "样例新事项", Reason: "新设"}))
	drafts := must[EntryList](t, "drafts")(a.Entries(p.editor, EntryAsk{State: "draft", Size: 10}))
	if drafts.Total != 2 || drafts.Counts.Draft != 2 || drafts.Counts.Planned != 1 {
		t.Errorf("drafts %+v", drafts.Counts)
	}
	if one := must[EntryList](t, "department")(a.Entries(p.editor, EntryAsk{Department: all.Departments[0].Code, Size: 100})); one.Total != all.Departments[0].N {
		t.Errorf("%d of %s, want %d", one.Total, all.Departments[0].Name, all.Departments[0].N)
	}
}

// A new version of an official form makes new versions of the items that use it, once.
func TestItemsFollowTheirForm(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		a, p := open(t, k, seed.FS), staff(t)
		form := get(t, a, "cxbx", 0).Form
		form.ID, form.Version, form.Title = "cxbx-form", 3, "参保登记表"
		a.Outside.Form = func(context.Context, string) (matter.Form, error) { return form, nil }
		d := must[Draft](t, "start")(a.StartDraft(p.editor, Start{Code: "cxbx", Kind: "change", Reason: "换成正式表单"}))
		d.Entry.FormID = "cxbx-form"
		d = must[Draft](t, "save")(a.SaveDraft(p.editor, "cxbx", d.Revision, d.Entry, ""))
		d = must[Draft](t, "submit")(a.Submit(p.editor, "cxbx", d.Revision, ""))
		d = must[Draft](t, "approve")(a.Approve(p.reviewer, "cxbx", d.Revision, ""))
		must[Detail](t, "publish")(a.Publish(p.publisher, "cxbx", d.Revision, "2026-11-26", ""))
		if it := get(t, a, "cxbx", 0); it.Version != 2 || it.Form.Title != "参保登记表" || it.Form.Version != 3 {
			t.Fatalf("version %d with form %q %d", it.Version, it.Form.Title, it.Form.Version)
		}
		form.Version, form.Title = 4, "参保登记表（新）"
		for range 2 {
			if err := a.Reform(t.Context(), "cxbx-form"); err != nil {
				t.Fatal(err)
			}
			if it := get(t, a, "cxbx", 0); it.Version != 3 || it.Form.Version != 4 || get(t, a, "cxbx", 2).Form.Version != 3 {
				t.Errorf("version %d with form %d", it.Version, it.Form.Version)
			}
		}
	})
}

// What stands open in the basic list is claimed once, as a draft 待编制; given up, it is open again.
func TestClaiming(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		a, p := open(t, k, seed.FS), staff(t)
		list := must[BasicList](t, "list")(a.Basic(p.editor, "", "open"))
		if list.Total == 0 || list.Claimed < 12 {
			t.Fatalf("basic list: %d open, %d claimed", list.Open, list.Claimed)
		}
		code := list.Rows[0].Code
		d := must[Draft](t, "claim")(a.Claim(p.editor, code, "涪城区民政局", "11510799007991011N"))
		if d.State != "pending" || d.Entry.National.CatalogCode != code || d.Entry.TaskCode == "" {
			t.Errorf("claimed as %s with %q", d.State, d.Entry.TaskCode)
		}
		_, err := a.Claim(p.editor, code, "", "")
		refused(t, "a second claim", "catalogue.claimed", err)
		if err := a.Discard(p.editor, d.Code, d.Revision, "不认领了"); err != nil {
			t.Fatal(err)
		}
		if again := must[BasicList](t, "list")(a.Basic(p.editor, "", "open")); again.Open != list.Open {
			t.Errorf("%d open, want %d", again.Open, list.Open)
		}
	})
}
