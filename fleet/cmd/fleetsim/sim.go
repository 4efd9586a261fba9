package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"tongban/central/kernel/clock"
	"tongban/fleet/internal/simterm"
	"tongban/fleet/wire"
)

// enrolAtOnce bounds how many terminals enrol and connect at the same time.
const enrolAtOnce = 16

// result is what is printed.
type result struct {
	Terminals  int            `json:"terminals"`
	Sent       int            `json:"sent"`       // envelopes, each once
	Accepted   int            `json:"accepted"`   // receipts that let the terminal forget, for the first time
	Duplicates int            `json:"duplicates"` // answered as known: an earlier receipt was lost
	Refused    int            `json:"refused"`
	Lost       int            `json:"lost"`    // no receipt in time
	Resent     int            `json:"resent"`  // publications beyond the first
	Retries    int            `json:"retries"` // receipts that asked for another time
	Codes      map[string]int `json:"codes,omitempty"`
	Seconds    float64        `json:"seconds"`
	PerSecond  float64        `json:"per_second"`
	P50        float64        `json:"p50_ms"` // from first publication to receipt
	P95        float64        `json:"p95_ms"`
	P99        float64        `json:"p99_ms"`
	Max        float64        `json:"max_ms"`
}

// sim runs the terminals.
type sim struct {
	options
	clock     clock.Clock
	log       io.Writer
	terminals []*simterm.Terminal

	mu   sync.Mutex
	out  result
	took []time.Duration
}

// enrol makes a terminal of every code and connects it.
func (s *sim) enrol(ctx context.Context) error {
	s.terminals = make([]*simterm.Terminal, len(s.codes))
	errs := make([]error, len(s.codes))
	slots := make(chan struct{}, enrolAtOnce)
	var wg sync.WaitGroup
	for i, code := range s.codes {
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			key, err := simterm.NewKey()
			if err == nil {
				s.terminals[i], err = simterm.Enrol(ctx, s.site, code, key)
			}
			if err == nil {
				err = s.terminals[i].Connect(ctx)
			}
			errs[i] = err
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

func (s *sim) leave() {
	for _, t := range s.terminals {
		t.Disconnect()
	}
}

// send lets every terminal deliver its envelopes and adds up what became of them.
func (s *sim) send(ctx context.Context) result {
	began := s.clock.Now()
	var wg sync.WaitGroup
	for _, t := range s.terminals {
		next := make(chan int)
		wg.Go(func() { s.number(ctx, next) })
		for range s.window {
			wg.Go(func() {
				for n := range next {
					s.one(ctx, t, n)
				}
			})
		}
	}
	wg.Wait()

	r := &s.out
	r.Terminals, r.Lost = len(s.terminals), len(s.terminals)*s.count-r.Accepted-r.Duplicates-r.Refused
	r.Seconds = s.clock.Now().Sub(began).Seconds()
	r.PerSecond = float64(r.Accepted+r.Duplicates) / r.Seconds
	slices.Sort(s.took)
	r.P50, r.P95, r.P99, r.Max = s.percentile(50), s.percentile(95), s.percentile(99), s.percentile(100)
	return *r
}

// number gives out 0 to count-1, at the wanted rate.
func (s *sim) number(ctx context.Context, next chan<- int) {
	defer close(next)
	due := s.clock.Now()
	for n := range s.count {
		if s.rate > 0 {
			due = due.Add(time.Duration(float64(time.Second) / s.rate))
			if clock.Sleep(ctx, s.clock, due.Sub(s.clock.Now())) != nil {
				return
			}
		}
		select {
		case next <- n:
		case <-ctx.Done():
			return
		}
	}
}

func (s *sim) one(ctx context.Context, t *simterm.Terminal, n int) {
	body, err := fill(ctx, t, s.clock, s.body, n)
	var e *wire.Envelope
	if err == nil {
		e, err = t.Seal(s.lane, s.kind, body)
	}
	if err != nil {
		s.note("cannot make envelope: %v", err)
		return
	}
	out, err := t.Deliver(ctx, e, s.resend)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.out.Sent++
	s.out.Resent += out.Sends - 1
	s.out.Retries += out.Retries
	if err != nil {
		return // counted as lost
	}
	s.took = append(s.took, out.Took)
	switch out.Receipt.Status {
	case wire.Accepted:
		s.out.Accepted++
	case wire.Duplicate:
		s.out.Duplicates++
	default:
		s.out.Refused++
		if s.out.Codes == nil {
			s.out.Codes = map[string]int{}
		}
		s.out.Codes[out.Receipt.Code]++
		if s.verbose {
			s.note("refused: %s %s %s", e.ID, out.Receipt.Code, out.Receipt.Reason)
		}
	}
}

func (s *sim) note(format string, args ...any) {
	_, _ = fmt.Fprintf(s.log, "fleetsim: "+format+"\n", args...)
}

// percentile returns milliseconds; the times are sorted.
func (s *sim) percentile(p int) float64 {
	if len(s.took) == 0 {
		return 0
	}
	i := min((len(s.took)*p+99)/100, len(s.took)) - 1
	return float64(s.took[max(i, 0)].Microseconds()) / 1000
}
