package app_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/kernel/kerneltest"
	"tongban/central/modules/window"
	"tongban/central/modules/window/internal/app"
)

func (s *scene) as(t *testing.T, id string, perms ...string) context.Context {
	t.Helper()
	return auth.As(t.Context(), auth.Actor{Kind: auth.Staff, ID: id, Name: id}.Granted(perms...))
}

// A half-filled registration is parked, found on the shelf, resumed whole, handed over, counted when old, and ended.
func TestParkedShelf(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		v := s.parked(t)
		other := s.as(t, "u2", window.PermRead, window.PermRegister)
		if _, err := s.app.Draft(other, v.ID); !errors.Is(err, window.ErrNoSuchDraft) {
			t.Errorf("another clerk: %v", err)
		}
		if _, err := s.app.Shelf(other, true); err == nil {
			t.Error("a clerk sees the whole hall's shelf")
		}
		s.employ("u2", "张晨", window.PermRegister)
		if err := s.app.HandOver(s.clerk(t), v.ID, "u2", "我去开会"); err != nil {
			t.Fatal(err)
		}
		v, err := s.app.Resume(other, v.ID)
		if err != nil || v.State != "draft" || v.Form["phone"] != "13908162150" || v.Owner != "u2" {
			t.Errorf("resumed: %+v, %v", v.Form, err)
		}
		s.later(2)
		boss := s.as(t, "u3", window.PermRead, window.PermRegister, window.PermRenotice)
		if shelf, err := s.app.Shelf(boss, true); err != nil || shelf.Counts.Hall != 1 || shelf.Counts.Old != 1 || shelf.Rows[0].AgeDays != 2 {
			t.Errorf("the hall's shelf %+v, %v", shelf, err)
		}
		if got, err := s.app.Drafts(t.Context(), s.Clock.Now().Add(-24*time.Hour), 10); err != nil || len(got) != 1 || got[0].Handler != "u2" {
			t.Errorf("drafts for others %+v, %v", got, err)
		}
		if err := s.app.Discard(boss, v.ID, "申请人不办了"); err != nil {
			t.Fatal(err)
		}
		if s.Count(t, `SELECT count(*) FROM window_draft`)+s.Count(t, `SELECT count(*) FROM window_draft_page`) != 0 {
			t.Error("something of the draft stayed")
		}
	})
}

// parked fills a registration in by half and parks it.
func (s *scene) parked(t *testing.T) app.DraftView {
	t.Helper()
	v := s.begin(t, "glbt")
	it, err := s.cat.Service.Item(t.Context(), "glbt", 0)
	if err != nil {
		t.Fatal(err)
	}
	change := app.DraftChange{Revision: v.Revision, Answers: answers(t, &it), Form: map[string]any{"phone": "13908162150"}}
	if v, err = s.app.Save(s.clerk(t), v.ID, change); err != nil {
		t.Fatal(err)
	}
	if _, err := s.app.Save(s.clerk(t), v.ID, change); !errors.Is(err, window.ErrDraftChanged) {
		t.Errorf("saved over another: %v", err)
	}
	if v, err = s.app.Park(s.clerk(t), v.ID, v.Revision, "回家拿户口簿"); err != nil || v.State != "parked" {
		t.Fatalf("parked: %s, %v", v.State, err)
	}
	shelf, err := s.app.Shelf(s.clerk(t), false)
	if err != nil || len(shelf.Rows) != 1 || shelf.Rows[0].Reason != "回家拿户口簿" || shelf.Rows[0].DaysLeft != 7 || shelf.Rows[0].Of == 0 || shelf.Rows[0].Ticket != "A012" {
		t.Fatalf("shelf %+v, %v", shelf, err)
	}
	if text, err := json.Marshal(shelf); err != nil || strings.Contains(string(text), zhou.Name) || strings.Contains(string(text), zhou.IDNumber) {
		t.Errorf("the shelf shows a person: %s, %v", text, err)
	}
	return v
}

// What nobody came back for is wiped by the retention rule after its days, pages and all.
func TestAForgottenDraftIsWiped(t *testing.T) {
	s := open(t, kerneltest.New(t))
	v := s.fill(t, s.begin(t, "glbt"))
	rule := s.app.Private().Rules[1]
	for days, want := range map[int]int{rule.Days - 1: 0, rule.Days + 1: 1} {
		var due []string
		err := s.DB.View(t.Context(), func(q db.Query) (err error) {
			due, err = rule.Due(t.Context(), q, s.Clock.Now().Add(time.Duration(days-rule.Days)*24*time.Hour), "", 10)
			return err
		})
		if err != nil || len(due) != want {
			t.Errorf("after %d days: %v, %v", days, due, err)
		}
	}
	err := s.DB.Do(t.Context(), func(tx db.Tx) error {
		n, err := rule.Drop(t.Context(), tx, []string{v.ID})
		if n < 2 {
			t.Errorf("%d rows", n)
		}
		return err
	})
	if err != nil || s.Count(t, `SELECT count(*) FROM window_draft_page`) != 0 {
		t.Errorf("wiped: %v", err)
	}
}

