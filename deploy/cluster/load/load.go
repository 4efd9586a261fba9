// Package load offers requests at a fixed rate, whatever becomes of them (开环压测): a server that slows down does not slow its
// callers down, and a request that waits counts with its wait.
package load

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Call makes one request and returns its status. try is 0, and 1 for the one repeat after a failure: the same act with the
// same idempotency key, as a page or a terminal would.
type Call func(ctx context.Context, try int) (status int, err error)

// Plan is one run.
type Plan struct {
	Rate    float64 // requests per second
	Timeout time.Duration
	Repeat  time.Duration         // pause before the one repeat; no repeat when 0
	Next    func(n int) Call      // the n-th request, from 0
	Failed  func(status int) bool // 400 and above when nil
}

// Result is what became of them. Times in milliseconds.
type Result struct {
	Offered     int            `json:"offered"`
	OK          int            `json:"ok"`           // at the first try or at the repeat
	Failed      int            `json:"failed"`       // at both
	FailedFirst int            `json:"failed_first"` // at the first try
	PerSecond   float64        `json:"per_second"`
	P50         float64        `json:"p50_ms"`
	P95         float64        `json:"p95_ms"`
	P99         float64        `json:"p99_ms"`
	Max         float64        `json:"max_ms"`
	Errors      map[string]int `json:"errors,omitempty"`

	fails []time.Time // when requests ended that failed at both tries
	began time.Time
}

// Run offers requests until ctx ends, waits for the last answers and adds up.
func Run(ctx context.Context, p Plan) Result {
	if p.Timeout == 0 {
		p.Timeout = 10 * time.Second
	}
	if p.Failed == nil {
		p.Failed = func(status int) bool { return status >= http.StatusBadRequest }
	}
	r := Result{Errors: map[string]int{}, began: time.Now()}
	var took []time.Duration
	var mu sync.Mutex
	var wg sync.WaitGroup
	every := time.Duration(float64(time.Second) / p.Rate)
	for n := 0; ; n++ {
		due := r.began.Add(time.Duration(n) * every)
		if wait := time.Until(due); wait > 0 {
			select {
			case <-ctx.Done():
			case <-time.After(wait):
			}
		}
		if ctx.Err() != nil {
			break
		}
		r.Offered++
		call := p.Next(n)
		wg.Go(func() {
			first, why := p.once(ctx, call, 0)
			ok := first
			if !ok && p.Repeat > 0 {
				time.Sleep(p.Repeat)
				ok, _ = p.once(ctx, call, 1)
			}
			mu.Lock()
			defer mu.Unlock()
			took = append(took, time.Since(due))
			if !first {
				r.FailedFirst++
				r.Errors[why]++
			}
			if ok {
				r.OK++
			} else {
				r.Failed++
				r.fails = append(r.fails, time.Now())
			}
		})
	}
	r.PerSecond = float64(r.Offered) / time.Since(r.began).Seconds()
	wg.Wait()

	slices.Sort(took)
	at := func(share float64) float64 {
		if len(took) == 0 {
			return 0
		}
		return float64(took[min(len(took)-1, int(share*float64(len(took))))].Microseconds()) / 1000
	}
	r.P50, r.P95, r.P99, r.Max = at(0.5), at(0.95), at(0.99), at(1)
	slices.SortFunc(r.fails, time.Time.Compare)
	return r
}

// once makes one try; the run's end does not cut it.
func (p Plan) once(ctx context.Context, call Call, try int) (ok bool, why string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), p.Timeout)
	defer cancel()
	status, err := call(ctx, try)
	switch {
	case err == nil && !p.Failed(status):
		return true, ""
	case err == nil:
		return false, fmt.Sprint(status)
	default:
		var network net.Error
		if e, is := err.(net.Error); is { //nolint:errorlint // the outermost names the kind
			network = e
		}
		if network != nil && network.Timeout() {
			return false, "timeout"
		}
		return false, "connection"
	}
}

// Outage is from the first failed request to the last one, 0 without any; and how long after since the last one failed.
func (r Result) Outage(since time.Time) (total, after time.Duration) {
	if len(r.fails) == 0 {
		return 0, 0
	}
	last := r.fails[len(r.fails)-1]
	return last.Sub(r.fails[0]), max(0, last.Sub(since))
}
