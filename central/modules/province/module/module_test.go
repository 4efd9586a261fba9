package module_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/kernel/events"
	"tongban/central/kernel/ids"
	"tongban/central/kernel/kerneltest"
	"tongban/central/modules/province"
	"tongban/central/modules/province/module"
	"tongban/central/modules/window"
	"tongban/deploy/sim/province/exchange"
	"tongban/fleet/wire"
	"tongban/fleet/wire/matter"
)

// counter is the window as the exchange sees it.
type counter struct {
	mu    sync.Mutex
	cases map[string]window.Facts
	notes map[string][]window.Note
	form  map[string]any
}

func (c *counter) Facts(_ context.Context, no string) (window.Facts, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f, ok := c.cases[no]
	if !ok {
		return f, window.ErrNoSuchCase
	}
	return f, nil
}

func (c *counter) Application(_ context.Context, no, _ string) (wire.Submission, error) {
	return wire.Submission{
		CaseNo: no, Item: "glbt", Applicant: wire.Person{Type: "resident", Name: "样例甲", IDNumber: "510799199001010026"}, Form: c.form,
		Materials: []wire.Material{{Code: "id", Pages: []wire.File{{Digest: "sha256:00"}}}},
	}, nil
}

func (c *counter) Note(_ context.Context, _ db.Tx, no string, n window.Note) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.notes[no] = append(c.notes[no], n)
	return nil
}

type shelf struct{}

func (shelf) Item(_ context.Context, code string, _ int) (matter.Item, error) {
	return matter.Item{Code: code, TaskCode: "11510799MB00001X4000900001000", Name: "样例事项", Office: "样例局", OfficeCode: "11510799MB00001X4", Promise: matter.Limit{Days: 10}, Statutory: matter.Limit{Days: 20}}, nil
}

func (s shelf) Items(ctx context.Context) ([]matter.Item, error) {
	i, err := s.Item(ctx, "glbt", 0)
	return []matter.Item{i}, err
}

const secret = "a secret of many letters"

type scene struct {
	t       *testing.T
	kit     *kerneltest.Kit
	p       *module.Province
	window  *counter
	six     *exchange.Systems
	address string
	server  *http.Server
	handler http.Handler
	who     auth.Actor
}

func newScene(t *testing.T, k *kerneltest.Kit) *scene {
	t.Helper()
	s := &scene{t: t, kit: k, window: &counter{cases: map[string]window.Facts{}, notes: map[string][]window.Note{}, form: map[string]any{"business_address": "样例路 18 号"}}, six: exchange.New("tongban", secret)}
	s.up("127.0.0.1:0")
	dir := t.TempDir()
	key, peer := filepath.Join(dir, "key"), filepath.Join(dir, "peer")
	for file, text := range map[string]string{key: "tongban:" + secret, peer: exchange.PublicKey(secret)} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var err error
	s.p, err = module.New(k.Kernel, module.Config{URL: "http://" + s.address, KeyFile: key, PeerFile: peer, Internal: true, Area: "510700000000"}, module.Needs{Window: s.window, Items: shelf{}})
	if err != nil {
		t.Fatal(err)
	}
	k.Use(t, s.p.Module)
	k.HTTP.Authenticate("staff", func(*http.Request) (auth.Actor, error) { return s.who, nil })
	s.handler = k.HTTP.Handler()
	s.who = auth.Who(k.As(t, "exchange-admin"))
	if err := s.p.Module.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.down)
	return s
}

func (s *scene) up(address string) {
	s.t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		s.t.Fatal(err)
	}
	s.address, s.server = l.Addr().String(), &http.Server{Handler: s.six.Handler(), ReadHeaderTimeout: time.Second}
	server := s.server
	go func() { _ = server.Serve(l) }()
}

func (s *scene) down() { _ = s.server.Close() }

