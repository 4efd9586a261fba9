package adapter_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tongban/central/kernel/adapter"
	"tongban/central/kernel/db"
	"tongban/central/kernel/kerneltest"
	"tongban/central/kernel/outbound"
)

// peer is a real system on a real line that does as it is told.
type peer struct {
	*httptest.Server
	status atomic.Int32
	calls  atomic.Int32
	hang   atomic.Bool
}

func newPeer(t *testing.T) *peer {
	t.Helper()
	p := &peer{}
	p.status.Store(200)
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/health" {
			w.WriteHeader(int(p.status.Load()))
			return
		}
		p.calls.Add(1)
		if p.hang.Load() {
			select {
			case <-r.Context().Done():
			case <-time.After(3 * time.Second):
			}
			return
		}
		b, _ := io.ReadAll(r.Body)
		w.WriteHeader(int(p.status.Load()))
		_, _ = w.Write(append([]byte("got "), b...))
	}))
	t.Cleanup(p.Close)
	return p
}

func declare(t *testing.T, k *kerneltest.Kit, p *peer, more func(*adapter.Declaration)) *adapter.Port {
	t.Helper()
	d := adapter.Declaration{
		Name: "tax", Title: "税务", Contract: "deploy/docs/adapters/sms.md", Health: "/health",
		Target: outbound.Target{URL: p.URL, Internal: true, Timeout: time.Second},
		Operations: []adapter.Operation{
			{Name: "file", Method: http.MethodPost, Path: "/file", Timeout: 300 * time.Millisecond},
			{Name: "look", Method: http.MethodGet, Path: "/look", Attempts: 3},
		},
	}
	if more != nil {
		more(&d)
	}
	port, err := k.Adapters.Declare(d)
	if err != nil {
		t.Fatal(err)
	}
	return port
}

func call(t *testing.T, port *adapter.Port, op string) (string, error) {
	t.Helper()
	method, body := http.MethodPost, io.Reader(strings.NewReader("income"))
	if op == "look" {
		method, body = http.MethodGet, nil
	}
	r, err := http.NewRequestWithContext(t.Context(), method, port.Base()+"/"+op, body)
	if err != nil {
		t.Fatal(err)
	}
	res, err := port.Do(t.Context(), op, r)
	if err != nil {
		return "", err
	}
	defer res.Body.Close() //nolint:errcheck // test
	b, err := io.ReadAll(res.Body)
	return string(b), err
}

func breaker(t *testing.T, k *kerneltest.Kit) adapter.State {
	t.Helper()
	s, err := k.Adapters.State(t.Context(), "tax")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestEveryExchangeIsOnRecord(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		p := newPeer(t)
		port := declare(t, k, p, nil)
		if got, err := call(t, port, "file"); err != nil || got != "got income" {
			t.Fatalf("%q, %v", got, err)
		}
		p.status.Store(422)
		if _, err := call(t, port, "file"); err != nil {
			t.Fatalf("a refusal is an answer: %v", err)
		}
		p.status.Store(500)
		if _, err := call(t, port, "file"); !errors.Is(err, adapter.ErrFailed) {
			t.Fatalf("err = %v", err)
		}
		p.hang.Store(true)
		if _, err := call(t, port, "file"); !errors.Is(err, adapter.ErrFailed) {
			t.Fatalf("err = %v", err)
		}
		rows, err := k.Adapters.Exchanges(t.Context(), "tax", "", 10)
		if err != nil || len(rows) != 4 {
			t.Fatalf("%d records, %v", len(rows), err)
		}
		var results []string
		for _, e := range rows {
			results = append(results, e.Result)
			if e.SentDigest == "" || e.SentBytes != 6 || e.Actor == "" {
				t.Errorf("%+v", e)
			}
		}
		if got := strings.Join(results, " "); got != "timeout failed refused ok" {
			t.Errorf("results, newest first: %s", got)
		}
		if n := k.Count(t, `SELECT count(*) FROM adapter_exchange WHERE sent_digest LIKE '%income%' OR answer_digest LIKE '%income%'`); n != 0 {
			t.Error("content is on record")
		}
		days, err := k.Adapters.Days(t.Context(), "tax", k.Clock.Now())
		if err != nil || len(days) != 1 || days[0].Calls != 4 || days[0].Failed != 2 || days[0].Day != "2026-11-26" {
			t.Errorf("%+v, %v", days, err)
		}
	})
}

