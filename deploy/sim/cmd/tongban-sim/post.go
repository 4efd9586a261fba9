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
	"tongban/deploy/sim/post"
)

func runPost(ctx context.Context, args []string, out, errOut io.Writer) error {
	f := flag.NewFlagSet("post", flag.ContinueOnError)
	f.SetOutput(errOut)
	listen := f.String("listen", "127.0.0.1:0", "loopback address of the post and its page")
	keyFile := f.String("key-file", "", "file with one line id:secret, as the centre has it")
	pace := f.Duration("pace", 20*time.Second, "how long a parcel stays at a station; 0 = moves by POST /step alone")
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
	p := post.New(id, secret)
	srv := &http.Server{Handler: p.Handler(), ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = srv.Serve(l) }()
	if err := announce(out, map[string]any{"ready": true, "post": "http://" + l.Addr().String()}); err != nil {
		return err
	}
	if *pace <= 0 {
		<-ctx.Done()
		return srv.Close()
	}
	for t := time.NewTicker(*pace); ; {
		select {
		case <-ctx.Done():
			t.Stop()
			return srv.Close()
		case <-t.C:
			p.Step()
		}
	}
}
