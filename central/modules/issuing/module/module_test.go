package module_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"tongban/central/kernel"
	"tongban/central/kernel/actor"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/events"
	"tongban/central/kernel/kerneltest"
	"tongban/central/kernel/vault"
	"tongban/central/modules/issuing"
	"tongban/central/modules/issuing/internal/app"
	"tongban/central/modules/issuing/internal/post"
	"tongban/central/modules/issuing/migrations"
	"tongban/central/modules/window"
	simpost "tongban/deploy/sim/post"
	"tongban/fleet/wire"
)

// zhou is a citizen of the unassigned county 510799.
var zhou = wire.Person{Type: "resident", Name: "周立明", IDNumber: "510799199001010018", Address: "四川省绵阳市样例区通办路1号1栋1单元101号"}

// office stands for the window: it knows one person's cases and keeps what is noted.
type office struct {
	k         *kerneltest.Kit
	notes     []string
	delivered []window.Delivery
}

func (o *office) Facts(_ context.Context, no string) (window.Facts, error) {
	return window.Facts{
		No: no, Item: "spxj", ItemName: "食品经营备案", State: window.Granted, Applicant: "周*明", Region: "510703000000", Department: "d1", Handler: "clerk", Window: "B12",
		ReceivedAt: o.k.Clock.Now(), ClosedAt: o.k.Clock.Now(), ItemVersion: 1,
	}, nil
}

func (o *office) Application(context.Context, string, string) (wire.Submission, error) {
	return wire.Submission{Applicant: zhou, Form: map[string]any{"phone": "13900000026"}, SubmittedAt: o.k.Clock.Now()}, nil
}

func (o *office) Phone(context.Context, string) (vault.Phone, error) { return "13900000026", nil }

func (o *office) Note(_ context.Context, _ db.Tx, _ string, n window.Note) error {
	o.notes = append(o.notes, n.Title)
	return nil
}

func (o *office) Deliver(ctx context.Context, no string, d window.Delivery, also window.Also) (window.Document, error) {
	doc := window.Document{ID: "doc-" + no, No: "绵涪审食送〔2026〕1号", Kind: "delivery", Title: "送达回证"}
	err := o.k.DB.Do(ctx, func(tx db.Tx) error { return also(ctx, tx, window.Moved{No: no}, doc) })
	if err == nil {
		o.delivered = append(o.delivered, d)
	}
	return doc, err
}

func (o *office) Contents(ctx context.Context, no string) (window.Contents, error) {
	f, err := o.Facts(ctx, no)
	sub, _ := o.Application(ctx, no, "")
	return window.Contents{
		Facts: f, Office: "涪城区行政审批局", Application: sub, Materials: []window.ContentFile{{Name: "lease/1.jpg", MIME: "image/jpeg", Bytes: []byte("a page of the lease")}},
		Documents: []window.ContentDocument{{No: "1号", Title: "受理通知书", PDF: []byte("%PDF-1.7 accepted")}}, History: []window.ContentEvent{{At: o.k.Clock.Now(), Title: "收件"}},
	}, err
}

type scene struct {
	*kerneltest.Kit
	t    *testing.T
	app  *app.App
	desk *office
	post *simpost.Post
}

