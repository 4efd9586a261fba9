// Package child runs a program that may crash, hang or eat all memory on what it is fed (子进程): a renderer of documents, a
// vendor's decoder. It gets its input only after its limits stand, sees no environment of ours, and is gone when the call returns.
package child

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
)

// Program is what to run and how much it may take.
type Program struct {
	Path   string // or a name that PATH finds
	Args   []string
	Env    []string // nothing is inherited
	Memory int64    // bytes that it may write to, 0: as much as it wants; kept on Linux
	CPU    int      // seconds of processor, 0: as many as it wants; kept on Linux
}

// Why a program gave nothing.
var (
	ErrMissing = errors.New("the program is not installed")
	ErrEnded   = errors.New("the program ended with an error")
	ErrAnswer  = errors.New("the program answered something else than it should")
)

// Installed reports whether the program can be found, without running it.
func (p Program) Installed() error {
	if _, err := exec.LookPath(p.Path); err != nil {
		return fmt.Errorf("%w: %s", ErrMissing, p.Path)
	}
	return nil
}

// saidLimit is how much of a program's complaints is kept: they may quote what it was fed, so they go to no log.
const saidLimit = 4096

// Run feeds in to the program and lets take read what it answers. It returns what the program complained about. When take
// fails, or ctx ends, the program is killed.
func (p Program) Run(ctx context.Context, in []byte, take func(io.Reader) error) (said string, err error) {
	path, err := exec.LookPath(p.Path)
	if err != nil {
		return "", fmt.Errorf("%w: %s", ErrMissing, p.Path)
	}
	outer := ctx
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, p.Args...) //nolint:gosec // configured by the site, never by input
	cmd.Env, cmd.Dir = append([]string{"LC_ALL=C", "PATH=/usr/bin:/bin"}, p.Env...), "/"
	complaints := &clipped{}
	cmd.Stderr = complaints
	alone(cmd)
	feed, err := cmd.StdinPipe()
	if err != nil {
		return "", fmt.Errorf("start %s: %w", p.Path, err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", fmt.Errorf("start %s: %w", p.Path, err)
	}
	if err := cmd.Start(); err != nil {
		return "", fmt.Errorf("start %s: %w", p.Path, err)
	}
	limited := p.limit(cmd.Process.Pid)
	if limited != nil {
		cancel()
	}
	go func() { // a program that dies early breaks the pipe, which its end tells better
		_, _ = feed.Write(in)
		_ = feed.Close()
	}()
	taken := take(out)
	if taken != nil {
		cancel()
	}
	ended := cmd.Wait()
	switch {
	case limited != nil:
		return complaints.String(), fmt.Errorf("limit %s: %w", p.Path, limited)
	case outer.Err() != nil:
		return complaints.String(), fmt.Errorf("run %s: %w", p.Path, outer.Err())
	case taken != nil && (cmd.ProcessState.Success() || cmd.ProcessState.String() == "signal: killed"): // it was well, but we did not like what it said
		return complaints.String(), fmt.Errorf("%w: %w", ErrAnswer, taken)
	case ended != nil:
		return complaints.String(), fmt.Errorf("%w: %w", ErrEnded, ended)
	}
	return complaints.String(), nil
}

// clipped keeps the beginning of what is written to it.
type clipped struct{ bytes.Buffer }

func (c *clipped) Write(p []byte) (int, error) {
	if room := saidLimit - c.Len(); room > 0 {
		_, _ = c.Buffer.Write(p[:min(room, len(p))]) // a buffer takes all
	}
	return len(p), nil
}

func (c *clipped) String() string { return strings.TrimSpace(c.Buffer.String()) }