// One box finds a person by number and by whole name, a case by number, an item by name; the workbench counts the day.
func TestSearchAndWorkbench(t *testing.T) {
	s := open(t, kerneltest.New(t))
	v := s.overrule(t, s.fill(t, s.begin(t, "glbt")))
	got, err := s.app.Submit(s.clerk(t), v.ID, v.Revision, false)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		q                    string
		people, cases, items int
	}{{zhou.IDNumber, 1, 1, 0}, {zhou.Name, 1, 1, 0}, {"周建明", 0, 0, 0}, {got.CaseNo, 1, 1, 0}, {"510799198512310026", 0, 0, 0}} {
		f, err := s.app.Search(s.clerk(t), c.q)
		if err != nil || len(f.People) != c.people || len(f.Cases) != c.cases || len(f.Items) != c.items {
			t.Errorf("%s: %d people, %d cases, %d items, %v", c.q, len(f.People), len(f.Cases), len(f.Items), err)
		}
	}
	if f, err := s.app.Search(s.clerk(t), "高龄津贴"); err != nil || len(f.Items) == 0 {
		t.Errorf("item: %+v, %v", f.Items, err)
	}
	b, err := s.app.Bench(s.clerk(t), "B12")
	if err != nil || b.Today.Received != 1 || b.Mine.Received != 1 || len(b.Todo) != 1 || b.Total != 1 {
		t.Errorf("workbench %+v, %v", b, err)
	}
	s.must(t, got.CaseNo, window.Decision{Act: window.ActAccept})
	if b, err = s.app.Bench(s.clerk(t), "C01"); err != nil || b.Today.Received != 0 || b.Mine.Accepted != 1 {
		t.Errorf("workbench %+v, %v", b, err)
	}
	s.later(7)
	late := s.received(t, "gzf", 1) // its office has just begun to have it
	if b, err = s.app.Bench(s.clerk(t), ""); err != nil || len(b.Warnings) != 1 || b.Warnings[0].CaseNo != got.CaseNo || !strings.Contains(b.Warnings[0].Text, "余 1") || b.Warnings[0].Level != "yellow" {
		t.Errorf("warnings %+v, %v", b.Warnings, err)
	}
	s.later(10) // now both are over: what has been so for longer comes first
	if b, err = s.app.Bench(s.clerk(t), ""); err != nil || len(b.Warnings) != 2 || b.Warnings[0].CaseNo != got.CaseNo || b.Warnings[1].CaseNo != late {
		t.Errorf("warnings by time left: %+v, %v", b.Warnings, err)
	}
	if b.Total != 2 {
		t.Errorf("to do: %d", b.Total)
	}
	s.must(t, got.CaseNo, window.Decision{Act: window.ActGrant})
	if b, err = s.app.Bench(s.clerk(t), ""); err != nil || b.Total != 1 || len(b.Todo) != 1 || b.Todo[0].No != late {
		t.Errorf("one is done, to do: %d, %v", b.Total, err)
	}
}

// Whoever asks for a number is told what happened and who has the case now.
func TestACaseSaysWhoHasIt(t *testing.T) {
	s := open(t, kerneltest.New(t))
	no := s.received(t, "glbt", 1)
	has := func(want string) {
		t.Helper()
		if c := s.show(t, no); c.Holder != want {
			t.Errorf("in %s: %q, want %q", c.State, c.Holder, want)
		}
	}
	has("涪城区政务服务中心 3号机，周敏")
	s.must(t, no, window.Decision{Act: window.ActNotice, Gaps: []window.Gap{{What: "户口簿首页没有拍", How: "带户口簿到窗口补拍首页"}}, Days: 5})
	has("申请人，补正材料")
	s.must(t, no, window.Decision{Act: window.ActSupplement, Materials: []string{s.show(t, no).Papers[0].Code}})
	s.must(t, no, window.Decision{Act: window.ActAccept})
	has("涪城区民政局")
	s.must(t, no, window.Decision{Act: window.ActGrant})
	has("")
	if h := s.show(t, no).History; len(h) < 5 {
		t.Errorf("history: %+v", h)
	}
}
