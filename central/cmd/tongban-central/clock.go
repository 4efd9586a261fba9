package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"tongban/central/kernel/calendar"
)

// spans collects repeated --suspend FROM..TO.
type spans []calendar.Span

func (s *spans) String() string { return "" }

func (s *spans) Set(text string) error {
	from, to, ok := strings.Cut(text, "..")
	if !ok {
		return fmt.Errorf("%q: write FROM..TO, such as 2026-09-22..2026-10-09", text)
	}
	var span calendar.Span
	var err error
	if span.From, err = calendar.ParseDate(from); err != nil {
		return err
	}
	if to != "" {
		if span.To, err = calendar.ParseDate(to); err != nil {
			return err
		}
	}
	*s = append(*s, span)
	return nil
}

// clockCommand is `clock due`: the legal due date, or the provisional one where the calendar is not published.
func clockCommand(_ context.Context, args []string, out io.Writer) error {
	if len(args) == 0 || args[0] != "due" {
		return errors.New("write: clock due --accepted YYYY-MM-DD --days N [--unit working|natural] [--suspend FROM..TO]…")
	}
	f := flag.NewFlagSet("clock due", flag.ContinueOnError)
	accepted := f.String("accepted", "", "day of acceptance, not counted")
	days := f.Int("days", -1, "length of the limit")
	unit := f.String("unit", string(calendar.Working), "working or natural")
	var suspended spans
	f.Var(&suspended, "suspend", "days on which the clock stands still, FROM..TO; may be repeated")
	if err := f.Parse(args[1:]); err != nil {
		return err
	}
	day, err := calendar.ParseDate(*accepted)
	if err != nil {
		return fmt.Errorf("--accepted: %w", err)
	}
	if *days < 0 {
		return errors.New("--days: give the length of the limit")
	}
	c, err := calendar.Embedded()
	if err != nil {
		return fmt.Errorf("read calendar: %w", err)
	}
	due, err := c.Due(day, calendar.Budget{Days: *days, Unit: calendar.Unit(*unit)}, suspended)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, due)
	return err
}