// does moves a case at the window, as its own module would.
func (s *scene) does(no, topic string, state window.State) {
	s.t.Helper()
	f := window.Facts{No: no, Item: "glbt", ItemVersion: 1, ItemName: "样例事项", State: state, Region: "510703000000", ReceivedAt: kerneltest.Start, AcceptedOn: "2026-11-26", Due: "2026-12-10"}
	s.window.mu.Lock()
	s.window.cases[no] = f
	s.window.mu.Unlock()
	err := s.kit.DB.Do(s.t.Context(), func(tx db.Tx) error {
		return events.Emit(s.t.Context(), tx, events.Event{Topic: topic, Key: no, Data: window.Moved{No: no, Item: f.Item, ItemName: f.ItemName, State: state, Region: f.Region, Handler: "clerk", At: s.kit.Clock.Now()}})
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// queued waits until so many messages were made of events.
func (s *scene) queued(n int64) {
	s.t.Helper()
	for range 600 {
		if s.kit.Count(s.t, "SELECT count(*) FROM province_message") >= n {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	s.t.Fatalf("fewer than %d messages", n)
}

func (s *scene) job(name string) {
	s.t.Helper()
	if err := s.p.Module.Jobs["province."+name](auth.AsSystem(s.t.Context(), "job"), nil); err != nil {
		s.t.Fatalf("%s: %v", name, err)
	}
}

func (s *scene) call(method, path string, body any, want int, out any) {
	s.t.Helper()
	var b []byte
	if body != nil {
		b, _ = json.Marshal(body)
	}
	r := httptest.NewRequest(method, "/api/staff/v1/province"+path, bytes.NewReader(b))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", ids.New())
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	if w.Code != want {
		s.t.Fatalf("%s %s: %d, want %d: %s", method, path, w.Code, want, w.Body)
	}
	if out != nil {
		if err := json.Unmarshal(w.Body.Bytes(), out); err != nil {
			s.t.Fatalf("%s: %v", w.Body, err)
		}
	}
}

type board struct {
	Report struct {
		Cases, Same, Differing, Missing, Extra, Waiting, Open int
		Told                                                  struct{ Equal bool }
	}
	Differences []struct {
		ID, CaseNo, Kind, Field, Ours, Theirs, State, Why string
		TheirsBy                                          string `json:"theirs_by"`
		Choices                                           []string
	}
	Counts struct{ Queued, Sent, Confirmed, Refused, Dead int }
}

// The province stops for twenty minutes in the middle of two hundred cases (省平台停 20 分钟): every case arrives once, and the
// reconciliation finds no difference.
func TestTwentyMinutesDown(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := newScene(t, k)
		const cases = 200
		for i := range cases {
			if i == 60 {
				s.queued(60)
				s.job("send")
				s.down()
			}
			s.does(fmt.Sprintf("MY261126-001-%04d-0", i), window.TopicAccepted, window.Accepted)
			if i >= 60 && i%20 == 0 { // the sender goes on trying while people go on accepting
				k.Clock.Advance(2 * time.Minute)
				s.job("send")
			}
		}
		s.queued(cases)
		k.Clock.Advance(6 * time.Minute) // 14 + 6 minutes
		s.job("send")
		if n := len(s.six.Cases()); n != 60 {
			t.Fatalf("%d cases at the province while it is down, want the 60 from before", n)
		}
		var b board
		s.call("GET", "/board", nil, 200, &b)
		if b.Counts.Confirmed != 60 || b.Counts.Queued+b.Counts.Sent != 140 || b.Counts.Dead != 0 {
			t.Fatalf("while down: %+v", b.Counts)
		}

		s.up(s.address)
		for range 12 {
			k.Clock.Advance(time.Minute)
			s.job("send")
		}
		arrived := s.six.Cases()
		for i := range cases {
			if c := arrived[fmt.Sprintf("MY261126-001-%04d-0", i)]; c.Applied != 1 {
				t.Fatalf("case %d was created %d times at the province", i, c.Applied)
			}
		}
		s.call("POST", "/reconcile", struct{}{}, 200, &b)
		if r := b.Report; r.Cases != cases || r.Same != cases || r.Differing+r.Missing+r.Extra+r.Waiting != 0 || !r.Told.Equal {
			t.Fatalf("reconciliation: %+v", r)
		}
	})
}

// An answer that is lost is asked for before anything is sent again; one that does not fit is not believed; what comes twice is
// one; and of all that each message has its proof.
func TestLostWrongTwice(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := newScene(t, k)
		for i, fault := range []string{exchange.FaultLost, exchange.FaultWrong, exchange.FaultDuplicate} {
			no := fmt.Sprintf("MY261126-002-%04d-0", i)
			if err := s.six.Press(exchange.Acceptance, fault); err != nil {
				t.Fatal(err)
			}
			s.does(no, window.TopicAccepted, window.Accepted)
			s.queued(int64(i + 1))
			s.job("send")
			if err := s.six.Press(exchange.Acceptance, ""); err != nil {
				t.Fatal(err)
			}
			k.Clock.Advance(time.Minute)
			s.job("send")
			if c := s.six.Cases()[no]; c.Applied != 1 {
				t.Errorf("%s: created %d times", fault, c.Applied)
			}
		}
		var list struct {
			Rows []struct{ ID, State string }
		}
		s.call("GET", "/messages", nil, 200, &list)
		for _, m := range list.Rows {
			if m.State != "confirmed" {
				t.Errorf("message %s is %s", m.ID, m.State)
			}
			var c province.Container
			s.call("GET", "/messages/"+m.ID+"/evidence", nil, 200, &c)
			if n, err := c.Verify(t.Context()); err != nil || n < 3 {
				t.Fatalf("evidence: %d, %v", n, err)
			}
			text, _ := json.Marshal(c)
			if strings.Contains(string(text), "510799199001010026") || strings.Contains(string(text), "样例甲") {
				t.Error("the evidence names the person")
			}
			for what, spoil := range map[string]func(*province.Container){
				"changed":  func(c *province.Container) { c.Proofs[1].Facts += " " },
				"left out": func(c *province.Container) { c.Proofs = append(c.Proofs[:1:1], c.Proofs[2:]...) },
				"cut off":  func(c *province.Container) { c.Proofs = c.Proofs[:len(c.Proofs)-1] },
				"receipt":  func(c *province.Container) { c.Receipt = nil },
			} {
				var bad province.Container
				_ = json.Unmarshal(text, &bad)
				spoil(&bad)
				if _, err := bad.Verify(t.Context()); err == nil {
					t.Errorf("%s: not found", what)
				}
			}
			if _, err := c.Verify(t.Context(), "04"+strings.Repeat("00", 64)); err == nil {
				t.Error("a stranger's key passes for the centre's")
			}
		}
	})
}

// A refused message waits for a person and keeps only its own case waiting.
func TestRefusedWaitsForAPerson(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := newScene(t, k)
		s.window.form["business_address"] = strings.Repeat("样例路", 11)
		s.does("MY261126-003-0001-0", window.TopicAccepted, window.Accepted)
		s.queued(1)
		s.job("send")
		s.window.form["business_address"] = "样例路 18 号"
		s.does("MY261126-003-0001-0", window.TopicGranted, window.Granted)
		s.does("MY261126-003-0002-0", window.TopicAccepted, window.Accepted)
		s.queued(3)
		s.job("send")
		if got := s.six.Cases(); len(got) != 1 || got["MY261126-003-0002-0"].Applied != 1 {
			t.Fatalf("at the province: %v", got)
		}
		var list struct {
			Rows []struct{ ID, State, Answer string }
		}
		s.call("GET", "/messages?state=person", nil, 200, &list)
		if len(list.Rows) != 1 || !strings.Contains(list.Rows[0].Answer, "最多 30 字，送了 33 字") {
			t.Fatalf("for a person: %+v", list.Rows)
		}
		s.call("POST", "/messages/"+list.Rows[0].ID+"/resend", map[string]string{"reason": "地址已改短"}, 200, nil)
		s.job("send")
		if c := s.six.Cases()["MY261126-003-0001-0"]; c.Applied != 1 || c.Messages != 2 || c.Fields["HANDLE_STATE"].Value != "11" {
			t.Fatalf("after resending: %+v", c)
		}
	})
}

