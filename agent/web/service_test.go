package web_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"tongban/agent/screen"
	"tongban/deploy/sim/simtest"
	"tongban/drivers"
	"tongban/fleet/wire"
)

// serviceKey is the centre's side of the terminal's codes.
func (b *bed) serviceKey() []byte {
	b.t.Helper()
	point, err := b.options.keys.signer.PublicKey.ECDH()
	if err != nil {
		b.t.Fatal(err)
	}
	key, err := wire.ServiceKey(b.options.keys.centre, point, "K-01", 1)
	if err != nil {
		b.t.Fatal(err)
	}
	return key
}

// pass is a code as the centre would give it out now.
func (b *bed) pass(nonce uint16, ago time.Duration) screen.OpenService {
	return screen.OpenService{Code: wire.ServicePass{At: b.clock.Now().Add(-ago).UTC().Truncate(time.Minute), Nonce: nonce}.Code(b.serviceKey())}
}

func (b *bed) tested(kind drivers.Kind) screen.ServiceDevice {
	b.t.Helper()
	b.until("test of "+string(kind), func() bool { s := b.state().Service; return s != nil && s.Testing == "" })
	return b.device(kind)
}

func (b *bed) device(kind drivers.Kind) screen.ServiceDevice {
	b.t.Helper()
	for _, d := range b.state().Service.Devices {
		if d.Kind == string(kind) {
			return d
		}
	}
	b.t.Fatalf("no %s", kind)
	return screen.ServiceDevice{}
}

// A technician comes to a terminal without a network: the code opens it, each device is tested, the result is on the screen
// at once and at the centre as soon as there is a network again.
func TestServiceVisitWithoutNetwork(t *testing.T) {
	b := newBed(t, bedOptions{offline: true})
	s := b.do("service/open", b.pass(7, 0))
	if s.Service == nil || s.Blocked == nil || s.Blocked.Code != "service" || s.Service.Number != 7 {
		t.Fatalf("opened: %+v %+v", s.Service, s.Blocked)
	}
	if c := b.code("visit/start", nil); c != "screen.blocked" {
		t.Errorf("a citizen begins: %s", c)
	}
	for _, kind := range []string{"laser", "passport"} {
		if d := b.device(drivers.Kind(kind)); !d.Optional || d.Button != "" || len(d.Steps) == 0 || d.Clause == "" {
			t.Errorf("a part that is not built in: %+v", d)
		}
	}
	if c := b.code("service/test", screen.TestDevice{Kind: "laser"}); c != "service.no_test" {
		t.Errorf("test of what is not there: %s", c)
	}

	b.sim.PutCard("zhou")
	if s := b.do("service/test", screen.TestDevice{Kind: "idcard"}); s.Service.Testing != "idcard" && b.device("idcard").Tested == "" {
		t.Errorf("test: %+v", s.Service)
	}
	d := b.tested("idcard")
	if d.State != "ok" || len(d.Timings) != 1 || d.Timings[0].Want != "≤ 1000 ms" || !racing && !d.Timings[0].OK {
		t.Errorf("reader: %+v", d)
	}
	b.sim.TakeCard()
	b.do("service/test", screen.TestDevice{Kind: "receipt"})
	if d := b.tested("receipt"); d.State != "ok" && !racing || d.Tested == "" || len(d.Timings) < 3 {
		t.Errorf("printer: %+v", d)
	}
	if d := b.device("receipt"); !strings.Contains(d.Paper, "用了 0.") {
		t.Errorf("the test strip is not counted: %q", d.Paper)
	}
	b.do("service/loaded", screen.TestDevice{Kind: "receipt"})
	if d := b.device("receipt"); !strings.Contains(d.Paper, "用了 0.0 米，约剩 39.6 米") {
		t.Errorf("a new roll: %q", d.Paper)
	}
	if c := b.code("service/loaded", screen.TestDevice{Kind: "idcard"}); c != "service.not_counted" {
		t.Errorf("paper of a reader: %s", c)
	}
	b.do("service/test", screen.TestDevice{Kind: "scanner"})
	// The emulated camera has its eight megapixels; the still that stands for it under the race detector has not, and that is said.
	word := map[bool]string{false: "正常", true: "低于招标指标"}[racing]
	if d := b.tested("scanner"); d.Tested == "" || len(d.Timings) != 3 || d.Timings[0].Want != "≥ 8000000 px" || d.Timings[0].OK == racing || d.Word != word {
		t.Errorf("camera: %+v", d)
	}

	b.sim.Press(simtest.Receipt, "paper-out", 0)
	b.until("no paper", func() bool { return b.device("receipt").Word == "缺纸" })
	if d := b.device("receipt"); d.State != "fault" || len(d.Steps) == 0 {
		t.Errorf("out of paper: %+v", d)
	}

	s = b.do("service/finish", nil)
	r := s.Service.Result
	if r == nil {
		t.Fatal("no result")
	}
	got, err := wire.ReadOutcome(b.serviceKey(), r.Code)
	if err != nil || got.Nonce != 7 || got.Kind != "receipt" || got.What != wire.TroublePaperOut || got.Faults != r.Faults {
		t.Errorf("read out: %+v, %v; on the screen %+v", got, err, r)
	}
	text := strings.Join(r.Lines, "\n")
	if !strings.Contains(text, "小票打印机：缺纸") || !strings.Contains(text, r.Code) {
		t.Errorf("leaflet: %s", text)
	}
	var png []byte
	if err := b.ask(http.MethodGet, "/api/service/qr", nil, "", &png); err != nil || len(png) < 100 || string(png[1:4]) != "PNG" {
		t.Errorf("qr: %d bytes, %v", len(png), err)
	}
	if c := b.code("service/print", nil); c != "service.print" {
		t.Errorf("printed without paper: %s", c)
	}
	b.sim.Clear()
	b.until("paper again", func() bool { return b.rack.Status(drivers.KindReceipt).Ready() })
	before := len(b.sim.Slips())
	b.do("service/print", nil)
	if n := len(b.sim.Slips()); n != before+1 {
		t.Errorf("%d papers with the result, want one", n-before)
	}
	b.do("service/finish", nil) // pressed twice
	if s := b.do("service/close", nil); s.Service != nil || s.Blocked != nil {
		t.Errorf("closed: %+v %+v", s.Service, s.Blocked)
	}

	b.centre.network(true)
	b.until("the result at the centre", func() bool { return len(b.centre.diagnoses()) > 0 })
	all := b.centre.diagnoses()
	if len(all) != 1 || all[0].Pass != 7 || all[0].Code != r.Code || all[0].Worst != wire.TroublePaperOut || len(all[0].Machine) == 0 {
		t.Errorf("at the centre: %+v", all)
	}
	whole, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	for _, person := range []string{"样例", "510799"} {
		if strings.Contains(string(whole), person) || strings.Contains(b.logs.String(), person) {
			t.Errorf("%s is in the result or the log", person)
		}
	}
}

