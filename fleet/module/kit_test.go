package module

import (
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"os"
	"testing"
	"time"

	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/kerneltest"
	"tongban/fleet"
	"tongban/fleet/internal/simterm"
	"tongban/fleet/wire"
)

// centre is a whole fleet on a real kernel, with a broker inside or beside it, and an acceptor that counts.
type centre struct {
	*Fleet
	kit  *kerneltest.Kit
	data string
}

// accept keeps a body in a table of its own, so that what was kept is what was committed.
func (c *centre) accept(ctx context.Context, tx db.Tx, env wire.Envelope, from fleet.Terminal, body []byte) (string, error) {
	var b struct {
		CaseNo string `json:"case_no"`
	}
	if err := json.Unmarshal(body, &b); err != nil {
		return "", err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO kept (envelope, terminal, body) VALUES ($1, $2, $3)`, env.ID, from.Code, string(body)); err != nil {
		return "", err
	}
	return b.CaseNo, nil
}

func (c *centre) kept(t testing.TB) (rows, bodies int64) {
	t.Helper()
	return c.kit.Count(t, `SELECT count(*) FROM kept`), c.kit.Count(t, `SELECT count(DISTINCT body) FROM kept`)
}

// newCentre starts one; change may adjust its configuration.
func newCentre(t testing.TB, change func(*Config)) *centre {
	t.Helper()
	k := kerneltest.New(t)
	k.Clock.Set(time.Now())         // certificates are checked against the machine's clock
	k.Kernel.Clock = clock.System() // and pauses must pass
	c := &centre{kit: k, data: k.Config.Data}
	if err := InitKeys(c.data, nil, time.Now()); err != nil {
		t.Fatal(err)
	}
	cfg := Config{Data: c.data, Kiosk: "127.0.0.1:0", MQTT: "127.0.0.1:0", Public: "https://tongban.test"}
	if change != nil {
		change(&cfg)
	}
	accept := fleet.AcceptorFunc(c.accept)
	f, err := New(k.Kernel, cfg, map[wire.Kind]fleet.Acceptor{wire.KindSubmission: accept, wire.KindRating: accept, wire.KindHelp: accept})
	if err != nil {
		t.Fatal(err)
	}
	c.Fleet = f
	k.Use(t, f.Module)
	err = k.DB.Do(t.Context(), func(tx db.Tx) error {
		_, err := tx.ExecContext(t.Context(), `CREATE TABLE kept (envelope TEXT PRIMARY KEY, terminal TEXT, body TEXT)`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := k.Start(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *centre) site(t testing.TB) simterm.Site {
	t.Helper()
	ca, err := os.ReadFile(CAFile(c.data))
	if err != nil {
		t.Fatal(err)
	}
	return simterm.Site{Web: c.Kiosk(), CA: ca, Model: "kiosk-21"}
}

func (c *centre) code(t testing.TB, terminal string) string {
	t.Helper()
	code, err := c.EnrolCode(t.Context(), EnrolSpec{Code: terminal, Model: "kiosk-21", Place: "涪城区政务服务中心", Label: "3号机", By: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// terminal enrols and connects one.
func (c *centre) terminal(t testing.TB, name string) *simterm.Terminal {
	t.Helper()
	key, err := simterm.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	term, err := simterm.Enrol(t.Context(), c.site(t), c.code(t, name), key)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := term.Connect(ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(term.Disconnect)
	return term
}

func seal(t testing.TB, term *simterm.Terminal, lane wire.Lane, body string) *wire.Envelope {
	t.Helper()
	kind := wire.KindSubmission
	if lane == wire.LaneReport {
		kind = wire.KindRating
	}
	e, err := term.Seal(lane, kind, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// freePort finds a port for a broker that must come back where it was.
func freePort(t testing.TB) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ln.Close() }()
	return ln.Addr().String()
}

func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(15 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("never: %s", what)
}

// runBroker runs a broker beside the centre, as `tongban-central broker` does, and returns how to stop it.
func runBroker(t testing.TB, data, mqtt, nats string) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	up, down := make(chan struct{}), make(chan error, 1)
	go func() {
		down <- RunBroker(ctx, BrokerConfig{Data: data, MQTT: mqtt, NATS: nats, Log: slog.New(slog.DiscardHandler),
			Ready: func(string, string) { close(up) }})
	}()
	select {
	case <-up:
	case err := <-down:
		cancel()
		t.Fatalf("broker: %v", err)
	}
	return func() {
		cancel()
		if err := <-down; err != nil {
			t.Errorf("stop broker: %v", err)
		}
	}
}