// Differences are shown with who changed last and why, chosen with a reason, and gone at the next reconciliation.
func TestDifferencesAreSettled(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := newScene(t, k)
		for i := range 4 {
			s.does(fmt.Sprintf("MY261126-004-%04d-0", i), window.TopicAccepted, window.Accepted)
		}
		s.queued(4)
		s.job("send")
		at := k.Clock.Now()
		for _, err := range []error{
			s.six.Plant("MY261126-004-0000-0", "PROMISE_DATE", "2026-12-09", "省里按自然日推算", at),
			s.six.Plant("MY261126-004-0001-0", "BUSINESS_ADDRESS", "样例路 18 号附 3 号", "申请人到省里更正", at),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		s.six.Lose("MY261126-004-0002-0")
		stray := exchange.Message{MsgID: "stray", MsgType: "APPLY", ProjNo: "MY261126-009-0009-0", Fields: map[string]string{"TASK_CODE": "1", "APPLICANT_NAME": "样例乙", "CERT_NO": "1", "HANDLE_STATE": "3"}}
		s.six.Receive(stray)
		var b board
		s.call("POST", "/reconcile", struct{}{}, 200, &b)
		if r := b.Report; r.Cases != 4 || r.Same != 1 || r.Differing != 2 || r.Missing != 1 || r.Extra != 1 || r.Open != 4 {
			t.Fatalf("report: %+v", r)
		}
		for _, d := range b.Differences {
			choice := "ours"
			if d.Kind == "extra" {
				choice = "theirs"
			}
			if d.Field == "BUSINESS_ADDRESS" {
				choice = "theirs"
				if strings.Contains(d.Theirs, "附 3 号") {
					t.Error("an address is shown in the clear")
				}
			}
			if d.Field == "PROMISE_DATE" {
				if d.Ours != "2026-12-10" || d.Theirs != "2026-12-09" || d.Why != "省里按自然日推算" || d.TheirsBy != "省平台值班员" {
					t.Errorf("difference: %+v", d)
				}
				s.call("POST", "/differences/"+d.ID+"/choose", map[string]string{"choice": "theirs", "reason": "按省里的算"}, 409, nil)
			}
			s.call("POST", "/differences/"+d.ID+"/choose", map[string]string{"choice": choice, "reason": "核对过原件"}, 200, nil)
			s.call("POST", "/differences/"+d.ID+"/choose", map[string]string{"choice": choice, "reason": "核对过原件"}, 409, nil)
		}
		k.Clock.Advance(time.Minute)
		s.call("POST", "/reconcile", struct{}{}, 200, &b)
		if r := b.Report; r.Same != 5 || r.Differing+r.Missing+r.Extra+r.Waiting != 0 {
			t.Fatalf("afterwards: %+v %+v", r, b.Differences)
		}
	})
}

