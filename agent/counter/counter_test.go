package counter_test

import (
	"bytes"
	"context"
	"encoding/json"
	"image/png"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tongban/agent/clock"
	"tongban/agent/counter"
	"tongban/agent/devices"
	"tongban/agent/journal"
	"tongban/agent/store"
	"tongban/deploy/sim/simtest"
	"tongban/drivers"
	profiles "tongban/firmware-profiles"
)

const (
	console = "https://zwfw.example.cn"
	signIn  = "0123456789abcdef0123456789abcdef"
)

// bed is one counter with emulated devices.
type bed struct {
	t     *testing.T
	sim   *simtest.Bench
	desk  *counter.Desk
	book  *journal.Book
	url   string
	token string
	pad   *http.Client // the citizen's screen
	logs  *logs
}

type logs struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logs) Write(p []byte) (int, error) { l.mu.Lock(); defer l.mu.Unlock(); return l.b.Write(p) }
func (l *logs) String() string              { l.mu.Lock(); defer l.mu.Unlock(); return l.b.String() }

func newBed(t *testing.T, kinds ...string) *bed {
	t.Helper()
	return newBedWith(t, simtest.Start(t, kinds...))
}

// newBedWith is newBed on a bench, with devices that no address leads to.
func newBedWith(t *testing.T, sim *simtest.Bench, more ...devices.Slot) *bed {
	t.Helper()
	b := &bed{t: t, logs: &logs{}, sim: sim}
	set, err := profiles.Load()
	if err != nil {
		t.Fatal(err)
	}
	model, err := set.Terminal("counter-desk")
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]string{"scanner": b.sim.Camera, "laser": b.sim.Laser}
	for kind, pty := range map[string]string{"idcard": b.sim.IDCard, "receipt": b.sim.Receipt, "barcode": b.sim.Barcode} {
		if pty != "" {
			at[kind] = "serial:" + pty
		}
	}
	if b.sim.MRZ != "" {
		at["passport"] = "mrz-serial@serial:" + b.sim.MRZ
	}
	slots, err := devices.Slots(set, model, at)
	if err != nil {
		t.Fatal(err)
	}
	slots = append(slots, more...)
	log := slog.New(slog.NewJSONHandler(b.logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
	rack := devices.New(slots, clock.System(), log)
	ctx, cancel := context.WithCancel(context.Background())
	srv := httptest.NewUnstartedServer(nil)
	db, err := store.Open(ctx, filepath.Join(t.TempDir(), "counter.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	b.book = journal.Open(db, clock.System())
	b.desk = counter.New(counter.Options{Desk: "B-12", Consoles: []string{console}, Service: "绵阳政务服务", Rack: rack, Journal: b.book, Clock: clock.System(), Log: log}, srv.Listener.Addr(), ctx.Done())
	srv.Config.Handler = b.desk.Handler()
	srv.Start()
	b.url = srv.URL
	var wg sync.WaitGroup
	wg.Go(func() { rack.Run(ctx) })
	t.Cleanup(func() { cancel(); srv.CloseClientConnections(); srv.Close(); wg.Wait() })
	for kind, where := range at {
		if where != "" {
			b.until(kind+" ready", func() bool { return rack.Status(drivers.Kind(kind)).Ready() })
		}
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	b.pad = &http.Client{Jar: jar}
	return b
}

func (b *bed) until(what string, ok func() bool) {
	b.t.Helper()
	for end := time.Now().Add(15 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if ok() {
			return
		}
	}
	b.t.Fatalf("%s: not within 15 s", what)
}

// ask is one call as the console's page makes it.
func (b *bed) ask(ctx context.Context, name string, body, into any) *counter.Problem {
	b.t.Helper()
	status, text := b.send(ctx, name, body, func(*http.Request) {})
	if status >= 400 {
		p := &counter.Problem{Status: status}
		if err := json.Unmarshal(text, p); err != nil || p.Message == "" {
			b.t.Errorf("%s: %d without a sentence: %s", name, status, text)
		}
		return p
	}
	if into != nil {
		if err := json.Unmarshal(text, into); err != nil {
			b.t.Fatalf("%s: %v in %s", name, err, text)
		}
	}
	return nil
}

func (b *bed) send(ctx context.Context, name string, body any, change func(*http.Request)) (int, []byte) {
	b.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		b.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, b.url+"/api/v1/"+name, bytes.NewReader(text))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Origin", console)
	r.Header.Set("X-Session", signIn)
	r.Header.Set("Authorization", "Bearer "+b.token)
	change(r)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, nil
	}
	defer res.Body.Close() //nolint:errcheck // read to its end
	out, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, nil
	}
	return res.StatusCode, out
}

func (b *bed) pair() {
	b.t.Helper()
	var out struct{ Token string }
	if p := b.ask(b.t.Context(), "pair", map[string]string{"code": b.desk.Code(), "session": signIn}, &out); p != nil {
		b.t.Fatal(p)
	}
	b.token = out.Token
}

// screen opens the citizen's screen and returns what it shows, one after the other.
func (b *bed) screen() <-chan map[string]any {
	b.t.Helper()
	res, err := b.pad.Get(b.desk.PadURL())
	if err != nil || res.StatusCode != http.StatusOK {
		b.t.Fatal(res, err)
	}
	_ = res.Body.Close()
	if res, err = b.pad.Get(b.url + "/pad/events"); err != nil || res.StatusCode != http.StatusOK {
		b.t.Fatal(res, err)
	}
	b.t.Cleanup(func() { _ = res.Body.Close() })
	views := make(chan map[string]any, 100)
	go func() {
		buf := make([]byte, 64<<10)
		for {
			n, err := res.Body.Read(buf)
			if err != nil {
				return
			}
			for line := range strings.Lines(string(buf[:n])) {
				var v map[string]any
				if data, ok := strings.CutPrefix(line, "data: "); ok && json.Unmarshal([]byte(data), &v) == nil {
					views <- v
				}
			}
		}
	}()
	return views
}

func await(t *testing.T, views <-chan map[string]any, kind string) map[string]any {
	t.Helper()
	for end := time.After(10 * time.Second); ; {
		select {
		case v := <-views:
			if v["kind"] == kind {
				return v
			}
		case <-end:
			t.Fatalf("the screen never showed %s", kind)
		}
	}
}

// write is the citizen's hand at the screen.
func (b *bed) write(body map[string]any) int {
	b.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		b.t.Fatal(err)
	}
	res, err := b.pad.Post(b.url+"/pad/answer", "application/json", bytes.NewReader(text))
	if err != nil {
		b.t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.StatusCode
}

// Nobody but the console that was paired, in the sign-in in which it was, gets anything; each refusal is proved beside a call
// that differs in that one thing only.
func TestRefusals(t *testing.T) {
	b := newBed(t, simtest.IDCard)
	b.pair()
	for name, c := range map[string]struct {
		change func(*http.Request)
		want   int
	}{
		"right":                {func(*http.Request) {}, http.StatusOK},
		"foreign origin":       {func(r *http.Request) { r.Header.Set("Origin", "https://evil.example.com") }, http.StatusForbidden},
		"origin of like name":  {func(r *http.Request) { r.Header.Set("Origin", console+".evil.example.com") }, http.StatusForbidden},
		"plain instead of TLS": {func(r *http.Request) { r.Header.Set("Origin", "http://zwfw.example.cn") }, http.StatusForbidden},
		"sandboxed page":       {func(r *http.Request) { r.Header.Set("Origin", "null") }, http.StatusForbidden},
		"no origin":            {func(r *http.Request) { r.Header.Del("Origin") }, http.StatusForbidden},
		"its own screen":       {func(r *http.Request) { r.Header.Set("Origin", b.url) }, http.StatusForbidden},
		"rebound name":         {func(r *http.Request) { r.Host = "evil.example.com" }, http.StatusMisdirectedRequest},
		"no token":             {func(r *http.Request) { r.Header.Del("Authorization") }, http.StatusUnauthorized},
		"another token":        {func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+strings.Repeat("A", 26)) }, http.StatusUnauthorized},
		"another sign-in":      {func(r *http.Request) { r.Header.Set("X-Session", strings.Repeat("f", 32)) }, http.StatusUnauthorized},
	} {
		if got, text := b.send(t.Context(), "devices", struct{}{}, c.change); got != c.want {
			t.Errorf("%s: %d, want %d: %s", name, got, c.want, text)
		}
	}
	for _, name := range []string{"card", "scan", "print", "slip", "barcode", "preview", "end", "unpair", "pad/show", "pad/sign", "pad/rate"} {
		if got, _ := b.send(t.Context(), name, struct{}{}, func(r *http.Request) { r.Header.Del("Authorization") }); got != http.StatusUnauthorized {
			t.Errorf("%s without a token: %d", name, got)
		}
	}
	for _, path := range []string{"/", "/pad/events", "/pad.js"} { // the citizen's screen has a key of its own
		res, err := http.Get(b.url + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s without the screen's key: %s", path, res.Status)
		}
	}
}

