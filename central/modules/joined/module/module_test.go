package module_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/events"
	"tongban/central/kernel/kerneltest"
	"tongban/central/kernel/signed"
	"tongban/central/modules/joined"
	"tongban/central/modules/joined/internal/app"
	"tongban/central/modules/joined/internal/link"
	"tongban/central/modules/joined/migrations"
	"tongban/central/modules/onething"
	"tongban/central/modules/window"
	"tongban/deploy/sim/city"
	"tongban/fleet/wire"
	"tongban/fleet/wire/matter"
)

const secret = "a secret of many letters"

// counter stands for the window and the catalogue.
type counter struct {
	cases map[string]window.Facts
	notes map[string][]window.Note
}

func (c *counter) Facts(_ context.Context, no string) (window.Facts, error) {
	f, ok := c.cases[no]
	if !ok {
		return f, window.ErrNoSuchCase
	}
	return f, nil
}

func (c *counter) Note(_ context.Context, _ db.Tx, no string, n window.Note) error {
	c.notes[no] = append(c.notes[no], n)
	return nil
}

func (c *counter) Progress(_ context.Context, q wire.ProgressQuery) ([]wire.Progress, error) {
	if q.IDNumber != "" || q.CheckCode != "2468" || c.cases[q.CaseNo].No == "" {
		return nil, window.ErrNoSuchCase
	}
	return []wire.Progress{{CaseNo: q.CaseNo, Item: "食品经营备案", State: "accepted", StateText: "已受理"}}, nil
}

func (c *counter) Waiting(ctx context.Context, most int) ([]window.Waits, int, error) {
	return []window.Waits{{No: "A1", Item: "食品经营备案", Applicant: "张*", StateText: "已受理", Todo: "办理", Due: "2026-11-20"}}, 1, nil
}

func (c *counter) Item(_ context.Context, code string, _ int) (matter.Item, error) {
	if code != "spxj" && code != "glbt" {
		return matter.Item{}, errs.E(errs.NotFound, "catalogue.no_such_item", "没有", nil)
	}
	return matter.Item{Code: code, Name: "目录里的" + code}, nil
}

func (c *counter) Themes(context.Context) ([]onething.Theme, error) {
	return []onething.Theme{{Code: "ours", Name: "开办一件事", Items: []onething.Member{{Item: "spxj", Role: "lead"}}}}, nil
}

type scene struct {
	*kerneltest.Kit
	app    *app.App
	desk   *counter
	thing  *city.City
	estate *city.City
	cannot *city.City
}

