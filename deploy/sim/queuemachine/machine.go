// Package queuemachine is an emulated queue machine (排队机仿真): a touch page where people take a number, a slip, and the wire to the
// centre as deploy/docs/adapters/queue-machine.md says. It numbers by itself, so that it works while the centre is away, and can be
// told to misbehave.
package queuemachine

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"slices"
	"sync"
	"time"

	"tongban/central/kernel/ids"
	"tongban/central/kernel/signed"
	"tongban/deploy/sim/control"
)

//go:embed web
var webFiles embed.FS

// The faults that can be pressed.
const (
	FaultDuplicate = "duplicate" // everything is sent twice
	FaultSlow      = "slow"      // each report is sent 3 s later
	FaultOffline   = "offline"   // nothing is sent; all of it comes at once when the fault ends
	FaultDeaf      = "deaf"      // answers calls with 500
)

var faults = []string{FaultDuplicate, FaultSlow, FaultOffline, FaultDeaf}

// Category is one button, as the centre tells it.
type Category struct {
	Code    string `json:"code"`
	Name    string `json:"name"`
	Zone    string `json:"zone"`
	Waiting int    `json:"waiting"`
	Minutes int    `json:"minutes"`
}

// Window is one window with its display.
type Window struct {
	No      string `json:"no"`
	Label   string `json:"label"`
	Display string `json:"display"`
}

// Setup is what the centre tells.
type Setup struct {
	Hall       string     `json:"hall"`
	HallName   string     `json:"hall_name"`
	Day        string     `json:"day"`
	From       int        `json:"from"`
	To         int        `json:"to"`
	Board      string     `json:"board"`
	Categories []Category `json:"categories"`
	Windows    []Window   `json:"windows"`
}

// Slip is what is printed.
type Slip struct {
	No       string `json:"no"`
	Category string `json:"category"`
	Zone     string `json:"zone"`
	Waiting  int    `json:"waiting"`
	Minutes  int    `json:"minutes"`
	Priority string `json:"priority"`
	Hall     string `json:"hall"`
	At       string `json:"at"`
}

// report is one event on its way.
type report struct {
	ID       string    `json:"id"`
	At       time.Time `json:"at"`
	Kind     string    `json:"kind"`
	No       string    `json:"no"`
	Category string    `json:"category"`
	Priority string    `json:"priority"`
}

// Call is what the centre said last of a number.
type Call struct {
	ID     string    `json:"id"`
	No     string    `json:"no"`
	Kind   string    `json:"kind"`
	Window string    `json:"window"`
	Calls  int       `json:"calls"`
	At     time.Time `json:"at"`
}

// Options are what a machine is told.
type Options struct {
	Centre, Hall, KeyID, Secret string
	Now                         func() time.Time // of the centre's test clock; the machine's own when nil
}

// Machine is one emulated machine.
type Machine struct {
	o      Options
	client *http.Client

	mu     sync.Mutex
	setup  Setup
	fault  string
	next   map[string]int
	day    string
	queue  []report
	wake   chan struct{}
	calls  []Call
	heard  map[string]bool
	sent   int
	refuse []string
}

// New returns a machine of a hall.
func New(o Options) *Machine {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Machine{o: o, client: &http.Client{Timeout: 5 * time.Second}, next: map[string]int{}, heard: map[string]bool{}, wake: make(chan struct{}, 1)}
}

// Run talks to the centre until ctx ends.
func (m *Machine) Run(ctx context.Context) {
	tick := time.NewTicker(2 * time.Second)
	defer tick.Stop()
	for {
		m.fetch(ctx)
		m.flush(ctx)
		select {
		case <-ctx.Done():
			return
		case <-m.wake:
		case <-tick.C:
		}
	}
}

func (m *Machine) fetch(ctx context.Context) {
	if m.pressed() == FaultOffline {
		return
	}
	var s Setup
	if err := m.ask(ctx, http.MethodGet, "/api/public/v1/hall/machine/setup?hall="+m.o.Hall, nil, &s); err != nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.setup = s
	if m.day != s.Day {
		m.day, m.next = s.Day, map[string]int{}
	}
}

func (m *Machine) pressed() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.fault
}

// flush sends what waits; what the centre has not answered is sent again, with the same ids.
func (m *Machine) flush(ctx context.Context) {
	for {
		m.mu.Lock()
		some, fault := slices.Clone(m.queue[:min(len(m.queue), 100)]), m.fault
		m.mu.Unlock()
		if len(some) == 0 || fault == FaultOffline {
			return
		}
		if fault == FaultSlow {
			time.Sleep(3 * time.Second)
		}
		times := 1
		if fault == FaultDuplicate {
			times = 2
		}
		for range times {
			var out struct {
				Results []struct{ ID, State, Why string }
			}
			if err := m.ask(ctx, http.MethodPost, "/api/public/v1/hall/machine/events", map[string]any{"machine": "M1", "hall": m.o.Hall, "events": some}, &out); err != nil {
				return
			}
			m.mu.Lock()
			for _, r := range out.Results {
				if r.State == "refused" {
					m.refuse = append(m.refuse, r.ID+" "+r.Why)
				}
			}
			m.mu.Unlock()
		}
		m.mu.Lock()
		m.queue = m.queue[len(some):]
		m.sent += len(some)
		m.mu.Unlock()
	}
}

