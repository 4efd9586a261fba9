// Command tongban-clerks lets five hundred clerks work at once (五百名窗口人员同时办公): real processes, every clerk with an account of
// her own and several consoles open, each of which holds its live stream while cases are taken in, accepted, looked for and looked at.
// It prints how long they waited beside a bare handler of the same run, and exits 1 when somebody waited too long or met an error.
//
//	tongban-clerks [--clerks 500] [--consoles 5] [--for 5m] [--database postgres://…]
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"

	"tongban/deploy/stack"
	"tongban/deploy/walk"
)

type options struct {
	bin, database             string
	clerks, consoles, history int
	long                      time.Duration
}

func main() {
	var o options
	flag.StringVar(&o.bin, "bin", "bin", "folder of the programs")
	flag.StringVar(&o.database, "database", "", "an empty PostgreSQL; without it SQLite")
	flag.IntVar(&o.clerks, "clerks", 500, "clerks who work")
	flag.IntVar(&o.consoles, "consoles", 5, "consoles that each has open")
	flag.IntVar(&o.history, "history", 20_000, "cases that are there already")
	flag.DurationVar(&o.long, "for", 5*time.Minute, "how long they work")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "clerks:", err)
		os.Exit(1)
	}
}

var errBroken = errors.New("a limit is broken")

func run(ctx context.Context, o options) error {
	dir, err := os.MkdirTemp("", "tongban-clerks-")
	if err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // left for the system to tidy
	if err := people(ctx, o, filepath.Join(dir, "central")); err != nil {
		return err
	}
	s, err := stack.Start(ctx, stack.Config{Bin: o.bin, Dir: dir, Database: o.database})
	if err != nil {
		return err
	}
	defer s.Stop() //nolint:errcheck // the numbers are there already
	begin := time.Now()
	consoles, err := signOn(ctx, o, s.Web, filepath.Join(dir, "central", "load-clerks.txt"))
	if err != nil {
		return err
	}
	fmt.Printf("%d consoles signed on in %s\n", len(consoles), time.Since(begin).Round(time.Second))
	office, stopOffice := context.WithCancel(ctx)
	defer stopOffice()
	w := &work{took: map[string][]time.Duration{}, failed: map[string]int{}}
	heard := listen(office, o, s.Web, consoles, w)
	pause(ctx, 10*time.Second) // the consoles were open before the day begins, and know from the beats how many they are
	bare, err := bareHandler(office)
	if err != nil {
		return err
	}
	day, end := context.WithTimeout(ctx, o.long)
	defer end()
	var all sync.WaitGroup
	for i := range o.clerks {
		all.Go(func() { w.clerk(day, consoles[i*o.consoles], i, bare) })
	}
	all.Wait()
	return w.report(o, heard)
}

// people makes a centre with its history and the accounts of those who work.
func people(ctx context.Context, o options, data string) error {
	for _, args := range [][]string{{"init"}, {"seed", "--scale", strconv.Itoa(o.history), "--clerks", strconv.Itoa(o.clerks)}} {
		args = append(args, "--data", data)
		if o.database != "" {
			args = append(args, "--database", o.database)
		}
		if out, err := exec.CommandContext(ctx, filepath.Join(o.bin, "tongban-central"), args...).CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w: %s", args[0], err, out)
		}
	}
	return nil
}

// signOn opens every console of every clerk, a few at a time: passwords are slow to check on purpose.
func signOn(ctx context.Context, o options, web, file string) ([]*walk.Clerk, error) {
	out := make([]*walk.Clerk, o.clerks*o.consoles)
	var mu sync.Mutex
	var failed error
	var all sync.WaitGroup
	turns := make(chan int)
	for range 4 {
		all.Go(func() {
			for n := range turns {
				login := fmt.Sprintf("load%04d", n/o.consoles+1)
				password, err := walk.Password(file, login)
				if err == nil {
					out[n], err = walk.SignIn(ctx, web, login, password)
				}
				if err != nil {
					mu.Lock()
					failed = errors.Join(failed, fmt.Errorf("%s: %w", login, err))
					mu.Unlock()
				}
			}
		})
	}
	for n := range out {
		if ctx.Err() != nil {
			break
		}
		turns <- n
	}
	close(turns)
	all.Wait()
	return out, failed
}
