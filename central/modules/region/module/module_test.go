package module_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tongban/central/kernel"
	"tongban/central/kernel/actor"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/blobs"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/events"
	"tongban/central/kernel/jobs"
	"tongban/central/kernel/kerneltest"
	"tongban/central/modules/issuing"
	"tongban/central/modules/region"
	"tongban/central/modules/region/internal/app"
	"tongban/central/modules/region/migrations"
	"tongban/central/modules/region/seed"
	"tongban/central/modules/window"
	"tongban/deploy/sim/province/exchange"
	"tongban/fleet/wire"
	"tongban/fleet/wire/matter"
)

const (
	secret = "a secret of many letters"
	number = "510799194001010018"
	paper  = "500112000000.collect"
	online = "500112000000.online"
	joint  = "500112000000.joint"
)

// counter is the window as this module sees it: registrations that are whole, and a place for what comes in.
type counter struct {
	k     *kerneltest.Kit
	next  int
	to    window.Across
	files wire.File
	taken []window.Forwarded
	odd   error
	notes []window.Note
}

func (c *counter) HandAcross(ctx context.Context, draft string, _ int, also func(context.Context, db.Tx, window.Across) error) (window.Across, error) {
	c.next++
	a := c.to
	a.No, a.Draft = "MY261126-901-000"+string(rune('0'+c.next))+"-1", draft
	a.Item, a.ItemName, a.ItemVersion, a.Phone, a.Region, a.Clerk, a.ClerkName, a.Hall, a.Window = "glbt", "高龄津贴", 1, "13900000026", "510703000000", "u1", "周敏", "政务大厅", "B12"
	if strings.HasSuffix(a.Target, ".joint") {
		a.Item = "jmdy"
	} else if strings.HasSuffix(a.Target, ".online") {
		a.Item = "ydcz"
	}
	a.Submission = wire.Submission{
		CaseNo: a.No, Item: a.Item, Applicant: wire.Person{Type: "resident", Name: "周立明", IDNumber: number}, Answers: map[string]string{"card": "social"}, Form: map[string]any{"phone": "13900000026"},
		Materials: []wire.Material{{Code: "hukou", Pages: []wire.File{c.files}}},
	}
	return a, c.k.DB.Do(ctx, func(tx db.Tx) error { return also(ctx, tx, a) })
}

func (c *counter) TakeAcross(_ context.Context, _ db.Tx, f window.Forwarded, _ time.Time) (string, error) {
	if c.odd != nil {
		return "", c.odd
	}
	c.taken = append(c.taken, f)
	return "MY261126-900-0001-7", nil
}

func (c *counter) PaperNames(context.Context, string, int) (map[string]string, error) {
	return map[string]string{"hukou": "居民户口簿"}, nil
}

func (c *counter) Note(_ context.Context, _ db.Tx, _ string, n window.Note) error {
	c.notes = append(c.notes, n)
	return nil
}

func (c *counter) Item(_ context.Context, code string, _ int) (matter.Item, error) {
	return matter.Item{Code: code, Name: "事项" + code}, nil
}

// carrier is a post that tells what the test says.
type carrier struct {
	orders []issuing.Order
	feed   []issuing.Tracked
	err    error
}

func (c *carrier) Order(_ context.Context, o issuing.Order) (string, error) {
	if c.err != nil {
		return "", c.err
	}
	if !slices.ContainsFunc(c.orders, func(x issuing.Order) bool { return x.ID == o.ID }) {
		c.orders = append(c.orders, o)
	}
	return "EM" + string(rune('0'+len(c.orders))), nil
}

func (c *carrier) Events(_ context.Context, after int64) ([]issuing.Tracked, error) {
	out := []issuing.Tracked{}
	for _, e := range c.feed {
		if e.Seq > after {
			out = append(out, e)
		}
	}
	return out, nil
}

type scene struct {
	*kerneltest.Kit
	t       *testing.T
	app     *app.App
	counter *counter
	post    *carrier
	desk    *exchange.Systems
}

