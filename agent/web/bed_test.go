package web_test

import (
	"bytes"
	"cmp"
	"context"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"tongban/agent/app"
	"tongban/agent/content"
	"tongban/agent/devices"
	"tongban/agent/diagnostics"
	"tongban/agent/installation"
	"tongban/agent/journal"
	"tongban/agent/link"
	"tongban/agent/outbox"
	"tongban/agent/screen"
	"tongban/agent/seal"
	"tongban/agent/session"
	"tongban/agent/slip"
	"tongban/agent/speech"
	"tongban/agent/store"
	"tongban/agent/web"
	"tongban/deploy/sim/cctv"
	"tongban/deploy/sim/simtest"
	"tongban/drivers"
	"tongban/drivers/display/brightness"
	profiles "tongban/firmware-profiles"
	"tongban/fleet/wire"
	"tongban/fleet/wire/matter"
)

// bed is one terminal with emulated devices and a centre that a test holds in its hand.
type bed struct {
	t       *testing.T
	sim     *simtest.Bench
	dir     string
	db      *store.DB
	box     *outbox.Box
	rack    *devices.Rack
	desk    *diagnostics.Desk
	app     *app.App
	link    *link.Link
	centre  *centre
	clock   *shifted
	url     string
	logs    *logs
	stop    func()
	visit   string
	orders  chan []byte // of the centre
	options bedOptions
}

type bedOptions struct {
	model     string            // of the terminal, kiosk-21 where nothing is said
	addresses map[string]string // over those of the emulators
	without   []string          // kinds of devices that are not connected
	item      *matter.Item
	maxPages  int
	offline   bool
	dir       string         // reuse, for a restart
	sim       *simtest.Bench // reuse
	keys      *keys
	deaf      bool               // the centre sends no receipts
	more      []devices.Slot     // devices that no address leads to
	panel     brightness.Machine // where the terminal's own screen is looked for; nowhere: not at all
	speech    speech.Engine
	volume    int
	still     bool // a camera that answers at once: eight emulated megapixels take seconds where much else runs
}

type keys struct {
	signer *ecdsa.PrivateKey
	centre *ecdh.PrivateKey
}

// shifted is the machine's clock, moved by what a test says: idle times pass in a moment while devices keep their pace.
type shifted struct {
	mu sync.Mutex
	d  time.Duration
}

func (s *shifted) Now() time.Time                         { s.mu.Lock(); defer s.mu.Unlock(); return time.Now().Add(s.d) }
func (s *shifted) After(d time.Duration) <-chan time.Time { return time.After(d) }
func (s *shifted) add(d time.Duration)                    { s.mu.Lock(); s.d += d; s.mu.Unlock() }

// logs keeps what was logged, to look for people in it.
type logs struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logs) Write(p []byte) (int, error) { l.mu.Lock(); defer l.mu.Unlock(); return l.b.Write(p) }

func (l *logs) String() string { l.mu.Lock(); defer l.mu.Unlock(); return l.b.String() }

