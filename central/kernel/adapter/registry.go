package adapter

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"sync"
	"time"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/obs"
	"tongban/central/kernel/outbound"
)

// Operation is one thing that may be asked of a system.
type Operation struct {
	Name     string        `json:"name"`
	Title    string        `json:"title"`
	Method   string        `json:"method"`
	Path     string        `json:"path"`
	Timeout  time.Duration `json:"-"` // one attempt; the declaration's when 0
	Attempts int           `json:"-"` // 1 unless repeating does no harm
}

// Declaration is one outside system (外部系统声明).
type Declaration struct {
	Name       string              `json:"name"`  // lower case, such as "sms"
	Title      string              `json:"title"` // 短信网关
	Contract   string              `json:"contract"`
	Operations []Operation         `json:"operations"`
	Target     outbound.Target     `json:"-"`
	Health     string              `json:"health,omitempty"` // path answered below 500 while it lives; not asked when empty
	PerSecond  float64             `json:"per_second"`       // calls per second of each copy; 50 when 0
	Header     func(*http.Request) `json:"-"`                // adds what the health probe must carry; may be nil
}

// Options are what New needs.
type Options struct {
	DB      *db.DB
	Clock   clock.Clock
	Log     *slog.Logger
	Metrics *obs.Metrics
}

// Registry is the list of outside systems of this centre. It is safe for concurrent use.
type Registry struct {
	o     Options
	calls obs.Counter

	mu     sync.RWMutex
	ports  map[string]*Port
	before func(context.Context) error
}

// New returns an empty registry.
func New(o Options) *Registry {
	return &Registry{
		o: o, ports: map[string]*Port{},
		calls: o.Metrics.Counter("adapter_calls_total", "Calls to outside systems.", "adapter", "result"),
	}
}

var nameShape = regexp.MustCompile(`^[a-z][a-z0-9-]{1,39}(:[a-z][a-z0-9-]{1,39})?$`)

// Declare adds a system, or replaces it after its declaration was changed; its row with switch and breaker stays.
func (r *Registry) Declare(d Declaration) (*Port, error) {
	if !nameShape.MatchString(d.Name) || d.Title == "" {
		return nil, fmt.Errorf("adapter %q: want a lower-case name and a title", d.Name)
	}
	d.PerSecond = cmp.Or(d.PerSecond, 50)
	client, err := outbound.New(d.Target)
	if err != nil {
		return nil, err
	}
	p := &Port{Declaration: d, reg: r, client: client, rate: newBucket(d.PerSecond, 2*d.PerSecond), budget: newBucket(0.2, 10)}
	r.mu.Lock()
	old := r.ports[d.Name]
	r.ports[d.Name] = p
	r.mu.Unlock()
	if old != nil {
		old.client.Close()
	}
	return p, nil
}

// Forget removes a system from this copy; its records stay.
func (r *Registry) Forget(name string) {
	r.mu.Lock()
	p := r.ports[name]
	delete(r.ports, name)
	r.mu.Unlock()
	if p != nil {
		p.client.Close()
	}
}

// List returns what this copy has declared, sorted by name.
func (r *Registry) List() []Declaration {
	r.mu.RLock()
	defer r.mu.RUnlock()
	out := make([]Declaration, 0, len(r.ports))
	for _, p := range r.ports {
		out = append(out, p.Declaration)
	}
	slices.SortFunc(out, func(a, b Declaration) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

// Find returns a declared system.
func (r *Registry) Find(name string) (*Port, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	p, ok := r.ports[name]
	return p, ok
}

// Switch turns a system on or off in tx, with the reason in the audit. Turning on also closes its breaker.
func (r *Registry) Switch(ctx context.Context, tx db.Tx, name string, on bool, reason string) error {
	s, err := loadState(ctx, tx, name)
	if err != nil {
		return err
	}
	if s.Enabled == on {
		return errs.E(errs.Conflict, "adapter.same", "已经是这个状态，请刷新后再看", nil)
	}
	s.Enabled = on
	if on {
		s.Breaker, s.Failures, s.Trips, s.RetryAt = Closed, 0, 0, time.Time{}
	}
	s.Epoch++
	if err := saveState(ctx, tx, name, s); err != nil {
		return err
	}
	action := "adapter.off"
	if on {
		action = "adapter.on"
	}
	return audit.Write(ctx, tx, audit.Record{Action: action, Object: name, Reason: reason})
}

// JobProbe asks every declared system how it is; the kernel runs it every half minute, once over all copies.
const JobProbe = "adapter.probe"

// BeforeProbe sets what runs before the systems are asked: whoever keeps declarations in a table brings this copy up to
// date there. Call it before the jobs start.
func (r *Registry) BeforeProbe(f func(context.Context) error) { r.before = f }

// Probe is the handler of JobProbe.
func (r *Registry) Probe(ctx context.Context, _ json.RawMessage) error {
	if r.before != nil {
		if err := r.before(ctx); err != nil {
			return err
		}
	}
	r.mu.RLock()
	var ports []*Port
	for _, p := range r.ports {
		if p.Health != "" {
			ports = append(ports, p)
		}
	}
	r.mu.RUnlock()
	var all error
	for _, p := range ports {
		all = errors.Join(all, p.CheckHealth(ctx))
	}
	return all
}
