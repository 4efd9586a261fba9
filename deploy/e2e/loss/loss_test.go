// Package loss pulls every cable while citizens hand in matters (掉线断电测试): nothing may be lost and nothing may come twice.
package loss

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tongban/agent/screen"
	"tongban/deploy/sim/client"
	"tongban/deploy/stack"
	"tongban/deploy/walk"

	_ "modernc.org/sqlite"
)

// scale of the test: the whole one under make soak, a quarter otherwise.
type scale struct{ matters, agentKills, centralKills, brokerKills int }

func theScale() scale {
	if os.Getenv("SOAK") != "" {
		return scale{matters: 100, agentKills: 20, centralKills: 5, brokerKills: 5}
	}
	return scale{matters: 24, agentKills: 6, centralKills: 2, brokerKills: 2}
}

// Broker, centre and terminals are killed −9 at random moments while matters are handed in; afterwards the window holds
// exactly the matters whose citizens saw a number, in each terminal's own order, and each has its slip.
func TestLossNothingAndTwiceNothing(t *testing.T) { pullEveryCable(t, "") }

// The same on PostgreSQL.
func TestLossNothingOnPostgreSQL(t *testing.T) {
	dsn := os.Getenv("TONGBAN_LOSS_PG")
	if dsn == "" {
		t.Skip("TONGBAN_LOSS_PG is not set: run by make test")
	}
	pullEveryCable(t, dsn)
}

