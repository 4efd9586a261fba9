package gateway

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"tongban/central/kernel/clock"
	"tongban/fleet/internal/broker"
)

// Durable is the name of the gate's place in the uplink stream.
const Durable = "gate"

const (
	// batchSize bounds what shares one transaction: small enough that a submission behind it waits some milliseconds.
	batchSize = 256
	// redeliver is how soon the broker gives a batch again whose centre died on it.
	redeliver = 5 * time.Second
	// openWait bounds the first attempt to take up the uplink, openLong the later ones: each asks twice as long as the one before.
	openWait = 1500 * time.Millisecond
	openLong = 8 * time.Second
)

// Run reads the uplink until ctx ends, one copy of the centre at a time (see db.Lead): what comes is taken in its order, also
// through broker restarts and through a broker whose store is new.
func (g *Gateway) Run(ctx context.Context, js jetstream.JetStream) error {
	send := broker.NewDownlink(js)
	for pause, open := 100*time.Millisecond, openWait; ; pause, open = min(2*pause, time.Second), min(2*open, openLong) {
		began := g.Clock.Now()
		err := g.follow(ctx, js, send, open)
		if ctx.Err() != nil {
			return nil //nolint:nilerr // its end was asked for
		}
		if g.Clock.Now().Sub(began) > 10*time.Second {
			pause, open = 100*time.Millisecond, openWait
		}
		g.Log.WarnContext(ctx, "gate lost the uplink and takes it up again", "hop", "Gate", "cause", err.Error())
		if clock.Sleep(ctx, g.Clock, pause) != nil {
			return nil //nolint:nilerr // its end was asked for
		}
	}
}

// follow reads until something breaks; patience is for taking up the uplink.
func (g *Gateway) follow(ctx context.Context, js jetstream.JetStream, send Sender, patience time.Duration) error {
	// A cluster that is just choosing a leader leaves a question unanswered for good: it is soon asked again. One that is only slow
	// needs the time that the later attempts give it.
	open, done := context.WithTimeout(ctx, patience)
	defer done()
	if err := broker.Ensure(open, js, max(g.Replicas, 1)); err != nil {
		return err
	}
	cons, err := js.CreateOrUpdateConsumer(open, broker.Stream, jetstream.ConsumerConfig{
		Durable:       Durable,
		DeliverPolicy: jetstream.DeliverAllPolicy,
		AckPolicy:     jetstream.AckExplicitPolicy,
		AckWait:       redeliver,
		MaxAckPending: 4 * batchSize,
		MaxDeliver:    -1,
	})
	if err != nil {
		return fmt.Errorf("open the gate's place in the uplink: %w", err)
	}
	iter, err := cons.Messages(jetstream.PullMaxMessages(2*batchSize), jetstream.PullHeartbeat(time.Second), jetstream.PullExpiry(10*time.Second))
	if err != nil {
		return fmt.Errorf("read the uplink: %w", err)
	}
	// A batch that fails is neither acknowledged nor forgotten: handing it back makes it come again at once, in order.
	inner, cancel := context.WithCancel(ctx)
	in := make(chan Message, batchSize)
	broken := make(chan error, 1)
	go func() {
		defer close(in)
		broken <- read(inner, iter, in)
	}()
	defer func() {
		cancel()
		iter.Stop()
		handBack(in)
	}()

	for {
		batch, ok := next(ctx, in)
		if !ok {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return <-broken
		}
		if err := g.Take(ctx, batch, send); err != nil {
			for _, m := range batch {
				nak(m)
			}
			return err
		}
	}
}

// read hands messages over one by one.
func read(ctx context.Context, iter jetstream.MessagesContext, in chan<- Message) error {
	for {
		m, err := iter.Next(jetstream.NextContext(ctx))
		if err != nil {
			return fmt.Errorf("read the uplink: %w", err)
		}
		select {
		case in <- m:
		case <-ctx.Done():
			nak(m)
			return ctx.Err()
		}
	}
}

// next waits for one message and takes with it what is there already.
func next(ctx context.Context, in <-chan Message) ([]Message, bool) {
	var batch []Message
	select {
	case m, ok := <-in:
		if !ok {
			return nil, false
		}
		batch = append(batch, m)
	case <-ctx.Done():
		return nil, false
	}
	for len(batch) < batchSize {
		select {
		case m, ok := <-in:
			if !ok {
				return batch, true // what broke is found next time
			}
			batch = append(batch, m)
		default:
			return batch, true
		}
	}
	return batch, true
}

// handBack returns what was read and not taken, so that it does not wait for the redelivery time.
func handBack(in <-chan Message) {
	for m := range in {
		nak(m)
	}
}

func nak(m Message) {
	if n, ok := m.(interface{ Nak() error }); ok {
		if err := n.Nak(); err != nil && !errors.Is(err, jetstream.ErrMsgAlreadyAckd) {
			return // the broker is away: it delivers again by itself
		}
	}
}
