// Command tongban-million measures lists and boards on a million cases (百万办件实测), each beside the raw query of the same run, so
// that a ratio says what the code is and the milliseconds what the machine is. The history is made once and kept; it exits 1 when a
// limit is broken.
//
//	tongban-million --data DIR [--database postgres://…] [--cases 1000000] [--rounds 40]
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"tongban/central/kernel/db"
	"tongban/deploy/stack"
	"tongban/deploy/walk"
)

type options struct {
	bin, data, database string
	cases, rounds       int
	only                string
}

func main() {
	var o options
	flag.StringVar(&o.bin, "bin", "bin", "folder of the programs")
	flag.StringVar(&o.data, "data", ".million", "folder that keeps the made history")
	flag.StringVar(&o.database, "database", "", "PostgreSQL; empty = SQLite below the folder")
	flag.IntVar(&o.cases, "cases", 1_000_000, "cases to make")
	flag.IntVar(&o.rounds, "rounds", 40, "calls of each; 0 only makes the history")
	flag.StringVar(&o.only, "only", "", "only what begins so: list, search, board, drill")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "million:", err)
		os.Exit(1)
	}
}

var errBroken = errors.New("a limit is broken")

func run(ctx context.Context, o options) error {
	took, err := history(ctx, o)
	if err != nil {
		return err
	}
	if o.rounds == 0 {
		fmt.Println(took)
		return nil
	}
	s, err := stack.Start(ctx, stack.Config{Bin: o.bin, Dir: o.data, Database: o.database})
	if err != nil {
		return err
	}
	defer s.Stop() //nolint:errcheck // the numbers are there already
	dsn := o.database
	if dsn == "" {
		dsn = "sqlite:" + filepath.Join(o.data, "central", "tongban.db")
	}
	raw, err := db.Open(ctx, dsn, db.Options{})
	if err != nil {
		return fmt.Errorf("open the database beside the centre: %w", err)
	}
	defer raw.Close() //nolint:errcheck // nothing was written
	m := meter{o: o, raw: raw}
	time.Sleep(20 * time.Second) // what a centre does after its start is no part of a morning
	if err := m.people(ctx, s); err != nil {
		return err
	}
	engine := "SQLite"
	if o.database != "" {
		engine = "PostgreSQL"
	}
	fmt.Printf("%s, %d cases, %d calls each; %s\n", engine, o.cases, o.rounds, took)
	fmt.Printf("%-46s %9s %9s %9s %7s  %s\n", "what", "p50 ms", "p95 ms", "raw p95", "ratio", "limit")
	broken := false
	boards, err := m.boards(ctx)
	if err != nil {
		return err
	}
	for _, q := range append(lists(), boards...) {
		if !strings.HasPrefix(q.what, o.only) {
			continue
		}
		ok, err := m.measure(ctx, q)
		if err != nil {
			return fmt.Errorf("%s: %w", q.what, err)
		}
		broken = broken || !ok
	}
	if broken {
		return errBroken
	}
	return nil
}

// history makes the cases where there are none yet.
func history(ctx context.Context, o options) (string, error) {
	data := filepath.Join(o.data, "central")
	if _, err := os.Stat(filepath.Join(data, "seed-ledger.csv")); err == nil {
		return "made before", nil
	}
	begin := time.Now()
	for _, args := range [][]string{{"init"}, {"seed", "--scale", strconv.Itoa(o.cases)}} {
		args = append(args, "--data", data)
		if o.database != "" {
			args = append(args, "--database", o.database)
		}
		cmd := exec.CommandContext(ctx, filepath.Join(o.bin, "tongban-central"), args...)
		var said bytes.Buffer
		cmd.Stderr = &said
		if err := cmd.Run(); err != nil {
			return "", fmt.Errorf("make history: %w: %s", err, said.Bytes())
		}
	}
	took := "made in " + time.Since(begin).Round(time.Second).String()
	return took, settle(ctx, o)
}

// settle does what a database that was filled over months has long done by itself: without it index-only scans read the table.
func settle(ctx context.Context, o options) error {
	if o.database == "" {
		return nil
	}
	conn, err := pgx.Connect(ctx, o.database)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer conn.Close(ctx) //nolint:errcheck // nothing is open
	if _, err := conn.Exec(ctx, `VACUUM (ANALYZE)`); err != nil {
		return fmt.Errorf("vacuum: %w", err)
	}
	return nil
}

// query is one call with the statements it stands on. Within is its limit in milliseconds; ratio 0 has none.
type query struct {
	what, path string
	raw        []string // asked one after the other
	leader     bool
	within     float64
	ratio      float64
}

type meter struct {
	o             options
	raw           *db.DB
	clerk, leader *walk.Clerk
}

func (m *meter) people(ctx context.Context, s *stack.Stack) error {
	for login, to := range map[string]**walk.Clerk{"clerk": &m.clerk, "leader": &m.leader} {
		password, err := walk.Password(s.Secrets, login)
		if err != nil {
			return err
		}
		if *to, err = walk.SignInAgain(ctx, s.Web, login, password); err != nil {
			return fmt.Errorf("%s: %w", login, err)
		}
	}
	return nil
}

func (m *meter) measure(ctx context.Context, q query) (ok bool, err error) {
	who := m.clerk
	if q.leader {
		who = m.leader
	}
	var ours, bare []time.Duration
	rounds := m.o.rounds
	if q.leader {
		rounds = max(rounds/4, 10) // there are many boards, and they are alike
	}
	for i := range rounds + 2 {
		begin := time.Now()
		var out []byte
		if err := who.Ask(ctx, http.MethodGet, q.path, nil, &out); err != nil {
			return false, err
		}
		mine := time.Since(begin)
		begin = time.Now()
		for _, statement := range q.raw {
			if err := m.bare(ctx, statement); err != nil {
				return false, err
			}
		}
		if i >= 2 { // the first two warm up
			ours, bare = append(ours, mine), append(bare, time.Since(begin))
		}
		time.Sleep(40 * time.Millisecond) // below the rate that one person may ask at
	}
	p50, p95, control := at(ours, 50), at(ours, 95), at(bare, 95)
	ok = p95 <= q.within
	limit := fmt.Sprintf("< %.0f ms", q.within)
	ratio := "-"
	if len(q.raw) > 0 {
		ratio = fmt.Sprintf("%.1f", p95/control)
		if q.ratio > 0 {
			limit += fmt.Sprintf(", ≤ %.0f× raw", q.ratio)
			ok = ok && p95 <= q.ratio*control
		}
	}
	mark := "ok"
	if !ok {
		mark = "BROKEN"
	}
	fmt.Printf("%-46s %9.1f %9.1f %9.1f %7s  %s  %s\n", q.what, p50, p95, control, ratio, limit, mark)
	return ok, nil
}

// bare runs a statement alone and reads its rows.
func (m *meter) bare(ctx context.Context, statement string) error {
	return m.raw.View(ctx, func(v db.Query) error {
		rows, err := v.QueryContext(ctx, statement)
		if err != nil {
			return err
		}
		defer rows.Close() //nolint:errcheck // read to the end below
		names, err := rows.Columns()
		if err != nil {
			return err
		}
		into := make([]any, len(names))
		for i := range into {
			into[i] = new(any)
		}
		for rows.Next() {
			if err := rows.Scan(into...); err != nil {
				return err
			}
		}
		return rows.Err()
	})
}

func at(d []time.Duration, p int) float64 {
	s := slices.Clone(d)
	slices.Sort(s)
	return float64(s[min(len(s)*p/100, len(s)-1)].Microseconds()) / 1000
}
