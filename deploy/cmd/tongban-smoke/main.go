// Command tongban-smoke walks one matter through the calls that the screen makes (冒烟走查): start on an empty folder and
// free ports, hand in, accept at the window, print one JSON line, stop everything.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"tongban/deploy/sim/client"
	"tongban/deploy/stack"
	"tongban/deploy/walk"
)

// line is what is printed; times in milliseconds.
type line struct {
	Case  string `json:"case"`
	Card  int64  `json:"card_ms"`
	Slip  int64  `json:"slip_ms"`
	Clerk int64  `json:"clerk_ms"`
	State string `json:"state"`
}

func main() {
	bin := flag.String("bin", "bin", "folder of the programs")
	keep := flag.Bool("keep", false, "leave data and logs behind")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := run(ctx, *bin, *keep); err != nil {
		fmt.Fprintln(os.Stderr, "smoke:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, bin string, keep bool) (err error) {
	dir, err := os.MkdirTemp("", "tongban-smoke-")
	if err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	s, err := stack.Start(ctx, stack.Config{Bin: bin, Dir: dir, Terminals: stack.Usual()[:1]})
	if err != nil {
		return fmt.Errorf("%w (logs in %s)", err, dir)
	}
	defer func() {
		err = errors.Join(err, s.Stop())
		if err == nil && !keep {
			err = os.RemoveAll(dir)
		}
	}()
	l, err := matter(ctx, s)
	if err != nil {
		return fmt.Errorf("%w (logs in %s)", err, dir)
	}
	b, err := json.Marshal(l)
	if err != nil {
		return fmt.Errorf("encode line: %w", err)
	}
	fmt.Println(string(b))
	return nil
}

func matter(ctx context.Context, s *stack.Stack) (line, error) {
	var l line
	t := s.Terminals[0]
	devices := client.New(t.Control)
	password, err := walk.Password(s.Secrets, "clerk")
	if err != nil {
		return l, err
	}
	clerk, err := walk.SignIn(ctx, s.Web, "clerk", password)
	if err != nil {
		return l, err
	}
	citizen, err := walk.Enter(ctx, t.UI)
	if err != nil {
		return l, err
	}
	_, err = citizen.Until(ctx, 20*time.Second, "terminal online", walk.Online)
	if err != nil {
		return l, err
	}
	done, times, err := citizen.Hand(ctx, devices, walk.Visit{Person: "dilnur", Item: "glbt", Sheet: "hukou"})
	if err != nil {
		return l, err
	}
	l.Case, l.Card = done.CaseNo, times.Card.Milliseconds()
	from := time.Now().Add(-times.Submit)
	if err := clerk.Waits(ctx, done.CaseNo, 10*time.Second); err != nil {
		return l, err
	}
	l.Clerk = time.Since(from).Milliseconds()
	_, err = citizen.Until(ctx, 15*time.Second, "slip printed", walk.SlipOut)
	if err != nil {
		return l, err
	}
	l.Slip = time.Since(from).Milliseconds()
	c, err := clerk.Accept(ctx, done.CaseNo)
	l.State = c.State
	return l, err
}
