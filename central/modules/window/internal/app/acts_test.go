package app_test

import (
	"errors"
	"strings"
	"testing"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/kerneltest"
	"tongban/central/modules/window"
	"tongban/central/modules/window/internal/app"
	"tongban/fleet/wire"
)

// must decides and fails the test when it may not.
func (s *scene) must(t *testing.T, no string, d window.Decision) (app.Case, app.DocumentRow) {
	t.Helper()
	c, doc, err := s.decide(t, no, d)
	if err != nil {
		t.Fatalf("%s: %v", d.Act, err)
	}
	p, err := s.app.Paper(s.clerk(t), doc.ID)
	if err != nil {
		t.Fatalf("%s: open paper: %v", d.Act, err)
	}
	if v, err := s.app.VerifyFile(t.Context(), p.Bytes, doc.VerifyCode); err != nil || v.Verdict != app.CheckValid {
		t.Errorf("%s: the paper does not verify: %+v, %v", d.Act, v, err)
	}
	return c, doc
}

// refusedWith fails the test unless the decision is refused with a code.
func (s *scene) refusedWith(t *testing.T, no, code string, d window.Decision) {
	t.Helper()
	if _, _, err := s.decide(t, no, d); errs.CodeOf(err) != code {
		t.Errorf("%s: %v, want %s", d.Act, err, code)
	}
}

// Accepted on Thursday 26 November 2026 with twenty days. Testing stops the clock on 21 December for ten told days, into a year
// that is not published; it ends early, and what was not used is given back.
func TestPauseOverTheYearsEnd(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		no := s.received(t, "gzf", 1)
		c, _ := s.must(t, no, window.Decision{Act: window.ActAccept})
		if c.Clock.PromiseDue != "2026-12-24" {
			t.Fatalf("promised for %s", c.Clock.PromiseDue)
		}
		s.later(25) // Monday 21 December
		s.refusedWith(t, no, "window.decision", window.Decision{Act: window.ActPause, ReasonCode: "site_visit", Days: 10, Reason: "现场核查"})
		c, doc := s.must(t, no, window.Decision{Act: window.ActPause, ReasonCode: "testing", Days: 10, Reason: "房屋安全检测，由样例检测公司做"})
		if c.State != "suspended" || doc.Kind != app.KindPause || !c.Clock.Standing || c.Clock.PausedUntil != "2027-01-01" {
			t.Errorf("paused: %s, %s, standing %v until %s", c.State, doc.Kind, c.Clock.Standing, c.Clock.PausedUntil)
		}
		if c.Clock.PromiseDue != "2027-01-07" || !c.Clock.Provisional || c.Clock.Used != 16 {
			t.Errorf("clock %s, provisional %v, used %d", c.Clock.PromiseDue, c.Clock.Provisional, c.Clock.Used)
		}
		if got := strings.Join(c.Acts, " "); got != "resume withdraw" {
			t.Errorf("acts: %s", got)
		}
		f, err := s.app.Facts(t.Context(), no)
		if err != nil || !f.Clock.Standing || f.Clock.Left != 4 || f.Clock.Suspended != 1 && f.Clock.Suspended != 10 || f.Due != "2027-01-07" {
			t.Errorf("facts %+v, %v", f.Clock, err)
		}
		s.later(7) // Monday 28 December
		c, _ = s.must(t, no, window.Decision{Act: window.ActResume})
		if c.State != "accepted" || c.Clock.PromiseDue != "2027-01-01" || !c.Clock.Provisional {
			t.Errorf("resumed: %s, due %s", c.State, c.Clock.PromiseDue)
		}
		if c.Clock.Text != "余 4 工作日，明天接着计" { // not 停表: it was resumed, only this day is not counted
			t.Errorf("on the day it was resumed the clock says %q", c.Clock.Text)
		}
		s.later(1)
		c = s.show(t, no)
		var stopped app.LedgerRow
		for _, r := range c.Ledger {
			if r.State == "停表" {
				stopped = r
			}
		}
		if stopped.From != "2026-12-21" || stopped.To != "2026-12-28" || stopped.Days != 6 || !strings.Contains(stopped.Basis, doc.No) {
			t.Errorf("ledger %+v", c.Ledger)
		}
		if c.Clock.Standing || c.Clock.Text != "余 4 工作日，含今天" {
			t.Errorf("running again: %+v", c.Clock)
		}
	})
}

