package app_test

import (
	"encoding/json"
	"testing"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/kerneltest"
	"tongban/central/modules/window/internal/app"
)

// The receipt is drawn once, however often the job runs; it counts, and it names nobody in full.
func TestReceiptIsDrawnOnce(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		no := s.received(t, "glbt", 1)
		args, err := json.Marshal(map[string]string{"no": no})
		if err != nil {
			t.Fatal(err)
		}
		ctx := auth.AsSystem(t.Context(), "jobs")
		for range 2 {
			if err := s.app.Receipt(ctx, args); err != nil {
				t.Fatal(err)
			}
		}
		c := s.show(t, no)
		if len(c.Documents) != 1 || c.Documents[0].Kind != app.KindReceipt {
			t.Fatalf("documents: %+v", c.Documents)
		}
		if v, err := s.app.VerifyCode(t.Context(), c.Documents[0].VerifyCode); err != nil || v.Verdict != app.CheckValid {
			t.Errorf("check: %+v, %v", v, err)
		}
		if c.State != "received" || c.Version != 1 {
			t.Errorf("the receipt moved the case: %s v%d", c.State, c.Version)
		}
	})
}

// Without the job no case: both are in one transaction.
func TestReceiptIsOrderedWithTheCase(t *testing.T) {
	s := open(t, kerneltest.New(t))
	sub := s.submission(t, "cbzm", 1)
	s.Break(t, "river_job")
	if _, err := s.take(t, sub); err == nil {
		t.Error("taken without its receipt")
	}
	s.Mend(t, "river_job")
	if n := s.Count(t, `SELECT count(*) FROM window_case`); n != 0 {
		t.Errorf("%d cases stayed", n)
	}
}
