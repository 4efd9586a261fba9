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
	"tongban/deploy/sim/province/exchange"
)

func runProvince(ctx context.Context, args []string, out, errOut io.Writer) error {
	f := flag.NewFlagSet("province", flag.ContinueOnError)
	f.SetOutput(errOut)
	listen := f.String("listen", "127.0.0.1:0", "loopback address of the account system")
	keyFile := f.String("key-file", "", "file with one line id:secret, as the centre has it")
	redirect := f.String("redirect", "", "the one address people are sent back to")
	sixListen := f.String("exchange-listen", "127.0.0.1:0", "loopback address of the six systems behind the exchange")
	sixKey := f.String("exchange-key-file", "", "file with one line id:secret, as the centre has it; without it the six are not started")
	backchannel := f.String("backchannel", "", "address that is told when a person signs out here")
	if err := parse(f, args); err != nil {
		return err
	}
	id, secret, err := keyLine(*keyFile)
	if err != nil {
		return err
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
	ready := map[string]any{"ready": true, "province": issuer}
	if *sixKey != "" {
		id, secret, err := keyLine(*sixKey)
		if err != nil {
			return err
		}
		l, err := control.Listen(*sixListen)
		if err != nil {
			return err
		}
		six := &http.Server{Handler: exchange.New(id, secret).Handler(), ReadHeaderTimeout: 5 * time.Second}
		defer func() { _ = six.Close() }()
		go func() { _ = six.Serve(l) }()
		ready["exchange"], ready["exchange_key"] = "http://"+l.Addr().String(), exchange.PublicKey(secret)
	}
	if err := announce(out, ready); err != nil {
		return err
	}
	<-ctx.Done()
	return srv.Close()
}

// keyLine reads one line id:secret.
func keyLine(file string) (id, secret string, err error) {
	text, err := os.ReadFile(file) // #nosec G304 -- the person at the command line names the file
	if err != nil {
		return "", "", fmt.Errorf("read key: %w", err)
	}
	id, secret, ok := strings.Cut(strings.TrimSpace(string(text)), ":")
	if !ok {
		return "", "", fmt.Errorf("%s: want one line id:secret", file)
	}
	return id, secret, nil
}