func newBed(t *testing.T, o bedOptions) *bed {
	t.Helper()
	b := &bed{t: t, clock: &shifted{}, logs: &logs{}, options: o, dir: o.dir, sim: o.sim, orders: make(chan []byte, 8)}
	if b.dir == "" {
		b.dir = t.TempDir()
	}
	if b.sim == nil {
		b.sim = simtest.Start(t)
	}
	if b.options.keys == nil {
		b.options.keys = newKeys(t)
	}
	o.model = cmp.Or(o.model, "kiosk-21")
	b.options.model = o.model
	log := slog.New(slog.NewJSONHandler(b.logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
	var err error
	if b.db, err = store.Open(context.Background(), filepath.Join(b.dir, "agent.db"), store.Options{MaxPages: o.maxPages}); err != nil {
		t.Fatal(err)
	}
	limits := outbox.Default()
	limits.FreeBytes, limits.Room = 0, 64<<10
	if b.box, err = outbox.Open(context.Background(), b.db, b.clock, filepath.Join(b.dir, "outbox"), limits); err != nil {
		t.Fatal(err)
	}
	kept := diagnostics.Calibration{DB: b.db, Clock: b.clock, Log: log}
	b.rack = devices.New(kept.Apply(append(b.slots(), o.more...)), b.clock, log)
	panel := &diagnostics.Panel{Find: o.panel.Find, Full: 250, Calibration: kept, Log: log}
	if o.panel.Root == "" {
		panel = nil
	}
	fonts, err := slip.New()
	if err != nil {
		t.Skip(err)
	}
	items := b.catalogue(log)
	set, err := profiles.Load()
	if err != nil {
		t.Fatal(err)
	}
	model, err := set.Terminal(o.model)
	if err != nil {
		t.Fatal(err)
	}
	b.desk = diagnostics.New(diagnostics.Options{
		DB: b.db, Rack: b.rack, Set: set, Model: model, Root: fstest.MapFS{}, Version: "test", Clock: b.clock, Log: log, Box: b.box, Changed: func() { b.app.Touch() },
		Serving: func() bool { return b.app.Serving() }, Calibration: kept, Panel: panel,
	})
	list, err := set.Checklist(o.model)
	if err != nil {
		t.Fatal(err)
	}
	book, err := installation.Open(context.Background(), installation.Options{
		DB: b.db, Box: b.box, Rack: b.rack, Set: set, Model: model, List: list, Folder: filepath.Join(b.dir, "installation"), Version: "test", Clock: b.clock, Log: log,
		Changed: func() { b.app.Touch() },
	})
	if err != nil {
		t.Fatal(err)
	}
	b.app = app.New(app.Options{
		Installation: book,
		Folder:       filepath.Join(b.dir, "visits"), Model: screen.Terminal{Model: o.model, Helpline: "12345", Positions: map[string]string{"idcard": "屏幕右下方", "receipt": "屏幕左下方出口"}},
		Service: "绵阳政务服务", Times: session.DefaultTimes(), SlipGrace: 1200 * time.Millisecond, Box: b.box, Journal: journal.Open(b.db, b.clock), Content: items,
		Speech: o.speech, Volume: o.volume, Rack: b.rack, Desk: b.desk, Printer: fonts, Clock: b.clock, Log: log, Tidy: b.db.Truncate,
	})
	b.centre = &centre{key: b.options.keys.centre, down: o.offline, deaf: o.deaf, seen: map[string]int{}}
	sealer := &seal.Sealer{Terminal: "K-01", Epoch: 1, Key: b.options.keys.signer, Centre: b.options.keys.centre.PublicKey()}
	b.link = link.New(link.Options{
		Terminal: "K-01", Dial: b.centre.dial, Files: b.centre, Box: b.box, Clock: b.clock, Log: log, ReceiptTimeout: 300 * time.Millisecond,
		BackoffMin: 10 * time.Millisecond, BackoffMax: 50 * time.Millisecond, Changed: b.app.Touch, Moved: b.app.CaseMoved, Answered: b.app.Receipt,
		Ordered: func(raw []byte) { b.orders <- raw },
	})
	b.desk.Enrolled(diagnostics.Station{Terminal: "K-01", Label: "3号机", Sealer: sealer, Key: func() ([]byte, error) {
		own, err := b.options.keys.signer.ECDH()
		if err != nil {
			return nil, err
		}
		return wire.ServiceKey(own, b.options.keys.centre.PublicKey(), "K-01", 1)
	}})
	b.app.Enrolled(app.Station{Code: "K-01", Number: 1, Place: "涪城区政务服务中心", Label: "3号机", Public: "https://zwfw.example.cn", Sealer: sealer, Centre: b.centre, Online: b.link.Online})
	if panel != nil {
		panel.Restore(t.Context())
	}
	b.run(log)
	return b
}

func newKeys(t *testing.T) *keys {
	t.Helper()
	signer, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &keys{signer, c}
}

func (b *bed) slots() []devices.Slot {
	set, err := profiles.Load()
	if err != nil {
		b.t.Fatal(err)
	}
	model, err := set.Terminal(b.options.model)
	if err != nil {
		b.t.Fatal(err)
	}
	addresses := map[string]string{"idcard": "serial:" + b.sim.IDCard, "receipt": "serial:" + b.sim.Receipt, "scanner": b.sim.Camera, "camera": b.sim.Face, "cctv": b.sim.CCTV}
	for kind, at := range b.options.addresses {
		addresses[kind] = at
	}
	for _, kind := range b.options.without {
		var left []profiles.Place
		for _, p := range model.Devices {
			if p.Kind != kind {
				left = append(left, p)
			}
		}
		model.Devices = left
		delete(addresses, kind)
	}
	slots, err := devices.Slots(set, model, addresses, devices.Surveillance("", "", [][4]float64{cctv.Screen})...)
	if err != nil {
		b.t.Fatal(err)
	}
	for i := range slots {
		if (racing || b.options.still) && slots[i].Kind == drivers.KindScanner {
			slots[i].Open = func(context.Context) (drivers.Device, error) { return still{}, nil }
		}
	}
	if err := devices.Gauges(context.Background(), b.db, set, slots, slog.New(slog.DiscardHandler)); err != nil {
		b.t.Fatal(err)
	}
	return slots
}

func (b *bed) catalogue(log *slog.Logger) *content.Cache {
	it := sampleItem()
	if b.options.item != nil {
		it = *b.options.item
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(matter.Snapshot{Version: "1", Calendar: matter.Calendar{Years: []int{2026, 2027}}, Items: []matter.Item{it}, Categories: []matter.Category{{Key: "mz", Name: "民政养老"}}})
	}))
	defer s.Close()
	c, err := content.Open(filepath.Join(b.dir, "content"), b.clock, log)
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := c.Refresh(context.Background(), s.URL, s.Client()); err != nil {
		b.t.Fatal(err)
	}
	return c
}

