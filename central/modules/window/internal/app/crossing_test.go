package app_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/kerneltest"
	"tongban/central/modules/window"
	"tongban/central/modules/window/internal/app"
	"tongban/fleet/wire"
)

var errNoTarget = errors.New("no such target")

// across makes the window know one region that takes old-age allowances.
func (s *scene) across() {
	s.app.Across = func(_ context.Context, target, item string) (window.CrossingTarget, error) {
		if target != "500112000000.collect" || item != "glbt" {
			return window.CrossingTarget{}, errNoTarget
		}
		return window.CrossingTarget{ID: target, Name: "重庆市渝北区，异地代收代办"}, nil
	}
}

// A registration for another region lies on the shelf as every other, is parked and resumed, never becomes a case here, and is handed on
// whole with a number of the counters' series, once.
func TestHandedAcross(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		if _, err := s.app.Begin(s.clerk(t), app.NewDraft{Item: "glbt", Across: "500112000000.collect", Person: &atCounter}); err == nil {
			t.Error("begun although no regions are known")
		}
		s.across()
		if _, err := s.app.Begin(s.clerk(t), app.NewDraft{Item: "spxj", Across: "500112000000.collect", Person: &atCounter}); !errors.Is(err, errNoTarget) {
			t.Errorf("an item that is not taken for them: %v", err)
		}
		v, err := s.app.Begin(s.clerk(t), app.NewDraft{Item: "glbt", Across: "500112000000.collect", Hall: "涪城区政务服务中心", Window: "B12", Ticket: "A012", Person: &atCounter})
		if err != nil || v.Across == "" || v.IfToday != "" {
			t.Fatalf("begun: %+v %v", v.Across, err)
		}
		if v, err = s.app.Park(s.clerk(t), v.ID, v.Revision, "等户口簿"); err != nil {
			t.Fatal(err)
		}
		if shelf, err := s.app.Shelf(s.clerk(t), false); err != nil || len(shelf.Rows) != 1 || shelf.Rows[0].Across != "重庆市渝北区，异地代收代办" {
			t.Fatalf("the shelf: %+v %v", shelf.Rows, err)
		}
		if v, err = s.app.Resume(s.clerk(t), v.ID); err != nil {
			t.Fatal(err)
		}
		none := func(context.Context, db.Tx, window.Across) error { return nil }
		if _, err := s.app.HandAcross(s.clerk(t), v.ID, v.Revision, none); errs.CodeOf(err) != "window.incomplete" {
			t.Errorf("handed on half filled in: %v", err)
		}
		v = s.overrule(t, s.fill(t, v))
		if _, err := s.app.Submit(s.clerk(t), v.ID, v.Revision, false); errs.CodeOf(err) != "window.across" {
			t.Errorf("submitted here: %v", err)
		}
		if _, err := s.app.HandAcross(s.clerk(t), v.ID, v.Revision, func(context.Context, db.Tx, window.Across) error { return errNoTarget }); !errors.Is(err, errNoTarget) {
			t.Errorf("what the other side does not keep: %v", err)
		}
		var kept window.Across
		got, err := s.app.HandAcross(s.clerk(t), v.ID, v.Revision, func(_ context.Context, _ db.Tx, a window.Across) error {
			kept = a
			return nil
		})
		if err != nil || kept.No != got.No || kept.Target != "500112000000.collect" || kept.Submission.Applicant.IDNumber != zhou.IDNumber || len(kept.Submission.Materials) == 0 || len(kept.Submission.Materials[0].Pages[0].Key) == 0 {
			t.Fatalf("handed on: %+v %v", kept, err)
		}
		if _, err := wire.ParseCaseNo(got.No); err != nil {
			t.Errorf("number: %v", err)
		}
		if n := k.Count(t, `SELECT count(*) FROM window_case`) + k.Count(t, `SELECT count(*) FROM window_draft`); n != 0 {
			t.Errorf("%d rows here, want none: no clock of ours", n)
		}
		if _, err := s.app.HandAcross(s.clerk(t), v.ID, v.Revision, none); !errors.Is(err, window.ErrNoSuchDraft) {
			t.Errorf("handed on twice: %v", err)
		}
		local := s.fill(t, s.begin(t, "glbt"))
		if _, err := s.app.HandAcross(s.clerk(t), local.ID, local.Revision, none); errs.CodeOf(err) != "window.not_across" {
			t.Errorf("a matter of ours handed on: %v", err)
		}
		if names, err := s.app.PaperNames(t.Context(), "glbt", 0); err != nil || names["hukou"] != "居民户口簿" {
			t.Errorf("names: %v %v", names, err)
		}
	})
}

// What another region received for us passes the same checks, is an ordinary case, and its days begin on the day its papers arrived.
func TestTakenAcross(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		take := func(id string, sub wire.Submission, at time.Time) (no string, err error) {
			err = k.DB.Do(auth.AsSystem(t.Context(), "region"), func(tx db.Tx) (err error) {
				no, err = s.app.TakeAcross(t.Context(), tx, window.Forwarded{ID: id, From: "重庆市渝北区代收", Region: "500112000000", Item: "glbt", Submission: sub}, at)
				return err
			})
			return no, err
		}
		sub := s.submission(t, "glbt", 1)
		s.later(3)
		no, err := take("KS1", sub, k.Clock.Now())
		if err != nil {
			t.Fatal(err)
		}
		f, err := s.app.Facts(t.Context(), no)
		if err != nil || f.Channel != window.ChannelRegion || f.State != window.Received || f.ReceivedAt.UnixMilli() != k.Clock.Now().UnixMilli() || f.AcceptedOn != "" || f.Region == "" {
			t.Fatalf("taken: %+v %v", f, err)
		}
		c := s.show(t, no)
		if len(c.Papers) == 0 || c.Person.Name == "" {
			t.Errorf("shown: %+v", c.Person)
		}
		if _, err := take("KS1", sub, k.Clock.Now()); err == nil {
			t.Error("the same twice became two cases")
		}
		bare := sub
		bare.Materials = nil
		if _, err := take("KS2", bare, k.Clock.Now()); errs.KindOf(err) != errs.Invalid {
			t.Errorf("without its papers: %v", err)
		}
	})
}