func (m *Machine) ask(ctx context.Context, method, path string, in, out any) error {
	var body []byte
	var err error
	if in != nil {
		if body, err = json.Marshal(in); err != nil {
			return fmt.Errorf("encode: %w", err)
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, m.o.Centre+path, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	signed.Sign(req, m.o.KeyID, []byte(m.o.Secret), body, m.o.Now())
	res, err := m.client.Do(req)
	if err != nil {
		return fmt.Errorf("ask centre: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("centre answered %d", res.StatusCode)
	}
	return json.NewDecoder(io.LimitReader(res.Body, 1<<20)).Decode(out)
}

var errNone = errors.New("no such category, or the numbers of today are used up")

// china is the clock that the hall's paper is printed by.
var china = time.FixedZone("CST", 8*60*60)

// Take gives out a number and prints its slip; the centre hears of it as soon as it can.
func (m *Machine) Take(category, priority string) (Slip, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	i := slices.IndexFunc(m.setup.Categories, func(c Category) bool { return c.Code == category })
	if i < 0 || m.next[category]+m.setup.From > m.setup.To {
		return Slip{}, errNone
	}
	c := &m.setup.Categories[i]
	n := m.setup.From + m.next[category]
	m.next[category]++
	now := m.o.Now()
	s := Slip{No: fmt.Sprintf("%s%03d", category, n), Category: c.Name, Zone: c.Zone, Waiting: c.Waiting, Minutes: c.Minutes, Priority: priority, Hall: m.setup.HallName, At: now.In(china).Format("2006-01-02 15:04")}
	c.Waiting++
	m.queue = append(m.queue, report{ID: "m1-" + ids.Key(), At: now, Kind: "taken", No: s.No, Category: category, Priority: priority})
	select {
	case m.wake <- struct{}{}:
	default:
	}
	return s, nil
}

// Press sets the fault; "" ends it.
func (m *Machine) Press(fault string) error {
	if fault != "" && !slices.Contains(faults, fault) {
		return fmt.Errorf("fault %q: have %v", fault, faults)
	}
	m.mu.Lock()
	m.fault = fault
	m.mu.Unlock()
	select {
	case m.wake <- struct{}{}:
	default:
	}
	return nil
}

// Handler is the door for the centre under /v1, and the touch page for people and tests on this machine.
func (m *Machine) Handler() http.Handler {
	pages, err := fs.Sub(webFiles, "web")
	if err != nil {
		panic("queuemachine: embedded pages: " + err.Error())
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/calls", m.call)
	mux.HandleFunc("GET /v1/health", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]string{"state": "ok"})
	})
	mux.HandleFunc("GET /state", m.state)
	mux.HandleFunc("POST /numbers", m.number)
	mux.HandleFunc("GET /faults", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]any{"fault": m.pressed(), "have": faults})
	})
	mux.HandleFunc("POST /faults", func(w http.ResponseWriter, r *http.Request) {
		var in struct{ Fault string }
		err := json.NewDecoder(io.LimitReader(r.Body, 1<<10)).Decode(&in)
		if err == nil {
			err = m.Press(in.Fault)
		}
		if err != nil {
			answer(w, http.StatusUnprocessableEntity, map[string]string{"error": err.Error()})
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	mux.Handle("/", http.FileServerFS(pages))
	return control.Loopback(mux)
}

func (m *Machine) state(w http.ResponseWriter, _ *http.Request) {
	m.mu.Lock()
	defer m.mu.Unlock()
	answer(w, http.StatusOK, map[string]any{"centre": m.o.Centre, "setup": m.setup, "unsent": len(m.queue), "sent": m.sent, "fault": m.fault, "calls": m.calls, "refused": m.refuse})
}

func (m *Machine) number(w http.ResponseWriter, r *http.Request) {
	var in struct{ Category, Priority string }
	if err := json.NewDecoder(io.LimitReader(r.Body, 1<<10)).Decode(&in); err != nil {
		answer(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
		return
	}
	s, err := m.Take(in.Category, in.Priority)
	if err != nil {
		answer(w, http.StatusConflict, map[string]string{"error": err.Error()})
		return
	}
	answer(w, http.StatusOK, s)
}

// call hears a call event of the centre; one that it has heard already is answered 409.
func (m *Machine) call(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 16<<10))
	stamp, bad := signed.Read(r.Header)
	if err != nil || bad != nil || stamp.Key != m.o.KeyID || signed.Check(r, r.URL.RequestURI(), []byte(m.o.Secret), body, stamp.Time) != nil {
		answer(w, http.StatusUnauthorized, map[string]string{"code": "signature"})
		return
	}
	var c Call
	if json.Unmarshal(body, &c) != nil || c.ID == "" || c.No == "" {
		answer(w, http.StatusBadRequest, map[string]string{"code": "malformed"})
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.fault == FaultDeaf:
		answer(w, http.StatusInternalServerError, map[string]string{"code": "internal"})
		return
	case m.heard[c.ID]:
		answer(w, http.StatusConflict, map[string]string{"code": "have_it"})
		return
	}
	m.heard[c.ID] = true
	m.calls = append(m.calls, c)
	if len(m.calls) > 50 {
		m.calls = slices.Clone(m.calls[len(m.calls)-50:])
	}
	w.WriteHeader(http.StatusNoContent)
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}