// A browser asks before it sends; only the console's page is told yes.
func TestPreflight(t *testing.T) {
	b := newBed(t, simtest.IDCard)
	for origin, want := range map[string]string{console: console, "https://evil.example.com": ""} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodOptions, b.url+"/api/v1/card", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Origin", origin)
		r.Header.Set("Access-Control-Request-Method", "POST")
		r.Header.Set("Access-Control-Request-Private-Network", "true")
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if got := res.Header.Get("Access-Control-Allow-Origin"); got != want {
			t.Errorf("%s may: %q", origin, got)
		}
		if got := res.Header.Get("Access-Control-Allow-Private-Network"); (got == "true") != (want != "") {
			t.Errorf("%s on the private network: %q", origin, got)
		}
	}
}

// A code is good once, wrong ones are counted, and a new pairing ends the old.
func TestPairing(t *testing.T) {
	b := newBed(t, simtest.IDCard)
	code := b.desk.Code()
	b.pair()
	first := b.token
	if p := b.ask(t.Context(), "pair", map[string]string{"code": code, "session": signIn}, nil); p == nil || p.Status != http.StatusForbidden {
		t.Errorf("a used code: %v", p)
	}
	b.pair()
	if b.token, first = first, b.token; b.ask(t.Context(), "devices", struct{}{}, nil) == nil {
		t.Error("the old pairing still works")
	}
	b.token = first
	before := b.desk.Code()
	for range 5 {
		_ = b.ask(t.Context(), "pair", map[string]string{"code": "x", "session": signIn}, nil)
	}
	if b.desk.Code() == before {
		t.Error("five wrong codes, and it is still the same")
	}
	if p := b.ask(t.Context(), "pair", map[string]string{"code": b.desk.Code(), "session": signIn}, nil); p == nil || p.Status != http.StatusTooManyRequests {
		t.Errorf("after five wrong codes: %v", p)
	}
	if p := b.ask(t.Context(), "devices", struct{}{}, nil); p != nil {
		t.Errorf("guessing ended the pairing that was there: %v", p)
	}
	if p := b.ask(t.Context(), "unpair", struct{}{}, nil); p != nil {
		t.Error(p)
	}
	if p := b.ask(t.Context(), "devices", struct{}{}, nil); p == nil {
		t.Error("unpaired, and still answered")
	}
}