func open(t *testing.T, k *kerneltest.Kit) *scene {
	t.Helper()
	k.Use(t, kernel.Module{
		Name: "issuing", Migrations: db.Migrations{Name: "issuing", FS: migrations.FS},
		Permissions: []kernel.Permission{{Name: issuing.PermHandle, Title: "回访、答复差评", Roles: []string{"clerk"}}},
	})
	cal, err := calendar.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	s := &scene{Kit: k, t: t, desk: &office{k: k}, post: simpost.New("tongban", "a secret of many letters")}
	srv := httptest.NewServer(s.post.Handler())
	t.Cleanup(srv.Close)
	key := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(key, []byte("tongban:a secret of many letters\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	carrier, err := post.New(post.Config{URL: srv.URL, KeyFile: key, Internal: true}, k.Clock, k.Adapters)
	if err != nil {
		t.Fatal(err)
	}
	k.Jobs.Register(app.JobOrder, func(context.Context, json.RawMessage) error { return nil })
	s.app = app.New(app.Needs{
		DB: k.DB, Clock: k.Clock, Vault: k.Vault, Blobs: k.Blobs, Jobs: k.Jobs, Calendar: cal, Cases: s.desk, Papers: s.desk, People: k.Auth, SMS: k.SMS, Post: carrier,
		Public: "https://example.invalid", Log: k.Log,
	})
	return s
}

// clerk may do everything here; name tells two apart.
func (s *scene) clerk(name string) context.Context {
	return auth.As(s.t.Context(), auth.Actor{Kind: auth.Staff, ID: name, Name: name, Desk: "12 号窗"}.Granted(
		issuing.PermRead, issuing.PermIssue, issuing.PermRated, issuing.PermHandle, issuing.PermReview, issuing.PermFiles, issuing.PermFile))
}

// granted lets the window's event come.
func (s *scene) granted(no string) {
	s.t.Helper()
	s.told(window.TopicGranted, no, window.Moved{No: no, Item: "spxj", ItemName: "食品经营备案", State: window.Granted, Document: "绵涪审食准〔2026〕1号"})
}

func (s *scene) told(topic, key string, data any) {
	s.t.Helper()
	raw, err := json.Marshal(data)
	if err != nil {
		s.t.Fatal(err)
	}
	ctx := s.t.Context()
	if err := s.DB.Do(ctx, func(tx db.Tx) error {
		return s.app.Follow(ctx, tx, events.Event{Topic: topic, Key: key, At: s.Clock.Now(), Data: json.RawMessage(raw)})
	}); err != nil {
		s.t.Fatal(err)
	}
}

// message returns the text of the last short message.
func (s *scene) message(template string) string {
	s.t.Helper()
	var sealed string
	err := s.DB.View(s.t.Context(), func(q db.Query) error {
		return q.QueryRowContext(s.t.Context(), `SELECT text_sealed FROM notify_sms WHERE template = $1 ORDER BY queued_at DESC, id DESC LIMIT 1`, template).Scan(&sealed)
	})
	if err != nil {
		s.t.Fatal(err)
	}
	text, err := s.Vault.Open("notify.text", sealed)
	if err != nil {
		s.t.Fatal(err)
	}
	return text
}

var png = append([]byte("\x89PNG\r\n\x1a\n"), "strokes"...)

// handOver goes through the four proofs.
func (s *scene) handOver(ctx context.Context, no string) app.Detail {
	s.t.Helper()
	code := regexp.MustCompile(`\d{6}，`).FindString(s.message("case.pickup"))
	d, err := s.app.FindByCode(ctx, strings.TrimSuffix(code, "，"))
	if err != nil || d.No != no {
		s.t.Fatalf("code: %v, %s", err, d.No)
	}
	if d, err = s.app.Identify(ctx, no, d.Version, app.Recipient{Relation: "self", Name: zhou.Name, IDNumber: zhou.IDNumber, By: "card"}); err != nil {
		s.t.Fatal(err)
	}
	if d, err = s.app.Read(ctx, no, d.Version, []string{"名称", "有效期"}); err != nil {
		s.t.Fatal(err)
	}
	if d, err = s.app.Sign(ctx, no, d.Version, png); err != nil {
		s.t.Fatal(err)
	}
	if d, err = s.app.Hand(ctx, no, d.Version, app.Hand{Way: issuing.AtCounter, Certificate: "JY2510799000019", Originals: 1, Copies: 1}); err != nil {
		s.t.Fatal(err)
	}
	return d
}

const no = "MY261126-001-0017-5"

// A granted case is handed over with its four proofs, rated once, filed, and the package holds; a changed byte is named.
func TestFromDecisionToArchive(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		ctx := s.clerk("zhou")
		s.granted(no)
		s.granted(no) // an event that comes again makes nothing new
		list, err := s.app.Records(ctx, "ready", "", 1, 50)
		if err != nil || list.Total != 1 || list.Rows[0].Left != 10 || list.Rows[0].Due != "2026-12-10" {
			t.Fatalf("list: %+v, %v", list, err)
		}
		if _, err := s.app.Invite(ctx, no); errs.CodeOf(err) != "issuing.not_ended" {
			t.Errorf("a rating may be asked for before the end: %v", err)
		}
		if _, err := s.app.Hand(ctx, no, 1, app.Hand{Way: issuing.AtCounter, Originals: 1}); errs.KindOf(err) != errs.Invalid {
			t.Errorf("handed over without a proof: %v", err)
		}
		d := s.handOver(ctx, no)
		if d.State != issuing.Handed || d.Document == "" || !d.Signature || len(s.desk.delivered) != 1 || s.desk.delivered[0].Certificate != "JY2510799000019" {
			t.Fatalf("handed: %+v", d)
		}
		text, err := json.Marshal(d)
		if err != nil || strings.Contains(string(text), zhou.IDNumber) || strings.Contains(string(text), zhou.Name) {
			t.Errorf("the record shows a person: %s", text)
		}
		s.rateOnce(ctx)
		s.fileOnce(ctx)
		s.AuditCount(t)
	})
}

