package app_test

import (
	"errors"
	"testing"

	"tongban/central/kernel/errs"
	"tongban/central/kernel/kerneltest"
	"tongban/central/modules/window"
)

// Where the audit cannot be written, nothing of a person is shown and nothing is decided (失败即关闭): looking at a case, its
// pages, signatures, papers and full values, and every act, answer 503.
func TestWithoutTheAuditNothingIsShownOrDone(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		no := s.received(t, "lsjz", 1)
		page, paper := s.firstOf(t, no)
		ways := s.ways(no, page, paper)
		before := k.AuditCount(t)
		k.Break(t, "kernel_audit")
		for _, way := range []string{"show", "page", "signature", "document", "unmask", "accept", "give notice", "refuse", "tick a review point"} {
			if err := ways[way](s.clerk(t)); errs.KindOf(err) != errs.Unavailable {
				t.Errorf("%s: %v", way, err)
			}
		}
		c, err := s.app.Show(s.clerk(t), no)
		p, err2 := s.app.Page(s.clerk(t), no, page)
		v, err3 := s.app.Unmask(s.clerk(t), no, "id_number", "contact", "电话里核对身份")
		if err == nil || err2 == nil || err3 == nil || c.No != "" || len(p.Bytes) > 0 || v != "" {
			t.Errorf("something came along with the error: %v", errors.Join(err, err2, err3))
		}
		k.Mend(t, "kernel_audit")
		if n := k.AuditCount(t); n != before {
			t.Errorf("%d records of acts that did not happen", n-before)
		}
		if _, _, err := s.decide(t, no, window.Decision{Act: "accept"}); err != nil {
			t.Errorf("mended: %v", err)
		}
	})
}