// Nobody resumes: the clock runs again by itself on the working day after the told end, and the case becomes late.
func TestAPauseEndsByItself(t *testing.T) {
	s := open(t, kerneltest.New(t))
	no := s.received(t, "glbt", 1)
	s.must(t, no, window.Decision{Act: window.ActAccept}) // five days: 3 December
	s.later(1)
	s.must(t, no, window.Decision{Act: window.ActPause, ReasonCode: "appraisal", Days: 2, Reason: "出生医学证明鉴定"})
	s.later(5) // Wednesday 2 December
	c := s.show(t, no)
	if c.State != "suspended" || c.Clock.Standing || c.Clock.PromiseDue != "2026-12-07" {
		t.Errorf("%s, standing %v, due %s", c.State, c.Clock.Standing, c.Clock.PromiseDue)
	}
	s.later(10)
	if f, err := s.app.Facts(t.Context(), no); err != nil || f.Clock.Level != "red" || f.Clock.Standing {
		t.Errorf("late: %+v, %v", f.Clock, err)
	}
	c, _ = s.must(t, no, window.Decision{Act: window.ActResume})
	if c.Clock.PromiseDue != "2026-12-07" {
		t.Errorf("resumed late: due %s", c.Clock.PromiseDue)
	}
}

func (s *scene) employ(id, name string, perms ...string) {
	s.people[id] = auth.Actor{Kind: auth.Staff, ID: id, Name: name}.Granted(perms...)
}

func TestExtensionNeedsAnotherPerson(t *testing.T) {
	s := open(t, kerneltest.New(t))
	s.employ("head", "何志远", window.PermDecide)
	s.employ("u7", "张晨", window.PermRead)
	no := s.received(t, "glbt", 1)
	s.must(t, no, window.Decision{Act: window.ActAccept})
	d := window.Decision{Act: window.ActExtend, Days: 10, Reason: "需要向外省核实户籍情况"}
	for _, who := range []string{"", "u1", "u7", "nobody"} {
		d.Approver = who
		s.refusedWith(t, no, "window.approver", d)
	}
	d.Approver, d.Days = "head", 11
	s.refusedWith(t, no, "window.decision", d)
	d.Days = 10
	c, doc := s.must(t, no, d)
	if c.Clock.PromiseDue != "2026-12-17" || doc.Kind != app.KindExtension || !strings.Contains(c.Clock.PromiseText, "含延期 10") {
		t.Errorf("extended: due %s, %s, %q", c.Clock.PromiseDue, doc.Kind, c.Clock.PromiseText)
	}
	s.refusedWith(t, no, "window.extended_once", d)
	if f, err := s.app.Facts(t.Context(), no); err != nil || f.Clock.Budget != 15 || f.Clock.Left != 15 {
		t.Errorf("facts %+v, %v", f.Clock, err)
	}
}

// A hand-in whose applicant left a paper for later is tolerated with all of it named; the result waits for the paper.
func TestToleratedUntilThePaperComes(t *testing.T) {
	s := open(t, kerneltest.New(t))
	sub, code := s.withLater(t, "spjy", 1)
	if _, err := s.take(t, sub); err != nil {
		t.Fatal(err)
	}
	no := sub.CaseNo
	if acts := strings.Join(s.show(t, no).Acts, " "); strings.Contains(acts, "accept") || !strings.Contains(acts, "tolerate") {
		t.Errorf("acts: %s", acts)
	}
	s.refusedWith(t, no, "window.papers_missing", window.Decision{Act: window.ActAccept})
	d := window.Decision{Act: window.ActTolerate, Gaps: []window.Gap{{What: "还没有开到", How: "开好后交到任一窗口", Ref: "nothing"}}}
	s.refusedWith(t, no, "window.decision", d)
	d.Gaps[0].Ref, d.Days = code, 30
	s.refusedWith(t, no, "window.decision", d)
	d.Days = 5
	c, doc := s.must(t, no, d)
	if c.State != "accepted" || doc.Kind != app.KindTolerance || c.Deferred != 1 || c.Mode != "tolerant" || c.Awaited[0].Due != "2026-12-03" {
		t.Fatalf("%s, %s, %+v", c.State, doc.Kind, c.Awaited)
	}
	s.refusedWith(t, no, "window.papers_missing", window.Decision{Act: window.ActGrant})
	s.refusedWith(t, no, "window.not_late", window.Decision{Act: window.ActLapse, Reason: "没有补交"})
	c, doc = s.must(t, no, window.Decision{Act: window.ActSupply, Materials: []string{code}})
	if c.Deferred != 0 || c.State != "accepted" || doc.Kind != app.KindSupply {
		t.Errorf("supplied: %d, %s", c.Deferred, c.State)
	}
	s.must(t, no, window.Decision{Act: window.ActGrant})
	if f, err := s.app.Facts(t.Context(), no); err != nil || !f.Tolerated || f.State != window.Granted {
		t.Errorf("facts %+v, %v", f, err)
	}

	sub, code = s.withLater(t, "spjy", 2)
	if _, err := s.take(t, sub); err != nil {
		t.Fatal(err)
	}
	s.must(t, sub.CaseNo, window.Decision{Act: window.ActTolerate, Gaps: []window.Gap{{What: "还没有开到", How: "开好后交到任一窗口", Ref: code}}, Days: 5})
	s.later(8)
	if c, doc := s.must(t, sub.CaseNo, window.Decision{Act: window.ActLapse, Reason: "到期没有补交"}); c.State != "lapsed" || doc.Kind != app.KindLapse {
		t.Errorf("lapsed: %s, %s", c.State, doc.Kind)
	}
}