func (s *scene) rateOnce(ctx context.Context) {
	s.t.Helper()
	key := s.message("case.rate")
	key = key[strings.LastIndex(key, "/")+1:]
	asked, err := s.app.Asked(ctx, key)
	if err != nil || asked.ItemName != "食品经营备案" || asked.Rated != 0 {
		s.t.Fatalf("asked: %+v, %v", asked, err)
	}
	if err := s.app.Rate(s.t.Context(), key, app.Given{Level: 5, Points: []string{"服务态度"}}); err != nil {
		s.t.Fatal(err)
	}
	if err := s.app.Rate(s.t.Context(), key, app.Given{Level: 1}); errs.CodeOf(err) != "issuing.rated_before" {
		s.t.Errorf("rated twice: %v", err)
	}
	if n := s.Count(s.t, `SELECT count(*) FROM issuing_task`); n != 0 {
		s.t.Errorf("a good rating began %d tasks", n)
	}
}

func (s *scene) fileOnce(ctx context.Context) {
	s.t.Helper()
	row, err := s.app.File(ctx, no)
	if err != nil || row.ArchiveNo != "DA2026-000001" {
		s.t.Fatalf("file: %+v, %v", row, err)
	}
	if _, err := s.app.File(ctx, no); errs.CodeOf(err) != "issuing.filed" {
		s.t.Errorf("filed twice: %v", err)
	}
	d, err := s.app.Archive(ctx, row.ArchiveNo)
	if err != nil || !d.Holds || len(d.Faults) != 0 || d.Files != 7 {
		s.t.Fatalf("archive: %+v, %v", d, err)
	}
	for _, q := range []string{"DA2026", zhou.IDNumber, "食品", no} {
		found, err := s.app.Archives(ctx, q, time.Time{}, s.Clock.Now().AddDate(1, 0, 0), 1, 50)
		if err != nil || found.Total != 1 {
			s.t.Errorf("search %q: %d, %v", q, found.Total, err)
		}
	}
	_, pack, err := s.app.Package(ctx, row.ArchiveNo)
	if err != nil {
		s.t.Fatal(err)
	}
	if c, err := issuing.Verify(change(s.t, pack, "materials/lease/1.jpg")); err != nil || len(c.Faults) != 1 || !strings.HasPrefix(c.Faults[0], "materials/lease/1.jpg：") {
		s.t.Errorf("changed byte: %v, %v", c.Faults, err)
	}
	if c, err := issuing.Verify(change(s.t, pack, issuing.FileChecksums)); err != nil || len(c.Faults) == 0 {
		s.t.Errorf("changed list: %v, %v", c.Faults, err)
	}
}

