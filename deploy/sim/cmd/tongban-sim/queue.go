package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"tongban/deploy/sim/control"
	"tongban/deploy/sim/queuemachine"
)

func runQueueMachine(ctx context.Context, args []string, out, errOut io.Writer) error {
	f := flag.NewFlagSet("queue-machine", flag.ContinueOnError)
	f.SetOutput(errOut)
	listen := f.String("listen", "127.0.0.1:0", "loopback address of the touch page and of the centre's calls")
	keyFile := f.String("key-file", "", "file with one line id:secret, as the centre has it")
	centre := f.String("centre", "", "base of the centre's web")
	hall := f.String("hall", "fc-hall", "hall in which the machine stands")
	offset := f.String("clock", "", "offset file of the centre's test clock")
	if err := parse(f, args); err != nil {
		return err
	}
	text, err := os.ReadFile(*keyFile)
	if err != nil {
		return fmt.Errorf("read key: %w", err)
	}
	id, secret, ok := strings.Cut(strings.TrimSpace(string(text)), ":")
	if !ok {
		return fmt.Errorf("%s: want one line id:secret", *keyFile)
	}
	o := queuemachine.Options{Centre: *centre, Hall: *hall, KeyID: id, Secret: secret}
	if *offset != "" {
		o.Now = func() time.Time { return time.Now().Add(offsetIn(*offset)) }
	}
	l, err := control.Listen(*listen)
	if err != nil {
		return err
	}
	m := queuemachine.New(o)
	go m.Run(ctx)
	srv := &http.Server{Handler: m.Handler(), ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = srv.Serve(l) }()
	if err := announce(out, map[string]any{"ready": true, "queue": "http://" + l.Addr().String()}); err != nil {
		return err
	}
	<-ctx.Done()
	return srv.Close()
}

// offsetIn reads how far the centre's test clock stands from the machine's; nothing there is no offset.
func offsetIn(file string) time.Duration {
	text, err := os.ReadFile(file) //nolint:gosec // the file that the starter named
	if err != nil {
		return 0
	}
	d, err := time.ParseDuration(strings.TrimSpace(string(text)))
	if err != nil {
		return 0
	}
	return d
}
