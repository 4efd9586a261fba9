package app_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"tongban/central/kernel/errs"
	"tongban/central/kernel/kerneltest"
	"tongban/central/modules/window/internal/app"
	"tongban/fleet/wire"
	"tongban/fleet/wire/matter"
)

// Every item that is offered at a terminal can be handed in, and the clerk sees it with its papers, masked in the list.
func TestEveryItemArrives(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		items, err := s.cat.Service.Items(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		items = slices.DeleteFunc(slices.Clone(items), func(it matter.Item) bool { return !it.Offered(matter.AtKiosk) })
		for i, it := range items {
			sub := s.submission(t, it.Code, i+1)
			if _, err := s.take(t, sub); err != nil {
				t.Errorf("%s: %v %+v", it.Code, err, errs.Fields(err))
				continue
			}
			c := s.show(t, sub.CaseNo)
			if c.State != "received" || len(c.Points) == 0 || c.Person.Name != zhou.Name {
				t.Errorf("%s: the clerk sees %+v", it.Code, c.Row)
			}
			for _, p := range c.Papers {
				if p.Need == "required" && len(p.Pages) == 0 {
					t.Errorf("%s: %s has no page", it.Code, p.Name)
				}
			}
		}
		in, err := s.app.Inbox(s.clerk(t), app.Ask{Tab: "todo", Size: 200})
		if err != nil {
			t.Fatal(err)
		}
		if in.Total != len(items) || in.Counts.Today != len(items) {
			t.Errorf("inbox: %d of %d, today %d", in.Total, len(items), in.Counts.Today)
		}
		text, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		for _, hidden := range []string{zhou.Name, zhou.IDNumber, "13908162150", "通办路"} {
			if strings.Contains(string(text), hidden) {
				t.Errorf("the list shows %q", hidden)
			}
		}
	})
}

func TestSearch(t *testing.T) {
	s := open(t, kerneltest.New(t))
	no := s.received(t, "cbzm", 1)
	for _, q := range []string{no, strings.ToLower(no), strings.ReplaceAll(no, "-", ""), zhou.IDNumber, "周*明", "参保证明"} {
		in, err := s.app.Inbox(s.clerk(t), app.Ask{Tab: "closed", Query: q, Size: 10})
		if q == "周*明" || q == "参保证明" {
			in, err = s.app.Inbox(s.clerk(t), app.Ask{Tab: "all", Query: q, Size: 10})
		}
		if err != nil || in.Total != 1 {
			t.Errorf("%q finds %d, %v", q, in.Total, err)
		}
	}
}

