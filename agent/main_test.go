package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tongban/agent/store"
)

func TestQueueCommands(t *testing.T) {
	dir := t.TempDir()
	var out bytes.Buffer
	if err := command(t.Context(), []string{"queue", "dump", "--json", "--data", dir}, nil, &out, io.Discard); err == nil {
		t.Error("a folder without a queue is dumped")
	}
	db, err := store.Open(t.Context(), filepath.Join(dir, databaseFile), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for verb, want := range map[string]string{"dump": "[]", "verify": `"ok":true`} {
		out.Reset()
		if err := command(t.Context(), []string{"queue", verb, "--json", "--data", dir}, nil, &out, io.Discard); err != nil || !strings.Contains(out.String(), want) {
			t.Errorf("%s: %s, %v", verb, out.String(), err)
		}
	}
	out.Reset()
	if err := command(t.Context(), []string{"version"}, nil, &out, io.Discard); err != nil || out.String() != "dev\n" {
		t.Errorf("version: %q, %v", out.String(), err)
	}
	if err := command(t.Context(), []string{"dance"}, nil, &out, io.Discard); err == nil {
		t.Error("an unknown command runs")
	}
}

// A terminal that nobody enrolled is up, says why it serves nobody, and a second program keeps off its folder.
func TestRunWithoutEnrolment(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	done := make(chan error, 1)
	args := []string{"--data", dir, "--ui-listen", "127.0.0.1:0", "--log", "error"}
	go func() { done <- command(ctx, args, nil, w, io.Discard) }()
	line := make(chan ready, 1)
	go func() {
		var l ready
		_ = json.NewDecoder(bufio.NewReader(r)).Decode(&l)
		line <- l
	}()
	select {
	case l := <-line:
		if !l.Ready || !strings.Contains(l.UI, "/?token=") || l.Terminal != "" {
			t.Errorf("ready line: %+v", l)
		}
	case err := <-done:
		t.Fatalf("ended: %v", err)
	case <-time.After(readyWait + 10*time.Second):
		t.Fatal("no ready line")
	}
	if err := command(t.Context(), args, nil, io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), "another") {
		t.Errorf("second program: %v", err)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
