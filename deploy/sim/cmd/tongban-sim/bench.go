package main

import (
	"context"
	"flag"
	"io"

	"tongban/deploy/sim/bench"
)

// terminals collects repeated --terminal flags.
type terminals []bench.Terminal

func (t *terminals) String() string { return "" }

func (t *terminals) Set(s string) error {
	one, err := bench.ParseTerminal(s)
	if err == nil {
		*t = append(*t, one)
	}
	return err
}

func runBench(ctx context.Context, args []string, out, errOut io.Writer) error {
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.SetOutput(errOut)
	var ts terminals
	listen := f.String("listen", "127.0.0.1:0", "loopback address of the panel")
	f.Var(&ts, "terminal", "name=controlURL[,screen=kioskURL]; may be repeated")
	if err := parse(f, args); err != nil {
		return err
	}
	b, err := bench.Start(*listen, ts)
	if err != nil {
		return err
	}
	if err := announce(out, map[string]any{"ready": true, "bench": b.URL(), "terminals": b.Names()}); err != nil {
		_ = b.Close()
		return err
	}
	<-ctx.Done()
	return b.Close()
}
