package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/clock"
)

// seedClerks makes n accounts of window clerks for load tests, load0001 and so on, each with a password of its own that needs no
// change. They stand in a file that only its owner can read.
func seedClerks(ctx context.Context, c *centre, data string, n int) error {
	model := firstPeople[0]
	d, err := c.kernel.Org.Department(ctx, model.DepartmentID)
	if err != nil {
		return fmt.Errorf("find department: %w", err)
	}
	var b strings.Builder
	for i := range n {
		p := model
		p.Login, p.Name, p.Desk, p.MustChange = fmt.Sprintf("load%04d", i+1), fmt.Sprintf("压测%04d", i+1), "", false
		p.Department, p.Region = d.Name, d.Region
		password := auth.RandomPassword()
		if _, err := c.kernel.Auth.Create(ctx, p, password); err != nil {
			return fmt.Errorf("make account %s: %w", p.Login, err)
		}
		fmt.Fprintf(&b, "%s %s\n", p.Login, password)
	}
	if err := os.WriteFile(filepath.Join(data, "load-clerks.txt"), []byte(b.String()), 0o600); err != nil {
		return fmt.Errorf("keep passwords: %w", err)
	}
	return nil
}

// seedCommand is `seed --scale N [--random SEED] [--clerks N]`: an empty centre gets a made-up history of N cases over eighteen months, the
// statistics are counted from it, and its maker's own ledger lies beside the database. It prints one JSON line.
func seedCommand(ctx context.Context, args []string, out io.Writer) error {
	scale, random, clerks := "", "1", "0"
	rest, err := flagsOf(args, map[string]*string{"--scale": &scale, "--random": &random, "--clerks": &clerks})
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(scale)
	seed, err2 := strconv.ParseUint(random, 10, 64)
	loads, err3 := strconv.Atoi(clerks)
	if err != nil || err2 != nil || err3 != nil || n < 1 || n > 10_000_000 || loads < 0 || loads > 9999 {
		return errors.New("write: seed --scale N (1 to 10,000,000) [--random SEED] [--clerks N (0 to 9,999)]")
	}
	cfg, rest, err := load(rest)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return fmt.Errorf("seed: what is %q", rest[0])
	}
	c, err := open(ctx, cfg, false)
	if err != nil {
		return err
	}
	defer c.close(ctx)
	ctx = auth.AsSystem(ctx, "seed")
	if err := c.catalogue.Module.Start(ctx); err != nil {
		return err
	}
	if err := seedClerks(ctx, c, cfg.Data, loads); err != nil {
		return err
	}
	begin := clock.System().Now()
	windows := make([]string, 12)
	for i := range windows {
		windows[i] = fmt.Sprintf("%c%02d", 'A'+i/4, 1+i)
	}
	ledger, err := c.window.Seed(ctx, n, seed, "涪城区政务服务中心", windows)
	if err != nil {
		return err
	}
	made := clock.System().Now()
	counted, err := c.numbers.Rebuild(ctx)
	if err != nil {
		return err
	}
	path := filepath.Join(cfg.Data, "seed-ledger.csv")
	file, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("keep ledger: %w", err)
	}
	w := csv.NewWriter(file)
	rows := [][]string{{"month", "received", "remote", "accepted", "ended", "granted", "refused", "withdrawn", "promised", "on_time", "promised_days", "used_days", "stopped_days", "noticed", "noticed_again"}}
	for _, month := range slices.Sorted(maps.Keys(ledger)) {
		m := ledger[month]
		row := []string{month}
		for _, v := range []int64{m.Received, m.Remote, m.Accepted, m.Ended, m.Granted, m.Refused, m.Withdrawn, m.Promised, m.OnTime, m.PromisedDays, m.UsedDays, m.StoppedDays, m.Noticed, m.NoticedAgain} {
			row = append(row, strconv.FormatInt(v, 10))
		}
		rows = append(rows, row)
	}
	if err := errors.Join(w.WriteAll(rows), file.Close()); err != nil {
		return fmt.Errorf("keep ledger: %w", err)
	}
	return json.NewEncoder(out).Encode(map[string]any{
		"cases": counted, "made_ms": made.Sub(begin).Milliseconds(), "counted_ms": clock.System().Now().Sub(made).Milliseconds(), "ledger": path,
	})
}

// statisticsCommand is `statistics rebuild`: the numbers are counted anew from all cases, beside a running centre.
func statisticsCommand(ctx context.Context, args []string, out io.Writer) error {
	if len(args) == 0 || args[0] != "rebuild" {
		return errors.New("write: statistics rebuild")
	}
	cfg, rest, err := load(args[1:])
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return fmt.Errorf("statistics rebuild: what is %q", rest[0])
	}
	c, err := open(ctx, cfg, false)
	if err != nil {
		return err
	}
	defer c.close(ctx)
	n, err := c.numbers.Rebuild(auth.AsSystem(ctx, "command line"))
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(map[string]int{"cases": n})
}
