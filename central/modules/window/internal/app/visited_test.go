package app_test

import (
	"context"
	"errors"
	"testing"

	"tongban/central/kernel/kerneltest"
	"tongban/central/modules/window"
	"tongban/central/modules/window/internal/app"
)

// Two matters of one visit make one receipt; it verifies, stays the same until something changes, and then is another.
func TestOneReceiptForAVisit(t *testing.T) {
	s := open(t, kerneltest.New(t))
	first, second := s.received(t, "glbt", 1), s.received(t, "cbzm", 2)
	done := []string{first}
	s.app.Visited = func(context.Context, string) (app.Visited, error) {
		return app.Visited{TicketNo: "M007", Cases: done}, nil
	}
	ctx := s.clerk(t)
	receipt := func() window.Document {
		t.Helper()
		d, err := s.app.VisitReceipt(ctx, "v-1")
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	one := receipt()
	if again := receipt(); again.ID != one.ID {
		t.Errorf("pressed twice: %s and %s", one.No, again.No)
	}
	done = append(done, second)
	both := receipt()
	if both.ID == one.ID {
		t.Error("a second matter did not come onto the receipt")
	}
	pdf, err := s.app.Paper(ctx, both.ID)
	if err != nil {
		t.Fatal(err)
	}
	v, err := s.app.VerifyFile(t.Context(), pdf.Bytes, "")
	if err != nil || v.Verdict != app.CheckValid {
		t.Fatalf("%v %v", v.Verdict, err)
	}
	said := map[string]string{}
	for _, f := range v.Facts {
		said[f.Label] = f.Value
	}
	if said["文书"] != "接待回执" || len(v.Facts) < 9 {
		t.Errorf("the paper proves %v", said)
	}
	done = nil
	if _, err := s.app.VisitReceipt(ctx, "v-1"); err == nil || errors.Is(err, app.ErrPaperNumber) {
		t.Errorf("a receipt of nothing: %v", err)
	}
}