// A refusal names its reason, leaves nothing behind, and does not stop the next one.
func TestRefusedSubmissions(t *testing.T) {
	s := open(t, kerneltest.New(t))
	cases := map[string]struct {
		change func(*wire.Submission)
		code   string
		kind   errs.Kind
	}{
		"another terminal's number": {func(m *wire.Submission) { m.CaseNo, _ = wire.CaseNo(s.Clock.Now(), 2, 9) }, wire.CodeInvalid, errs.Invalid},
		"number with a wrong digit": {func(m *wire.Submission) { m.CaseNo = "MY261126-001-0001-0" }, wire.CodeInvalid, errs.Invalid},
		"unknown item":              {func(m *wire.Submission) { m.Item = "none" }, wire.CodeUnknownItem, errs.Invalid},
		"unknown version":           {func(m *wire.Submission) { m.ItemVersion = 99 }, wire.CodeUnknownItem, errs.Invalid},
		"no consent":                {func(m *wire.Submission) { m.Consents = nil }, wire.CodeInvalid, errs.Invalid},
		"no signature":              {func(m *wire.Submission) { m.Signatures = nil }, wire.CodeInvalid, errs.Invalid},
		"no paper":                  {func(m *wire.Submission) { m.Materials = nil }, wire.CodeInvalid, errs.Invalid},
		"phone too short":           {func(m *wire.Submission) { m.Form["phone"] = "139081621" }, wire.CodeInvalid, errs.Invalid},
		"card's name typed over":    {func(m *wire.Submission) { m.Form["name"] = "王小二" }, wire.CodeInvalid, errs.Invalid},
		"field nobody asked for":    {func(m *wire.Submission) { m.Form["hobby"] = "x" }, wire.CodeInvalid, errs.Invalid},
		"nation, not in the list":   {func(m *wire.Submission) { m.Applicant.Nation = "01" }, wire.CodeInvalid, errs.Invalid},
		"second number, not listed": {func(m *wire.Submission) { m.Signatures[0].IDNumber = zhou.IDNumber }, wire.CodeInvalid, errs.Invalid},
		"file not here yet": {func(m *wire.Submission) {
			m.Materials[0].Pages[0].Digest = "sha256:" + strings.Repeat("0", 64)
		}, wire.CodeMissingFile, errs.Unavailable},
		"digest is no digest": {func(m *wire.Submission) { m.Materials[0].Pages[0].Digest = "../../etc/passwd" }, wire.CodeInvalid, errs.Invalid},
	}
	for name, c := range cases {
		sub := s.submission(t, "glbt", 1)
		c.change(&sub)
		_, err := s.take(t, sub)
		if errs.CodeOf(err) != c.code || errs.KindOf(err) != c.kind {
			t.Errorf("%s: %v (%s, %v), want %s", name, err, errs.CodeOf(err), errs.KindOf(err), c.code)
		}
	}
	if n := s.Count(t, `SELECT count(*) FROM window_case`); n != 0 {
		t.Errorf("%d cases came of refused submissions", n)
	}
	s.received(t, "glbt", 1)
}

// The number belongs to one envelope for ever.
func TestNumberIsTaken(t *testing.T) {
	s := open(t, kerneltest.New(t))
	sub := s.submission(t, "cbzm", 7)
	if _, err := s.take(t, sub); err != nil {
		t.Fatal(err)
	}
	if _, err := s.take(t, sub); errs.CodeOf(err) != wire.CodeCaseTaken {
		t.Errorf("second envelope with the number: %v", err)
	}
}

// If any part of the intake cannot be kept, nothing of it is.
func TestIntakeIsAllOrNothing(t *testing.T) {
	for _, table := range []string{"window_case", "window_page", "window_signature", "window_history", "kernel_audit", "kernel_event"} {
		s := open(t, kerneltest.New(t))
		sub := s.submission(t, "glbt", 1)
		events, audits := s.EventCount(t), s.AuditCount(t)
		s.Break(t, table)
		if _, err := s.take(t, sub); err == nil {
			t.Errorf("%s broken: taken all the same", table)
		}
		s.Mend(t, table)
		for _, q := range []string{"window_case", "window_page", "window_signature", "window_history"} {
			if n := s.Count(t, `SELECT count(*) FROM `+q); n != 0 {
				t.Errorf("%s broken: %d rows in %s", table, n, q)
			}
		}
		if s.EventCount(t) != events || s.AuditCount(t) != audits {
			t.Errorf("%s broken: an event or audit record stayed", table)
		}
		if _, err := s.take(t, sub); err != nil {
			t.Errorf("%s mended: %v", table, err)
		}
	}
}

// Nothing of the person is readable in the tables.
func TestPersonIsSealedAtRest(t *testing.T) {
	s := open(t, kerneltest.New(t))
	s.received(t, "glbt", 1)
	for _, column := range []string{"name_sealed", "id_sealed", "id_blind", "body_sealed", "lookup_blind", "check_blind"} {
		for _, clear := range []string{zhou.Name, zhou.IDNumber, "通办路", "13908162150", "AB2C3D"} {
			if n := s.Count(t, `SELECT count(*) FROM window_case WHERE `+column+` LIKE $1`, "%"+clear+"%"); n != 0 {
				t.Errorf("%s holds %q in clear", column, clear)
			}
		}
	}
}