func open(t *testing.T, k *kerneltest.Kit) *scene {
	t.Helper()
	k.Migrate(t, db.Migrations{Name: "joined", FS: migrations.FS})
	s := &scene{Kit: k, desk: &counter{notes: map[string][]window.Note{}, cases: map[string]window.Facts{
		"A1": {No: "A1", Item: "spxj", State: window.Accepted, Region: "510703000000"}, "A2": {No: "A2", Item: "glbt", State: window.Received, Region: "510703000000"},
	}}}
	dir := t.TempDir()
	start := func(kind, title string) (*city.City, *link.Link) {
		c := city.New(city.Config{Kind: kind, ID: kind, Secret: secret, Delay: 4 * time.Second})
		srv := httptest.NewServer(c.Handler())
		t.Cleanup(srv.Close)
		key := filepath.Join(dir, kind)
		if err := os.WriteFile(key, []byte(kind+":"+secret+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		l, err := link.New(kind, title, link.Config{URL: srv.URL, KeyFile: key, Internal: true}, k.Clock, k.Adapters)
		if err != nil {
			t.Fatal(err)
		}
		return c, l
	}
	thing, thingLink := start(joined.OneThing, "一件事平台")
	estate, estateLink := start(joined.Estate, "不动产登记系统")
	cannot, cannotLink := start(joined.Cannot, "办不成事反映系统")
	s.thing, s.estate, s.cannot = thing, estate, cannot
	s.app = app.New(app.Needs{
		DB: k.DB, Clock: k.Clock, Log: k.Log, Jobs: k.Jobs, Adapters: k.Adapters, Cases: s.desk, Items: s.desk, Themes: s.desk,
		OneThing: thingLink, Estate: estateLink, Cannot: cannotLink, Inquiry: &app.InquiryKey{ID: "inquiry", Secret: []byte(secret)},
	})
	k.Jobs.Register(app.JobLook, s.app.Look)
	return s
}

func (s *scene) look(t *testing.T) {
	t.Helper()
	if err := s.app.Look(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
}

// moved tells the module that a case of the window moved, as its follower hears it.
func (s *scene) moved(t *testing.T, no string, to window.State) {
	t.Helper()
	f := s.desk.cases[no]
	f.State = to
	s.desk.cases[no] = f
	err := s.DB.Do(auth.AsSystem(t.Context(), "test"), func(tx db.Tx) error { return s.app.Do(t.Context(), tx, events.Event{Topic: "window.moved", Key: no}) })
	if err != nil {
		t.Fatal(err)
	}
}

// A registration moves over there and is tracked here; told twice, it is kept once.
func TestARegistrationIsTracked(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		if err := s.estate.Press(city.FaultDuplicate); err != nil {
			t.Fatal(err)
		}
		s.look(t)
		if err := s.estate.Advance("BDC2026000001", "受理岗"); err != nil {
			t.Fatal(err)
		}
		s.look(t)
		s.look(t)
		m, err := s.app.Show(t.Context(), "BDC2026000001")
		if err != nil || m.StateText != "已受理" || len(m.Steps) != 2 {
			t.Fatalf("%+v %v", m, err)
		}
		if n := k.Count(t, `SELECT count(*) FROM joined_step WHERE no = $1`, "BDC2026000001"); n != 2 {
			t.Errorf("%d lines, want 2", n)
		}
		got, err := s.app.Track(t.Context(), " bdc2026000001 ")
		if err != nil || got.Fresh != "live" || got.Matter == nil || got.Matter.StateText != "已受理" || len(got.Asked) != 3 {
			t.Fatalf("%+v %v", got, err)
		}
	})
}

// What is said of a number when the one that knows it does not answer, in each way it can fail.
func TestANumberWhoseSystemIsSilent(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		s.look(t)
		for _, fault := range []string{city.FaultOutage, city.FaultRefuse, city.FaultDelay} {
			if err := s.estate.Press(fault); err != nil {
				t.Fatal(err)
			}
			s.look(t) // passes over a silent neighbour
			got, err := s.app.Track(t.Context(), "BDC2026000002")
			if err != nil || got.Fresh != "kept" || got.Matter == nil || got.AsOf == "" {
				t.Fatalf("%s: %+v %v", fault, got, err)
			}
			for _, a := range got.Asked {
				if want := map[string]string{joined.Estate: "silent", joined.OneThing: "unknown", joined.Cannot: "unknown"}[a.System]; a.Answer != want {
					t.Errorf("%s: %s says %s, want %s", fault, a.System, a.Answer, want)
				}
			}
			if fault == city.FaultRefuse {
				rows, err := s.app.Health(t.Context())
				if err != nil || rows[0].Name != joined.Estate || rows[0].State != "trouble" {
					t.Errorf("refused: %+v %v", rows[0], err)
				}
			}
			if none, err := s.app.Track(t.Context(), "BDC2026999999"); err != nil || none.Fresh != "none" || none.Matter != nil {
				t.Errorf("%s: %+v %v", fault, none, err)
			}
		}
		rows, err := s.app.Health(t.Context())
		if err != nil || rows[0].Name != joined.Estate || rows[0].State == "ok" || rows[0].Means == "" {
			t.Fatalf("%+v %v", rows[0], err)
		}
		if err := s.estate.Press(""); err != nil {
			t.Fatal(err)
		}
		k.Clock.Advance(10 * time.Minute)
		if rows, err = s.app.Try(k.With(t, joined.PermTry), joined.Estate); err != nil {
			t.Fatal(err)
		}
		got, err := s.app.Track(t.Context(), "BDC2026000002")
		if err != nil || got.Fresh != "live" {
			t.Fatalf("after recovery: %+v %v %+v", got, err, rows)
		}
	})
}

