package app_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/kerneltest"
	"tongban/central/modules/window"
	"tongban/central/modules/window/internal/app"
	"tongban/central/modules/window/internal/store"
	"tongban/fleet/wire"
)

func (s *scene) decide(t *testing.T, no string, d window.Decision) (app.Case, app.DocumentRow, error) {
	t.Helper()
	if d.Version == 0 {
		d.Version = s.show(t, no).Version
	}
	return s.app.Decide(s.clerk(t), no, d)
}

// Accepted on Thursday 26 November 2026 with five working days: promised for 3 December, and the applicant can see it.
func TestAcceptStartsTheClock(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		no := s.received(t, "glbt", 1)
		c, doc, err := s.decide(t, no, window.Decision{Act: window.ActAccept})
		if err != nil {
			t.Fatal(err)
		}
		if c.State != "accepted" || c.Clock.PromiseDue != "2026-12-03" || !strings.HasSuffix(doc.No, "〔2026〕1号") {
			t.Errorf("state %s, due %s, document %s", c.State, c.Clock.PromiseDue, doc.No)
		}
		if len(s.told) != 1 || s.told[0].CaseNo != no || s.told[0].State != "accepted" {
			t.Errorf("the terminal was told %+v", s.told)
		}
		p := s.progressOf(t, no)
		if p.State != "accepted" || p.Due != "2026-12-03" || p.Applicant != "周*明" || len(p.Documents) != 1 {
			t.Errorf("the applicant sees %+v", p)
		}
		s.later(8)
		if c := s.show(t, no); c.Clock.Level != "red" || !strings.HasPrefix(c.Clock.Text, "超") {
			t.Errorf("eight days later: %s, %s", c.Clock.Level, c.Clock.Text)
		}
		s.AuditCount(t)
	})
}

func (s *scene) progressOf(t *testing.T, no string) wire.Progress {
	t.Helper()
	ps, err := s.app.Progress(t.Context(), wire.ProgressQuery{CaseNo: no, CheckCode: "AB2C3D"})
	if err != nil || len(ps) != 1 {
		t.Fatalf("progress: %+v, %v", ps, err)
	}
	return ps[0]
}

func TestNoticeAndRefusal(t *testing.T) {
	s := open(t, kerneltest.New(t))
	no := s.received(t, "cxbx", 1)
	gaps := []window.Gap{{What: "户口簿首页没有拍", How: "带户口簿到窗口补拍首页"}}
	c, doc, err := s.decide(t, no, window.Decision{Act: window.ActNotice, Gaps: gaps, Days: 10})
	if err != nil {
		t.Fatal(err)
	}
	if c.State != "notice" || doc.Kind != app.KindNotice || c.Clock.Running {
		t.Errorf("after the notice: %s, %s, clock runs %v", c.State, doc.Kind, c.Clock.Running)
	}
	if p := s.progressOf(t, no); p.State != "notice" || p.Next == "" || p.Steps[1].State != "you" {
		t.Errorf("the applicant sees %+v", p)
	}
	if _, _, err := s.decide(t, no, window.Decision{Act: window.ActNotice, Gaps: gaps, Days: 10}); !errors.Is(err, window.ErrNotNow) {
		t.Errorf("second notice: %v", err)
	}
	c, doc, err = s.decide(t, no, window.Decision{Act: window.ActRefuse, ReasonCode: "not_eligible", Reason: "您已在外市参加企业职工养老保险，不能重复参保"})
	if err != nil {
		t.Fatal(err)
	}
	if c.State != "refused" || doc.Kind != app.KindRefusal || len(c.Acts) != 0 {
		t.Errorf("after the refusal: %s, %s, %v", c.State, doc.Kind, c.Acts)
	}
}