func open(t *testing.T, k *kerneltest.Kit) *scene {
	t.Helper()
	k.Use(t, kernel.Module{Name: "region", Migrations: db.Migrations{Name: "region", FS: migrations.FS}})
	s := &scene{Kit: k, t: t, counter: &counter{k: k}, post: &carrier{}, desk: exchange.New("tongban", secret)}
	srv := httptest.NewServer(s.desk.Handler())
	t.Cleanup(srv.Close)
	dir := t.TempDir()
	key, peer := filepath.Join(dir, "key"), filepath.Join(dir, "peer")
	for file, text := range map[string]string{key: "tongban:" + secret, peer: exchange.PublicKey(secret)} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cipher, fileKey, err := wire.Encrypt([]byte("a page of the household register"))
	if err != nil {
		t.Fatal(err)
	}
	d := blobs.Of(cipher)
	if _, err := k.Blobs.Put(t.Context(), strings.NewReader(string(cipher)), d); err != nil {
		t.Fatal(err)
	}
	s.counter.files = wire.File{Digest: string(d), Size: int64(len(cipher)), MIME: "image/png", Key: fileKey}
	cal, err := calendar.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	s.app, err = app.New(app.Needs{
		DB: k.DB, Clock: k.Clock, Log: k.Log, Vault: k.Vault, Blobs: k.Blobs, Jobs: k.Jobs, Adapters: k.Adapters, Calendar: cal, SMS: k.SMS, Cases: s.counter, Items: s.counter, Post: s.post,
		Regions: seed.Regions, Line: app.LineConfig{URL: srv.URL, KeyFile: key, PeerFile: peer, Internal: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	for kind, do := range map[string]jobs.Handler{app.JobSend: s.app.Send, app.JobSweep: s.app.Sweep, app.JobFeed: s.app.Feed, app.JobOrder: s.app.Order, app.JobTrack: s.app.Track} {
		k.Jobs.Register(kind, do)
	}
	return s
}

func (s *scene) clerk() context.Context {
	return auth.As(s.t.Context(), auth.Actor{Kind: auth.Staff, ID: "u1", Name: "周敏"}.Granted(region.PermRead, region.PermWork))
}

func (s *scene) ok(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// run does what the jobs would do now.
func (s *scene) run() {
	s.t.Helper()
	s.ok(s.app.Sweep(s.t.Context(), nil))
	s.ok(s.app.Feed(s.t.Context(), nil))
	s.ok(s.app.Track(s.t.Context(), nil))
}

func (s *scene) register(target string) app.Detail {
	s.t.Helper()
	s.counter.to.Target = target
	d, err := s.app.Register(s.clerk(), "d1", 1)
	s.ok(err)
	return d
}

func (s *scene) show(no string) app.Detail {
	s.t.Helper()
	d, err := s.app.Open(s.clerk(), no)
	s.ok(err)
	return d
}

// says lets something happen over there, and hears it.
func (s *scene) says(h exchange.Happening) app.Detail {
	s.t.Helper()
	h.At = s.Clock.Now()
	s.ok(s.desk.Happen(h))
	s.run()
	return s.show(h.No)
}

func (s *scene) is(d app.Detail, state region.State, owes region.Party) {
	s.t.Helper()
	if d.State != string(state) || d.Owes != string(owes) {
		s.t.Fatalf("is %s and %q owes (%s), want %s and %q; odd: %s", d.State, d.Owes, d.OwesText, state, owes, d.Odd)
	}
}

func (s *scene) order(no string) {
	s.t.Helper()
	raw, err := json.Marshal(map[string]string{"no": no})
	s.ok(err)
	s.ok(s.app.Order(s.t.Context(), raw))
}

// The whole way of papers received for another province: sent, asked for more, posted, arrived, accepted, decided, returned, handed.
func TestCollectedForAnotherRegion(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		d := s.register(paper)
		no := d.No
		s.is(d, region.Registered, region.Here)
		if d.Receiver != "四川省绵阳市涪城区" || d.Home != "重庆市渝北区" || d.Ours.Due == "" || !d.Ours.Moving || d.Theirs.Moving {
			t.Fatalf("both sides and our clock: %+v", d)
		}
		s.run()
		d = s.show(no)
		s.is(d, region.Sent, region.Here) // the originals are ours to send
		there := s.desk.Crossings()[no]
		if there.Taken != 1 || there.Pages != 1 || there.Mode != "collect" || d.HomeNo != "KY"+no || d.Letters[0].State != "confirmed" || d.Letters[0].Receipt == "" || d.Letters[0].Digest == "" {
			t.Fatalf("over there: %+v, here %+v", there, d.Letters)
		}
		if d.Theirs.Moving || !strings.Contains(d.Theirs.Text, "原件到了才算收到") {
			t.Errorf("their clock before the papers: %+v", d.Theirs)
		}

		d = s.says(exchange.Happening{No: no, Kind: "correction", Text: "缺一页", Gaps: []string{"户口簿首页"}, Due: "2026-12-04"})
		s.is(d, region.Correcting, region.Applicant)
		if d.Ours.Moving || d.Theirs.Moving || len(d.Gaps) != 1 || !strings.Contains(d.OwesText, "户口簿首页") {
			t.Fatalf("asked for more: %+v", d)
		}
		if n := k.Count(t, `SELECT count(*) FROM notify_sms WHERE template = 'region.correct'`); n != 1 {
			t.Errorf("%d messages told the applicant, want 1", n)
		}
		if _, err := s.app.Supplement(s.clerk(), no, d.Version, ""); errs.CodeOf(err) != "region.incomplete" {
			t.Errorf("supplemented with nothing: %v", err)
		}
		d, err := s.app.AddPage(s.clerk(), no, d.Version, "户口簿首页", append([]byte("%PDF-1.4 "), make([]byte, 20)...))
		s.ok(err)
		_, err = s.app.Supplement(s.clerk(), no, d.Version, "补了首页")
		s.ok(err)
		s.run()
		d = s.show(no)
		s.is(d, region.Sent, region.Here)
		if there = s.desk.Crossings()[no]; there.State != "supplemented" || there.Pages != 2 {
			t.Fatalf("over there: %+v", there)
		}

		d, err = s.app.PostIt(s.clerk(), no, d.Version, "")
		s.ok(err)
		if !d.Ordering {
			t.Error("the order is not waiting for the post")
		}
		if _, err := s.app.PostIt(s.clerk(), no, d.Version, ""); !errors.Is(err, region.ErrNotNow) {
			t.Errorf("ordered twice: %v", err)
		}
		s.order(no)
		s.order(no)
		s.run()
		d = s.show(no)
		s.is(d, region.Underway, region.Carrier)
		if len(s.post.orders) != 1 || !strings.Contains(s.post.orders[0].Address.Reveal(), "重庆") || s.desk.Crossings()[no].Parcel != d.ParcelOut || d.Ours.Moving || d.Ours.Text != "用了 1 个工作日" && d.Ours.Text != "用了 0 个工作日" {
			t.Fatalf("posted: %+v %+v", s.post.orders, d.Ours)
		}
		k.Clock.Advance(24 * time.Hour)
		s.post.feed = []issuing.Tracked{{Seq: 1, ID: "e1", Parcel: d.ParcelOut, Code: "collected", Text: "已揽收", At: k.Clock.Now()}, {Seq: 2, ID: "e2", Parcel: "EM-other", Code: "delivered", At: k.Clock.Now()}, {Seq: 3, ID: "e3", Parcel: d.ParcelOut, Code: "delivered", Text: "签收", At: k.Clock.Now()}}
		s.run()
		s.run()
		d = s.show(no)
		s.is(d, region.Arrived, region.Home)
		if !d.Theirs.Moving || !strings.Contains(d.Theirs.Title, "答复") {
			t.Errorf("their days to answer: %+v", d.Theirs)
		}
		d = s.says(exchange.Happening{No: no, Kind: "arrived"}) // the post was first: no contradiction
		s.is(d, region.Arrived, region.Home)
		if d.Odd != "" {
			t.Errorf("odd: %s", d.Odd)
		}

		d = s.says(exchange.Happening{No: no, Kind: "accepted", Days: 10, Due: "2026-12-11"})
		s.is(d, region.Accepted, region.Home)
		if d.Theirs.Title != "办理地：法定时钟" || d.Theirs.Due != "2026-12-11" || len(d.Theirs.Cells) < 10 || len(d.Line.Lanes) != 3 {
			t.Fatalf("both clocks: %+v %+v", d.Theirs, d.Line)
		}
		k.Clock.Advance(48 * time.Hour)
		d = s.says(exchange.Happening{No: no, Kind: "decided", Granted: true, Text: "准予发放"})
		s.is(d, region.Decided, region.Home)
		d = s.says(exchange.Happening{No: no, Kind: "posted", Parcel: "EMBACK1"})
		s.is(d, region.Returning, region.Carrier)
		d = s.says(exchange.Happening{No: no, Kind: "parcel", Code: "delivered", Text: "窗口签收"})
		s.is(d, region.Returned, region.Here)
		if d.Outcome != "granted" || d.Theirs.Moving || !d.Ours.Moving {
			t.Fatalf("the result is here: %+v", d)
		}
		d, err = s.app.Hand(s.clerk(), no, d.Version, "本人", "纸上签名")
		s.ok(err)
		s.is(d, region.Handed, region.Nobody)
		sides := map[string]int{}
		for _, step := range d.Steps {
			sides[step.Side]++
		}
		if sides["here"] < 4 || sides["home"] < 4 || sides["post"] < 3 {
			t.Errorf("one history of all sides: %v", sides)
		}
		if l, err := s.app.List(s.clerk(), app.Query{Ended: true}); err != nil || len(l.Rows) != 1 || l.Ended != 1 || l.Open != 0 {
			t.Errorf("ended: %+v %v", l, err)
		}
	})
}

// Whatever the line does, the application is there once, and confirmed only by a receipt that fits.
func TestFaultsOfTheLine(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		for _, fault := range []string{exchange.FaultOutage, exchange.FaultLost, exchange.FaultWrong, exchange.FaultDuplicate} {
			d := s.register(paper)
			s.ok(s.desk.Press(exchange.Partner, fault))
			for range 3 {
				_ = s.app.Sweep(t.Context(), nil) //nolint:errcheck // it cannot get through now
				k.Clock.Advance(time.Minute)
			}
			if fault != exchange.FaultDuplicate && s.show(d.No).State != string(region.Registered) {
				t.Fatalf("%s: is %s without a receipt", fault, s.show(d.No).State)
			}
			s.ok(s.desk.Press(exchange.Partner, ""))
			for range 4 {
				k.Clock.Advance(10 * time.Minute)
				_ = s.app.Sweep(t.Context(), nil) //nolint:errcheck // the breaker lets one through first
			}
			s.is(s.show(d.No), region.Sent, region.Here)
			if there := s.desk.Crossings()[d.No]; there.Taken != 1 || there.Messages != 1 {
				t.Errorf("%s: over there %+v", fault, there)
			}
		}
	})
}