// What waits in the window, in bundles and in reports is one list; who is silent is said, and hides nothing of the others.
func TestTodosOfAllSystems(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		s.look(t)
		by := func() (map[string]int, map[string]string) {
			t.Helper()
			got, err := s.app.Todos(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			rows, states := map[string]int{}, map[string]string{}
			for _, r := range got.Rows {
				if rows[r.System]++; r.No == "" || r.Title == "" || r.What == "" || r.StateText == "" {
					t.Errorf("%+v", r)
				}
			}
			for _, src := range got.Sources {
				if states[src.System] = src.State; src.Total != rows[src.System] || src.AsOf == "" {
					t.Errorf("%+v, %d rows", src, rows[src.System])
				}
			}
			if got.Rows[0].No != "A1" || got.Rows[1].System != joined.Cannot || !strings.HasPrefix(got.Rows[1].DueText, "还有") {
				t.Errorf("not by the nearest date: %+v", got.Rows[:2])
			}
			return rows, states
		}
		want := map[string]int{"window": 1, joined.OneThing: 1, joined.Estate: 2, joined.Cannot: 2}
		rows, states := by()
		if diff := cmp.Diff(want, rows); diff != "" || states[joined.Cannot] != "ok" {
			t.Error(diff, states)
		}
		for _, fault := range []string{city.FaultOutage, city.FaultRefuse} {
			if err := s.cannot.Press(fault); err != nil {
				t.Fatal(err)
			}
			s.look(t)
			if rows, states = by(); states[joined.Cannot] != "silent" || states[joined.OneThing] != "ok" || states["window"] != "ok" {
				t.Errorf("%s: %v", fault, states)
			}
			if diff := cmp.Diff(want, rows); diff != "" {
				t.Errorf("%s hides something: %s", fault, diff)
			}
		}
		if err := s.cannot.Press(""); err != nil {
			t.Fatal(err)
		}
		k.Clock.Advance(10 * time.Minute)
		for range 4 { // to its end: it is nobody's to do any more
			if err := s.cannot.Advance("BBC2026000001", "受理岗"); err != nil {
				t.Fatal(err)
			}
		}
		s.look(t)
		want[joined.Cannot] = 1
		if rows, states = by(); states[joined.Cannot] != "ok" {
			t.Errorf("after recovery: %v", states)
		}
		if diff := cmp.Diff(want, rows); diff != "" {
			t.Error(diff)
		}
	})
}