func TestReadCard(t *testing.T) {
	b := newBed(t, simtest.IDCard)
	b.pair()
	b.sim.PutCard("zhou")
	var c struct{ Name, IDNumber, Birth, ValidTo string }
	if p := b.ask(t.Context(), "card", map[string]int{"wait": 10}, &c); p != nil {
		t.Fatal(p)
	}
	if c.Name != "周立明" || c.IDNumber != "510799199001010018" || c.Birth != "1990-01-01" || c.ValidTo != "2036-05-20" {
		t.Errorf("read %+v", c)
	}
	b.sim.TakeCard()
	if p := b.ask(t.Context(), "card", map[string]int{"wait": 1}, nil); p == nil || p.Status != http.StatusRequestTimeout || p.Reason != string(drivers.ReasonNoCard) {
		t.Errorf("no card: %+v", p)
	}
	// A page that goes away gives the reader back at once.
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if got, _ := b.send(ctx, "card", map[string]int{"wait": 60}, func(*http.Request) {}); got != 0 {
		t.Errorf("cancelled: %d", got)
	}
	b.sim.PutCard("zhang")
	if p := b.ask(t.Context(), "card", map[string]int{"wait": 10}, &c); p != nil || c.Name != "张晓岚" {
		t.Errorf("after a cancelled read: %v, %+v", p, c)
	}
	b.sim.TakeCard()
	b.sim.PutCard("foreign17") // its number stands elsewhere in the card
	if p := b.ask(t.Context(), "card", map[string]int{"wait": 10}, &c); p != nil || c.IDNumber != "CAN519985031507" {
		t.Errorf("a foreigner's permit: %v, %+v", p, c)
	}
	for _, word := range []string{"周立明", "张晓岚", "510799", "CAN5199"} {
		if strings.Contains(b.logs.String(), word) {
			t.Errorf("the log tells %s", word)
		}
	}
}

