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
	"tongban/deploy/sim/sms"
)

func runSMS(ctx context.Context, args []string, out, errOut io.Writer) error {
	f := flag.NewFlagSet("sms", flag.ContinueOnError)
	f.SetOutput(errOut)
	listen := f.String("listen", "127.0.0.1:0", "loopback address of gateway and inbox")
	keyFile := f.String("key-file", "", "file with one line id:secret, as the centre has it")
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
	l, err := control.Listen(*listen)
	if err != nil {
		return err
	}
	srv := &http.Server{Handler: sms.New(id, secret).Handler(), ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = srv.Serve(l) }()
	if err := announce(out, map[string]any{"ready": true, "sms": "http://" + l.Addr().String()}); err != nil {
		return err
	}
	<-ctx.Done()
	return srv.Close()
}
