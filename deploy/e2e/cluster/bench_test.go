// Package cluster restarts and kills parts of a cluster under load (集群演练): nobody notices a restart, and nothing that was
// acknowledged is lost by a kill. Numbers are printed, one JSON line each.
package cluster

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"tongban/deploy/cluster"
	"tongban/deploy/cluster/load"
	"tongban/deploy/sim/client"
	"tongban/deploy/stack"
	"tongban/deploy/walk"
)

// soak says whether the long runs are wanted.
func soak() bool { return os.Getenv("SOAK") != "" }

// pick is long under make soak and short otherwise.
func pick[T any](long, short T) T {
	if soak() {
		return long
	}
	return short
}

// bench is a running cluster with a clerk at it and some cases in the inbox.
type bench struct {
	*cluster.Cluster
	clerk *walk.Clerk
	cases []string
	point string // a review point of each of them

	mu    sync.Mutex
	acked []string // reasons of writes that were answered with success
	given int      // writes offered
}

func start(t *testing.T) *bench {
	t.Helper()
	bin := os.Getenv("TONGBAN_BIN")
	if bin == "" {
		t.Skip("TONGBAN_BIN is not set: run by make test")
	}
	dir := t.TempDir()
	if keep := os.Getenv("TONGBAN_KEEP"); keep != "" {
		dir = filepath.Join(keep, t.Name())
	}
	c, err := cluster.Start(t.Context(), cluster.Config{
		Bin: bin, Dir: dir, Fast: true, Limitless: true,
		Terminals: []stack.Spec{{Code: "K-01", Model: "kiosk-21", Place: "涪城区政务服务中心", Label: "1号机", Number: 1}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Stop(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			for _, f := range c.LogTails() {
				t.Log(f)
			}
		}
		if os.Getenv("TONGBAN_KEEP") == "" {
			c.Forget()
		}
	})
	over, err := c.Transport()
	if err != nil {
		t.Fatal(err)
	}
	http.DefaultTransport = over // the clerk's client has none of its own
	b := &bench{Cluster: c}
	password, err := walk.Password(c.Secrets, "clerk")
	if err != nil {
		t.Fatal(err)
	}
	if b.clerk, err = walk.SignIn(t.Context(), c.Web, "clerk", password); err != nil {
		t.Fatal(err)
	}
	b.hand(t, 1)
	var one struct {
		Points []struct{ ID string } `json:"points"`
	}
	if err := b.clerk.Ask(t.Context(), http.MethodGet, "/window/cases/"+b.cases[0], nil, &one); err != nil || len(one.Points) == 0 {
		t.Fatalf("the case has no review points: %v", err)
	}
	b.point = one.Points[0].ID
	return b
}

// hand lets citizens hand in so many matters at the terminal, one after the other.
func (b *bench) hand(t *testing.T, many int) {
	t.Helper()
	term := b.Stack.Terminals[0]
	c, err := walk.Enter(t.Context(), term.UI)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Until(t.Context(), 30*time.Second, "terminal online", walk.Online); err != nil {
		t.Fatal(err)
	}
	for range many {
		no, err := handOne(t.Context(), term)
		if err != nil {
			t.Fatal(err)
		}
		if err := b.clerk.Waits(t.Context(), no, 30*time.Second); err != nil {
			t.Fatal(err)
		}
		b.cases = append(b.cases, no)
	}
}

// call is the n-th request of the mix: of ten, four look at the public catalogue, three at the inbox, two at a case, and one
// ticks a review point, which writes the tick and its audit record in one act.
func (b *bench) call(n int) load.Call {
	switch n % 10 {
	case 0, 3, 5, 8:
		return b.get("/api/public/v1/catalogue/items")
	case 1, 4, 7:
		return b.get("/api/staff/v1/window/inbox?tab=all&size=20&page=1")
	case 2, 6:
		return b.get("/api/staff/v1/window/cases/" + b.cases[n%len(b.cases)])
	}
	return b.tick(n)
}

func (b *bench) get(path string) load.Call {
	return func(ctx context.Context, _ int) (int, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, b.Web+path, nil)
		if err != nil {
			return 0, err
		}
		return b.do(req)
	}
}