func TestOnlyWhatMayBeRepeatedIs(t *testing.T) {
	k := kerneltest.New(t)
	p := newPeer(t)
	port := declare(t, k, p, nil)
	p.status.Store(503)
	_, _ = call(t, port, "file")
	if n := p.calls.Swap(0); n != 1 {
		t.Errorf("filed %d times", n)
	}
	_, _ = call(t, port, "look")
	if n := p.calls.Load(); n != 3 {
		t.Errorf("looked %d times", n)
	}
}

// A failing system is cut off over both copies, tried by exactly one call after the pause, and restored.
func TestCutAndRestoredOverTwoCopies(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		twin := k.Twin(t)
		p := newPeer(t)
		a, b := declare(t, k, p, nil), declare(t, twin, p, nil)
		p.status.Store(500)
		for i := range 5 {
			_, _ = call(t, []*adapter.Port{a, b}[i%2], "file")
		}
		if s := breaker(t, k); s.Breaker != adapter.Open {
			t.Fatalf("%+v", s)
		}
		p.calls.Store(0)
		for _, port := range []*adapter.Port{a, b} {
			if _, err := call(t, port, "file"); !errors.Is(err, adapter.ErrCut) {
				t.Errorf("err = %v", err)
			}
		}
		if p.calls.Load() != 0 {
			t.Error("a system that was cut off is still asked")
		}

		p.status.Store(200)
		k.Clock.Advance(6 * time.Second)
		var wg sync.WaitGroup
		var good, cut atomic.Int32
		for i := range 8 {
			port := []*adapter.Port{a, b}[i%2]
			wg.Go(func() {
				switch _, err := call(t, port, "file"); {
				case err == nil:
					good.Add(1)
				case errors.Is(err, adapter.ErrCut):
					cut.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if good.Load() < 1 || breaker(t, k).Breaker != adapter.Closed {
			t.Errorf("%d went through, %d were cut, %+v", good.Load(), cut.Load(), breaker(t, k))
		}
		if _, err := call(t, b, "file"); err != nil {
			t.Errorf("restored: %v", err)
		}
	})
}

func TestTheSwitch(t *testing.T) {
	k := kerneltest.New(t)
	p := newPeer(t)
	port := declare(t, k, p, nil)
	turn := func(on bool) error {
		return k.DB.Do(t.Context(), func(tx db.Tx) error { return k.Adapters.Switch(t.Context(), tx, "tax", on, "对方升级") })
	}
	before := k.AuditCount(t)
	if err := turn(false); err != nil {
		t.Fatal(err)
	}
	if err := turn(false); err == nil {
		t.Error("off twice")
	}
	if _, err := call(t, port, "file"); !errors.Is(err, adapter.ErrOff) {
		t.Errorf("err = %v", err)
	}
	if err := turn(true); err != nil {
		t.Fatal(err)
	}
	if _, err := call(t, port, "file"); err != nil {
		t.Error(err)
	}
	if n := k.AuditCount(t) - before; n != 2 {
		t.Errorf("%d audit records", n)
	}
}

func TestTheRateOfOneSystem(t *testing.T) {
	k := kerneltest.New(t)
	p := newPeer(t)
	port := declare(t, k, p, func(d *adapter.Declaration) { d.PerSecond = 2 })
	limited := 0
	for range 10 {
		if _, err := call(t, port, "look"); errors.Is(err, adapter.ErrLimited) {
			limited++
		}
	}
	if limited != 6 {
		t.Errorf("%d of 10 were refused, want 6", limited)
	}
	if s := breaker(t, k); s.Failures != 0 {
		t.Error("our own limit counts as their failure")
	}
}

func TestHealth(t *testing.T) {
	k := kerneltest.New(t)
	p := newPeer(t)
	declare(t, k, p, nil)
	for status, want := range map[int32]string{200: "ok", 503: "down"} {
		p.status.Store(status)
		if err := k.Adapters.Probe(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		if s := breaker(t, k); s.Health != want || s.HealthAt.IsZero() || (want == "down") != (s.HealthNote != "") {
			t.Errorf("%d: %+v", status, s)
		}
	}
	p.Close()
	if err := k.Adapters.Probe(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if s := breaker(t, k); s.Health != "down" {
		t.Errorf("nobody there: %+v", s)
	}
}
