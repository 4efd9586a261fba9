package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/kerneltest"
	"tongban/fleet"
	"tongban/fleet/module"
	"tongban/fleet/wire"
)

// start runs a centre that takes everything, and returns the arguments that lead to it with codes for n terminals.
func start(t *testing.T, n int, accept fleet.AcceptorFunc) []string {
	t.Helper()
	k := kerneltest.New(t)
	k.Clock.Set(time.Now())
	k.Kernel.Clock = clock.System()
	data := k.Config.Data
	if err := module.InitKeys(data, nil, time.Now()); err != nil {
		t.Fatal(err)
	}
	f, err := module.New(k.Kernel, module.Config{Data: data, Kiosk: "127.0.0.1:0", MQTT: "127.0.0.1:0"},
		map[wire.Kind]fleet.Acceptor{wire.KindHelp: accept, wire.KindSubmission: accept})
	if err != nil {
		t.Fatal(err)
	}
	k.Use(t, f.Module)
	if err := k.Start(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	var codes strings.Builder
	for i := range n {
		code, err := f.EnrolCode(t.Context(), module.EnrolSpec{Code: fmt.Sprintf("K-%02d", i+1)})
		if err != nil {
			t.Fatal(err)
		}
		codes.WriteString(code + "\n")
	}
	file := filepath.Join(t.TempDir(), "codes")
	if err := os.WriteFile(file, []byte(codes.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return []string{"--centre", f.Kiosk(), "--ca", module.CAFile(data), "--codes", file, "--timeout", "60s"}
}

func TestReports(t *testing.T) {
	args := start(t, 3, func(context.Context, db.Tx, wire.Envelope, fleet.Terminal, []byte) (string, error) { return "", nil })
	var out bytes.Buffer
	ok, err := run(t.Context(), append(args, "--count", "40"), nil, &out, os.Stderr)
	if err != nil || !ok {
		t.Fatalf("run: %v, %v", ok, err)
	}
	var r result
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	if r.Terminals != 3 || r.Sent != 120 || r.Accepted+r.Duplicates != 120 || r.Lost != 0 || r.P50 <= 0 || r.P95 < r.P50 {
		t.Errorf("result %s", out.String())
	}
}

// A template makes submissions with their own files, and the acceptor sees them whole.
func TestTemplate(t *testing.T) {
	bodies := make(chan wire.Submission, 10)
	args := start(t, 1, func(_ context.Context, _ db.Tx, _ wire.Envelope, _ fleet.Terminal, body []byte) (string, error) {
		var s wire.Submission
		if err := json.Unmarshal(body, &s); err != nil {
			return "", err
		}
		bodies <- s
		return s.CaseNo, nil
	})
	tpl := filepath.Join(t.TempDir(), "body.tmpl")
	text := `{"case_no":"{{case_no}}","check_code":"ABC{{.N}}","lookup_key":"{{key}}","submitted_at":"{{now}}",
		"materials":[{"code":"m","pages":[{{file "image/jpeg" 60000}}]}]}`
	if err := os.WriteFile(tpl, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if ok, err := run(t.Context(), append(args, "--lane", "case", "--count", "2", "--body", tpl), nil, &out, os.Stderr); err != nil || !ok {
		t.Fatalf("run: %v, %v: %s", ok, err, out.String())
	}
	a, b := <-bodies, <-bodies
	if !strings.HasPrefix(a.CaseNo, "MY") || a.CaseNo == b.CaseNo || a.CheckCode != "ABC0" || b.CheckCode != "ABC1" ||
		len(a.Materials[0].Pages) != 1 || a.Materials[0].Pages[0].Size != 60028 {
		t.Errorf("submissions %+v, %+v", a.CaseNo, b.CaseNo)
	}
}

func TestArguments(t *testing.T) {
	for _, args := range [][]string{
		nil,
		{"--centre", "https://127.0.0.1:1", "--ca", "none", "--codes", "none"},
		{"--lane", "slow"},
	} {
		if ok, err := run(t.Context(), args, strings.NewReader(""), &bytes.Buffer{}, &bytes.Buffer{}); ok || err == nil {
			t.Errorf("%v is accepted", args)
		}
	}
}
