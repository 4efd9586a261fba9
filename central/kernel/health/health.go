// Package health is the list of what can be well or ill in a centre (健康检查): each part of the program adds its checks, and
// whoever wants to know runs them all. Readiness (/readyz) asks only what a request needs; this asks everything.
package health

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// State of a component (状态).
type State string

// States, from best to worst. Unknown is worse than a warning: nobody can say that it works.
const (
	OK      State = "ok"
	Warn    State = "warn"
	Unknown State = "unknown"
	Bad     State = "bad"
)

// Kinds of components.
const (
	Server      = "server"
	Database    = "database"
	Broker      = "broker"
	Blobs       = "blobs"
	Audit       = "audit"
	Privacy     = "privacy"
	Backup      = "backup"
	Terminal    = "terminal"
	Certificate = "certificate"
	Outside     = "outside" // a system that is not ours
)

// Measure is one number that was looked at.
type Measure struct {
	Title string `json:"title" doc:"看的是什么"`
	Value string `json:"value"`
	Unit  string `json:"unit,omitempty"`
}

// Result is what a check found.
type Result struct {
	Component string    `json:"component" doc:"部件编号"`
	Title     string    `json:"title" doc:"部件"`
	Kind      string    `json:"kind"`
	State     State     `json:"state" enum:"ok,warn,unknown,bad"`
	Text      string    `json:"text" doc:"一句话的结论"`
	Measured  []Measure `json:"measured"`
}

// Passed reports whether an inspection may call the component well: a warning is written down, it does not fail.
func (r Result) Passed() bool { return r.State == OK || r.State == Warn }

// Check looks at one component. Run fills State, Text and Measured; it may take until its context ends.
type Check struct {
	Component string // unique, such as "database"
	Title     string // Chinese
	Kind      string
	Run       func(ctx context.Context) Result
	Many      func(ctx context.Context) []Result // instead of Run: one result for each of several things, such as terminals
}

// Registry holds the checks of a centre. It is safe for concurrent use.
type Registry struct {
	mu     sync.Mutex
	checks []Check
}

// Add adds a check; two of one name are a mistake of wiring.
func (r *Registry) Add(c Check) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, old := range r.checks {
		if old.Component == c.Component {
			panic("health: two checks called " + c.Component)
		}
	}
	r.checks = append(r.checks, c)
}

// Run runs all checks at once, or those of the given kinds, each with the limit, and returns the results in the order in
// which checks were added. A check that does not come back in time, or breaks, is a result of its own: it can hold up nothing.
func (r *Registry) Run(ctx context.Context, limit time.Duration, kinds ...string) []Result {
	r.mu.Lock()
	var checks []Check
	for _, c := range r.checks {
		if len(kinds) == 0 || slices.Contains(kinds, c.Kind) {
			checks = append(checks, c)
		}
	}
	r.mu.Unlock()
	found := make([][]Result, len(checks))
	var wg sync.WaitGroup
	for i, c := range checks {
		wg.Go(func() { found[i] = c.run(ctx, limit) })
	}
	wg.Wait()
	var out []Result
	for _, f := range found {
		out = append(out, f...)
	}
	return out
}

func (c Check) run(ctx context.Context, limit time.Duration) []Result {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	done := make(chan []Result, 1)
	go func() {
		defer func() {
			if v := recover(); v != nil {
				done <- []Result{{State: Bad, Text: "检查程序出错，请联系开发人员"}}
			}
		}()
		if c.Many != nil {
			done <- c.Many(ctx)
			return
		}
		done <- []Result{c.Run(ctx)}
	}()
	var out []Result
	select {
	case out = <-done:
	case <-ctx.Done():
		out = []Result{{State: Unknown, Text: fmt.Sprintf("%.0f 秒内没有查出结果", limit.Seconds())}}
	}
	for i := range out {
		if out[i].Component == "" {
			out[i].Component, out[i].Title = c.Component, c.Title
		}
		out[i].Kind = c.Kind
		if out[i].Measured == nil {
			out[i].Measured = []Measure{}
		}
	}
	return out
}

// Worst is the worst state among results; OK among none.
func Worst(results []Result) State {
	worst := OK
	order := map[State]int{OK: 0, Warn: 1, Unknown: 2, Bad: 3}
	for _, r := range results {
		if order[r.State] > order[worst] {
			worst = r.State
		}
	}
	return worst
}
