package main

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"time"

	"tongban/agent/screen"
	"tongban/deploy/sim/client"
	"tongban/deploy/stack"
	"tongban/deploy/walk"
)

// lineTime is what 115200 baud and the card itself take for one read, by the emulator's real pace: select 30 ms, read
// 350 ms, and the bytes of the three exchanges (10+15, 10+19, 10+1295) at ten bits each.
const lineTime = 380*time.Millisecond + 1359*10*time.Second/115200

// road measures a visit from the card to the clerk; card is each read as the screen saw it.
func road(ctx context.Context, s *stack.Stack, rounds int) (rows []row, card []time.Duration, err error) {
	t := s.Terminals[0]
	devices := client.New(t.Control)
	citizen, err := walk.Enter(ctx, t.UI)
	if err != nil {
		return nil, nil, err
	}
	if _, err := citizen.Until(ctx, 20*time.Second, "terminal online", walk.Online); err != nil {
		return nil, nil, err
	}
	password, err := walk.Password(s.Secrets, "clerk")
	if err != nil {
		return nil, nil, err
	}
	clerk, err := walk.SignIn(ctx, s.Web, "clerk", password)
	if err != nil {
		return nil, nil, err
	}
	arrivals, err := follow(ctx, s.Web, clerk)
	if err != nil {
		return nil, nil, err
	}
	var submit, slip, desk, calls []time.Duration
	for range rounds {
		from := time.Now()
		if _, err := citizen.State(ctx); err != nil {
			return nil, nil, err
		}
		calls = append(calls, time.Since(from))
		done, times, err := citizen.Hand(ctx, devices, walk.Visit{Person: "zhou", Item: "cbzm"})
		if err != nil {
			return nil, nil, err
		}
		pressed := time.Now().Add(-times.Submit)
		card, submit = append(card, times.Card), append(submit, times.Submit)
		when, err := arrivals.of(ctx, done.CaseNo)
		if err != nil {
			return nil, nil, err
		}
		desk = append(desk, when.Sub(pressed))
		if _, err := citizen.Until(ctx, 20*time.Second, "slip out", walk.SlipOut); err != nil {
			return nil, nil, err
		}
		slip = append(slip, time.Since(pressed))
		if _, err := citizen.Do(ctx, "visit/end", screen.EndVisit{Reason: "finished"}); err != nil {
			return nil, nil, err
		}
	}
	bare := bareCall(ctx)
	rss, control := memory(t.Agent.PID()), memory(os.Getpid())
	rows = []row{
		{"card found → record on the screen, p95", ms(at(card, 95)), "line and card alone " + ms(lineTime), "≤ 1 s", at(card, 95) <= time.Second},
		{"screen call, p95", ms(at(calls, 95)), "bare HTTP " + ms(bare), "≤ 100 ms", at(calls, 95) <= 100*time.Millisecond},
		{"submit → number on the screen, p95", ms(at(submit, 95)), "bare HTTP " + ms(bare), "≤ 1 s", at(submit, 95) <= time.Second},
		{"submit → slip confirmed, p95", ms(at(slip, 95)), "paper alone, 160 mm at 100 mm/s: 1600 ms", "≤ 4 s", at(slip, 95) <= 4*time.Second},
		{"submit → clerk's screen, p50 / p95", ms(at(desk, 50)) + " / " + ms(at(desk, 95)), "bare HTTP " + ms(bare), "p95 ≤ 500 ms", at(desk, 95) <= 500*time.Millisecond},
		{"agent without window, resident", mb(rss), "this program " + mb(control), "≤ 200 MB", rss <= 200<<20},
	}
	return rows, card, nil
}

// bareCall is one call to an empty handler on loopback, p95 of 200.
func bareCall(ctx context.Context) time.Duration {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("{}")) }))
	defer srv.Close()
	var all []time.Duration
	for range 200 {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, srv.URL, nil)
		if err != nil {
			return 0
		}
		from := time.Now()
		res, err := srv.Client().Do(req)
		if err != nil {
			return 0
		}
		_ = res.Body.Close()
		all = append(all, time.Since(from))
	}
	return at(all, 95)
}

// memory is the resident size of a process in bytes.
func memory(pid int) int64 {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(b)) {
		if kb, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			n, _ := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(kb), "kB")), 10, 64)
			return n << 10
		}
	}
	return 0
}

func mb(n int64) string { return fmt.Sprintf("%d MB", n>>20) }

// feed is the clerk's live stream, with the moment at which each case arrived.
type feed struct{ seen chan arrival }

type arrival struct {
	line string
	at   time.Time
}

func follow(ctx context.Context, web string, clerk *walk.Clerk) (*feed, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, web+"/api/staff/v1/events", nil)
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	res, err := (&http.Client{Jar: clerk.HTTP.Jar}).Do(req) //nolint:bodyclose // read until the end of the program
	if err != nil {
		return nil, fmt.Errorf("follow events: %w", err)
	}
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("follow events: %s", res.Status)
	}
	f := &feed{seen: make(chan arrival, 1024)}
	go func() {
		sc := bufio.NewScanner(res.Body)
		for sc.Scan() {
			f.seen <- arrival{sc.Text(), time.Now()}
		}
	}()
	return f, nil
}

func (f *feed) of(ctx context.Context, no string) (time.Time, error) {
	for {
		select {
		case a := <-f.seen:
			if strings.Contains(a.line, no) {
				return a.at, nil
			}
		case <-ctx.Done():
			return time.Time{}, ctx.Err()
		case <-time.After(10 * time.Second):
			return time.Time{}, fmt.Errorf("case %s never came to the clerk's stream", no)
		}
	}
}
