// Package gateway is the hop Gate (接入网关): it takes what terminals send, proves that it is theirs, lets a module accept
// it and answers with a receipt after the commit.
//
// What it promises: an envelope has its effect once, however often it comes. Each one is answered, and one that is bad
// never holds up those behind it. Only a database that is away stops the gate; then nothing is acknowledged to the broker
// and it goes on where it stood.
package gateway

import (
	"context"
	"crypto/ecdh"
	"fmt"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/obs"
	"tongban/fleet"
	"tongban/fleet/wire"
)

// Config is what a gateway needs.
type Config struct {
	DB        *db.DB
	Clock     clock.Clock
	Log       *slog.Logger
	Metrics   *obs.Metrics     // nil counts nothing
	Centre    *ecdh.PrivateKey // opens the boxes
	Replicas  int              // on how many nodes the broker keeps the uplink; 1 when 0
	Acceptors map[wire.Kind]fleet.Acceptor
	Tracer    trace.Tracer // records nothing when nil
}

// Gateway takes batches of uplink messages. Run feeds it; one batch at a time.
type Gateway struct {
	Config
	answers counter
	taken   counter
}

// counter is the part of a metric that the gateway uses.
type counter interface {
	Add(v float64, values ...string)
}

type noCounter struct{}

func (noCounter) Add(float64, ...string) {}

// New returns a gateway.
func New(c Config) *Gateway {
	if c.Tracer == nil {
		c.Tracer = noop.NewTracerProvider().Tracer("")
	}
	g := &Gateway{Config: c, answers: noCounter{}, taken: noCounter{}}
	if c.Metrics != nil {
		g.answers = c.Metrics.Counter("tongban_fleet_answers_total", "Receipts sent to terminals.", "status")
		g.taken = c.Metrics.Counter("tongban_fleet_messages_total", "Uplink messages read from the broker.", "lane")
	}
	return g
}

// Message is one uplink message; jetstream.Msg is one.
type Message interface {
	Subject() string
	Data() []byte
	Ack() error
	InProgress() error
}

// Sender publishes to terminals; broker.Downlink is one.
type Sender interface {
	Start(topic string, body []byte) (jetstream.PubAckFuture, error)
}

// sendWait bounds the wait for the broker to store receipts.
const sendWait = 10 * time.Second

// Take handles one batch, in order, and acknowledges it to the broker. Reports, states and refusals of the batch share one
// transaction; each submission has its own, and its receipt leaves as soon as that is committed.
//
// An error means that the batch was not acknowledged and comes again: the broker is away, or ctx has ended.
func (g *Gateway) Take(ctx context.Context, batch []Message, send Sender) error {
	a := newAnswers(g, batch, send)

	letters, err := g.open(ctx, a)
	if err != nil {
		return err
	}
	var light []letter
	for _, l := range letters {
		if l.refusal != nil || l.lane != wire.LaneCase {
			light = append(light, l)
			continue
		}
		if err := g.acceptOne(ctx, a, l); err != nil {
			return err
		}
	}
	if err := g.takeLight(ctx, a, light); err != nil {
		return err
	}
	return a.finish(ctx)
}

// answers collects the receipts of one batch (回执).
type answers struct {
	g     *Gateway
	batch []Message
	send  Sender
	sent  []jetstream.PubAckFuture
	err   error // the first failure to send
}

func newAnswers(g *Gateway, batch []Message, send Sender) *answers {
	return &answers{g: g, batch: batch, send: send}
}

// give sends the receipt of one letter; call it only after the commit.
func (a *answers) give(l letter, r wire.Receipt) {
	r.At = a.g.Clock.Now().UTC()
	body, err := encode(r)
	if err == nil {
		var f jetstream.PubAckFuture
		if f, err = a.send.Start(wire.TopicReceipt(l.terminal), body); err == nil {
			a.sent = append(a.sent, f)
		}
	}
	if err != nil && a.err == nil {
		a.err = err
	}
	a.g.answers.Add(1, string(r.Status))
}

// finish waits until the broker holds every receipt, then acknowledges the batch. A receipt that could not be sent leaves
// the batch unacknowledged: it comes again and is answered as a duplicate.
func (a *answers) finish(ctx context.Context) error {
	if a.err != nil {
		return a.err
	}
	late := a.g.Clock.After(sendWait)
	for _, f := range a.sent {
		select {
		case <-f.Ok():
		case err := <-f.Err():
			return fmt.Errorf("send receipt: %w", err)
		case <-late:
			return fmt.Errorf("send receipt: the broker did not confirm within %s", sendWait)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	for _, m := range a.batch {
		if err := m.Ack(); err != nil {
			return fmt.Errorf("acknowledge uplink: %w", err)
		}
	}
	return nil
}

// alive tells the broker that the batch is still being worked on, so that it is not delivered a second time.
func (a *answers) alive() {
	for _, m := range a.batch {
		_ = m.InProgress() // no harm: a second delivery is answered as a duplicate
	}
}
