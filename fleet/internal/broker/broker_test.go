package broker

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"tongban/fleet/internal/ca"
	"tongban/fleet/wire"
)

// bench is a broker with a centre's connection and an authority for test terminals.
type bench struct {
	*Broker
	keys *ca.Keys
	js   jetstream.JetStream
	roll *Roll
}

func newBench(t *testing.T) *bench {
	t.Helper()
	dir := t.TempDir()
	if err := ca.Init(filepath.Join(dir, "keys"), ca.Options{Now: time.Now()}); err != nil {
		t.Fatal(err)
	}
	keys, err := ca.Load(filepath.Join(dir, "keys"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := Start(t.Context(), Config{
		Dir: filepath.Join(dir, "broker"), MQTT: "127.0.0.1:0", NATS: "127.0.0.1:0", Keys: keys,
		Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Stop)
	nc, err := nats.Connect("", b.InProcess(), nats.Token(keys.Token))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	roll, err := OpenRoll(t.Context(), js, 1)
	if err != nil {
		t.Fatal(err)
	}
	return &bench{Broker: b, keys: keys, js: js, roll: roll}
}

// certificate issues one; onRoll makes it the current one.
func (b *bench) certificate(t *testing.T, keys *ca.Keys, code string, onRoll bool) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c, err := keys.IssueTerminal(code, 1, &key.PublicKey, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if onRoll {
		if err := b.roll.Put(t.Context(), code, c.Serial); err != nil {
			t.Fatal(err)
		}
	}
	return tls.Certificate{Certificate: [][]byte{der(t, c.PEM)}, PrivateKey: key}
}

func (b *bench) dial(client string, cert *tls.Certificate, clean bool) (mqtt.Client, error) {
	cfg := &tls.Config{RootCAs: b.keys.Pool(), MinVersion: tls.VersionTLS12}
	if cert != nil {
		cfg.Certificates = []tls.Certificate{*cert}
	}
	o := mqtt.NewClientOptions().AddBroker("ssl://" + b.MQTT()).SetClientID(client).SetProtocolVersion(4).
		SetTLSConfig(cfg).SetCleanSession(clean).SetAutoReconnect(false).SetConnectTimeout(3 * time.Second)
	c := mqtt.NewClient(o)
	tok := c.Connect()
	tok.Wait()
	return c, tok.Error()
}

func (b *bench) must(t *testing.T, client string, cert tls.Certificate, clean bool) mqtt.Client {
	t.Helper()
	c, err := b.dial(client, &cert, clean)
	if err != nil {
		t.Fatalf("connect %s: %v", client, err)
	}
	t.Cleanup(func() { c.Disconnect(0) })
	return c
}

// subscribe returns the broker's answer: 0x80 is a refusal, which paho does not report as an error.
func subscribe(t *testing.T, c mqtt.Client, topic string, got chan<- string) byte {
	t.Helper()
	tok := c.Subscribe(topic, 1, func(_ mqtt.Client, m mqtt.Message) { got <- m.Topic() + " " + string(m.Payload()) })
	if !tok.WaitTimeout(5*time.Second) || tok.Error() != nil {
		t.Fatalf("subscribe %s: %v", topic, tok.Error())
	}
	return tok.(*mqtt.SubscribeToken).Result()[topic]
}

func publish(t *testing.T, c mqtt.Client, topic, body string) {
	t.Helper()
	if tok := c.Publish(topic, 1, false, body); !tok.WaitTimeout(5*time.Second) || tok.Error() != nil {
		t.Fatalf("publish %s: %v", topic, tok.Error())
	}
}

func expect(t *testing.T, got <-chan string, want string) {
	t.Helper()
	select {
	case s := <-got:
		if s != want {
			t.Errorf("got %q, want %q", s, want)
		}
	case <-time.After(10 * time.Second):
		t.Fatalf("nothing came, want %q", want)
	}
}

// A terminal gets in by its own current certificate under its own name, and in no other way.
func TestWhoMayConnect(t *testing.T) {
	b := newBench(t)
	k1 := b.certificate(t, b.keys, "K-01", true)
	unlisted := b.certificate(t, b.keys, "K-03", false)
	stale := b.certificate(t, b.keys, "K-01", false)

	dir := t.TempDir()
	if err := ca.Init(dir, ca.Options{Now: time.Now()}); err != nil {
		t.Fatal(err)
	}
	other, err := ca.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	forged := b.certificate(t, other, "K-01", false)

	b.must(t, "K-01", k1, true)
	for name, try := range map[string]struct {
		client string
		cert   *tls.Certificate
	}{
		"no certificate":      {"K-01", nil},
		"foreign authority":   {"K-01", &forged},
		"not on the roll":     {"K-03", &unlisted},
		"earlier certificate": {"K-01", &stale},
		"foreign client id":   {"K-02", &k1},
		"made-up client id":   {"x-K-01", &k1},
	} {
		if c, err := b.dial(try.client, try.cert, true); err == nil {
			c.Disconnect(0)
			t.Errorf("%s: let in", name)
		}
	}
	if _, err := nats.Connect("nats://"+b.NATS(), nats.Token("guess")); err == nil {
		t.Error("a wrong token is let in")
	}
	nc, err := nats.Connect("nats://"+b.NATS(), nats.Token(b.keys.Token))
	if err != nil {
		t.Fatal(err)
	}
	nc.Close()
}

// A foreign client id is refused before it takes over the other terminal's session.
func TestForeignClientID(t *testing.T) {
	b := newBench(t)
	k1, k2 := b.certificate(t, b.keys, "K-01", true), b.certificate(t, b.keys, "K-02", true)
	victim := b.must(t, "K-01", k1, false)
	if _, err := b.dial("K-01", &k2, false); err == nil {
		t.Fatal("K-02 connects as K-01")
	}
	publish(t, victim, "d/K-01/up/case", "still here")
	if !victim.IsConnectionOpen() {
		t.Error("the other terminal lost its connection")
	}
}

// Topics of others can be neither read nor written. A refused PUBLISH is acknowledged all the same (MQTT 3.1.1 has no
// other answer), so the stream is what we look at.
func TestTopicsAreOnesOwn(t *testing.T) {
	b := newBench(t)
	k1 := b.must(t, "K-01", b.certificate(t, b.keys, "K-01", true), true)
	k2 := b.must(t, "K-02", b.certificate(t, b.keys, "K-02", true), true)

	spied, own := make(chan string, 100), make(chan string, 100)
	for _, topic := range []string{
		"d/K-01/down/receipt", "d/+/down/receipt", "d/#", "#", "+/K-01/#", "d/K-01/up/case", "$MQTT/sub/#", "$MQTT/sub/+",
		"$MQTT/msgs/#", "$MQTT/#", "$SYS/#", "$JS/#", "$KV/#", "_INBOX/#",
	} {
		if rc := subscribe(t, k2, topic, spied); rc != 0x80 {
			t.Errorf("K-02 subscribes to %s: answer %#x", topic, rc)
		}
	}
	if rc := subscribe(t, k1, "d/K-01/down/receipt", own); rc != 1 {
		t.Fatalf("own receipts: answer %#x", rc)
	}

	for _, topic := range []string{"d/K-01/up/case", "d/K-01/down/receipt", "$MQTT/msgs/d/K-01/down/receipt", "$KV/terminals/K-02", "$JS/API/STREAM/DELETE/UP", "d/K-02/down/receipt"} {
		publish(t, k2, topic, "forged")
	}
	publish(t, k2, "d/K-02/up/case", "true")
	publish(t, k1, "d/K-01/up/status", "true")
	if err := NewDownlink(b.js).Send(t.Context(), wire.TopicReceipt("K-01"), []byte("for K-01")); err != nil {
		t.Fatal(err)
	}
	expect(t, own, "d/K-01/down/receipt for K-01")

	s, err := b.js.Stream(t.Context(), Stream)
	if err != nil {
		t.Fatal(err)
	}
	// The broker answers a publish before the stream has counted it, so the count is waited for; nothing may follow it.
	held := func() uint64 {
		info, err := s.Info(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return info.State.Msgs
	}
	for deadline := time.Now().Add(10 * time.Second); held() < 2 && time.Now().Before(deadline); {
		time.Sleep(10 * time.Millisecond)
	}
	for seq, want := range map[uint64]string{1: "d.K-02.up.case true", 2: "d.K-01.up.status true"} {
		m, err := s.GetMsg(t.Context(), seq)
		if err != nil {
			t.Fatal(err)
		}
		if got := m.Subject + " " + string(m.Data); got != want {
			t.Errorf("stream %d: %q, want %q", seq, got, want)
		}
	}
	if n := held(); n != 2 {
		t.Errorf("the stream holds %d messages, want 2", n)
	}
	if len(spied) > 0 {
		t.Errorf("K-02 read %q", <-spied)
	}
}

// A receipt reaches a persistent session that was offline when it was sent, and is delivered again until it is
// acknowledged.
func TestDownlink(t *testing.T) {
	b := newBench(t)
	cert := b.certificate(t, b.keys, "K-01", true)
	got := make(chan string, 10)
	c := b.must(t, "K-01", cert, false)
	subscribe(t, c, wire.TopicReceipt("K-01"), got)
	down := NewDownlink(b.js)
	if err := down.Send(t.Context(), wire.TopicReceipt("K-01"), []byte("online")); err != nil {
		t.Fatal(err)
	}
	expect(t, got, "d/K-01/down/receipt online")

	c.Disconnect(100)
	for _, s := range []string{"one", "two"} {
		if err := down.Send(t.Context(), wire.TopicReceipt("K-01"), []byte(s)); err != nil {
			t.Fatal(err)
		}
	}
	o := mqtt.NewClientOptions().AddBroker("ssl://" + b.MQTT()).SetClientID("K-01").SetProtocolVersion(4).SetCleanSession(false).
		SetTLSConfig(&tls.Config{RootCAs: b.keys.Pool(), Certificates: []tls.Certificate{cert}}).
		SetDefaultPublishHandler(func(_ mqtt.Client, m mqtt.Message) { got <- m.Topic() + " " + string(m.Payload()) })
	back := mqtt.NewClient(o)
	if tok := back.Connect(); tok.Wait() && tok.Error() != nil {
		t.Fatal(tok.Error())
	}
	defer back.Disconnect(0)
	// Both come; a message sent while the line was down may overtake another, and the first may come once more when its
	// acknowledgement did not get out in time. Receipts name what they answer, so neither matters to a terminal.
	missing := map[string]bool{"d/K-01/down/receipt one": true, "d/K-01/down/receipt two": true}
	for deadline := time.After(10 * time.Second); len(missing) > 0; {
		select {
		case m := <-got:
			if !missing[m] && m != "d/K-01/down/receipt online" {
				t.Errorf("got %q", m)
			}
			delete(missing, m)
		case <-deadline:
			t.Fatalf("never came: %v", missing)
		}
	}
}

// The next enrolment cuts the connection of the earlier certificate.
func TestReplacedCertificateIsCutOff(t *testing.T) {
	b := newBench(t)
	lost := make(chan error, 1)
	old := b.certificate(t, b.keys, "K-01", true)
	o := mqtt.NewClientOptions().AddBroker("ssl://" + b.MQTT()).SetClientID("K-01").SetProtocolVersion(4).SetAutoReconnect(false).
		SetTLSConfig(&tls.Config{RootCAs: b.keys.Pool(), Certificates: []tls.Certificate{old}}).
		SetConnectionLostHandler(func(_ mqtt.Client, err error) { lost <- err })
	c := mqtt.NewClient(o)
	if tok := c.Connect(); tok.Wait() && tok.Error() != nil {
		t.Fatal(tok.Error())
	}
	now := b.certificate(t, b.keys, "K-01", true)
	select {
	case <-lost:
	case <-time.After(10 * time.Second):
		t.Fatal("the old connection lives on")
	}
	b.must(t, "K-01", now, true)
	if _, err := b.dial("K-01", &old, true); err == nil {
		t.Error("the old certificate still connects")
	}
}

// What was stored before a stop is there after the start, with sessions and roll. The broker answers a publish a moment before its
// stream has it: who publishes keeps his own until the centre's receipt comes, so that a stop in that moment loses nothing.
func TestRestartKeepsAll(t *testing.T) {
	dir := t.TempDir()
	if err := ca.Init(dir, ca.Options{Now: time.Now()}); err != nil {
		t.Fatal(err)
	}
	keys, err := ca.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{Dir: filepath.Join(dir, "broker"), MQTT: "127.0.0.1:0", Keys: keys, Log: slog.New(slog.DiscardHandler)}
	first, err := Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	js := connect(t, first, keys)
	roll, err := OpenRoll(t.Context(), js, 1)
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{Broker: first, keys: keys, js: js, roll: roll}
	cert := b.certificate(t, keys, "K-01", true)
	c := b.must(t, "K-01", cert, true)
	for range 100 {
		publish(t, c, "d/K-01/up/report", "x")
	}
	kept, err := js.Stream(t.Context(), Stream)
	if err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		info, err := kept.Info(t.Context())
		if err == nil && info.State.Msgs == 100 {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("stored: %+v, %v", info, err)
		}
	}
	first.Stop()

	cfg.MQTT = first.MQTT()
	second, err := Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Stop()
	s, err := connect(t, second, keys).Stream(context.Background(), Stream)
	if err != nil {
		t.Fatal(err)
	}
	if n := s.CachedInfo().State.Msgs; n != 100 {
		t.Errorf("%d messages after the restart, want 100", n)
	}
	again := &bench{Broker: second, keys: keys}
	again.must(t, "K-01", cert, true)
}

// A store that is in use, and a port that is taken, are errors at once.
func TestCannotStart(t *testing.T) {
	b := newBench(t)
	cfg := Config{Dir: b.opts.StoreDir, MQTT: "127.0.0.1:0", Keys: b.keys, Log: slog.New(slog.DiscardHandler)}
	if second, err := Start(t.Context(), cfg); err == nil {
		second.Stop()
		t.Error("two brokers on one store")
	}
	cfg.Dir, cfg.MQTT = t.TempDir(), b.MQTT()
	began := time.Now()
	if second, err := Start(t.Context(), cfg); err == nil {
		second.Stop()
		t.Error("two brokers on one port")
	}
	if d := time.Since(began); d > 10*time.Second {
		t.Errorf("it took %s to say so", d)
	}
}

func connect(t *testing.T, b *Broker, keys *ca.Keys) jetstream.JetStream {
	t.Helper()
	nc, err := nats.Connect("", b.InProcess(), nats.Token(keys.Token))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	return js
}
