// Command tongban-agent is the program of one terminal (自助终端程序): it keeps the devices, holds the citizen's visit, seals
// what is handed in, and carries it to the centre, with or without a network.
//
//	tongban-agent [run] [flags]        serve the screen; --help lists the flags
//	tongban-agent counter [flags]      lend the devices of a counter to the console in this computer's browser
//	tongban-agent queue dump --json    what waits for the centre
//	tongban-agent queue verify         is every waiting row whole
//	tongban-agent version
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"tongban/agent/config"
)

// version is set by the linker.
var version = "dev"

func main() {
	noCoreDumps()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := command(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr)
	stop()
	switch {
	case err == nil:
	case errors.Is(err, flag.ErrHelp):
		os.Exit(2)
	default:
		_, _ = fmt.Fprintln(os.Stderr, "tongban-agent:", err)
		os.Exit(1)
	}
}

// command finds the verb; flags may stand before and behind it.
func command(ctx context.Context, args, env []string, out, diag io.Writer) error {
	verb, args := cutVerb(args)
	c, rest, err := config.Load(args, env, diag)
	if err != nil {
		return err
	}
	switch verb {
	case "run", "counter":
		if len(rest) > 0 {
			return fmt.Errorf("unknown command %q: have run, counter, queue dump, queue verify, version", rest[0])
		}
		level, err := c.Level()
		if err != nil {
			return err
		}
		log := slog.New(slog.NewJSONHandler(diag, &slog.HandlerOptions{Level: level}))
		if verb == "counter" {
			return runCounter(ctx, c, log, out)
		}
		return run(ctx, c, log, out)
	case "queue dump":
		return queueDump(ctx, c, out)
	case "queue verify":
		return queueVerify(ctx, c, out)
	default:
		_, err := fmt.Fprintln(out, version)
		return err
	}
}

// cutVerb takes the verb off the arguments; none is run. --json of queue dump is its only form and may be said.
func cutVerb(args []string) (verb string, rest []string) {
	if len(args) == 0 {
		return "run", args
	}
	switch args[0] {
	case "run", "counter", "version":
		return args[0], args[1:]
	case "queue":
		if len(args) > 1 && (args[1] == "dump" || args[1] == "verify") {
			rest = args[2:]
			for i, a := range rest {
				if a == "--json" || a == "-json" {
					rest = append(rest[:i:i], rest[i+1:]...)
					break
				}
			}
			return "queue " + args[1], rest
		}
	}
	return "run", args
}
