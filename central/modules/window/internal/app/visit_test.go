package app_test

import (
	"encoding/json"
	"testing"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/ids"
	"tongban/central/kernel/kerneltest"
	"tongban/central/kernel/vault"
	"tongban/central/modules/window/internal/app"
	"tongban/fleet/wire"
)

// report plays the gate for a rating or a call.
func (s *scene) report(t *testing.T, take func(db.Tx, wire.Envelope, []byte) error, body any) error {
	t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	ctx := auth.As(t.Context(), auth.Actor{Kind: auth.Terminal, ID: from.Terminal})
	return s.DB.Do(ctx, func(tx db.Tx) error { return take(tx, wire.Envelope{ID: ids.New(), Terminal: from.Terminal}, b) })
}

// Five levels, with terminal, item and case, and the clerk sees it on the case.
func TestRatingIsKept(t *testing.T) {
	s := open(t, kerneltest.New(t))
	no := s.received(t, "cbzm", 1)
	rate := func(tx db.Tx, env wire.Envelope, body []byte) error {
		_, err := s.app.Rate(t.Context(), tx, env, from, body)
		return err
	}
	if err := s.report(t, rate, wire.Rating{CaseNo: no, Item: "cbzm", Level: 5, At: s.Clock.Now()}); err != nil {
		t.Fatal(err)
	}
	if n := s.Count(t, `SELECT count(*) FROM window_rating WHERE case_no=$1 AND item='cbzm' AND level=5 AND terminal='K-01'`, no); n != 1 {
		t.Errorf("%d ratings kept", n)
	}
	if c := s.show(t, no); c.Rating != 5 {
		t.Errorf("the case shows %d", c.Rating)
	}
	for _, level := range []int{0, 6, -1} {
		if err := s.report(t, rate, wire.Rating{CaseNo: no, Item: "cbzm", Level: level}); errs.KindOf(err) != errs.Invalid {
			t.Errorf("level %d: %v", level, err)
		}
	}
}

func TestCallForHelpReachesTheStream(t *testing.T) {
	s := open(t, kerneltest.New(t))
	before := s.EventCount(t)
	help := func(tx db.Tx, env wire.Envelope, body []byte) error {
		_, err := s.app.Help(t.Context(), tx, env, from, body)
		return err
	}
	if err := s.report(t, help, wire.Help{Screen: "scan", At: s.Clock.Now()}); err != nil {
		t.Fatal(err)
	}
	if s.EventCount(t) != before+1 || s.Count(t, `SELECT count(*) FROM window_help WHERE terminal='K-01' AND screen='scan'`) != 1 {
		t.Error("the call is not kept and told")
	}
}

// A short message goes to the number on the form; where the form has none, to the one that was told at the visit.
func TestTheNumberToldAtTheVisit(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		ctx := s.clerk(t)
		for item, want := range map[string]string{"cbzm": "13900000026", "glbt": "13900000031"} {
			v, err := s.app.Begin(ctx, app.NewDraft{Item: item, Hall: "涪城区政务服务中心", Window: "B12", Person: &atCounter, Phone: "13900000026"})
			if err != nil {
				t.Fatal(err)
			}
			v = s.fill(t, v)
			if _, asks := v.Form["phone"]; asks {
				change := app.DraftChange{Revision: v.Revision, Answers: v.Answers, Form: v.Form}
				change.Form["phone"] = "13900000031"
				if v, err = s.app.Save(ctx, v.ID, change); err != nil {
					t.Fatal(err)
				}
			}
			v = s.overrule(t, v)
			done, err := s.app.Submit(ctx, v.ID, v.Revision, true)
			if err != nil {
				t.Fatal(err)
			}
			phone, err := s.app.Phone(ctx, done.CaseNo)
			if err != nil || string(phone) != want {
				t.Errorf("%s: a message would go to %s, want %s; %v", item, phone, want, err)
			}
			if c := s.show(t, done.CaseNo); c.Person.PhoneMasked != vault.MaskPhone(want) {
				t.Errorf("%s: the page shows %s", item, c.Person.PhoneMasked)
			}
		}
	})
}