// tick writes with a reason that nobody else writes, and notes it when the answer says that it is done.
func (b *bench) tick(n int) load.Call {
	reason, key := fmt.Sprintf("soak-%d-%08x", n, rand.Uint32()), walk.NewKey()
	b.mu.Lock()
	b.given++
	b.mu.Unlock()
	body, _ := json.Marshal(map[string]any{"ticked": n%20 == 9, "note": reason})
	return func(ctx context.Context, _ int) (int, error) {
		url := fmt.Sprintf("%s/api/staff/v1/window/cases/%s/points/%s", b.Web, b.cases[n%len(b.cases)], b.point)
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
		if err != nil {
			return 0, err
		}
		b.clerk.Sign(req, key)
		status, err := b.do(req)
		if err == nil && status == http.StatusOK {
			b.mu.Lock()
			b.acked = append(b.acked, reason)
			b.mu.Unlock()
		}
		return status, err
	}
}

func (b *bench) do(req *http.Request) (int, error) {
	res, err := b.clerk.HTTP.Do(req)
	if err != nil {
		return 0, err
	}
	body, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	if res.StatusCode == http.StatusConflict && bytes.Contains(body, []byte(`"idempotency.answer_lost"`)) {
		// The copy that did it died before it answered; another one says that it is done. So it must be there.
		return http.StatusOK, err
	}
	return res.StatusCode, err
}

// settled is what the database says of the writes.
type settled struct {
	Offered int `json:"writes_offered"`
	Acked   int `json:"writes_acked"`
	Kept    int `json:"writes_kept"`
	Lost    int `json:"writes_lost"`  // acknowledged and not there
	Twice   int `json:"writes_twice"` // there more than once
}

// settle compares what was acknowledged with what is there.
func (b *bench) settle(t *testing.T) settled {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), b.DSN)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	rows, err := conn.Query(t.Context(), `SELECT reason, count(*) FROM kernel_audit WHERE action = 'window.tick' AND reason LIKE 'soak-%' GROUP BY reason`)
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]int{}
	for rows.Next() {
		var reason string
		var n int
		if err := rows.Scan(&reason, &n); err != nil {
			t.Fatal(err)
		}
		have[reason] = n
	}
	if rows.Err() != nil {
		t.Fatal(rows.Err())
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	s := settled{Offered: b.given, Acked: len(b.acked), Kept: len(have)}
	for _, r := range b.acked {
		if have[r] == 0 {
			s.Lost++
		}
	}
	for _, n := range have {
		if n > 1 {
			s.Twice++
		}
	}
	// The last tick of each point is the state; it was written in one act with its record.
	var half int
	err = conn.QueryRow(t.Context(), `SELECT count(*) FROM window_point p WHERE p.note LIKE 'soak-%'
		AND NOT EXISTS (SELECT 1 FROM kernel_audit a WHERE a.reason = p.note)`).Scan(&half)
	if err != nil {
		t.Fatal(err)
	}
	if s.Lost != 0 || s.Twice != 0 || half != 0 || s.Kept > s.Offered {
		t.Errorf("writes: %+v, %d without their record", s, half)
	}
	return s
}

// say prints one JSON line.
func say(t *testing.T, what string, parts ...any) {
	t.Helper()
	line := map[string]any{"soak": what}
	for _, p := range parts {
		b, err := json.Marshal(p)
		if err == nil {
			err = json.Unmarshal(b, &line)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	b, err := json.Marshal(line)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println(string(b))
}

func handOne(ctx context.Context, term *stack.Terminal) (string, error) {
	c, err := walk.Enter(ctx, term.UI)
	if err != nil {
		return "", err
	}
	done, _, err := c.Hand(ctx, client.New(term.Control), walk.Visit{Person: "zhou", Item: "cbzm"})
	if err != nil {
		return "", err
	}
	if _, err := c.Until(ctx, 20*time.Second, "slip printed", walk.SlipOut); err != nil {
		return done.CaseNo, err
	}
	_, err = c.Do(ctx, "visit/end", map[string]string{"reason": "finished"})
	return done.CaseNo, err
}