// Bundles begun on either side are the same on both, whatever moves where; an outage in between loses nothing.
func TestBundlesMoveBothWays(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		ctx := k.With(t, joined.PermBundle, joined.PermTrack)
		s.look(t)
		if err := s.thing.Press(city.FaultOutage); err != nil {
			t.Fatal(err)
		}
		m, err := s.app.Start(ctx, "cfg-spxd", map[string]string{"spxj": "A1"})
		if err != nil {
			t.Fatal(err)
		}
		s.look(t)
		if m, _ = s.app.Show(ctx, m.No); !m.Unsent || m.Equal {
			t.Fatalf("nobody has it: %+v", m)
		}
		if err := s.thing.Press(""); err != nil {
			t.Fatal(err)
		}
		k.Clock.Advance(10 * time.Minute)
		s.look(t)
		if m, _ = s.app.Show(ctx, m.No); m.Unsent || !m.Equal || m.State != joined.Underway {
			t.Fatalf("after the outage: %+v", m)
		}
		s.moved(t, "A1", window.Noticed)
		s.look(t)
		if m, _ = s.app.Show(ctx, m.No); m.State != joined.Supplement || !m.Equal || m.Peer != "有事项要补正" {
			t.Fatalf("told to bring more: %+v", m)
		}
		s.moved(t, "A1", window.Granted)
		for range 2 { // the other item is handled over there
			if err := s.thing.Advance(m.No, "收件岗"); err != nil {
				t.Fatal(err)
			}
		}
		s.look(t)
		s.look(t)
		if m, _ = s.app.Show(ctx, m.No); m.State != joined.Done || !m.Equal || m.Items[1].State != joined.Done || m.Items[0].Name != "目录里的spxj" {
			t.Fatalf("done: %+v", m)
		}
		if len(s.desk.notes["A1"]) < 2 {
			t.Errorf("the case's timeline tells nothing: %+v", s.desk.notes)
		}

		// the other way
		there := "YJS2026000001"
		if _, err := s.app.Bind(ctx, there, "glbt", "A1"); !errors.Is(err, joined.ErrOtherItem) {
			t.Errorf("a case of another item: %v", err)
		}
		b, err := s.app.Bind(ctx, there, "glbt", "A2")
		if err != nil || b.Origin != "there" {
			t.Fatalf("%+v %v", b, err)
		}
		if _, err := s.app.Bind(ctx, there, "glbt", "A2"); !errors.Is(err, joined.ErrTaken) {
			t.Errorf("bound twice: %v", err)
		}
		s.moved(t, "A2", window.Granted)
		s.look(t)
		if b, _ = s.app.Show(ctx, there); !b.Equal || b.Items[1].State != joined.Done || b.State != joined.Underway {
			t.Fatalf("%+v", b)
		}
	})
}

// A theme published there is offered here, unless it names an item that the catalogue does not know.
func TestThemesPublishedThere(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		ctx := k.With(t, joined.PermBundle)
		s.look(t)
		s.thing.Publish(city.Theme{Code: "cfg-new", Version: 1, Name: "新主题", Items: []city.ThemeItem{{Code: "glbt", Name: "叫法不同", Role: "lead"}}})
		if b, err := s.app.Bundles(ctx); err != nil || len(b.Themes) != 3 {
			t.Fatalf("%+v %v", b.Themes, err)
		}
		s.look(t)
		b, err := s.app.Bundles(ctx)
		if err != nil {
			t.Fatal(err)
		}
		ready := map[string]bool{}
		for _, th := range b.Themes {
			ready[th.Code] = th.Ready
		}
		if len(ready) != 4 || !ready["cfg-new"] || !ready["ours"] || !ready["cfg-spxd"] || ready["cfg-wrong"] {
			t.Errorf("%v", ready)
		}
		if _, err := s.app.Start(ctx, "cfg-wrong", map[string]string{"old-9999": "A1"}); !errors.Is(err, joined.ErrNoSuchTheme) {
			t.Errorf("%v", err)
		}
		if _, err := s.app.Start(ctx, "cfg-new", map[string]string{"glbt": "A2"}); err != nil {
			t.Errorf("%v", err)
		}
		if _, err := s.app.Start(k.With(t, joined.PermTrack), "ours", map[string]string{"spxj": "A1"}); !errors.Is(err, window.ErrNoSuchCase) {
			t.Errorf("a case out of the caller's reach: %v", err)
		}
	})
}

// A call that is not signed by us gets nothing there.
func TestTheNeighbourRefusesAForgedCall(t *testing.T) {
	c := city.New(city.Config{Kind: city.Estate, ID: "estate", Secret: secret, Issuer: "http://127.0.0.1:1"})
	srv := httptest.NewServer(c.Handler())
	defer srv.Close()
	ask := func(key string) int {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL+"/v1/matters/BDC2026000001", nil)
		if err != nil {
			t.Fatal(err)
		}
		signed.Sign(r, "estate", []byte(key), nil, time.Now())
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		return res.StatusCode
	}
	if got := ask(secret); got != http.StatusOK {
		t.Errorf("signed: %d", got)
	}
	if got := ask("another secret of letters"); got != http.StatusUnauthorized {
		t.Errorf("forged: %d", got)
	}
	res, err := http.Get(srv.URL + "/back?code=forged&state=forged") //nolint:noctx // a test
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusUnauthorized {
		t.Errorf("a forged ticket: %d", res.StatusCode)
	}
}

