// Command tongban-sim runs emulated peripherals (仿真外设) and the bench panel in front of them.
//
//	tongban-sim device   --kind idcard|receipt|camera [--pty] [--link PATH] [--tcp ADDR] [--control ADDR]
//	tongban-sim terminal --name K-01 --dir DIR [--control ADDR] [--without receipt,camera]
//	tongban-sim bench    --listen 127.0.0.1:PORT --terminal name=controlURL[,screen=kioskURL] …
//	tongban-sim sms      --listen 127.0.0.1:PORT --key-file FILE
//	tongban-sim post     --listen 127.0.0.1:PORT --key-file FILE [--pace 20s]
//	tongban-sim province --listen 127.0.0.1:PORT --key-file FILE --redirect URL [--backchannel URL] [--exchange-listen ADDR --exchange-key-file FILE]
//	tongban-sim city     --issuer URL --onething-listen ADDR --onething-key-file FILE --estate-listen ADDR --estate-key-file FILE
//	                     [--cannot-…] [--imianyang-…] [--tianfu-…] [--licences-…] [--brain-…] [--platform-…] [--inquiry-…] [--centre URL]
//	tongban-sim queue-machine --listen 127.0.0.1:PORT --key-file FILE --centre URL [--hall fc-hall]
//	tongban-sim library  --hand DIR [--finger good] [--press FAULT] [--release FAULT] [--script PROGRAM]
//
// Each prints one JSON line with its ports when it is ready, and ends on an interrupt; library is the program behind a port and prints
// only answers.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "tongban-sim:", err)
		}
		os.Exit(1)
	}
}

type command func(ctx context.Context, args []string, out, errOut io.Writer) error

func run(ctx context.Context, args []string, out, errOut io.Writer) error {
	commands := map[string]command{
		"device": runDevice, "photo-decoder": runPhotos, "terminal": runTerminal, "bench": runBench, "sms": runSMS, "post": runPost, "province": runProvince, "queue-machine": runQueueMachine, "city": runCity, "library": runLibrary,
	}
	names := strings.Join(slices.Sorted(maps.Keys(commands)), ", ")
	if len(args) == 0 {
		return fmt.Errorf("which of %s?", names)
	}
	c, ok := commands[args[0]]
	if !ok {
		return fmt.Errorf("unknown command %q, have %s", args[0], names)
	}
	return c(ctx, args[1:], out, errOut)
}

// announce prints the one line that a starter waits for.
func announce(out io.Writer, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode ready line: %w", err)
	}
	_, err = fmt.Fprintf(out, "%s\n", b)
	return err
}
