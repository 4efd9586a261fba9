package app_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/kerneltest"
	"tongban/central/modules/window"
	"tongban/central/modules/window/internal/app"
)

// The papers of supervision are numbered in the transaction that issues the card, verify like the window's, and are no papers of the
// applicant. With PAPER_OUT set they are written there, to look at.
func TestPapersOfCards(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		no := s.received(t, "glbt", 1)
		ctx := auth.AsSystem(t.Context(), "supervision")
		card := window.Card{
			No: "P-2026-0001", Office: "绵阳市政务服务管理局", Mark: "绵政务", To: "涪城区民政局", Handler: "林岚", Rule: "承诺时限快用完", Words: "用去 80%，或只余 1 工作日",
			Why: "余 1 工作日", ReplyBy: time.Date(2026, 12, 7, 17, 0, 0, 0, clock.Shanghai), Clock: "余 1 工作日", Due: "2026-12-04", Statutory: "2026-12-25",
		}
		made := func(level string) (doc window.Document, err error) {
			c := card
			c.Level = level
			if level == "reminder" {
				c.ReplyBy, c.Handler = time.Time{}, ""
			}
			err = s.DB.Do(ctx, func(tx db.Tx) (err error) {
				doc, err = s.app.CardPaper(ctx, tx, no, c)
				return err
			})
			return doc, err
		}
		numbers := ""
		for _, level := range []string{"reminder", "yellow", "red", "illegal"} {
			doc, err := made(level)
			if err != nil {
				t.Fatalf("%s: %v", level, err)
			}
			numbers += doc.Title + " " + doc.No + "; "
			pdf, err := s.app.OpenCardPaper(ctx, doc.ID)
			if err != nil || string(pdf[:5]) != "%PDF-" {
				t.Fatalf("%s: %d bytes, %v", level, len(pdf), err)
			}
			if v, err := s.app.VerifyFile(t.Context(), pdf, doc.Code); err != nil || v.Verdict != app.CheckValid || v.Title != doc.Title {
				t.Errorf("%s does not verify: %+v, %v", level, v, err)
			}
			if out := os.Getenv("PAPER_OUT"); out != "" {
				if err := os.WriteFile(filepath.Join(out, "card-"+level+".pdf"), pdf, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
		if want := "督办单 绵政务督〔2026〕1号; 黄牌 绵政务黄牌〔2026〕1号; 红牌 绵政务红牌〔2026〕1号; 红牌 绵政务红牌〔2026〕2号; "; numbers != want {
			t.Errorf("numbers %s", numbers)
		}
		for _, d := range s.show(t, no).Documents {
			if d.Kind == app.KindCardRed {
				t.Error("the applicant's papers hold a card")
			}
		}
		if _, err := made("purple"); err == nil {
			t.Error("a level that does not exist has a paper")
		}
		if _, err := s.app.OpenCardPaper(ctx, "nothing"); !errors.Is(err, window.ErrNoSuchCase) {
			t.Errorf("no paper: %v", err)
		}
	})
}