// withLater is a submission in which one paper is left for later, and that paper's code.
func (s *scene) withLater(t *testing.T, item string, seq int) (sub wire.Submission, code string) {
	t.Helper()
	sub = s.submission(t, item, seq)
	it, err := s.cat.Service.Item(t.Context(), item, 0)
	if err != nil {
		t.Fatal(err)
	}
	for i, m := range sub.Materials {
		for _, known := range it.Materials {
			if known.Code == m.Code && known.Defer > 0 && code == "" {
				code = m.Code
				sub.Materials[i] = wire.Material{Code: m.Code, Deferred: true}
			}
		}
	}
	if code == "" {
		t.Fatalf("%s lets nothing come later", item)
	}
	return sub, code
}

// Told once; supplemented; told again only by another's approval; and the days of each side run anew.
func TestNoticeSupplementRenotice(t *testing.T) {
	s := open(t, kerneltest.New(t))
	s.employ("head", "何志远", window.PermRenotice)
	no := s.received(t, "glbt", 1)
	gaps := []window.Gap{{What: "户口簿首页没有拍", How: "带户口簿到窗口补拍首页"}}
	s.must(t, no, window.Decision{Act: window.ActNotice, Gaps: gaps, Days: 5})
	s.refusedWith(t, no, "window.not_late", window.Decision{Act: window.ActLapse, Reason: "没有补正"})
	s.later(4) // Monday 30 November
	c, doc := s.must(t, no, window.Decision{Act: window.ActSupplement})
	if c.State != "received" || doc.Kind != app.KindSupplement || c.Due != "2026-12-07" || c.Level != "green" {
		t.Errorf("supplemented: %s, %s, answer by %s, %s", c.State, doc.Kind, c.Due, c.Level)
	}
	s.refusedWith(t, no, "window.told_once", window.Decision{Act: window.ActNotice, Gaps: gaps, Days: 5})
	again := window.Decision{Act: window.ActRenotice, Gaps: gaps, Days: 5, Reason: "第一次漏看了户口簿首页"}
	s.refusedWith(t, no, "window.approver", again)
	again.Approver = "head"
	if c, doc = s.must(t, no, again); c.State != "notice" || doc.Kind != app.KindRenotice || c.Notices != 2 {
		t.Errorf("told again: %s, %s, %d", c.State, doc.Kind, c.Notices)
	}
	s.later(9)
	if c, _ = s.must(t, no, window.Decision{Act: window.ActLapse, Reason: "到期没有补正"}); c.State != "lapsed" || len(c.Acts) != 0 {
		t.Errorf("lapsed: %s, %v", c.State, c.Acts)
	}
}

func TestDenialAndWithdrawal(t *testing.T) {
	s := open(t, kerneltest.New(t))
	no := s.received(t, "glbt", 1)
	if _, _, err := s.decide(t, no, window.Decision{Act: window.ActDeny, Reason: "不符合高龄津贴发放条件"}); !errors.Is(err, window.ErrNotNow) {
		t.Errorf("denied before acceptance: %v", err)
	}
	s.must(t, no, window.Decision{Act: window.ActAccept})
	if c, doc := s.must(t, no, window.Decision{Act: window.ActDeny, Reason: "不符合高龄津贴发放条件"}); c.State != "denied" || doc.Kind != app.KindDenial {
		t.Errorf("%s, %s", c.State, doc.Kind)
	}
	no = s.received(t, "glbt", 2)
	s.must(t, no, window.Decision{Act: window.ActAccept})
	s.must(t, no, window.Decision{Act: window.ActPause, ReasonCode: "hearing", Days: 5, Reason: "申请人要求听证"})
	if c, doc := s.must(t, no, window.Decision{Act: window.ActWithdraw, Reason: "申请人不办了"}); c.State != "withdrawn" || doc.Kind != app.KindWithdrawal || len(c.Acts) != 0 {
		t.Errorf("%s, %s", c.State, doc.Kind)
	}
	if p := s.progressOf(t, no); p.State != "withdrawn" || p.Answer == "" {
		t.Errorf("the applicant sees %+v", p)
	}
}