// A proof is printed only with every line that somebody read in the office's own system.
func TestProofNeedsItsLines(t *testing.T) {
	s := open(t, kerneltest.New(t))
	no := s.received(t, "cbzm", 1)
	// Issued on the spot: there are no days that an acceptance could promise.
	_, _, err := s.decide(t, no, window.Decision{Act: window.ActAccept})
	if errs.CodeOf(err) != errs.CodeOf(window.ErrNotNow) {
		t.Fatalf("accepted what is issued on the spot: %v", err)
	}
	_, _, err = s.decide(t, no, window.Decision{Act: window.ActGrant})
	if errs.CodeOf(err) != "window.proof" {
		t.Fatalf("proof without lines: %v", err)
	}
	facts := []window.Fact{
		{Label: "参保地", Value: "绵阳市涪城区"}, {Label: "参保险种", Value: "企业职工基本养老保险"}, {Label: "参保状态", Value: "正常"},
		{Label: "缴费到", Value: "2026年10月"}, {Label: "累计缴费月数", Value: "148"},
	}
	c, doc, err := s.decide(t, no, window.Decision{Act: window.ActGrant, Facts: facts})
	if err != nil {
		t.Fatal(err)
	}
	if c.State != "granted" || doc.Kind != app.KindProof {
		t.Errorf("%s, %s", c.State, doc.Kind)
	}
	v, err := s.app.VerifyCode(t.Context(), doc.VerifyCode)
	if err != nil || v.Verdict != app.CheckValid {
		t.Fatalf("check: %+v, %v", v, err)
	}
	for _, f := range v.Facts {
		if strings.Contains(f.Value, zhou.Name) || strings.Contains(f.Value, zhou.IDNumber) {
			t.Errorf("the check shows %s in clear", f.Label)
		}
	}
}

func TestPaperVerifies(t *testing.T) {
	s := open(t, kerneltest.New(t))
	no := s.received(t, "glbt", 1)
	_, doc, err := s.decide(t, no, window.Decision{Act: window.ActAccept})
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.app.Paper(s.clerk(t), doc.ID)
	if err != nil {
		t.Fatal(err)
	}
	if v, err := s.app.VerifyFile(t.Context(), p.Bytes, doc.VerifyCode); err != nil || v.Verdict != app.CheckValid {
		t.Errorf("as issued: %+v, %v", v, err)
	}
	for _, at := range []int{0, len(p.Bytes) / 2, len(p.Bytes) - 1} {
		changed := append([]byte(nil), p.Bytes...)
		changed[at] ^= 1
		if v, err := s.app.VerifyFile(t.Context(), changed, doc.VerifyCode); err != nil || v.Verdict != app.CheckChanged || len(v.Differences) == 0 {
			t.Errorf("byte %d changed: %+v, %v", at, v, err)
		}
	}
	if v, err := s.app.VerifyCode(t.Context(), "ZZZZ-ZZZZ"); err != nil || v.Verdict != app.CheckNotFound {
		t.Errorf("unknown code: %+v, %v", v, err)
	}
}

// Clerks who decide at the same moment get numbers without a gap and without a double, however many they are.
func TestNumbersUnderRush(t *testing.T) {
	s := open(t, kerneltest.New(t))
	const n = 24
	var nos []string
	for i := range n {
		nos = append(nos, s.received(t, "glbt", i+1))
	}
	seen := map[string]bool{}
	var mu sync.Mutex
	var rush sync.WaitGroup
	for _, no := range nos {
		rush.Go(func() {
			_, doc, err := s.app.Decide(s.clerk(t), no, window.Decision{Act: window.ActAccept, Version: 1})
			mu.Lock()
			defer mu.Unlock()
			if err != nil || seen[doc.No] {
				t.Errorf("%s: document %q, %v", no, doc.No, err)
			}
			seen[doc.No] = true
		})
	}
	rush.Wait()
	if last := s.Count(t, `SELECT MAX(n) FROM window_counter`); last != n {
		t.Errorf("last number is %d after %d papers", last, n)
	}
	if left := s.Count(t, `SELECT count(*) FROM window_number`); left != 0 {
		t.Errorf("%d numbers wait for a paper that nobody draws", left)
	}
}

