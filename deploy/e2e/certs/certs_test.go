// Package certs tests the certificates of terminals between the real terminal side and the real centre (终端证书端到端):
// renewal without a lost envelope, revocation that cuts what is open, and a change of the authority.
package certs

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tongban/agent/enrol"
	"tongban/agent/link"
	"tongban/agent/seal"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/kerneltest"
	"tongban/fleet"
	"tongban/fleet/module"
	"tongban/fleet/wire"
)

type centre struct {
	*module.Fleet
	kit  *kerneltest.Kit
	data string
}

func start(t *testing.T) *centre {
	t.Helper()
	k := kerneltest.New(t)
	k.Clock.Set(time.Now())
	k.Kernel.Clock = clock.System()
	c := &centre{kit: k, data: k.Config.Data}
	if err := module.InitKeys(c.data, nil, time.Now()); err != nil {
		t.Fatal(err)
	}
	k.Exec(t, `CREATE TABLE kept (envelope TEXT PRIMARY KEY)`)
	accept := fleet.AcceptorFunc(func(ctx context.Context, tx db.Tx, env wire.Envelope, _ fleet.Terminal, _ []byte) (string, error) {
		_, err := tx.ExecContext(ctx, `INSERT INTO kept VALUES ($1)`, env.ID)
		return "", err
	})
	f, err := module.New(k.Kernel, module.Config{Data: c.data, Kiosk: "127.0.0.1:0", MQTT: "127.0.0.1:0"}, map[wire.Kind]fleet.Acceptor{wire.KindRating: accept})
	if err != nil {
		t.Fatal(err)
	}
	c.Fleet = f
	k.Use(t, f.Module)
	if err := k.Start(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	return c
}

// terminal is the agent's own code: identity on a disk, link over MQTT.
type terminal struct {
	dir  string
	id   *enrol.Identity
	conn link.Conn
	in   chan link.Message
	seq  int64
}

func (c *centre) enrol(t *testing.T, code string) *terminal {
	t.Helper()
	once, err := c.EnrolCode(t.Context(), module.EnrolSpec{Code: code, Model: "kiosk-21", Place: "涪城区政务服务中心", Label: "3号机", By: "test"})
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "identity")
	id, err := enrol.Enrol(t.Context(), enrol.Request{Dir: dir, Centre: c.Kiosk(), CA: module.CAFile(c.data), Code: once, Model: "kiosk-21"})
	if err != nil {
		t.Fatal(err)
	}
	return &terminal{dir: dir, id: id}
}

func (m *terminal) connect(t *testing.T) error {
	t.Helper()
	m.in = make(chan link.Message, 64)
	conn, err := link.MQTT(m.id.Broker, m.id.Terminal, m.id.TLS())(t.Context(), []byte(`{}`), m.in)
	if err == nil {
		m.conn = conn
		t.Cleanup(conn.Close)
	}
	return err
}

