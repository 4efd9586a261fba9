// Package loss pulls every cable while citizens hand in matters (掉线断电测试): nothing may be lost and nothing may come twice.
package loss

import (
	"context"
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

	"tongban/deploy/sim/client"
	"tongban/deploy/stack"
	"tongban/deploy/walk"
)

// scale of the test: the whole one under make soak, a quarter otherwise.
type scale struct{ matters, agentKills, centralKills, brokerKills int }

func theScale() scale {
	if os.Getenv("SOAK") != "" {
		return scale{matters: 100, agentKills: 20, centralKills: 5, brokerKills: 5}
	}
	return scale{matters: 24, agentKills: 5, centralKills: 2, brokerKills: 2}
}

// Broker, centre and terminals are killed −9 at random moments while matters are handed in; afterwards the window holds
// exactly the matters whose citizens saw a number, in each terminal's own order, and each has its slip.
func TestLossNothingAndTwiceNothing(t *testing.T) {
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
		Bin: bin, Dir: dir, Apart: true, Fast: true, Database: os.Getenv("TONGBAN_LOSS_DB"),
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
	killing, stopKilling := context.WithCancel(ctx)
	var killers sync.WaitGroup
	gates := []*gate{{}, {}}
	killers.Go(func() { killProcess(killing, t, s.Central, n.centralKills, 3*time.Second) })
	killers.Go(func() { killProcess(killing, t, s.Broker, n.brokerKills, 2*time.Second) })
	for i, term := range s.Terminals {
		killers.Go(func() { killAgent(killing, t, term, gates[i], n.agentKills/len(s.Terminals)) })
	}

	numbers := make([][]string, len(s.Terminals))
	var citizens sync.WaitGroup
	for i, term := range s.Terminals {
		citizens.Go(func() { numbers[i] = handIn(ctx, t, term, gates[i], n.matters/len(s.Terminals)) })
	}
	citizens.Wait()
	stopKilling()
	killers.Wait()
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
	check(ctx, t, s, slices.Concat(numbers...), numbers)
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

func one(ctx context.Context, ui string, devices *client.Client) (string, error) {
	c, err := walk.Enter(ctx, ui)
	if err != nil {
		return "", err
	}
	if s, err := c.State(ctx); err == nil && s.Visit != nil {
		return "", errors.New("somebody else's visit is still open")
	}
	done, _, err := c.Hand(ctx, devices, walk.Visit{Person: "zhou", Item: "cbzm"})
	if err != nil {
		return "", err
	}
	if _, err := c.Do(ctx, "visit/end", map[string]string{"reason": "finished"}); err != nil {
		return done.CaseNo, nil //nolint:nilerr // the number was told: it counts, whatever happens to the screen
	}
	return done.CaseNo, nil
}

// check compares what citizens were told with what the window has and what the printers printed.
func check(ctx context.Context, t *testing.T, s *stack.Stack, told []string, byTerminal [][]string) {
	t.Helper()
	password, err := walk.Password(s.Secrets, "clerk")
	if err != nil {
		t.Fatal(err)
	}
	clerk, err := walk.SignIn(ctx, s.Web, "clerk", password)
	if err != nil {
		t.Fatal(err)
	}
	for _, no := range told {
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
	extra := 0
	for no, n := range have {
		if n != 1 {
			t.Errorf("case %s is there %d times", no, n)
		}
		if !slices.Contains(told, no) {
			extra++ // kept by the terminal just before it was killed: its slip carries the number
		}
	}
	slips := 0
	for i, term := range s.Terminals {
		if !slices.IsSorted(byTerminal[i]) {
			t.Errorf("%s gave out numbers out of order: %v", term.Code, byTerminal[i])
		}
		printed, err := client.New(term.Control).Slips(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range printed {
			if p.Complete {
				slips++
			}
		}
	}
	order(t, cases)
	t.Logf("told %d, cases %d (%d kept without their citizen seeing the number), complete slips %d", len(told), len(cases), extra, slips)
	fmt.Printf("loss: %d told, %d cases, %d slips\n", len(told), len(cases), slips)
	if slips < len(told) {
		t.Errorf("%d complete slips for %d numbers", slips, len(told))
	}
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