// What was sent back waits for a person, keeps what is behind it waiting, and goes again under a new name.
func TestSentBack(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		d := s.register(online)
		s.desk.SendBack("这个事项今天停办")
		s.run()
		s.desk.SendBack("")
		d = s.show(d.No)
		if d.State != string(region.Registered) || !strings.Contains(d.OwesText, "今天停办") || d.Owes != string(region.Here) || !slices.Contains(d.Acts, "resend") {
			t.Fatalf("sent back: %+v", d.Row)
		}
		k.Clock.Advance(time.Hour)
		s.run()
		if n := len(s.desk.Crossings()); n != 0 {
			t.Fatalf("%d went again by themselves", n)
		}
		d, err := s.app.Resend(s.clerk(), d.No, d.Version)
		s.ok(err)
		if _, err := s.app.Resend(s.clerk(), d.No, d.Version); !errors.Is(err, region.ErrNotNow) {
			t.Errorf("resent twice: %v", err)
		}
		s.run()
		s.is(s.show(d.No), region.Sent, region.Home)

		s.ok(s.desk.Press(exchange.Partner, exchange.FaultRefuse)) // the system itself takes nothing: that is no answer of a person
		d = s.register(online)
		_ = s.app.Sweep(t.Context(), nil) //nolint:errcheck // nothing is taken now
		s.ok(s.desk.Press(exchange.Partner, ""))
		k.Clock.Advance(10 * time.Minute)
		s.run()
		s.is(s.show(d.No), region.Sent, region.Home)
	})
}

