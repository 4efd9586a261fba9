package app_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/events"
	"tongban/central/kernel/ids"
	"tongban/central/kernel/kerneltest"
	"tongban/central/modules/window"
	"tongban/central/modules/window/internal/app"
	"tongban/fleet/wire"
)

// within is a clerk who holds everything in one scope.
func within(t *testing.T, id string, s actor.Scope) context.Context {
	t.Helper()
	return auth.As(t.Context(), auth.Actor{Kind: auth.Staff, ID: id, Name: "周敏", Desk: "窗", Roles: []string{"clerk"}}.GrantedWithin(s, everything...))
}

// every way in which a clerk can reach a case, by its number, a page, a signature role and a document of it. Each returns
// the error, nil where something was shown or done.
func (s *scene) ways(no, page, paper string) map[string]func(ctx context.Context) error {
	one := func(_ any, err error) error { return err }
	found := func(q string) func(ctx context.Context) error {
		return func(ctx context.Context) error {
			in, err := s.app.Inbox(ctx, app.Ask{Tab: "all", Query: q, Page: 1, Size: 200})
			if err == nil && len(in.Rows) == 0 {
				if in.Total != 0 || in.Counts != (app.Counts{}) {
					return nil // a number gives away as much as a row
				}
				err = window.ErrNoSuchCase
			}
			return err
		}
	}
	decide := func(d window.Decision) func(ctx context.Context) error {
		return func(ctx context.Context) error {
			d.Version = 1
			_, _, err := s.app.Decide(ctx, no, d)
			return err
		}
	}
	notice := window.Decision{Act: window.ActNotice, Version: 1, Days: 5, Gaps: []window.Gap{{What: "户口簿首页没有拍", How: "带户口簿到窗口补拍首页"}}}
	refuse := window.Decision{Act: window.ActRefuse, ReasonCode: "not_eligible", Reason: "不在本区参保，请到参保地办理"}
	return map[string]func(ctx context.Context) error{
		"list":                found(""),
		"search by number":    found(no),
		"search by ID":        found(zhou.IDNumber),
		"search by name":      found("周"),
		"show":                func(ctx context.Context) error { return one(s.app.Show(ctx, no)) },
		"page":                func(ctx context.Context) error { return one(s.app.Page(ctx, no, page)) },
		"signature":           func(ctx context.Context) error { return one(s.app.Signature(ctx, no, "applicant")) },
		"document":            func(ctx context.Context) error { return one(s.app.Paper(ctx, paper)) },
		"unmask":              func(ctx context.Context) error { return one(s.app.Unmask(ctx, no, "id_number", "", "核对证件")) },
		"preview":             func(ctx context.Context) error { return one(s.app.Preview(ctx, no, notice)) },
		"accept":              decide(window.Decision{Act: window.ActAccept}),
		"give notice":         decide(notice),
		"refuse":              decide(refuse),
		"grant":               decide(window.Decision{Act: window.ActGrant}),
		"tick a review point": func(ctx context.Context) error { return one(s.app.Tick(ctx, no, s.firstPoint, true, "")) },
	}
}

// firstOf finds a page, a paper and a review point of a case, as somebody who may see everything.
func (s *scene) firstOf(t *testing.T, no string) (page, paper string) {
	t.Helper()
	if err := s.app.Receipt(auth.AsSystem(t.Context(), "job"), json.RawMessage(`{"no":"`+no+`"}`)); err != nil {
		t.Fatal(err)
	}
	c := s.show(t, no)
	for _, p := range c.Papers {
		if len(p.Pages) > 0 {
			page = p.Pages[0].ID
		}
	}
	s.firstPoint = c.Points[0].ID
	if page == "" || len(c.Documents) == 0 {
		t.Fatalf("the case has no page or no paper")
	}
	return page, c.Documents[0].ID
}

// A case of another region or department does not exist: not in lists, numbers, files, papers or acts.
func TestAnotherPlacesCaseDoesNotExist(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		no := s.received(t, "lsjz", 1) // decided by 涪城区民政局, handed in at a terminal in 涪城区
		page, paper := s.firstOf(t, no)
		audits := k.AuditCount(t)
		for name, scope := range map[string]actor.Scope{
			"the next district": actor.InRegion("510704000000"), "a street": actor.InRegion("510703001000"), "another department": actor.InDepartments("fc-zjj"),
			"own, but it is another's": actor.OwnOf("u2"), "nowhere": {},
		} {
			for way, try := range s.ways(no, page, paper) {
				if err := try(within(t, "u2", scope)); !errors.Is(err, window.ErrNoSuchCase) {
					t.Errorf("%s, %s: %v", name, way, err)
				}
			}
		}
		if n := k.AuditCount(t); n != audits {
			t.Errorf("%d acts were kept of what nobody could see", n-audits)
		}
		for name, scope := range map[string]actor.Scope{
			"the district": actor.InRegion("510703000000"), "the city": actor.InRegion("510700000000"), "its department": actor.InDepartments("fc-mzj"),
			"whoever opened it first": actor.OwnOf("u1"), "everywhere": actor.Everywhere(),
		} {
			for _, way := range []string{"list", "search by number", "search by ID", "show", "page", "document", "unmask", "preview"} {
				if err := s.ways(no, page, paper)[way](within(t, "u1", scope)); err != nil {
					t.Errorf("%s, %s: %v", name, way, err)
				}
			}
		}
	})
}

