package app_test

import (
	"context"
	"errors"
	"testing"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/kernel/kerneltest"
	"tongban/central/modules/window"
	"tongban/central/modules/window/internal/app"
)

func paper(t *testing.T, v app.DraftView, code string) app.WantedPaper {
	t.Helper()
	for _, p := range v.Materials {
		if p.Code == code {
			return p
		}
	}
	t.Fatalf("%s is not asked for", code)
	return app.WantedPaper{}
}

// What an applicant shares by phone goes in beside the clerk who types, is taken out with the consent, and goes with the case; nothing
// that the clerk's page sends makes it the clerk's own word.
func TestSharedIntoADraft(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		ctx, phone := s.clerk(t), auth.AsSystem(t.Context(), "sharing.applicant")
		v := s.fill(t, s.begin(t, "glbt"))
		code := ""
		for _, p := range v.Materials {
			if p.Need == "required" || p.Need == "deferrable" {
				code = p.Code
				break
			}
		}
		for _, leaf := range paper(t, v, code).Pages {
			var err error
			if v, err = s.app.DropDraftPage(ctx, v.ID, leaf.ID); err != nil {
				t.Fatal(err)
			}
		}
		if d, err := s.app.ShareDraft(phone, v.ID); err != nil || string(d.IDNumber) != zhou.IDNumber || d.Phone == "" || len(d.Papers) == 0 {
			t.Fatalf("the phone's view: %+v, %v", d, err)
		}
		stranger := auth.As(t.Context(), auth.Actor{Kind: auth.Staff, ID: "u9"}.Granted(window.PermRegister))
		if _, err := s.app.ShareDraft(stranger, v.ID); !errors.Is(err, window.ErrNoSuchDraft) {
			t.Errorf("another clerk's draft: %v", err)
		}
		licence := []window.SharedPaper{{Code: code, Source: "licence", Ref: "L-1", Note: "省电子证照库"}}
		if err := s.app.Share(phone, v.ID, "c1", licence, nil); err != nil {
			t.Fatal(err)
		}
		typed := app.DraftChange{Revision: v.Revision, Answers: v.Answers, Form: v.Form, Held: []app.HeldPaper{{Code: code, Source: "licence", Ref: "L-1"}}}
		after, err := s.app.Save(ctx, v.ID, typed) // typed before the clerk's page heard of it
		if err != nil {
			t.Fatalf("the clerk's save beside the phone: %v", err)
		}
		if p := paper(t, after, code); p.Source != "licence" || !p.Shared || p.Trust != "A" {
			t.Fatalf("shared: %+v", p)
		}
		if _, err := s.app.Save(ctx, v.ID, typed); !errors.Is(err, window.ErrDraftChanged) {
			t.Errorf("a save over another clerk's: %v", err)
		}
		if err := s.app.SharePhoto(phone, v.ID, code, picture(t), nil); err != nil {
			t.Fatal(err)
		}
		after, _ = s.app.Draft(ctx, v.ID)
		if p := paper(t, after, code); len(p.Pages) != 1 || p.Source != "scan" || p.Trust != "C" || p.SourceNote != "申请人手机拍的" {
			t.Errorf("photographed: %+v", p)
		}
		if err := s.app.Share(phone, v.ID, "c1", nil, nil); err != nil {
			t.Fatal(err)
		}
		after, _ = s.app.Draft(ctx, v.ID)
		if p := paper(t, after, code); p.Source != "" || len(p.Pages) != 0 {
			t.Errorf("taken back: %+v", p)
		}
		boom := errors.New("boom")
		if err := s.app.Share(phone, v.ID, "c1", licence, func(context.Context, db.Tx) error { return boom }); !errors.Is(err, boom) {
			t.Errorf("a failing companion: %v", err)
		}
		if err := s.app.Share(phone, v.ID, "c1", licence, nil); err != nil {
			t.Fatal(err)
		}
		other := atCounter
		other.IDNumber = "510799199203030017"
		after, _ = s.app.Draft(ctx, v.ID)
		changed, err := s.app.Save(ctx, v.ID, app.DraftChange{Revision: after.Revision, Answers: after.Answers, Form: after.Form, Person: &other})
		if err != nil || paper(t, changed, code).Source != "" {
			t.Errorf("shared by one, used for another: %+v, %v", paper(t, changed, code), err)
		}
		if _, err = s.app.Save(ctx, v.ID, app.DraftChange{Revision: changed.Revision, Answers: v.Answers, Form: v.Form, Person: &atCounter}); err != nil {
			t.Fatal(err)
		}
		if err := s.app.Share(phone, v.ID, "c1", licence, nil); err != nil {
			t.Fatal(err)
		}
		after, _ = s.app.Draft(ctx, v.ID)
		after = s.overrule(t, after)
		done, err := s.app.Submit(ctx, v.ID, after.Revision, true)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range s.show(t, done.CaseNo).Papers {
			if p.Code == code && (p.Source != "licence" || p.Trust != "A" || p.From != "省电子证照库") {
				t.Errorf("on the case: %+v", p)
			}
		}
		if f, err := s.app.Facts(ctx, done.CaseNo); err != nil || f.Exempt != 1 {
			t.Errorf("exempt %d, %v", f.Exempt, err)
		}
	})
}