func (b *bed) run(log *slog.Logger) {
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { b.rack.Run(ctx) })
	wg.Go(func() { b.app.Run(ctx) })
	wg.Go(func() { b.link.Run(ctx) })
	wg.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case raw := <-b.orders:
				wg.Go(func() { b.desk.Order(ctx, raw) })
			}
		}
	})
	<-b.app.Ready()
	wg.Go(func() { b.desk.Run(ctx) })
	srv := httptest.NewServer(web.New(b.app, b.clock, fstest.MapFS{"index.html": {Data: []byte("<p>page</p>")}}, log, ctx.Done()))
	b.url = srv.URL
	b.stop = sync.OnceFunc(func() {
		cancel()
		srv.CloseClientConnections()
		srv.Close()
		wg.Wait()
		if err := b.db.Close(); err != nil {
			b.t.Error(err)
		}
	})
	b.t.Cleanup(b.stop)
	for _, k := range []drivers.Kind{drivers.KindIDCard, drivers.KindReceipt, drivers.KindScanner} {
		if b.rack.Has(k) {
			b.until(string(k)+" ready", func() bool { return b.rack.Status(k).Ready() })
		}
	}
	if !b.options.offline {
		b.until("online", func() bool { on, _ := b.link.Online(); return on })
	}
}

func (b *bed) until(what string, ok func() bool) {
	b.t.Helper()
	for end := time.Now().Add(15 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if ok() {
			return
		}
	}
	b.t.Fatalf("%s: not within 15 s; state: %+v", what, b.app.State().Visit)
}

// refused is a problem answer.
type refused struct {
	status int
	screen.Problem
}

func (r *refused) Error() string { return r.Code + ": " + r.Message }

func (b *bed) ask(method, path string, body any, key string, into any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(b.t.Context(), method, b.url+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	req.Header.Set("Idempotency-Key", key)
	req.Header.Set("X-Visit", b.visit)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close() //nolint:errcheck // a test
	out, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		r := &refused{status: res.StatusCode}
		if err := json.Unmarshal(out, &r.Problem); err != nil {
			return errors.New(string(out))
		}
		return r
	}
	if raw, ok := into.(*[]byte); ok {
		*raw = out
		return nil
	}
	return json.Unmarshal(out, into)
}

// try makes one call; do makes one that must succeed.
func (b *bed) try(call string, body any) (screen.State, error) {
	var s screen.State
	if body == nil {
		body = struct{}{}
	}
	err := b.ask(http.MethodPost, "/api/"+call, body, rand.Text(), &s)
	if err == nil && s.Visit != nil {
		b.visit = s.Visit.ID
	}
	return s, err
}

func (b *bed) do(call string, body any) screen.State {
	b.t.Helper()
	s, err := b.try(call, body)
	if err != nil {
		b.t.Fatalf("%s: %v", call, err)
	}
	return s
}

// code is the code of a refusal.
func (b *bed) code(call string, body any) string {
	b.t.Helper()
	_, err := b.try(call, body)
	var r *refused
	if !errors.As(err, &r) {
		b.t.Fatalf("%s: %v, want a refusal", call, err)
	}
	if r.Message == "" {
		b.t.Errorf("%s: %s has no words", call, r.Code)
	}
	return r.Code
}

func (b *bed) state() screen.State { return b.app.State() }

func (b *bed) identify(person string) screen.State {
	b.t.Helper()
	b.do("visit/start", nil)
	b.do("identify/start", nil)
	b.sim.PutCard(person)
	b.until("card read", func() bool { s := b.state(); return s.Visit != nil && s.Visit.Person != nil })
	b.sim.TakeCard()
	return b.do("identify/confirm", nil)
}