// Who may read a case but not work on it is told so, and nothing is done.
func TestReadHereActThere(t *testing.T) {
	k := kerneltest.New(t)
	s := open(t, k)
	no := s.received(t, "lsjz", 1)
	page, paper := s.firstOf(t, no)
	who := auth.Actor{Kind: auth.Staff, ID: "u3", Name: "李"}.
		GrantedWithin(actor.InRegion("510700000000"), window.PermRead).GrantedWithin(actor.InRegion("510704000000"), everything...)
	for _, way := range []string{"accept", "give notice", "refuse", "grant", "tick a review point", "unmask", "preview"} {
		if err := s.ways(no, page, paper)[way](auth.As(t.Context(), who)); errs.CodeOf(err) != "window.beyond" {
			t.Errorf("%s: %v", way, err)
		}
	}
	if c := s.show(t, no); c.State != string(window.Received) {
		t.Errorf("the case is %s", c.State)
	}
}

// A list with a scope shows exactly what its cases let open, whoever handed in where.
func TestListsAndCasesAgree(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		var all []string
		for i, item := range []string{"lsjz", "gzf", "sbkbl", "spxj"} {
			all = append(all, s.received(t, item, i+1))
		}
		k.Exec(t, `UPDATE window_case SET region = '510704000000' WHERE no = $1`, all[3])
		for name, scope := range map[string]actor.Scope{
			"district": actor.InRegion("510703000000"), "next": actor.InRegion("510704000000"), "city": actor.InRegion("510700000000"),
			"department": actor.InDepartments("my-sbzx", "fc-zjj"), "both": actor.InDepartments("fc-mzj").Join(actor.InRegion("510704000000")), "all": actor.Everywhere(),
		} {
			ctx := within(t, "u9", scope)
			in, err := s.app.Inbox(ctx, app.Ask{Tab: "all", Page: 1, Size: 200})
			if err != nil {
				t.Fatal(err)
			}
			listed, opened := map[string]bool{}, map[string]bool{}
			for _, r := range in.Rows {
				listed[r.No] = true
			}
			for _, no := range all {
				if _, err := s.app.Show(ctx, no); err == nil {
					opened[no] = true
				}
			}
			if d := cmp.Diff(listed, opened); d != "" {
				t.Errorf("%s: listed and opened differ:\n%s", name, d)
			}
			if in.Total != len(listed) || in.Counts.Todo != len(listed) || in.Counts.Today != len(listed) {
				t.Errorf("%s: %d rows, counts %+v", name, len(listed), in.Counts)
			}
		}
	})
}

// The live stream tells only of what may be read; a call for help is heard in its region.
func TestLiveStreamKeepsToItsPlace(t *testing.T) {
	k := kerneltest.New(t)
	s := open(t, k)
	s.received(t, "lsjz", 1)
	ctx := auth.As(t.Context(), auth.Actor{Kind: auth.Terminal, ID: from.Terminal})
	err := k.DB.Do(ctx, func(tx db.Tx) error {
		_, err := s.app.Help(ctx, tx, wire.Envelope{ID: ids.New(), Kind: wire.KindHelp}, from, []byte(`{"screen":"form"}`))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	stream, stop := context.WithCancel(t.Context())
	defer stop()
	var all []events.Event
	for e := range k.Events.Stream(stream, 0, "window.") {
		if all = append(all, e); len(all) == 2 {
			break
		}
	}
	for _, e := range all {
		for name, c := range map[string]struct {
			ctx  context.Context
			want bool
		}{
			"here": {within(t, "u", actor.InRegion("510703000000")), true}, "next door": {within(t, "u", actor.InRegion("510704000000")), false},
			"nobody": {t.Context(), false}, "everywhere": {within(t, "u", actor.Everywhere()), true},
		} {
			if got := app.MayHear(c.ctx, e); got != c.want {
				t.Errorf("%s hears %s: %v", name, e.Topic, got)
			}
		}
	}
}

// Cases of before places were kept are placed at the next start.
func TestBackfill(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		no := s.received(t, "lsjz", 1)
		k.Exec(t, `UPDATE window_case SET region = '', department = ''`)
		if err := s.app.Backfill(auth.AsSystem(t.Context(), "test")); err != nil {
			t.Fatal(err)
		}
		n := k.Count(t, `SELECT count(*) FROM window_case WHERE no = $1 AND region = '510703000000' AND department = 'fc-mzj'`, no)
		if n != 1 {
			t.Error("the case is not where it belongs")
		}
	})
}
