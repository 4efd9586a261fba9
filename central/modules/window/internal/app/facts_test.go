package app_test

import (
	"context"
	"errors"
	"testing"

	"tongban/central/kernel/db"
	"tongban/central/kernel/kerneltest"
	"tongban/central/modules/window"
)

// What other modules learn of a case: its facts, its clock, a sweep over those that run, and an act in which their own row commits
// or fails with ours.
func TestOthersFollowACase(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		first, second := s.received(t, "glbt", 1), s.received(t, "glbt", 2)
		ctx := s.clerk(t)
		f, err := s.app.Facts(ctx, first)
		if err != nil || f.State != window.Received || f.Item != "glbt" || f.Applicant == "" || f.NoticeDue == "" {
			t.Fatalf("facts %+v, %v", f, err)
		}
		accept := window.Decision{Act: window.ActAccept, Version: f.Version}
		boom := errors.New("boom")
		if _, _, err := s.app.Act(ctx, first, accept, func(context.Context, db.Tx, window.Moved, window.Document) error { return boom }); !errors.Is(err, boom) {
			t.Fatalf("a failing companion: %v", err)
		}
		if f, _ = s.app.Facts(ctx, first); f.State != window.Received {
			t.Fatalf("the case moved to %s without its companion", f.State)
		}
		var told window.Moved
		f, doc, err := s.app.Act(ctx, first, accept, func(ctx context.Context, tx db.Tx, m window.Moved, d window.Document) error {
			told = m
			return s.app.Note(ctx, tx, first, window.Note{Kind: "machine", Title: "分送", Text: "送到承办部门", By: "系统"})
		})
		if err != nil || f.State != window.Accepted || doc.No == "" || told.Act != window.ActAccept || told.Document != doc.No || told.Due != f.Due {
			t.Fatalf("accepted %+v with %+v, told %+v, %v", f, doc, told, err)
		}
		if f.Clock.Budget == 0 || f.Clock.Left != f.Clock.Budget || f.Clock.Level != "green" {
			t.Errorf("clock %+v", f.Clock)
		}
		c, err := s.app.Show(ctx, first)
		if err != nil || len(c.History) == 0 || c.History[0].Title != "分送" && c.History[1].Title != "分送" {
			t.Errorf("history %+v, %v", c.History, err)
		}
		page, err := s.app.Unended(ctx, "", 1)
		if err != nil || len(page) != 1 {
			t.Fatalf("first page %v, %v", page, err)
		}
		rest, err := s.app.Unended(ctx, page[0].No, 500)
		if err != nil || len(rest) != 1 || rest[0].No == page[0].No || (rest[0].No != second && rest[0].No != first) {
			t.Errorf("rest %v, %v", rest, err)
		}
		if body, err := s.app.Application(ctx, first, "报送省平台"); err != nil || body.Applicant.IDNumber == "" {
			t.Errorf("application: %v", err)
		}
	})
}
