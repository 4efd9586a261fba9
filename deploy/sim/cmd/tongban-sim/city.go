package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"tongban/deploy/sim/city"
	"tongban/deploy/sim/control"
)

func runCity(ctx context.Context, args []string, out, errOut io.Writer) error {
	f := flag.NewFlagSet("city", flag.ContinueOnError)
	f.SetOutput(errOut)
	issuer := f.String("issuer", "", "OpenID provider that signs people in, such as http://127.0.0.1:18080/sso")
	var listen, key [3]*string
	kinds := [3]string{city.OneThing, city.Estate, city.Cannot}
	for i, kind := range kinds {
		listen[i] = f.String(kind+"-listen", "127.0.0.1:0", "loopback address of "+kind)
		key[i] = f.String(kind+"-key-file", "", "file with one line id:secret, as the centre has it")
	}
	inquiryListen := f.String("inquiry-listen", "127.0.0.1:0", "loopback address of the inquiry machine's screen")
	inquiryKey := f.String("inquiry-key-file", "", "file with one line id:secret, as the centre has it")
	centre := f.String("centre", "", "base of the centre that the inquiry machine asks and the online channels send to")
	channels := []struct {
		code, title string
		listen, key *string
	}{{code: "imianyang", title: "i绵阳"}, {code: "tianfu", title: "天府通办绵阳分站点"}}
	for i, c := range channels {
		channels[i].listen = f.String(c.code+"-listen", "127.0.0.1:0", "loopback address of the online channel "+c.title)
		channels[i].key = f.String(c.code+"-key-file", "", "file with one line id:secret, as the centre has it")
	}
	const slow = 8 * time.Second // of the fault
	plains := []struct {
		name        string
		make        func(id, secret string) http.Handler
		listen, key *string
	}{
		{name: "licences", make: func(id, secret string) http.Handler { return city.NewLicences(id, secret, slow).Handler() }},
		{name: "brain", make: func(id, secret string) http.Handler { return city.NewBrain(id, secret, slow).Handler() }},
		{name: "platform", make: func(id, secret string) http.Handler { return city.NewPlatform(id, secret, slow).Handler() }},
	}
	for i, p := range plains {
		plains[i].listen = f.String(p.name+"-listen", "127.0.0.1:0", "loopback address of "+p.name)
		plains[i].key = f.String(p.name+"-key-file", "", "file with one line id:secret, as the centre has it")
	}
	if err := parse(f, args); err != nil {
		return err
	}
	ready := map[string]any{"ready": true}
	var servers []*http.Server
	stop := func() error {
		var all error
		for _, s := range servers {
			all = errors.Join(all, s.Close())
		}
		return all
	}
	for i, kind := range kinds {
		l, at, h, err := neighbour(kind, *listen[i], *key[i], *issuer)
		if err != nil {
			return errors.Join(err, stop())
		}
		srv := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second}
		go func() { _ = srv.Serve(l) }()
		servers = append(servers, srv)
		ready[kind] = at
	}
	if *inquiryKey != "" {
		id, secret, err := keyOf(*inquiryKey)
		if err != nil {
			return errors.Join(err, stop())
		}
		l, err := control.Listen(*inquiryListen)
		if err != nil {
			return errors.Join(err, stop())
		}
		srv := &http.Server{Handler: city.NewInquiry(*centre, id, secret).Handler(), ReadHeaderTimeout: 5 * time.Second}
		go func() { _ = srv.Serve(l) }()
		servers = append(servers, srv)
		ready["inquiry"] = "http://" + l.Addr().String()
	}
	for _, p := range plains {
		if *p.key == "" {
			continue
		}
		id, secret, err := keyOf(*p.key)
		if err != nil {
			return errors.Join(err, stop())
		}
		l, err := control.Listen(*p.listen)
		if err != nil {
			return errors.Join(err, stop())
		}
		srv := &http.Server{Handler: p.make(id, secret), ReadHeaderTimeout: 5 * time.Second}
		go func() { _ = srv.Serve(l) }()
		servers = append(servers, srv)
		ready[p.name] = "http://" + l.Addr().String()
	}
	for _, c := range channels {
		if *c.key == "" {
			continue
		}
		id, secret, err := keyOf(*c.key)
		if err != nil {
			return errors.Join(err, stop())
		}
		l, err := control.Listen(*c.listen)
		if err != nil {
			return errors.Join(err, stop())
		}
		srv := &http.Server{Handler: city.NewChannel(c.code, c.title, *centre, id, secret, nil).Handler(), ReadHeaderTimeout: 5 * time.Second}
		go func() { _ = srv.Serve(l) }()
		servers = append(servers, srv)
		ready[c.code] = "http://" + l.Addr().String()
	}
	if err := announce(out, ready); err != nil {
		return errors.Join(err, stop())
	}
	<-ctx.Done()
	return stop()
}

func neighbour(kind, listen, keyFile, issuer string) (net.Listener, string, http.Handler, error) {
	id, secret, err := keyOf(keyFile)
	if err != nil {
		return nil, "", nil, fmt.Errorf("%s: %w", kind, err)
	}
	l, err := control.Listen(listen)
	if err != nil {
		return nil, "", nil, err
	}
	at := "http://" + l.Addr().String()
	return l, at, city.New(city.Config{Kind: kind, Issuer: issuer, Back: at + "/back", ID: id, Secret: secret}).Handler(), nil
}

func keyOf(file string) (id, secret string, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", "", fmt.Errorf("read key: %w", err)
	}
	id, secret, ok := strings.Cut(strings.TrimSpace(string(text)), ":")
	if !ok {
		return "", "", fmt.Errorf("%s: want one line id:secret", file)
	}
	return id, secret, nil
}