// A code opens once, for a few hours, this terminal, also after a restart; guessing ends after five tries.
func TestServiceCodes(t *testing.T) {
	b := newBed(t, bedOptions{offline: true})
	code := b.pass(9, time.Hour)
	b.do("service/open", code)
	b.do("service/close", nil)
	if c := b.code("service/open", code); c != "service.used" {
		t.Errorf("a second time: %s", c)
	}
	if c := b.code("service/open", b.pass(10, wire.ServiceLife+time.Hour)); c != "service.late" {
		t.Errorf("an old one: %s", c)
	}
	if c := b.code("service/test", screen.TestDevice{Kind: "idcard"}); c != "service.closed" {
		t.Errorf("a test from outside: %s", c)
	}
	b.do("visit/start", nil)
	if c := b.code("service/open", b.pass(11, 0)); c != "service.citizen" {
		t.Errorf("amid a visit: %s", c)
	}
	b.do("visit/end", screen.EndVisit{Reason: "left"})
	b.visit = ""
	for range 5 {
		if c := b.code("service/open", screen.OpenService{Code: "AAAAA-AAAAA-AAAAA-AAAAA"}); c != "service.wrong" {
			t.Errorf("a guess: %s", c)
		}
	}
	if c := b.code("service/open", b.pass(12, 0)); c != "service.locked" {
		t.Errorf("after five guesses: %s", c)
	}
	b.stop()

	again := newBed(t, bedOptions{offline: true, dir: b.dir, keys: b.options.keys})
	if c := again.code("service/open", code); c != "service.used" {
		t.Errorf("after a restart: %s", c)
	}
	again.do("service/open", b.pass(13, 0))
	again.clock.add(16 * time.Minute)
	again.until("nobody touches it", func() bool { return again.state().Service == nil })
	if n, err := again.box.Waiting(t.Context()); err != nil || n[wire.LaneReport] < 2 {
		t.Errorf("a visit that was left open leaves a result: %v, %v", n, err)
	}
}