// change packs everything again with one byte of one file changed.
func change(t *testing.T, pack []byte, name string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(pack), int64(len(pack)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if f.Name == name {
			b[0] ^= 1
		}
		dst, err := w.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := dst.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// An electronic certificate needs no proofs of the counter, and its proof of delivery speaks of no paper.
func TestElectronicHandsOverNoPaper(t *testing.T) {
	s := open(t, kerneltest.New(t))
	s.granted(no)
	d, err := s.app.Hand(s.clerk("zhou"), no, 1, app.Hand{Way: issuing.Electronic, Certificate: "E1", Originals: 1, Copies: 1})
	if err != nil || d.State != issuing.Handed || d.Originals+d.Copies != 0 {
		t.Fatalf("%+v, %v", d, err)
	}
	if got := s.desk.delivered[0]; len(got.Handed) != 0 || got.Certificate != "E1" {
		t.Errorf("%+v", got)
	}
}

// The wrong person gets nothing, an agent needs an authority, and codes cannot be guessed.
func TestWhoMayTakeIt(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		ctx := s.clerk("zhou")
		s.granted(no)
		d, err := s.app.WithoutCode(ctx, no, 1, "手机没带")
		if err != nil {
			t.Fatal(err)
		}
		stranger := app.Recipient{Relation: "self", Name: "王五", IDNumber: "510799199203030019", By: "typed"}
		if _, err := s.app.Identify(ctx, no, d.Version, stranger); err == nil {
			t.Error("a stranger took it")
		}
		agent := app.Recipient{Relation: "agent", Name: "王五", IDNumber: "51079919920303001X", By: "typed"}
		if _, err := s.app.Identify(ctx, no, d.Version, agent); errs.KindOf(err) != errs.Invalid {
			t.Errorf("an agent without authority: %v", err)
		}
		for range 8 {
			if _, err := s.app.FindByCode(ctx, "123456"); errs.CodeOf(err) != "issuing.code" {
				t.Errorf("wrong code: %v", err)
			}
		}
		if _, err := s.app.FindByCode(ctx, "123456"); errs.CodeOf(err) != "issuing.tries" {
			t.Errorf("ninth wrong code: %v", err)
		}
		s.Clock.Advance(11 * time.Minute)
		if _, err := s.app.FindByCode(ctx, "123456"); errs.CodeOf(err) != "issuing.code" {
			t.Errorf("after the pause: %v", err)
		}
		elsewhere := auth.As(t.Context(), auth.Actor{Kind: auth.Staff, ID: "li", Name: "李"}.GrantedWithin(actor.InRegion("510704000000"), issuing.PermRead, issuing.PermIssue))
		if _, err := s.app.Show(elsewhere, no); errs.CodeOf(err) != "issuing.none" {
			t.Errorf("seen from another district: %v", err)
		}
	})
}

// A parcel goes out, its events come once though they are sent twice, and its arrival ends the record; another one is lost.
func TestPost(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		ctx := s.clerk("zhou")
		s.granted(no)
		order := func() app.Detail {
			t.Helper()
			d, err := s.app.Show(ctx, no)
			if err != nil {
				t.Fatal(err)
			}
			if d, err = s.app.Dispatch(ctx, no, d.Version, app.Send{Originals: 1}); err != nil || d.State != issuing.Posted {
				t.Fatalf("post: %+v, %v", d.Row, err)
			}
			args, _ := json.Marshal(map[string]string{"no": no})
			if err := s.app.Order(ctx, args); err != nil {
				t.Fatal(err)
			}
			d, err = s.app.Show(ctx, no)
			if err != nil {
				t.Fatal(err)
			}
			return d
		}
		track := func() {
			t.Helper()
			s.post.Step()
			if err := s.app.Track(ctx, nil); err != nil {
				t.Fatal(err)
			}
		}
		s.press(simpost.FaultRefuse)
		if d := order(); d.State != issuing.Ready || d.Note == "" {
			t.Fatalf("refused: %+v", d.Row)
		}
		s.press("")
		if d := order(); d.Parcel == "" {
			t.Fatalf("no parcel: %+v", d.Row)
		}
		s.press(simpost.FaultLost)
		track()
		if d, _ := s.app.Show(ctx, no); d.State != issuing.Ready || !strings.Contains(d.Note, "丢") {
			t.Fatalf("lost: %+v", d.Row)
		}
		s.press(simpost.FaultDuplicate)
		order()
		for range 5 {
			track()
		}
		d, err := s.app.Show(ctx, no)
		if err != nil || d.State != issuing.Delivered || len(d.Events) != 6 || len(s.desk.delivered) != 1 {
			t.Fatalf("delivered: %+v, %d events, %d proofs, %v", d.Row, len(d.Events), len(s.desk.delivered), err)
		}
	})
}

func (s *scene) press(fault string) {
	s.t.Helper()
	if err := s.post.Press(fault); err != nil {
		s.t.Fatal(err)
	}
}

