// Command fleetsim is many simulated terminals in one process (终端群模拟): they enrol with real codes, connect by MQTT over
// TLS, send real sealed envelopes and count their receipts. Benchmarks and the loss test drive the centre with it.
//
//	tongban-central enrol … >> codes.txt        # one one-time code a line
//	fleetsim --centre https://127.0.0.1:8443 --ca .demo/fleet/keys/ca.pem --codes codes.txt --count 1000
//
// It prints one JSON object and ends with status 0 when every envelope was answered and none was refused.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"tongban/central/kernel/clock"
	"tongban/fleet/internal/simterm"
	"tongban/fleet/wire"
)

// options are the command line.
type options struct {
	site    simterm.Site
	codes   []string
	count   int
	lane    wire.Lane
	kind    wire.Kind
	body    string
	window  int
	rate    float64
	resend  time.Duration
	timeout time.Duration
	start   string
	verbose bool
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	ok, err := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	if err != nil {
		fmt.Fprintln(os.Stderr, "fleetsim:", err)
	}
	if err != nil || !ok {
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, in io.Reader, out, log io.Writer) (ok bool, err error) {
	o, err := parse(args, in, log)
	if err != nil {
		return false, err
	}
	ctx, cancel := context.WithTimeout(ctx, o.timeout)
	defer cancel()
	s := &sim{options: o, clock: clock.System(), log: log}
	if err := s.enrol(ctx); err != nil {
		return false, err
	}
	defer s.leave()
	if o.start != "" {
		// Whoever measures starts the clock when all are connected.
		fmt.Fprintln(out, o.start)
	}
	r := s.send(ctx)
	if err := json.NewEncoder(out).Encode(r); err != nil {
		return false, fmt.Errorf("print result: %w", err)
	}
	return r.Lost == 0 && r.Refused == 0, nil
}

func parse(args []string, in io.Reader, log io.Writer) (options, error) {
	f := flag.NewFlagSet("fleetsim", flag.ContinueOnError)
	f.SetOutput(log)
	var o options
	f.StringVar(&o.site.Web, "centre", "", "address of the centre for terminals, https://host:port")
	ca := f.String("ca", "", "file with the centre's root certificate")
	codes := f.String("codes", "", "file with one-time codes, one a line, - for standard input; one terminal each")
	f.StringVar(&o.site.Model, "model", "kiosk-21", "terminal model that the codes were made for")
	f.IntVar(&o.count, "count", 100, "envelopes per terminal")
	lane := f.String("lane", string(wire.LaneReport), "report (many in flight) or case (one in flight, in order)")
	kind := f.String("kind", "", "kind of body: help, rating, submission; help on lane report and submission on lane case by default")
	body := f.String("body", "", "file with a Go template that makes the JSON body; see the functions in body.go")
	f.IntVar(&o.window, "window", 16, "envelopes in flight per terminal on lane report")
	f.Float64Var(&o.rate, "rate", 0, "envelopes per second and terminal, 0 for as fast as receipts come")
	f.DurationVar(&o.resend, "resend", 5*time.Second, "send again what has no receipt after this")
	f.DurationVar(&o.timeout, "timeout", 5*time.Minute, "give up after this; what has no receipt then counts as lost")
	f.StringVar(&o.start, "announce", "", "line to print when all terminals are connected")
	f.BoolVar(&o.verbose, "v", false, "print refusals to standard error")
	if err := f.Parse(args); err != nil {
		return o, err
	}

	o.lane, o.kind = wire.Lane(*lane), wire.Kind(*kind)
	switch o.lane {
	case wire.LaneCase:
		o.window = 1
		o.kind = first(o.kind, wire.KindSubmission)
	case wire.LaneReport:
		o.kind = first(o.kind, wire.KindHelp)
	default:
		return o, fmt.Errorf("no lane %q", *lane)
	}
	if o.site.Web == "" || *ca == "" || *codes == "" || o.count < 1 || o.window < 1 {
		return o, errors.New("--centre, --ca and --codes are needed, --count and --window are at least 1")
	}
	var err error
	if o.site.CA, err = os.ReadFile(*ca); err != nil {
		return o, fmt.Errorf("read CA file: %w", err)
	}
	if o.codes, err = readCodes(*codes, in); err != nil {
		return o, err
	}
	if *body != "" {
		text, err := os.ReadFile(*body)
		if err != nil {
			return o, fmt.Errorf("read body template: %w", err)
		}
		o.body = string(text)
	} else if o.body = bodies[o.kind]; o.body == "" {
		return o, fmt.Errorf("kind %q has no built-in body: give --body", o.kind)
	}
	return o, nil
}

func first(kinds ...wire.Kind) wire.Kind {
	for _, k := range kinds {
		if k != "" {
			return k
		}
	}
	return ""
}

func readCodes(name string, in io.Reader) ([]string, error) {
	if name != "-" {
		f, err := os.Open(name) // #nosec G304 -- the person at the command line names the file
		if err != nil {
			return nil, fmt.Errorf("read codes: %w", err)
		}
		defer func() { _ = f.Close() }()
		in = f
	}
	var codes []string
	for s := bufio.NewScanner(in); s.Scan(); {
		if c := strings.TrimSpace(s.Text()); c != "" {
			codes = append(codes, c)
		}
	}
	if len(codes) == 0 {
		return nil, errors.New("read codes: there are none")
	}
	return codes, nil
}
