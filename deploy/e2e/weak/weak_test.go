package weak

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"tongban/agent/screen"
	"tongban/deploy/sim/client"
	"tongban/deploy/stack"
	"tongban/deploy/walk"
)

// With 800 ms of delay and three of ten pieces held up, every touch is answered within a second, the number comes at once,
// and the window has the case once. NF-COMPAT-10.
func TestWeakNetwork(t *testing.T) {
	bin := os.Getenv("TONGBAN_BIN")
	if bin == "" {
		t.Skip("TONGBAN_BIN is not set: run by make test")
	}
	var lines []*Line
	t.Cleanup(func() {
		for _, l := range lines {
			l.Close()
		}
	})
	s, err := stack.Start(t.Context(), stack.Config{
		Bin: bin, Dir: t.TempDir(), Fast: true, Terminals: stack.Usual()[:1],
		Line: func(to string) (string, error) {
			l := &Line{to: to, delay: 400 * time.Millisecond, lost: 30, resend: 400 * time.Millisecond}
			lines = append(lines, l)
			return l.Listen()
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Stop() })
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()

	citizen, err := walk.Enter(ctx, s.Terminals[0].UI)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := citizen.Until(ctx, 40*time.Second, "catalogue and link over the bad line", walk.Online); err != nil {
		t.Fatal(err)
	}
	var slowest time.Duration
	var of string
	citizen.Watch(func(call string, took time.Duration) {
		if took > slowest && call != "matter/capture" {
			slowest, of = took, call
		}
	})
	var told []string
	for range 3 {
		done, _, err := citizen.Hand(ctx, client.New(s.Terminals[0].Control), walk.Visit{Person: "dilnur", Item: "glbt"})
		if err != nil {
			t.Fatal(err)
		}
		told = append(told, done.CaseNo)
		if _, err := citizen.Do(ctx, "visit/end", screen.EndVisit{Reason: "finished"}); err != nil {
			t.Fatal(err)
		}
	}
	fmt.Printf("road: on a weak line the slowest touch (%s) took %s\n", of, slowest.Round(time.Millisecond))
	if slowest > time.Second {
		t.Errorf("%s took %s", of, slowest)
	}

	password, err := walk.Password(s.Secrets, "clerk")
	if err != nil {
		t.Fatal(err)
	}
	clerk, err := walk.SignIn(ctx, s.Web, "clerk", password)
	if err != nil {
		t.Fatal(err)
	}
	for _, no := range told {
		if err := clerk.Waits(ctx, no, 60*time.Second); err != nil {
			t.Error(err)
		}
	}
	if all, err := clerk.Numbers(ctx); err != nil || len(all) != len(told) {
		t.Errorf("%d cases for %d submissions, %v", len(all), len(told), err)
	}
}