// A program that dies between the number and its paper leaves no gap: once the number lapses, the next paper has it. What comes
// too late for its number is refused and nothing of it stays.
func TestNumberOfTheDead(t *testing.T) {
	s := open(t, kerneltest.New(t))
	first, second := s.received(t, "glbt", 1), s.received(t, "glbt", 2)
	_, doc, err := s.decide(t, first, window.Decision{Act: window.ActAccept})
	if err != nil {
		t.Fatal(err)
	}
	series, _, _ := strings.Cut(doc.No, "1号")
	dead := func(tx db.Tx, until time.Time) (n int64, err error) {
		return store.Reserve(t.Context(), tx, series, "of the dead", db.Ms(until))
	}
	for _, n := range []struct {
		until time.Time
		is    int64
	}{{s.Clock.Now().Add(time.Minute), 2}, {s.Clock.Now().Add(time.Hour), 3}} {
		err = s.DB.Do(t.Context(), func(tx db.Tx) error {
			got, err := dead(tx, n.until)
			if got != n.is {
				t.Errorf("reserved %d, not %d", got, n.is)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	s.Clock.Advance(2 * time.Minute)
	_, doc, err = s.decide(t, second, window.Decision{Act: window.ActAccept})
	if err != nil || doc.No != series+"2号" {
		t.Errorf("after the first number lapsed: %q, %v", doc.No, err)
	}
	err = s.DB.Do(t.Context(), func(tx db.Tx) error {
		if kept, err := store.Use(t.Context(), tx, series, 2, "of the dead"); err != nil || kept {
			t.Errorf("the dead uses a number that went on: %v, %v", kept, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Two clerks look at one case; the second is told, and nothing of theirs is half done.
func TestSecondClerkIsTold(t *testing.T) {
	s := open(t, kerneltest.New(t))
	no := s.received(t, "glbt", 1)
	if _, _, err := s.decide(t, no, window.Decision{Act: window.ActAccept, Version: 1}); err != nil {
		t.Fatal(err)
	}
	papers := s.Count(t, `SELECT count(*) FROM window_document`)
	_, _, err := s.decide(t, no, window.Decision{Act: window.ActRefuse, Version: 1, ReasonCode: "not_needed", Reason: "这件事依法不需要办理许可"})
	if !errors.Is(err, window.ErrChanged) {
		t.Errorf("second clerk: %v", err)
	}
	if s.Count(t, `SELECT count(*) FROM window_document`) != papers {
		t.Error("a paper stayed")
	}
}

func TestDecisionIsAllOrNothing(t *testing.T) {
	for _, table := range []string{"window_document", "window_history", "kernel_audit", "kernel_event"} {
		s := open(t, kerneltest.New(t))
		no := s.received(t, "glbt", 1)
		s.show(t, no)
		s.Break(t, table)
		_, _, err := s.app.Decide(s.clerk(t), no, window.Decision{Act: window.ActAccept, Version: 1})
		s.Mend(t, table)
		if err == nil {
			t.Errorf("%s broken: accepted all the same", table)
		}
		if c := s.show(t, no); c.State != "received" || c.Version != 1 || len(c.Documents) != 0 || len(s.told) != 0 {
			t.Errorf("%s broken: half of it happened: %s v%d, %d papers, told %v", table, c.State, c.Version, len(c.Documents), s.told)
		}
		if _, doc, err := s.decide(t, no, window.Decision{Act: window.ActAccept}); err != nil || !strings.HasSuffix(doc.No, "〔2026〕1号") {
			t.Errorf("%s mended: %q, %v", table, doc.No, err)
		}
	}
}

func TestUnmaskAsksWhyAndIsKept(t *testing.T) {
	s := open(t, kerneltest.New(t))
	no := s.received(t, "glbt", 1)
	if _, err := s.app.Unmask(s.clerk(t), no, "id_number", "", "看"); errs.CodeOf(err) != "window.reason" {
		t.Errorf("without a reason: %v", err)
	}
	before := s.AuditCount(t)
	v, err := s.app.Unmask(s.clerk(t), no, "id_number", "contact", "电话里核对身份")
	if err != nil || v != zhou.IDNumber {
		t.Errorf("unmask: %q, %v", v, err)
	}
	if s.AuditCount(t) != before+1 {
		t.Error("the look is not in the audit")
	}
}

func TestPicturesOpen(t *testing.T) {
	s := open(t, kerneltest.New(t))
	no := s.received(t, "glbt", 1)
	c := s.show(t, no)
	for _, p := range c.Papers {
		for _, page := range p.Pages {
			got, err := s.app.Page(s.clerk(t), no, page.ID)
			if err != nil || string(got.Bytes) != "page of "+p.Code {
				t.Errorf("%s: %q, %v", p.Code, got.Bytes, err)
			}
		}
	}
	for _, g := range c.Signatures {
		if got, err := s.app.Signature(s.clerk(t), no, g.Role); err != nil || string(got.Bytes) != "signature of "+g.Role {
			t.Errorf("%s: %q, %v", g.Role, got.Bytes, err)
		}
	}
	if _, err := s.app.Page(s.clerk(t), no, "other"); !errors.Is(err, window.ErrNoSuchCase) {
		t.Errorf("foreign page: %v", err)
	}
}

// By card a person sees their own cases; with a number and another's check code, nothing.
func TestProgressIsForItsPerson(t *testing.T) {
	s := open(t, kerneltest.New(t))
	no := s.received(t, "glbt", 1)
	ps, err := s.app.Progress(t.Context(), wire.ProgressQuery{IDNumber: zhou.IDNumber})
	if err != nil || len(ps) != 1 || ps[0].CaseNo != no {
		t.Errorf("by card: %+v, %v", ps, err)
	}
	if ps, err := s.app.Progress(t.Context(), wire.ProgressQuery{IDNumber: "510799198512310026"}); err != nil || len(ps) != 0 {
		t.Errorf("another's card: %+v, %v", ps, err)
	}
	if _, err := s.app.Progress(t.Context(), wire.ProgressQuery{CaseNo: no, CheckCode: "XXXXXX"}); !errors.Is(err, window.ErrNoSuchCase) {
		t.Errorf("wrong check code: %v", err)
	}
	if _, err := s.app.Progress(t.Context(), wire.ProgressQuery{CaseNo: no}); err == nil {
		t.Error("a number alone shows a case")
	}
}

// Who may not look at values in full sees a masked case; who may sees name and address, and numbers still masked.
func TestACaseIsMaskedByRight(t *testing.T) {
	s := open(t, kerneltest.New(t))
	no := s.received(t, "glbt", 1)
	secret := map[string]string{"name": zhou.Name, "number": zhou.IDNumber, "address": zhou.Address, "phone": "13908162150", "bank": "6222020200112233446"}
	for _, c := range []struct {
		name string
		ctx  context.Context
		may  []string
	}{
		{"without the right", auth.As(t.Context(), auth.Actor{Kind: auth.Staff, ID: "u2", Name: "审批员"}.Granted(
			slices.DeleteFunc(slices.Clone(everything), func(p string) bool { return p == window.PermUnmask })...)), nil},
		{"with it", s.clerk(t), []string{"name", "address"}},
	} {
		v, err := s.app.Show(c.ctx, no)
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		for what, value := range secret {
			if shown := strings.Contains(string(text), value); shown && !slices.Contains(c.may, what) {
				t.Errorf("%s: the %s is shown: %s", c.name, what, text)
			}
		}
		if len(c.may) > 0 && v.Person.Name != zhou.Name {
			t.Errorf("%s: %q", c.name, v.Person.Name)
		}
	}
}