// Two windows at once: the second is told, and nothing is done twice. Who may not see it is told that there is none.
func TestVersionsAndScopes(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		d := s.register(online)
		if _, err := s.app.Withdraw(s.clerk(), d.No, d.Version+1, "不办了"); !errors.Is(err, region.ErrChanged) {
			t.Errorf("an old version: %v", err)
		}
		elsewhere := auth.As(t.Context(), auth.Actor{Kind: auth.Staff, ID: "u9"}.GrantedWithin(actor.InRegion("520302000000"), region.PermRead, region.PermWork))
		if _, err := s.app.Open(elsewhere, d.No); !errors.Is(err, region.ErrNone) {
			t.Errorf("seen from elsewhere: %v", err)
		}
		if l, err := s.app.List(elsewhere, app.Query{}); err != nil || len(l.Rows) != 0 {
			t.Errorf("listed elsewhere: %+v %v", l, err)
		}
		d, err := s.app.Withdraw(s.clerk(), d.No, d.Version, "不办了")
		s.ok(err)
		s.is(d, region.Withdrawn, region.Nobody)
		s.run()
		if there := s.desk.Crossings()[d.No]; there.State != "withdrawn" {
			t.Errorf("over there: %+v", there)
		}
		d = s.says(exchange.Happening{No: d.No, Kind: "accepted", Days: 5})
		if d.State != string(region.Withdrawn) || d.Odd == "" {
			t.Errorf("told something that does not fit: %s %q", d.State, d.Odd)
		}
	})
}