func TestAPageIsScanned(t *testing.T) {
	b := newBed(t, simtest.Camera)
	b.pair()
	if p := b.ask(t.Context(), "scan", struct{}{}, nil); p == nil || p.Code != "page" || p.Reason != string(drivers.PageNone) {
		t.Errorf("an empty mat: %+v", p)
	}
	b.sim.Paper(simtest.Camera, "application")
	var s struct {
		Width, Height int
		JPEG          []byte
	}
	if p := b.ask(t.Context(), "scan", struct{}{}, &s); p != nil {
		t.Fatal(p)
	}
	if s.Width < 1000 || s.Height < 1000 || !bytes.HasPrefix(s.JPEG, []byte{0xff, 0xd8}) {
		t.Errorf("scanned %d×%d, %d bytes", s.Width, s.Height, len(s.JPEG))
	}
}

func TestPrint(t *testing.T) {
	b := newBed(t, simtest.Receipt, simtest.Laser)
	b.pair()
	if p := b.ask(t.Context(), "slip", map[string]any{"title": "收件回执", "lines": []string{"样例事项", "取件号 B-012"}, "qr": "https://zwfw.example.cn/c/1"}, nil); p != nil {
		t.Fatal(p)
	}
	if n := len(b.sim.Slips()); n != 1 {
		t.Errorf("%d slips", n)
	}
	b.sim.Paper(simtest.Receipt, "none")
	if p := b.ask(t.Context(), "slip", map[string]any{"title": "收件回执"}, nil); p == nil || p.Reason != string(drivers.ReasonPaperOut) || !strings.Contains(p.Message, "没有纸") {
		t.Errorf("without paper: %+v", p)
	}
	if p := b.ask(t.Context(), "print", map[string]any{"pdf": []byte("<html>")}, nil); p == nil || p.Status != http.StatusBadRequest {
		t.Errorf("not a document: %+v", p)
	}
	if p := b.ask(t.Context(), "print", map[string]any{"pdf": []byte("%PDF-1.4\n1 0 obj\n<< /Type /Page >>\nendobj\n%%EOF\n"), "copies": 1}, nil); p != nil {
		t.Errorf("a document: %+v", p)
	}
	// What is not connected says so and hinders nothing.
	if p := b.ask(t.Context(), "card", map[string]int{"wait": 5}, nil); p == nil || p.Code != string(drivers.CodeNoDevice) {
		t.Errorf("no reader: %+v", p)
	}
}

// What was printing when the bridge ended is asked of the printer, and the clerk is told in the list of devices until the
// next print; nothing is printed by itself.
func TestPrintsThatACrashCutOff(t *testing.T) {
	b := newBed(t, simtest.Receipt, simtest.Laser)
	b.pair()
	for id, kind := range map[string]string{"SLIP": "counter", "SHEET": journal.Pages} {
		if err := b.book.Add(t.Context(), journal.Job{ID: id, Kind: kind, Cuts: -1}); err != nil {
			t.Fatal(err)
		}
		if err := b.book.Move(t.Context(), id, journal.Printing, -1, ""); err != nil {
			t.Fatal(err)
		}
	}
	text := func(kind drivers.Kind) string {
		var out struct {
			Devices []struct {
				Kind drivers.Kind
				Text string
			}
		}
		if p := b.ask(t.Context(), "devices", nil, &out); p != nil {
			t.Fatal(p)
		}
		for _, d := range out.Devices {
			if d.Kind == kind {
				return d.Text
			}
		}
		return ""
	}
	b.desk.Settle(t.Context())
	// What asks a printer how it is holds it for a moment, and the list says so.
	b.until("slip told", func() bool { return strings.Contains(text(drivers.KindReceipt), "没有打完") })
	b.until("sheets told", func() bool { return strings.Contains(text(drivers.KindLaser), "出来了吗") }) // the printer has never heard of it
	if n, m := len(b.sim.Slips()), len(b.sim.Terminal.Laser.Printed()); n+m != 0 {
		t.Errorf("%d slips and %d sheets were printed in silence", n, m)
	}
	if p := b.ask(t.Context(), "slip", map[string]any{"title": "收件回执"}, nil); p != nil {
		t.Fatal(p)
	}
	b.until("slip forgotten", func() bool { return text(drivers.KindReceipt) == "能用" })
}

