package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"tongban/deploy/walk"
)

// heard counts what the open consoles were told.
type heard struct{ open, events, beats, broken, listening atomic.Int64 }

// listen holds the live stream of every console open.
// The first console of every clerk is the one she looks at: it asks again after news, as the page does.
func listen(ctx context.Context, o options, web string, consoles []*walk.Clerk, w *work) *heard {
	h := &heard{}
	for i, c := range consoles {
		var news []*soon
		if i%o.consoles == 0 {
			news = w.looks(ctx, h, c)
		}
		go func() {
			for ctx.Err() == nil {
				h.follow(ctx, web, c, news)
				if ctx.Err() == nil { // it joins again, as a browser does
					h.broken.Add(1)
					time.Sleep(2 * time.Second)
				}
			}
		}()
		time.Sleep(time.Millisecond)
	}
	return h
}

// follow reads one stream until it ends.
func (h *heard) follow(ctx context.Context, web string, c *walk.Clerk, news []*soon) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, web+"/api/staff/v1/events", nil)
	if err != nil {
		return
	}
	c.Sign(req, walk.NewKey())
	res, err := (&http.Client{Jar: c.HTTP.Jar}).Do(req) // without the time limit of a call
	if err != nil {
		return
	}
	defer res.Body.Close() //nolint:errcheck // a stream
	if res.StatusCode != http.StatusOK {
		return
	}
	h.open.Add(1)
	defer h.open.Add(-1)
	for lines := bufio.NewScanner(res.Body); lines.Scan(); {
		if text, ok := strings.CutPrefix(lines.Text(), `data: {"listening":`); ok {
			if n, err := strconv.ParseInt(strings.TrimSuffix(text, "}"), 10, 64); err == nil {
				h.listening.Store(n)
			}
		}
		switch name, ok := strings.CutPrefix(lines.Text(), "event: "); {
		case ok && name == "beat":
			h.beats.Add(1)
		case ok:
			h.events.Add(1)
			for _, n := range news {
				n.later()
			}
		}
	}
}