// account makes a clerk of a district.
func (s *scene) account(login, region string) string {
	s.t.Helper()
	id, err := s.Auth.Create(auth.AsSystem(s.t.Context(), "init"), auth.Account{
		Login: login, Name: "周敏", Region: region, Desk: "B 区 12 号窗", Grants: []auth.Grant{{Role: "clerk", Reach: actor.ReachRegion, Place: region, Reason: "test"}},
	}, "Correct-Horse-9")
	if err != nil {
		s.t.Fatal(err)
	}
	return id
}

// A bad rating becomes a task with fifteen working days, which nobody closes without a call and by their own answer.
func TestBadRating(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		zhou, li := s.clerk("zhou"), s.clerk("li")
		s.granted(no)
		s.handOver(zhou, no)
		url, err := s.app.Invite(zhou, no)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.app.Rate(t.Context(), url[strings.LastIndex(url, "/")+1:], app.Given{Level: 1, Words: "等了两个小时"}); err != nil {
			t.Fatal(err)
		}
		s.told("window.rated", "e1", map[string]any{"case": no, "level": 2, "terminal": "K-01", "region": "510703000000"})
		tasks, err := s.app.Tasks(li, false, 1, 50)
		if err != nil || tasks.Total != 2 || tasks.Rows[0].Due != "2026-12-17" {
			t.Fatalf("tasks: %+v, %v", tasks, err)
		}
		id := tasks.Rows[0].ID
		if tasks.Rows[0].Level != 1 {
			id = tasks.Rows[1].ID
		}
		min, far := s.account("min", "510703000000"), s.account("far", "510704000000")
		helpers, err := s.app.Helpers(li, id)
		if err != nil || len(helpers) != 1 || helpers[0] != (app.Helper{ID: min, Name: "周敏", Desk: "B 区 12 号窗"}) {
			t.Errorf("helpers: %+v, %v", helpers, err)
		}
		for _, nobody := range []string{"", "zhou", far} {
			if _, err := s.app.DoTask(li, id, issuing.TaskAssign, app.TaskStep{Version: 1, Assignee: nobody, Text: "请核实"}); errs.KindOf(err) != errs.Invalid {
				t.Errorf("assigned to %q: %v", nobody, err)
			}
		}
		do := func(ctx context.Context, act issuing.TaskAct, want string) app.TaskDetail {
			t.Helper()
			d, err := s.app.Task(ctx, id)
			if err != nil {
				t.Fatal(err)
			}
			d, err = s.app.DoTask(ctx, id, act, app.TaskStep{Version: d.Version, Assignee: min, Reached: true, Text: "已经说明并道歉"})
			if errs.CodeOf(err) != want {
				t.Fatalf("%s: %v, want %q", act, err, want)
			}
			return d
		}
		rated, given := s.clerk("clerk"), s.clerk(min) // the case's handler, and whom it is given to
		do(li, issuing.TaskAssign, "")
		do(given, issuing.TaskAnswer, "issuing.not_now")
		do(zhou, issuing.TaskCall, "issuing.not_assigned")
		do(rated, issuing.TaskCall, "issuing.own_rating")
		do(given, issuing.TaskCall, "")
		do(zhou, issuing.TaskAnswer, "issuing.not_assigned")
		do(given, issuing.TaskAnswer, "")
		do(given, issuing.TaskClose, "issuing.own_answer")
		do(rated, issuing.TaskClose, "issuing.own_rating")
		do(rated, issuing.TaskReject, "issuing.own_rating")
		d := do(li, issuing.TaskClose, "")
		if d.State != issuing.Closed || d.Assignee != "周敏" || d.Words != "等了两个小时" || len(d.Done) != 4 || d.National.EvaluateChannel != "PJQ" || d.National.ProjNo != no {
			t.Errorf("closed: %+v", d)
		}
		sum, err := s.app.Ratings(li, "level", time.Time{}, s.Clock.Now().AddDate(1, 0, 0))
		if err != nil || len(sum) != 2 || sum[0].Title != "不满意" || sum[0].Total != 1 {
			t.Errorf("summary: %+v, %v", sum, err)
		}
	})
}