// What flows back is matched by number, once; what names nobody waits in the tray.
func TestReturnsFlowBack(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := newScene(t, k)
		no := "MY261126-005-0001-0"
		s.does(no, window.TopicAccepted, window.Accepted)
		s.queued(1)
		s.job("send")
		if err := s.six.Press(exchange.Acceptance, exchange.FaultDuplicate); err != nil {
			t.Fatal(err)
		}
		s.six.Give(exchange.Return{ProjNo: no, Kind: "result", State: "11", StateName: "办结（通过）", Text: "准予", At: k.Clock.Now(), Licence: map[string]string{"name": "样例证", "code": "川 0001"}})
		s.six.Give(exchange.Return{ProjNo: "MY260101-9", Kind: "status", State: "8", StateName: "部门受理", At: k.Clock.Now()})
		s.job("returns")
		s.job("returns")
		var flow struct {
			Tray    int
			Returns []struct{ ID, State string }
		}
		s.call("GET", "/returns", nil, 200, &flow)
		if flow.Tray != 1 || len(flow.Returns) != 2 || flow.Returns[0].State != "tray" {
			t.Fatalf("flow: %+v", flow)
		}
		s.call("POST", "/returns/"+flow.Returns[0].ID+"/match", map[string]string{"case_no": no, "reason": "核对过省里的编号"}, 200, &flow)
		told := 0
		for _, n := range s.window.notes[no] {
			if strings.HasPrefix(n.Title, "省里") {
				told++
			}
		}
		if flow.Tray != 0 || told != 2 {
			t.Fatalf("tray %d, told %d: %+v", flow.Tray, told, s.window.notes[no])
		}
	})
}