// bareHandler is the control: what an answer costs on this machine at this moment that nobody has to work for.
func bareHandler(ctx context.Context) (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("listen: %w", err)
	}
	server := &http.Server{ReadHeaderTimeout: 5 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"rows":[],"total":0}`)
	})}
	go server.Serve(l) //nolint:errcheck // ends with the run
	context.AfterFunc(ctx, func() { _ = server.Close() })
	return "http://" + l.Addr().String(), nil
}

// work is what the clerks did and how long each thing took.
type work struct {
	mu     sync.Mutex
	took   map[string][]time.Duration
	failed map[string]int
	errs   []string
	cases  atomic.Int64
}

// think is the pause between two acts of a clerk: she looks, asks, listens.
func think() time.Duration { return 4*time.Second + rand.N(8*time.Second) }

// acts are what a clerk does, by how often of a hundred. At a pause of eight seconds that is thirteen cases taken in and accepted an hour,
// more than a hundred a day, with as many begun and put aside: nearly twice a full day of sixty people.
var acts = []struct {
	name  string
	share int
	do    func(ctx context.Context, c *walk.Clerk, s *seat) error
}{
	{"list of what is to be done", 27, get("/window/inbox?tab=todo")},
	{"list of everything, a later page", 8, get("/window/inbox?tab=all&page=20")},
	{"open a case", 27, func(ctx context.Context, c *walk.Clerk, s *seat) error {
		if len(s.seen) == 0 {
			return errors.New("she knows of no case")
		}
		_, err := c.Case(ctx, s.seen[rand.IntN(len(s.seen))])
		return err
	}},
	{"search a name", 6, get("/window/search?q=%E5%91%A8%E5%B0%8F%E6%BB%A1")},
	{"search an item", 6, get("/window/search?q=gljt")},
	{"workbench", 10, get("/window/workbench")},
	{"own window", 10, get("/hall/desk")},
	{"begin a registration", 3, func(ctx context.Context, c *walk.Clerk, s *seat) error {
		_, err := c.Begin(ctx, s.elder())
		return err
	}},
	{taking, 3, func(ctx context.Context, c *walk.Clerk, s *seat) error {
		each := *c
		each.Watch = s.work.step
		no, err := each.Take(ctx, s.elder())
		if err == nil {
			s.seen = append(s.seen, no)
			s.work.cases.Add(1)
		}
		return err
	}},
}

func get(path string) func(context.Context, *walk.Clerk, *seat) error {
	return func(ctx context.Context, c *walk.Clerk, _ *seat) error {
		return c.Ask(ctx, http.MethodGet, path, nil, nil)
	}
}

// seat is one clerk's place: which persons come to her and which cases she knows.
type seat struct {
	work   *work
	number int
	came   int
	seen   []string
}

func (s *seat) elder() string {
	s.came++
	return walk.Elder(s.number*600 + s.came)
}

// look is how a clerk begins her day: with the list of what is to be done.
func (s *seat) look(ctx context.Context, c *walk.Clerk) error {
	var in struct{ Rows []walk.CaseHead }
	err := c.Ask(context.WithoutCancel(ctx), http.MethodGet, "/window/inbox?tab=todo&size=20", nil, &in)
	for _, r := range in.Rows {
		s.seen = append(s.seen, r.No)
	}
	return err
}

// clerk works until the day ends.
func (w *work) clerk(ctx context.Context, c *walk.Clerk, n int, bare string) {
	s := &seat{work: w, number: n}
	if pause(ctx, rand.N(8*time.Second)) {
		return
	}
	w.timed(acts[0].name, func() error { return s.look(ctx, c) })
	for {
		at := rand.IntN(100)
		for _, a := range acts {
			if at -= a.share; at >= 0 {
				continue
			}
			// What was begun is ended, also when the day is over.
			w.timed(a.name, func() error { return a.do(context.WithoutCancel(ctx), c, s) })
			break
		}
		w.timed(control, func() error {
			res, err := http.Get(bare) //nolint:noctx,gosec // our own address
			if err != nil {
				return err
			}
			_, err = io.Copy(io.Discard, res.Body)
			_ = res.Body.Close()
			return err
		})
		if pause(ctx, think()) {
			return
		}
	}
}

const control = "a bare handler"

func pause(ctx context.Context, d time.Duration) (over bool) {
	select {
	case <-ctx.Done():
		return true
	case <-time.After(d):
		return false
	}
}

func (w *work) timed(name string, do func() error) {
	begin := time.Now()
	err := do()
	took := time.Since(begin)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.took[name] = append(w.took[name], took)
	if err != nil {
		w.failed[name]++
		if len(w.errs) < 5 {
			w.errs = append(w.errs, name+": "+err.Error())
		}
	}
}

// steps are the calls of which taking in and accepting consists, by how their address ends; each has a limit of its own.
var steps = []struct{ method, end, name string }{
	{http.MethodPost, "/registrations", "taking in: begin"},
	{http.MethodPost, "/pages", "taking in: a page"},
	{http.MethodPost, "/applicant", "taking in: signature"},
	{http.MethodPut, "", "taking in: fill in"},
	{http.MethodPost, "/submit", "taking in: hand in"},
	{http.MethodPost, "/accept", "accept"},
}

// step notes one call of taking in; what failed is counted with the whole.
func (w *work) step(method, path string, took time.Duration) {
	for _, s := range steps {
		if s.method == method && strings.HasSuffix(path, s.end) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.took[s.name] = append(w.took[s.name], took)
			return
		}
	}
}

// taking is the one act of many calls; its limit is that of each.
const taking = "take in and accept"

// report prints the day and says whether it was good.
func (w *work) report(o options, h *heard) error {
	engine := "SQLite"
	if o.database != "" {
		engine = "PostgreSQL"
	}
	fmt.Printf("%s, %d clerks, %d consoles, %s; %d cases taken in and accepted\n", engine, o.clerks, o.clerks*o.consoles, o.long, w.cases.Load())
	bare := at(w.took[control], 95)
	fmt.Printf("%-34s %7s %9s %9s %9s %8s %7s\n", "what", "times", "p50 ms", "p95 ms", "max ms", "ratio", "errors")
	ok := true
	for _, name := range slices.Sorted(maps.Keys(w.took)) {
		d := w.took[name]
		p95 := at(d, 95)
		mark := "ok"
		switch {
		case w.failed[name] > 0, p95 > 1000 && name != taking:
			ok, mark = false, "BROKEN"
		case name == taking:
			mark = "see its calls"
		}
		fmt.Printf("%-34s %7d %9.1f %9.1f %9.1f %8.1f %7d  %s\n", name, len(d), at(d, 50), p95, at(d, 100), p95/bare, w.failed[name], mark)
	}
	fmt.Printf("streams: %d open at the end, %d events told, %d beats, %d broken\n", h.open.Load(), h.events.Load(), h.beats.Load(), h.broken.Load())
	for _, e := range w.errs {
		fmt.Println("error:", e)
	}
	if !ok || h.broken.Load() > 0 {
		return errBroken
	}
	return nil
}

// at is the p-th percentile in milliseconds.
func at(d []time.Duration, p int) float64 {
	if len(d) == 0 {
		return 0
	}
	s := slices.Clone(d)
	slices.Sort(s)
	return float64(s[min(len(s)*p/100, len(s)-1)].Microseconds()) / 1000
}