func TestPad(t *testing.T) {
	b := newBed(t, simtest.IDCard)
	b.pair()
	sign := map[string]any{"title": "收件确认", "text": "我交的材料真实有效", "who": "周*明", "wait": 20}
	if p := b.ask(t.Context(), "pad/sign", sign, nil); p == nil || p.Code != string(drivers.CodeNoDevice) {
		t.Errorf("a screen that is not open: %+v", p)
	}
	views := b.screen()
	await(t, views, "idle")

	type signed struct {
		p   *counter.Problem
		PNG []byte
	}
	ask := func(name string, body any) <-chan signed {
		out := make(chan signed, 1)
		go func() {
			var s signed
			s.p = b.ask(context.WithoutCancel(t.Context()), name, body, &s)
			out <- s
		}()
		return out
	}
	done := ask("pad/sign", sign)
	v := await(t, views, "sign")
	if v["text"] != "我交的材料真实有效" || v["desk"] != "B-12" {
		t.Errorf("the screen shows %v", v)
	}
	if p := b.ask(t.Context(), "pad/rate", struct{}{}, nil); p == nil || p.Status != http.StatusConflict {
		t.Errorf("two questions at once: %+v", p)
	}
	dot := [][][4]float64{{{5, 5, 0, 1}, {6, 6, 1, 1}}}
	if got := b.write(map[string]any{"id": v["id"], "width": 900, "height": 400, "strokes": dot}); got != http.StatusUnprocessableEntity {
		t.Errorf("a dot: %d", got)
	}
	var line [][4]float64
	for i := range 60 {
		line = append(line, [4]float64{100 + 10*float64(i), 100 + float64(i%20)*8, float64(i * 10), 0.5})
	}
	if got := b.write(map[string]any{"id": v["id"].(float64) - 1, "width": 900, "height": 400, "strokes": [][][4]float64{line}}); got != http.StatusConflict {
		t.Errorf("an answer to another question: %d", got)
	}
	if got := b.write(map[string]any{"id": v["id"], "level": 5}); got != http.StatusConflict {
		t.Errorf("a rating for a signature: %d", got)
	}
	if got := b.write(map[string]any{"id": v["id"], "width": 900, "height": 400, "strokes": [][][4]float64{line}}); got != http.StatusNoContent {
		t.Errorf("a signature: %d", got)
	}
	s := <-done
	if s.p != nil {
		t.Fatal(s.p)
	}
	if img, err := png.Decode(bytes.NewReader(s.PNG)); err != nil || img.Bounds().Dx() != 900 {
		t.Errorf("the signature is no picture: %v", err)
	}
	await(t, views, "idle")

	var rated struct{ Level int }
	got := make(chan *counter.Problem, 1)
	go func() {
		got <- b.ask(context.WithoutCancel(t.Context()), "pad/rate", map[string]any{"question": "这次服务您满意吗"}, &rated)
	}()
	v = await(t, views, "rate")
	if b.write(map[string]any{"id": v["id"], "level": 6}) != http.StatusUnprocessableEntity || b.write(map[string]any{"id": v["id"], "level": 4}) != http.StatusNoContent {
		t.Error("levels are one to five")
	}
	if p := <-got; p != nil || rated.Level != 4 {
		t.Errorf("rated %d, %v", rated.Level, p)
	}

	// The end of the visit takes all away, also a question that waits.
	if p := b.ask(t.Context(), "pad/show", map[string]any{"title": "请核对", "lines": []string{"周*明"}}, nil); p != nil {
		t.Fatal(p)
	}
	await(t, views, "show")
	done = ask("pad/sign", sign)
	await(t, views, "sign")
	if p := b.ask(t.Context(), "end", struct{}{}, nil); p != nil {
		t.Fatal(p)
	}
	if s := <-done; s.p == nil || s.p.Code != string(drivers.CodeCanceled) {
		t.Errorf("a question at the end: %+v", s.p)
	}
	await(t, views, "idle")
	var h struct {
		Pad struct {
			Open bool
			Busy string
		}
	}
	if p := b.ask(t.Context(), "devices", struct{}{}, &h); p != nil || !h.Pad.Open || h.Pad.Busy != "" {
		t.Errorf("after the end: %+v %v", h, p)
	}
}