// Handled wholly online: no parcel, the answer is owed at once; and a joint matter with a part of ours.
func TestOnlineAndJoint(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		d := s.register(online)
		s.run()
		d = s.show(d.No)
		s.is(d, region.Sent, region.Home)
		if slices.Contains(d.Acts, "post") || !d.Theirs.Moving {
			t.Errorf("online: %v %+v", d.Acts, d.Theirs)
		}
		s.is(s.says(exchange.Happening{No: d.No, Kind: "declined", Text: "不属于本地参保"}), region.Declined, region.Home)
		s.is(s.says(exchange.Happening{No: d.No, Kind: "landed"}), region.Returned, region.Here)

		d = s.register(joint)
		s.run()
		d = s.says(exchange.Happening{No: d.No, Kind: "accepted", Days: 15, Due: "2026-12-18"})
		s.is(d, region.Accepted, region.Home)
		if len(d.Parts) != 2 || !slices.Contains(d.Acts, "part") {
			t.Fatalf("parts: %+v %v", d.Parts, d.Acts)
		}
		d, err := s.app.FinishPart(s.clerk(), d.No, d.Version, "核定 12 年")
		s.ok(err)
		if _, err := s.app.FinishPart(s.clerk(), d.No, d.Version, "再来"); !errors.Is(err, region.ErrNotNow) {
			t.Errorf("the same part twice: %v", err)
		}
		d = s.says(exchange.Happening{No: d.No, Kind: "part", Code: "500112000000", Text: "重庆部分核定好"})
		if d.Parts[0].Done == "" || d.Parts[1].Done == "" || s.desk.Crossings()[d.No].Text != "核定 12 年" {
			t.Errorf("both parts: %+v, over there %+v", d.Parts, s.desk.Crossings()[d.No])
		}
	})
}