// An inquiry machine is told of one case by number and check code, and only when it signs.
func TestAnInquiryMachine(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		body := `{"case_no":"A1","check_code":"2468"}`
		r := httptest.NewRequest(http.MethodPost, "/api/public/v1/joined/inquiry", strings.NewReader(body))
		if err := s.app.Proven(r, []byte(body)); !errors.Is(err, joined.ErrUnsigned) {
			t.Errorf("unsigned: %v", err)
		}
		signed.Sign(r, "inquiry", []byte(secret), []byte(body), k.Clock.Now())
		if err := s.app.Proven(r, []byte(body)); err != nil {
			t.Errorf("signed: %v", err)
		}
		if err := s.app.Proven(r, []byte(strings.Replace(body, "2468", "1357", 1))); err == nil {
			t.Error("a changed body passes")
		}
		k.Clock.Advance(time.Hour)
		if err := s.app.Proven(r, []byte(body)); err == nil {
			t.Error("an old request passes")
		}
		if got, err := s.app.Inquire(t.Context(), "A1", "2468"); err != nil || len(got.Cases) != 1 {
			t.Errorf("%+v %v", got, err)
		}
		if _, err := s.app.Inquire(t.Context(), "A1", "0000"); !errors.Is(err, window.ErrNoSuchCase) {
			t.Errorf("a wrong code: %v", err)
		}
	})
}

// The city brain advises items of the catalogue and nothing else; numbers do not leave; silent, it is said to be.
func TestTheCityBrainAdvises(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		ctx := k.With(t, joined.PermTrack)
		if got, err := s.app.Advise(ctx, "给老人办津贴"); err != nil || got.Connected || got.State != "none" {
			t.Errorf("not connected: %+v %v", got, err)
		}
		brain := city.NewBrain("brain", secret, 5*time.Second)
		srv := httptest.NewServer(brain.Handler())
		t.Cleanup(srv.Close)
		key := filepath.Join(t.TempDir(), "brain")
		if err := os.WriteFile(key, []byte("brain:"+secret+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		b, err := link.NewBrain(link.Config{URL: srv.URL, KeyFile: key, Internal: true}, k.Clock, k.Adapters)
		if err != nil {
			t.Fatal(err)
		}
		s.app.Brain = b
		got, err := s.app.Advise(ctx, "我妈 82 岁，身份证 510799194503120027，想领高龄津贴")
		if err != nil || got.State != "ok" || len(got.Rows) != 1 || got.Rows[0].Code != "glbt" || got.Rows[0].Name != "目录里的glbt" || !strings.Contains(got.Text, "仅供参考") {
			t.Fatalf("%+v %v", got, err)
		}
		if said := brain.Said(); len(said) != 1 || strings.Contains(said[0], "510799") {
			t.Errorf("left the centre: %q", said)
		}
		if err := brain.Press(city.FaultNonsense); err != nil {
			t.Fatal(err)
		}
		if got, err := s.app.Advise(ctx, "开个小吃店"); err != nil || got.State != "ok" || len(got.Rows) != 0 {
			t.Errorf("items that nobody knows: %+v %v", got, err)
		}
		for _, fault := range []string{city.FaultOutage, city.FaultRefuse, city.FaultDelay} {
			if err := brain.Press(fault); err != nil {
				t.Fatal(err)
			}
			if got, err := s.app.Advise(ctx, "开个小吃店"); err != nil || got.State != "silent" || len(got.Rows) != 0 {
				t.Errorf("%s: %+v %v", fault, got, err)
			}
		}
		if _, err := s.app.Advise(ctx, "   "); err == nil {
			t.Error("asked nothing")
		}
	})
}
