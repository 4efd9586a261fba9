package broker

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"sync"
	"testing"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"tongban/fleet/internal/ca"
	"tongban/fleet/wire"
)

// trio is a cluster of three.
type trio struct {
	bench
	dir   string
	conf  [3]Config
	nodes [3]*Broker
}

func newTrio(t *testing.T) *trio {
	t.Helper()
	c := &trio{dir: t.TempDir()}
	if err := ca.Init(filepath.Join(c.dir, "keys"), ca.Options{Now: time.Now()}); err != nil {
		t.Fatal(err)
	}
	var err error
	if c.keys, err = ca.Load(filepath.Join(c.dir, "keys")); err != nil {
		t.Fatal(err)
	}
	var at [9]string
	for i := range at {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = l.Close() }()
		at[i] = l.Addr().String()
	}
	for i := range c.conf {
		c.conf[i] = Config{
			Dir: filepath.Join(c.dir, fmt.Sprint("n", i)), MQTT: at[i], NATS: at[3+i], Keys: c.keys, Log: slog.New(slog.DiscardHandler),
			Cluster: Cluster{Node: fmt.Sprint("n", i), Listen: at[6+i]},
		}
		for j := range 3 {
			if j != i {
				c.conf[i].Cluster.Routes = append(c.conf[i].Cluster.Routes, at[6+j])
			}
		}
	}
	return c
}

// up starts all nodes; each needs another one before it is ready.
func (c *trio) up(t *testing.T) {
	t.Helper()
	var wg sync.WaitGroup
	for i := range c.conf {
		wg.Go(func() { c.nodes[i] = c.start(t, i) })
	}
	wg.Wait()
	if t.Failed() {
		t.FailNow()
	}
	url := "tls://" + c.conf[0].NATS + ",tls://" + c.conf[1].NATS + ",tls://" + c.conf[2].NATS
	nc, err := nats.Connect(url, nats.Token(c.keys.Token), nats.MaxReconnects(-1), nats.ReconnectWait(100*time.Millisecond),
		nats.Secure(&tls.Config{MinVersion: tls.VersionTLS12, RootCAs: c.keys.Pool()}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	if c.js, err = jetstream.New(nc); err != nil {
		t.Fatal(err)
	}
	if c.roll, err = OpenRoll(t.Context(), c.js, 3); err != nil {
		t.Fatal(err)
	}
}

func (c *trio) start(t *testing.T, i int) *Broker {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	b, err := Start(ctx, c.conf[i])
	if err != nil {
		t.Errorf("node %d: %v", i, err)
		return nil
	}
	t.Cleanup(b.Stop)
	return b
}

// Whatever node a terminal is at, its messages are kept when one node goes, and its session goes on at another.
func TestOneNodeOfThreeGoes(t *testing.T) {
	c := newTrio(t)
	c.up(t)

	info, err := c.js.Stream(t.Context(), Stream)
	if err != nil {
		t.Fatal(err)
	}
	if r := info.CachedInfo().Config.Replicas; r != 3 {
		t.Fatalf("the uplink is kept %d times, want 3", r)
	}

	cert := c.certificate(t, c.keys, "K-01", true)
	got := make(chan string, 64)
	terminal := func(node int) mqtt.Client {
		o := mqtt.NewClientOptions().AddBroker("ssl://" + c.conf[node].MQTT).SetClientID("K-01").SetCleanSession(false).
			SetProtocolVersion(4).SetAutoReconnect(false).SetConnectTimeout(5 * time.Second).
			SetTLSConfig(&tls.Config{MinVersion: tls.VersionTLS12, RootCAs: c.keys.Pool(), Certificates: []tls.Certificate{cert}}).
			SetDefaultPublishHandler(func(_ mqtt.Client, m mqtt.Message) { got <- string(m.Payload()) })
		m := mqtt.NewClient(o)
		for until := time.Now().Add(30 * time.Second); ; time.Sleep(100 * time.Millisecond) {
			tok := m.Connect()
			tok.Wait()
			if tok.Error() == nil {
				break
			}
			if time.Now().After(until) {
				t.Fatalf("terminal does not get in at node %d: %v", node, tok.Error())
			}
		}
		return m
	}
	send := func(m mqtt.Client, text string) {
		t.Helper()
		if tok := m.Publish(wire.TopicUp("K-01", wire.LaneCase), 1, false, text); !tok.WaitTimeout(20*time.Second) || tok.Error() != nil {
			t.Fatalf("publish %s: %v", text, tok.Error())
		}
	}

	m := terminal(0)
	if tok := m.Subscribe(wire.TopicReceipt("K-01"), 1, nil); !tok.WaitTimeout(20*time.Second) || tok.Error() != nil {
		t.Fatal(tok.Error())
	}
	send(m, "before")
	c.nodes[0].Stop() // the terminal's own node, and perhaps the leader of everything

	down := NewDownlink(c.js)
	for until := time.Now().Add(30 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		if err = down.Send(t.Context(), wire.TopicReceipt("K-01"), []byte("while away")); err == nil {
			break
		}
		if time.Now().After(until) {
			t.Fatalf("downlink with two of three: %v", err)
		}
	}
	m = terminal(1)
	send(m, "after")
	select {
	case text := <-got:
		if text != "while away" {
			t.Errorf("got %q", text)
		}
	case <-time.After(20 * time.Second):
		t.Error("the session was not found at the other node")
	}

	// The node that was away comes back and carries on.
	c.nodes[0] = c.start(t, 0)
	c.nodes[1].Stop()
	m = terminal(0)
	send(m, "again")
	m.Disconnect(100)

	want := []string{"before", "after", "again"}
	cons, err := c.js.OrderedConsumer(t.Context(), Stream, jetstream.OrderedConsumerConfig{})
	if err != nil {
		t.Fatal(err)
	}
	batch, err := cons.Fetch(3, jetstream.FetchMaxWait(20*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	for msg := range batch.Messages() {
		if string(msg.Data()) != want[0] {
			t.Errorf("stream holds %q, want %q", msg.Data(), want[0])
		}
		want = want[1:]
		if len(want) == 0 {
			break
		}
	}
	if len(want) > 0 {
		t.Errorf("lost: %v (%v)", want, batch.Error())
	}
}

// A terminal's certificate opens no route: it is ours, and the token is missing.
func TestATerminalIsNoNode(t *testing.T) {
	c := newTrio(t)
	for i, conf := range c.conf {
		if _, err := options(conf); err != nil {
			t.Errorf("node %d: %v", i, err)
		}
	}
	bad := c.conf[0]
	bad.Cluster.Routes = nil
	if _, err := options(bad); err == nil {
		t.Error("a node without others is taken")
	}
	o, err := options(c.conf[0])
	if err != nil {
		t.Fatal(err)
	}
	if o.Cluster.Username == "" || o.Cluster.Password != c.keys.Token || o.Cluster.TLSConfig.ClientAuth != tls.RequireAndVerifyClientCert {
		t.Error("a route opens without certificate or without token")
	}
	if o.TLSConfig == nil {
		t.Error("the centre's token would travel in clear between machines")
	}
}