// A parcel that is lost has to go again, under a number of its own; one that the post will not take is said.
func TestParcels(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		d := s.register(paper)
		s.run()
		d = s.show(d.No)
		s.post.err = errors.New("the post is silent")
		d, err := s.app.PostIt(s.clerk(), d.No, d.Version, "")
		s.ok(err)
		if err := s.app.Track(t.Context(), nil); err == nil || !s.show(d.No).Ordering {
			t.Error("the order is not waiting for a silent post")
		}
		s.post.err = nil
		s.run()
		d = s.show(d.No)
		s.is(d, region.Underway, region.Carrier)
		s.post.feed = []issuing.Tracked{{Seq: 1, ID: "r", Parcel: d.ParcelOut, Code: "returned", Text: "退回寄件人", At: k.Clock.Now()}}
		s.run()
		d = s.show(d.No)
		s.is(d, region.Sent, region.Here)

		s.post.err = issuing.ErrOrderRefused
		d, err = s.app.PostIt(s.clerk(), d.No, d.Version, "")
		s.ok(err)
		s.order(d.No)
		d = s.show(d.No)
		if d.Ordering || !strings.Contains(d.OutAt, "没有收") {
			t.Fatalf("refused: %+v", d.OutAt)
		}
		d, err = s.app.PostIt(s.clerk(), d.No, d.Version, "SF001")
		s.ok(err)
		s.is(d, region.Underway, region.Carrier)
		s.post.feed = []issuing.Tracked{{Seq: 2, ID: "l", Parcel: "SF001", Code: "lost", Text: "丢失", At: k.Clock.Now()}}
		s.run()
		d = s.show(d.No)
		s.is(d, region.Sent, region.Here)
		if d.ParcelOut != "" {
			t.Errorf("still parcel %s", d.ParcelOut)
		}
	})
}

// What another region received for us becomes a case here, and what becomes of it is told over there: the acceptance stands in its list.
func TestReceivedForUs(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		no, err := s.desk.Apply(exchange.Crossing{Paper: true})
		s.ok(err)
		s.ok(s.desk.Press(exchange.Partner, exchange.FaultDuplicate))
		s.run()
		s.run()
		s.ok(s.desk.Press(exchange.Partner, ""))
		l, err := s.app.List(s.clerk(), app.Query{})
		s.ok(err)
		if len(l.Arrivals) != 1 || l.Arrivals[0].State != "paper_due" || len(s.counter.taken) != 0 || l.Mine != 1 {
			t.Fatalf("waits for the papers: %+v", l)
		}
		if _, err = s.app.PaperCame(s.clerk(), no); err != nil {
			t.Fatal(err)
		}
		if _, err = s.app.PaperCame(s.clerk(), no); !errors.Is(err, region.ErrNotNow) {
			t.Errorf("papers came twice: %v", err)
		}
		if len(s.counter.taken) != 1 || len(s.counter.taken[0].Submission.Materials) != 1 || s.counter.taken[0].From != "重庆市渝北区代收" {
			t.Fatalf("taken in: %+v", s.counter.taken)
		}
		err = k.DB.Do(auth.AsSystem(t.Context(), "test"), func(tx db.Tx) error {
			data, err := json.Marshal(window.Moved{No: "MY261126-900-0001-7", State: window.Accepted, Due: "2026-12-03"})
			if err != nil {
				return err
			}
			return s.app.Follow(t.Context(), tx, events.Event{Topic: window.TopicAccepted, Key: "MY261126-900-0001-7", Data: json.RawMessage(data)})
		})
		s.ok(err)
		s.run()
		if there := s.desk.Crossings()[no]; there.State != "accepted" || there.Text != "已受理" || there.Due != "2026-12-03" {
			t.Errorf("in the other region's list: %+v", there)
		}
		if len(s.counter.notes) != 1 {
			t.Errorf("the case's own history says it %d times", len(s.counter.notes))
		}

		s.counter.odd = errs.E(errs.Invalid, "window.x", "缺材料：户口簿", nil)
		no, err = s.desk.Apply(exchange.Crossing{})
		s.ok(err)
		s.run()
		s.run()
		if there := s.desk.Crossings()[no]; there.State != "unfit" || !strings.Contains(there.Text, "户口簿") {
			t.Errorf("what does not fit goes back with the reason: %+v", there)
		}
	})
}

// The register names what may be taken, and nothing else is.
func TestTargets(t *testing.T) {
	k := kerneltest.New(t)
	s := open(t, k)
	all, err := s.app.Targets(s.clerk())
	s.ok(err)
	modes := map[string]bool{}
	for _, one := range all {
		modes[one.Mode] = true
		if _, err := s.app.Across(t.Context(), one.ID, one.Item); err != nil {
			t.Errorf("%+v: %v", one, err)
		}
	}
	if len(modes) != 3 {
		t.Errorf("modes %v, want all three", modes)
	}
	if _, err := s.app.Across(t.Context(), paper, "spxj"); !errors.Is(err, region.ErrNoTarget) {
		t.Errorf("an item that is not taken for them: %v", err)
	}
}
