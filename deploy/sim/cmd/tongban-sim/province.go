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
	"tongban/deploy/sim/province"
)

func runProvince(ctx context.Context, args []string, out, errOut io.Writer) error {
	f := flag.NewFlagSet("province", flag.ContinueOnError)
	f.SetOutput(errOut)
	listen := f.String("listen", "127.0.0.1:0", "loopback address of the account system")
	keyFile := f.String("key-file", "", "file with one line id:secret, as the centre has it")
	redirect := f.String("redirect", "", "the one address people are sent back to")
	backchannel := f.String("backchannel", "", "address that is told when a person signs out here")
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
	issuer := "http://" + l.Addr().String()
	p, err := province.New(province.Config{Issuer: issuer, Client: id, Secret: secret, Redirect: *redirect, Backchannel: *backchannel})
	if err != nil {
		return err
	}
	srv := &http.Server{Handler: p.Handler(), ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = srv.Serve(l) }()
	if err := announce(out, map[string]any{"ready": true, "province": issuer}); err != nil {
		return err
	}
	<-ctx.Done()
	return srv.Close()
}