// The other five: base data and items by version, materials in and out, a licence with consent, a seal that verifies.
func TestTheOtherFive(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := newScene(t, k)
		no := "MY261126-006-0001-0"
		s.does(no, window.TopicAccepted, window.Accepted)
		s.job("sync")
		s.six.PutEntry(exchange.Entry{Kind: "region", Code: "510704000000", Name: "游仙区（改名样例）", Valid: true})
		s.six.PutItem(exchange.Item{TaskCode: "11510799MB00001X4000900001000", TaskName: "样例事项", TaskVersion: 2, PromiseDays: 7, LegalDays: 20, Valid: true})
		s.job("sync")
		var sync struct {
			Open     int
			Findings []struct{ ID, Field, Ours, Theirs string }
			Entries  []struct{ Code, Name string }
		}
		s.call("GET", "/sync", nil, 200, &sync)
		renamed := false
		for _, e := range sync.Entries {
			renamed = renamed || e.Name == "游仙区（改名样例）"
		}
		if !renamed || sync.Open != 1 || sync.Findings[0].Ours != "10" || sync.Findings[0].Theirs != "7" {
			t.Fatalf("sync: %+v", sync)
		}
		s.call("POST", "/findings/"+sync.Findings[0].ID+"/seen", map[string]string{"reason": "已起草新版"}, 200, &sync)

		ctx := t.Context()
		list, err := s.p.Service.Materials(ctx, no, "受理前核对")
		if err != nil || len(list) != 1 {
			t.Fatalf("materials: %v, %v", list, err)
		}
		if _, _, err := s.p.Service.Fetch(ctx, no, list[0].ID, "受理前核对"); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if _, err := s.p.Service.Keep(ctx, no, "租赁合同", "application/pdf", []byte("%PDF-1.4 sample")); err != nil {
				t.Fatal(err)
			}
		}
		if list, _ = s.p.Service.Materials(ctx, no, "受理前核对"); len(list) != 2 {
			t.Errorf("materials after putting one twice: %v", list)
		}
		var licences struct{ Rows []province.Licence }
		s.call("POST", "/cases/"+no+"/licences", map[string]any{"consent": map[string]string{"way": "spoken", "purpose": "核对营业执照"}}, 200, &licences)
		if len(licences.Rows) != 2 || k.Count(t, "SELECT count(*) FROM province_consent WHERE licences = 2") != 1 {
			t.Errorf("licences: %+v", licences)
		}
		file := []byte("%PDF-1.4 notice")
		seal, err := s.p.Service.Seal(ctx, "受理通知书", file)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.p.Service.CheckSeal(seal, file); err != nil {
			t.Error(err)
		}
		if err := s.p.Service.CheckSeal(seal, append(file, ' ')); err == nil {
			t.Error("a changed byte was not found")
		}
	})
}