func pullEveryCable(t *testing.T, database string) {
	t.Helper()
	bin := os.Getenv("TONGBAN_BIN")
	if bin == "" {
		t.Skip("TONGBAN_BIN is not set: run by make test")
	}
	n := theScale()
	dir := t.TempDir()
	if keep := os.Getenv("TONGBAN_KEEP"); keep != "" {
		dir = keep
	}
	s, err := stack.Start(t.Context(), stack.Config{
		Bin: bin, Dir: dir, Apart: true, Fast: true, Database: database,
		Terminals: []stack.Spec{
			{Code: "K-01", Model: "kiosk-21", Place: "涪城区政务服务中心", Label: "1号机", Number: 1},
			{Code: "K-02", Model: "kiosk-21", Place: "游仙便民中心", Label: "2号机", Number: 2},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})

	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Minute)
	defer cancel()
	var killers sync.WaitGroup
	gates := []*gate{{}, {}}
	killers.Go(func() { killProcess(ctx, t, s.Central, n.centralKills, 3*time.Second) })
	killers.Go(func() { killProcess(ctx, t, s.Broker, n.brokerKills, 2*time.Second) })
	for i, term := range s.Terminals {
		killers.Go(func() { killAgent(ctx, t, term, gates[i], n.agentKills/len(s.Terminals)) })
	}

	numbers := make([][]string, len(s.Terminals))
	var citizens sync.WaitGroup
	for i, term := range s.Terminals {
		citizens.Go(func() { numbers[i] = handIn(ctx, t, term, gates[i], n.matters/len(s.Terminals)) })
	}
	citizens.Wait()
	killers.Wait()
	fmt.Printf("loss: killed −9: agents %d times, centre %d times, broker %d times\n", n.agentKills/len(s.Terminals)*len(s.Terminals), n.centralKills, n.brokerKills)
	if t.Failed() {
		return
	}
	for _, p := range []*stack.Process{s.Broker, s.Central} {
		if !p.Running() {
			p.Kill()
			if err := p.Start(ctx, 60*time.Second, nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	check(ctx, t, s, numbers)
}

// gate lets an agent be restarted between two calls of its citizen: a citizen who lost the screen begins again.
type gate struct {
	mu sync.Mutex
}

func killProcess(ctx context.Context, t *testing.T, p *stack.Process, times int, every time.Duration) {
	t.Helper()
	for range times {
		if !pause(ctx, every/2+rand.N(every)) {
			return
		}
		p.Kill()
		pause(ctx, 200*time.Millisecond+rand.N(500*time.Millisecond))
		if err := p.Start(context.WithoutCancel(ctx), 60*time.Second, nil); err != nil {
			t.Errorf("start %s again: %v", p.Name, err)
			return
		}
	}
}

func killAgent(ctx context.Context, t *testing.T, term *stack.Terminal, g *gate, times int) {
	t.Helper()
	for range times {
		if !pause(ctx, 300*time.Millisecond+rand.N(1500*time.Millisecond)) {
			return
		}
		term.Agent.Kill()
		g.mu.Lock()
		err := term.StartAgent(context.WithoutCancel(ctx))
		g.mu.Unlock()
		if err != nil {
			t.Errorf("start agent of %s again: %v", term.Code, err)
			return
		}
	}
}

func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// handIn plays citizens at one terminal until so many were told a number. A citizen whose screen died before the number
// came begins again, as people do; whether the earlier try counts is what check finds out by the numbers.
func handIn(ctx context.Context, t *testing.T, term *stack.Terminal, g *gate, want int) []string {
	t.Helper()
	devices := client.New(term.Control)
	var numbers []string
	for tries := 0; len(numbers) < want; tries++ {
		pause(ctx, 400*time.Millisecond+rand.N(400*time.Millisecond)) // the next one steps up
		if tries > want*20 {
			t.Errorf("%s: %d of %d after %d tries", term.Code, len(numbers), want, tries)
			return numbers
		}
		g.mu.Lock()
		ui := term.UI
		g.mu.Unlock()
		no, err := one(ctx, ui, devices)
		switch {
		case err == nil:
			numbers = append(numbers, no)
		case ctx.Err() != nil:
			t.Errorf("%s: %v", term.Code, ctx.Err())
			return numbers
		default:
			t.Logf("%s: begins again: %v", term.Code, err)
			pause(ctx, 100*time.Millisecond)
		}
	}
	return numbers
}

// one is one citizen: hands in, waits for the slip, leaves. When the terminal dies in between they look again: a terminal
// that knows their number shows it after the start, and the errand goes on from there.
func one(ctx context.Context, ui string, devices *client.Client) (string, error) {
	c, err := walk.Enter(ctx, ui)
	if err != nil {
		return "", err
	}
	s, err := c.State(ctx)
	if err != nil {
		return "", err
	}
	switch {
	case s.Visit == nil:
		if _, _, err := c.Hand(ctx, devices, walk.Visit{Person: "zhou", Item: "cbzm"}); err != nil {
			return "", err
		}
	case s.Visit.Done == nil: // a visit that a broken call left open
		_, err := c.Do(ctx, "visit/end", screen.EndVisit{Reason: "left"})
		return "", errors.Join(errors.New("a visit was left open"), err)
	default:
		if _, err := c.Do(ctx, "visit/touch", nil); err != nil { // takes up the recovered visit
			return "", err
		}
	}
	no, err := takeSlip(ctx, c, devices)
	if err != nil {
		return "", err
	}
	if _, err := c.Do(ctx, "visit/end", screen.EndVisit{Reason: "finished"}); err != nil {
		return no, nil //nolint:nilerr // the number and the slip are in the citizen's hand
	}
	return no, nil
}

// takeSlip does what the screen asks until the slip is out: prints again what is known not to have come out, and says what
// lies in the tray when the terminal cannot know.
func takeSlip(ctx context.Context, c *walk.Citizen, devices *client.Client) (string, error) {
	for range 5 {
		s, err := c.Until(ctx, 20*time.Second, "slip ended", func(s screen.State) bool {
			return s.Visit != nil && s.Visit.Done != nil && s.Visit.Done.Slip.State != "printing"
		})
		if err != nil {
			return "", err
		}
		d := s.Visit.Done
		switch d.Slip.State {
		case "printed", "none":
			return d.CaseNo, nil
		case "unknown":
			slips, err := devices.Slips(ctx)
			if err != nil {
				return "", err
			}
			out := len(slips) > 0 && slips[len(slips)-1].Complete
			if _, err := c.Do(ctx, "slip/answer", screen.SlipAnswer{CameOut: out}); err != nil {
				return "", err
			}
		default:
			if _, err := c.Do(ctx, "slip/print", nil); err != nil {
				return "", err
			}
		}
	}
	return "", errors.New("the slip does not come out")
}

// check compares three counts that must be one: what the terminals stored (each a number in their own database), what the
// window has, and what the printers printed whole. A citizen whose screen died after the row was stored has a slip and no
// number on the screen: that is a submission like any other.
func check(ctx context.Context, t *testing.T, s *stack.Stack, byTerminal [][]string) {
	t.Helper()
	password, err := walk.Password(s.Secrets, "clerk")
	if err != nil {
		t.Fatal(err)
	}
	clerk, err := walk.SignIn(ctx, s.Web, "clerk", password)
	if err != nil {
		t.Fatal(err)
	}
	var stored []string
	told, slips, unknown := 0, 0, 0
	for i, term := range s.Terminals {
		mine := storedBy(t, term)
		for _, no := range byTerminal[i] {
			if !slices.Contains(mine, no) {
				t.Errorf("%s told %s and does not know it", term.Code, no)
			}
		}
		told += len(byTerminal[i])
		stored = append(stored, mine...)
		if !slices.IsSorted(byTerminal[i]) {
			t.Errorf("%s gave out numbers out of order: %v", term.Code, byTerminal[i])
		}
		whole, asked := printed(ctx, t, term, len(mine))
		slips, unknown = slips+whole, unknown+asked
	}
	for _, no := range stored {
		if err := clerk.Waits(ctx, no, 90*time.Second); err != nil {
			t.Error(err)
		}
	}
	cases, err := clerk.Numbers(ctx)
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]int{}
	for _, c := range cases {
		have[c.No]++
	}
	for no, n := range have {
		if n != 1 || !slices.Contains(stored, no) {
			t.Errorf("case %s is at the window %d times; stored at a terminal: %v", no, n, slices.Contains(stored, no))
		}
	}
	order(t, cases)
	fmt.Printf("loss: %d stored (%d told on the screen), %d cases, %d slips whole, %d cut off by a kill and printed again on request\n",
		len(stored), told, len(cases), slips, unknown)
	if len(cases) != len(stored) || slips != len(stored) {
		t.Errorf("%d stored, %d cases, %d whole slips", len(stored), len(cases), slips)
	}
	noPanics(t, s)
}

// storedBy reads the case numbers in a terminal's own database.
func storedBy(t *testing.T, term *stack.Terminal) []string {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(term.Data, "agent.db")+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(t.Context(), `SELECT case_no FROM case_state ORDER BY case_no`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var no string
		if err := rows.Scan(&no); err != nil {
			t.Fatal(err)
		}
		out = append(out, no)
	}
	return out
}

// printed waits until the printer has nothing left to do and counts whole slips, and those that were cut off by a kill: they
// are printed again only when their citizen asks.
func printed(ctx context.Context, t *testing.T, term *stack.Terminal, want int) (whole, cutOff int) {
	t.Helper()
	for range 100 {
		slips, err := client.New(term.Control).Slips(ctx)
		if err != nil {
			t.Fatal(err)
		}
		whole, cutOff = 0, 0
		for _, p := range slips {
			if p.Complete {
				whole++
			} else {
				cutOff++
			}
		}
		if whole >= want {
			return whole, cutOff
		}
		pause(ctx, 100*time.Millisecond)
	}
	return whole, cutOff
}

func noPanics(t *testing.T, s *stack.Stack) {
	t.Helper()
	logs, _ := filepath.Glob(filepath.Join(s.Dir, "logs", "*.log"))
	for _, f := range logs {
		if b, err := os.ReadFile(f); err == nil && strings.Contains(string(b), "panic:") {
			t.Errorf("%s holds a panic", f)
		}
	}
}

// order holds each terminal to its own order: the window received the cases in the order of their numbers.
func order(t *testing.T, cases []walk.CaseHead) {
	t.Helper()
	last := map[string]walk.CaseHead{}
	slices.SortStableFunc(cases, func(a, b walk.CaseHead) int { return strings.Compare(a.ReceivedAt, b.ReceivedAt) })
	for _, c := range cases {
		if before, ok := last[c.Terminal]; ok && before.ReceivedAt < c.ReceivedAt && before.No > c.No {
			t.Errorf("%s: %s came before %s", c.Terminal, before.No, c.No)
		}
		last[c.Terminal] = c
	}
}
