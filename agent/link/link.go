// Package link carries the outbox to the centre and brings receipts back (上行链路): MQTT at QoS 1 for envelopes, HTTPS for
// the files they name, which always go first. It knows when the network is there, and it forgets nothing: a row leaves the
// outbox only when the centre's own receipt says so.
package link

import (
	"context"
	"encoding/json"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"tongban/agent/clock"
	"tongban/agent/outbox"
	"tongban/fleet/wire"
)

// Conn is one connection to the broker.
type Conn interface {
	// Publish sends at QoS 1; the channel yields nil once the broker has taken it over. That is no receipt.
	Publish(topic string, retained bool, payload []byte) <-chan error
	// Lost is closed when the connection is gone.
	Lost() <-chan struct{}
	// Close ends it in good order, so that the last will is not sent.
	Close()
}

// Message is what came down.
type Message struct {
	Topic   string
	Payload []byte
}

// Dial connects, subscribes to the terminal's own topics and delivers what comes to in. will is the last will.
type Dial func(ctx context.Context, will []byte, in chan<- Message) (Conn, error)

// Files brings files to the centre.
type Files interface {
	Send(ctx context.Context, f outbox.File, path string) error
}

// Options of a Link.
type Options struct {
	Terminal       string
	Dial           Dial
	Files          Files
	Box            *outbox.Box
	Clock          clock.Clock
	Log            *slog.Logger
	ReceiptTimeout time.Duration // first wait for a receipt; doubles with each try
	BackoffMin     time.Duration
	BackoffMax     time.Duration
	Window         int                        // reports under way
	Status         func() wire.Status         // the terminal's own report
	Changed        func()                     // online state or queue changed
	Moved          func([]outbox.CaseState)   // cases moved by a receipt or a notice
	Answered       func(receipt wire.Receipt) // every final receipt, after it was settled
	Ordered        func(raw []byte)           // an order of the centre; must not block
}

// Link is the uplink. It is safe for concurrent use.
type Link struct {
	o    Options
	poke chan struct{}

	mu     sync.Mutex
	online bool
	since  time.Time
	tries  map[string]int
}

// New makes a link; Run brings it to life.
func New(o Options) *Link {
	if o.ReceiptTimeout == 0 {
		o.ReceiptTimeout = 10 * time.Second
	}
	if o.BackoffMin == 0 {
		o.BackoffMin = 500 * time.Millisecond
	}
	if o.BackoffMax == 0 {
		o.BackoffMax = 30 * time.Second
	}
	if o.Window == 0 {
		o.Window = 64
	}
	return &Link{o: o, poke: make(chan struct{}, 1), since: o.Clock.Now(), tries: map[string]int{}}
}

// Online reports whether the centre can be reached, and since when that is so.
func (l *Link) Online() (bool, time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.online, l.since
}

// Tell sends the terminal's status soon.
func (l *Link) Tell() {
	select {
	case l.poke <- struct{}{}:
	default:
	}
}

// Run keeps the connection up until ctx ends.
func (l *Link) Run(ctx context.Context) {
	fails := 0
	for ctx.Err() == nil {
		in := make(chan Message, 256)
		conn, err := l.o.Dial(ctx, l.status(false), in)
		if err != nil {
			fails++
			wait := l.backoff(fails)
			l.o.Log.Warn("link is down", "hop", "Link", "err", err, "retry_in", wait)
			_ = clock.Sleep(ctx, l.o.Clock, wait)
			continue
		}
		from := l.o.Clock.Now()
		l.serve(ctx, conn, in)
		if l.o.Clock.Now().Sub(from) > l.o.BackoffMax {
			fails = 0
		}
		// Also after a connection that came up: a broker that restarts, or a twin with the same certificate, must not be
		// met by the whole fleet at once.
		fails++
		_ = clock.Sleep(ctx, l.o.Clock, l.backoff(fails))
	}
}

// backoff is exponential with half of it random, so that a fleet does not come back in step.
func (l *Link) backoff(n int) time.Duration {
	d := l.o.BackoffMax
	if n < 16 {
		d = min(l.o.BackoffMin<<(n-1), l.o.BackoffMax)
	}
	return d/2 + rand.N(d/2+1) //nolint:gosec // jitter, no secret
}

// serve works on one connection until it is lost.
func (l *Link) serve(ctx context.Context, conn Conn, in <-chan Message) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if err := l.o.Box.Hurry(ctx); err != nil {
		l.o.Log.Warn("outbox cannot be hurried", "hop", "Link", "err", err)
	}
	l.set(true)
	l.o.Log.Info("link is up", "hop", "Link")
	l.say(conn)
	var wg sync.WaitGroup
	wg.Go(func() { l.lane(ctx, conn, wire.LaneCase, 1) })
	wg.Go(func() { l.lane(ctx, conn, wire.LaneReport, l.o.Window) })
	wg.Go(func() { l.listen(ctx, in) })
	wg.Go(func() { l.report(ctx, conn) })
	select {
	case <-conn.Lost():
		l.o.Log.Warn("link is lost", "hop", "Link")
	case <-ctx.Done():
		if err := <-conn.Publish(wire.TopicStatus(l.o.Terminal), true, l.status(false)); err != nil {
			l.o.Log.Warn("goodbye was not sent", "hop", "Link", "err", err)
		}
	}
	l.set(false)
	cancel()
	conn.Close()
	wg.Wait()
}

func (l *Link) set(on bool) {
	l.mu.Lock()
	change := l.online != on
	if change {
		l.online, l.since = on, l.o.Clock.Now()
	}
	l.mu.Unlock()
	if change {
		l.o.Changed()
	}
}

func (l *Link) status(online bool) []byte {
	s := wire.Status{}
	if l.o.Status != nil {
		s = l.o.Status()
	}
	s.Terminal, s.Online, s.At = l.o.Terminal, online, l.o.Clock.Now()
	if !online {
		s.Devices, s.Queue, s.DiskFree = nil, nil, 0 // what was true then says nothing now
	}
	text, err := json.Marshal(s)
	if err != nil {
		return nil
	}
	return text
}

func (l *Link) say(conn Conn) {
	done := conn.Publish(wire.TopicStatus(l.o.Terminal), true, l.status(true))
	go func() {
		if err := <-done; err != nil {
			l.o.Log.Debug("status was not sent", "hop", "Link", "err", err)
		}
	}()
}

// Pauses of the status report.
const (
	statusEvery = time.Minute
	statusCalm  = time.Second // several changes at once are one report
)

func (l *Link) report(ctx context.Context, conn Conn) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.poke:
			if clock.Sleep(ctx, l.o.Clock, statusCalm) != nil {
				return
			}
		case <-l.o.Clock.After(statusEvery):
		}
		l.say(conn)
	}
}