func (m *terminal) seal(t *testing.T) wire.Envelope {
	t.Helper()
	m.seq++
	id, err := seal.NewID(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	e, err := m.id.Sealer().Close(seal.Order{ID: id, Lane: wire.LaneReport, Kind: wire.KindRating, Seq: m.seq, At: time.Now()}, wire.Rating{})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// send delivers one envelope and returns the centre's receipt.
func (m *terminal) send(t *testing.T, e wire.Envelope) wire.Receipt {
	t.Helper()
	text, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	m.conn.Publish(wire.TopicUp(m.id.Terminal, e.Lane), false, text)
	for {
		select {
		case msg := <-m.in:
			var r wire.Receipt
			if json.Unmarshal(msg.Payload, &r) == nil && r.ID == e.ID {
				return r
			}
		case <-time.After(10 * time.Second):
			t.Fatal("no receipt")
		}
	}
}

// ask is what every request of the terminal to the centre's HTTPS looks like.
func ask(c *http.Client, base string) (int, string) {
	res, err := c.Get(base + wire.PathCertificate)
	if err != nil {
		return 0, err.Error()
	}
	defer func() { _ = res.Body.Close() }()
	text, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(text)
}

func TestRenewalLosesNothing(t *testing.T) {
	c := start(t)
	m := c.enrol(t, "K-01")
	if err := m.connect(t); err != nil {
		t.Fatal(err)
	}
	before := m.seal(t) // lies in the outbox while the certificate changes
	web := m.id.HTTP()
	if status, text := ask(web, m.id.Web); status != http.StatusOK || strings.Contains(text, `"due":true`) {
		t.Fatalf("%d %s", status, text)
	}
	if changed, err := m.id.Renew(t.Context()); changed || err != nil {
		t.Errorf("renewed before it was due: %v, %v", changed, err)
	}

	if err := c.WantRenewal(auth.AsSystem(t.Context(), "test"), "K-01", "演练"); err != nil {
		t.Fatal(err)
	}
	oldPair := copyOf(t, m.dir)
	first := m.conn
	if changed, err := m.id.Renew(t.Context()); !changed || err != nil {
		t.Fatalf("renewal: %v, %v", changed, err)
	}
	select {
	case <-first.Lost(): // the connection under the old certificate is ended
	case <-time.After(10 * time.Second):
		t.Error("the old connection lives on")
	}
	if err := m.connect(t); err != nil {
		t.Fatalf("connect with the new certificate: %v", err)
	}
	if r := m.send(t, before); r.Status != wire.Accepted {
		t.Errorf("sealed before the renewal: %+v", r)
	}
	if r := m.send(t, m.seal(t)); r.Status != wire.Accepted {
		t.Errorf("sealed after it: %+v", r)
	}
	if status, text := ask(web, m.id.Web); status != http.StatusOK || strings.Contains(text, `"due":true`) {
		t.Errorf("%d %s", status, text)
	}

	// A start finds the new one; the old disk is worth nothing any more.
	again, err := enrol.Load(m.dir)
	if err != nil {
		t.Fatal(err)
	}
	if status, text := ask(again.HTTP(), again.Web); status != http.StatusOK {
		t.Errorf("after a start: %d %s", status, text)
	}
	clone := &terminal{id: oldPair}
	if err := clone.connect(t); err == nil {
		t.Error("the replaced certificate still connects")
	}
	if certs, err := c.Certificates(t.Context()); err != nil || len(certs) != 2 || certs[0].State != "active" || certs[1].State != "replaced" {
		t.Errorf("%+v, %v", certs, err)
	}
	c.kit.AuditCount(t)
}

// copyOf loads an identity from a copied disk.
func copyOf(t *testing.T, dir string) *enrol.Identity {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	id, err := enrol.Load(to)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// Wherever the terminal's power fails during the renewal, it comes back with an identity that works, and ends with the new one.
func TestPowerCutsDuringRenewal(t *testing.T) {
	c := start(t)
	m := c.enrol(t, "K-02")
	want := func() {
		t.Helper()
		if err := c.WantRenewal(auth.AsSystem(t.Context(), "test"), "K-02", "演练"); err != nil {
			t.Fatal(err)
		}
	}
	finish := func(id *enrol.Identity) {
		t.Helper()
		if changed, err := id.Renew(t.Context()); err != nil || !changed {
			t.Errorf("renewal: %v, %v", changed, err)
		}
		m.id = id
		if err := m.connect(t); err != nil {
			t.Errorf("and then: %v", err)
		}
		m.conn.Close()
	}

	// The answer was lost after the centre had signed: asked again, on the disk of before.
	want()
	lost := copyOf(t, m.dir)
	key, err := os.ReadFile(filepath.Join(m.dir, "key.pem"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lost.Renew(cutAfterPost(t, c)); err == nil {
		t.Log("the cut came too late to be seen")
	}
	if now, err := os.ReadFile(filepath.Join(m.dir, "key.pem")); err != nil || string(now) != string(key) {
		t.Fatal("the old key went before the new one was there")
	}
	want()
	back, err := enrol.Load(m.dir)
	if err != nil {
		t.Fatal(err)
	}
	finish(back)

	// Again at once: nothing is due.
	if changed, err := m.id.Renew(t.Context()); changed || err != nil {
		t.Errorf("%v, %v", changed, err)
	}
}

// cutAfterPost ends the context while the certificate is being signed.
func cutAfterPost(t *testing.T, c *centre) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for ctx.Err() == nil {
			certs, err := c.Certificates(context.WithoutCancel(ctx))
			if err == nil && len(certs) > 1 {
				cancel()
			}
		}
	}()
	t.Cleanup(cancel)
	return ctx
}

func TestRevocationCutsWhatIsOpen(t *testing.T) {
	c := start(t)
	m, other := c.enrol(t, "K-03"), c.enrol(t, "K-04")
	for _, x := range []*terminal{m, other} {
		if err := x.connect(t); err != nil {
			t.Fatal(err)
		}
	}
	web := m.id.HTTP()
	if status, _ := ask(web, m.id.Web); status != http.StatusOK {
		t.Fatal("not even before")
	}
	stolen := m.seal(t)
	// Asked by another process, as the command line is: it writes the database only, and has no broker.
	begin := time.Now()
	elsewhere(t, c, func(f *module.Fleet) error {
		return f.Revoke(auth.AsSystem(t.Context(), "test"), "K-03", "终端被盗")
	})
	if status, text := ask(web, m.id.Web); status != http.StatusUnauthorized || !strings.Contains(text, "fleet.revoked") {
		t.Errorf("an open HTTPS connection: %d %s", status, text)
	}
	select {
	case <-m.conn.Lost():
		t.Logf("cut after %s", time.Since(begin).Round(time.Millisecond))
	case <-time.After(10 * time.Second):
		t.Fatal("an open MQTT connection lives longer than 10 s")
	}
	if err := m.connect(t); err == nil {
		t.Error("it connects again")
	}
	select {
	case <-other.conn.Lost():
		t.Error("the neighbour was cut too")
	default:
	}
	if r := other.send(t, other.seal(t)); r.Status != wire.Accepted {
		t.Errorf("the neighbour: %+v", r)
	}
	if err := c.Revoke(auth.AsSystem(t.Context(), "test"), "K-03", "再来一次"); err == nil {
		t.Error("revoked twice")
	}
	_ = stolen

	// A new enrolment ends it, and what the old disk sealed stays refused.
	back := c.enrol(t, "K-03")
	if err := back.connect(t); err != nil {
		t.Fatalf("enrolled again: %v", err)
	}
	if r := back.send(t, stolen); r.Status != wire.Refused || r.Code != wire.CodeStaleEpoch {
		t.Errorf("the stolen disk's envelope: %+v", r)
	}
	if r := back.send(t, back.seal(t)); r.Status != wire.Accepted {
		t.Errorf("the new one's: %+v", r)
	}
	c.kit.AuditCount(t)
}

// elsewhere opens a second copy over the same database that starts nothing.
func elsewhere(t *testing.T, c *centre, do func(*module.Fleet) error) {
	t.Helper()
	twin := c.kit.Twin(t)
	f, err := module.New(twin.Kernel, module.Config{Data: c.data}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := do(f); err != nil {
		t.Fatal(err)
	}
}

// Two authorities are trusted while one follows the other; a terminal that renewed in between is never locked out.
func TestChangeOfAuthority(t *testing.T) {
	data := t.TempDir()
	now := time.Now()
	if err := module.InitKeys(data, nil, now); err != nil {
		t.Fatal(err)
	}
	if err := module.SwitchAuthority(data); err == nil {
		t.Error("switched to nothing")
	}
	first, err := os.ReadFile(module.CAFile(data))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(module.BeginAuthority(data, now), module.InitKeys(data, nil, now)); err != nil {
		t.Fatal(err)
	}
	both, _ := os.ReadFile(module.CAFile(data))
	if n := strings.Count(string(both), "BEGIN CERTIFICATE"); n != 2 || !strings.HasPrefix(string(both), string(first)) {
		t.Errorf("%d roots are trusted", n)
	}
	if module.BeginAuthority(data, now) == nil || module.FinishAuthority(data) == nil {
		t.Error("a step out of order was taken")
	}
	server, _ := os.ReadFile(filepath.Join(data, "fleet", "keys", "server.pem"))
	if err := errors.Join(module.SwitchAuthority(data), module.InitKeys(data, nil, now)); err != nil {
		t.Fatal(err)
	}
	turned, _ := os.ReadFile(module.CAFile(data))
	if !strings.HasSuffix(string(turned), string(first)) {
		t.Error("the old root is not trusted any more")
	}
	if anew, _ := os.ReadFile(filepath.Join(data, "fleet", "keys", "server.pem")); string(anew) == string(server) {
		t.Error("the listeners still show the old authority's certificate")
	}
	if module.SwitchAuthority(data) == nil {
		t.Error("switched twice")
	}
	if err := errors.Join(module.FinishAuthority(data), module.InitKeys(data, nil, now)); err != nil {
		t.Fatal(err)
	}
	if last, _ := os.ReadFile(module.CAFile(data)); strings.Count(string(last), "BEGIN CERTIFICATE") != 1 || strings.Contains(string(last), string(first)) {
		t.Error("the old root is still trusted")
	}
}
