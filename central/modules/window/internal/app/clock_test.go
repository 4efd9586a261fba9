package app_test

import (
	"bytes"
	"testing"

	"tongban/central/kernel/kerneltest"
	"tongban/central/modules/window"
)

// Before acceptance the office's own five days are drawn, then the applicant's; afterwards nothing runs.
func TestClockBeforeAcceptance(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		no := s.received(t, "glbt", 1)
		c := s.show(t, no)
		if len(c.Clock.Strip) != 5 || c.Clock.Text != "余 5 工作日" || len(c.Clock.StartStrip) != 20 || c.Clock.PromiseDue != "2026-12-03" {
			t.Errorf("received: %d cells, %q, %d cells from today, promise %s", len(c.Clock.Strip), c.Clock.Text, len(c.Clock.StartStrip), c.Clock.PromiseDue)
		}
		gap := window.Gap{What: "户口簿没有本人页", How: "补扫本人那一页"}
		if _, _, err := s.decide(t, no, window.Decision{Act: window.ActNotice, Gaps: []window.Gap{gap}, Days: 10}); err != nil {
			t.Fatal(err)
		}
		if c = s.show(t, no); len(c.Clock.Strip) != 10 || c.Clock.Text != "补正余 10 工作日" {
			t.Errorf("noticed: %d cells, %q", len(c.Clock.Strip), c.Clock.Text)
		}
		s.later(30)
		if c = s.show(t, no); c.Clock.Level != "red" {
			t.Errorf("a month later: %s, %q", c.Clock.Level, c.Clock.Text)
		}
		reason := window.Decision{Act: window.ActRefuse, ReasonCode: "not_eligible", Reason: "补正期限已过，材料仍然不齐"}
		if _, _, err := s.decide(t, no, reason); err != nil {
			t.Fatal(err)
		}
		if c = s.show(t, no); len(c.Clock.Strip) != 0 || c.Clock.Level != "" {
			t.Errorf("refused: %d cells, level %q", len(c.Clock.Strip), c.Clock.Level)
		}
	})
}

// A sample is drawn for each act and keeps nothing: no number is taken, the case stays as it is.
func TestPreviewTakesNothing(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		no := s.received(t, "glbt", 1)
		for _, d := range []window.Decision{
			{Act: window.ActAccept},
			{Act: window.ActNotice, Days: 10, Gaps: []window.Gap{{What: "户口簿没有本人页", How: "补扫本人那一页"}}},
			{Act: window.ActRefuse, ReasonCode: "not_eligible", Reason: "未满八十周岁，条件不符"},
		} {
			d.Version = s.show(t, no).Version
			pdf, err := s.app.Preview(s.clerk(t), no, d)
			if err != nil || !bytes.HasPrefix(pdf, []byte("%PDF-")) {
				t.Errorf("sample of %s: %d bytes, %v", d.Act, len(pdf), err)
			}
		}
		if c := s.show(t, no); c.State != "received" || len(c.Documents) != 0 {
			t.Errorf("after the samples: %s, %d documents", c.State, len(c.Documents))
		}
	})
}
