// Package stack starts the whole product as real processes with emulated devices (整套系统的启停): the demo, the smoke walk,
// the browser tests, the loss test and the benches all stand on it.
package stack

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Process is one started program. It can be killed and started again with the same arguments.
type Process struct {
	Name string
	Args []string // program first
	Env  []string // added to ours
	Log  string   // file that takes stdout and stderr, appended

	// Probe, when set, says that the program is ready instead of its ready line: for programs that are not ours.
	Probe func(ctx context.Context) error
	Grace time.Duration // how long Stop waits before it kills, ten seconds when 0

	mu   sync.Mutex
	cmd  *exec.Cmd
	done chan struct{}
	err  error
}

// ErrNotReady means that a program ended, or said nothing, before it was ready. The message names its log.
var ErrNotReady = errors.New("not ready")

// Start runs the program and waits until it prints its ready line, one JSON object with "ready":true, which is decoded
// into ready (may be nil).
func (p *Process) Start(ctx context.Context, patience time.Duration, ready any) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd != nil {
		return fmt.Errorf("%s is running already", p.Name)
	}
	if err := os.MkdirAll(filepath.Dir(p.Log), 0o700); err != nil {
		return fmt.Errorf("make log folder: %w", err)
	}
	log, err := os.OpenFile(p.Log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("open log: %w", err)
	}
	// The context of a start must not end the program: Stop and Kill do.
	cmd := exec.CommandContext(context.WithoutCancel(ctx), p.Args[0], p.Args[1:]...) //nolint:gosec // our own programs
	cmd.Env = environ(p.Env)
	cmd.Stderr = log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("open stdout: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", p.Name, err)
	}
	p.cmd, p.done, p.err = cmd, make(chan struct{}), nil
	line := make(chan []byte, 1)
	go p.follow(out, log, line)

	if p.Probe != nil {
		go p.probe(ctx, patience, line)
	}
	select {
	case b, ok := <-line:
		if !ok {
			p.cmd = nil
			return fmt.Errorf("%w: %s ended, see %s", ErrNotReady, p.Name, p.Log)
		}
		if ready == nil {
			return nil
		}
		if err := json.Unmarshal(b, ready); err != nil {
			return fmt.Errorf("decode ready line of %s: %w", p.Name, err)
		}
		return nil
	case <-time.After(patience):
		p.killLocked()
		return fmt.Errorf("%w: %s said nothing in %s, see %s", ErrNotReady, p.Name, patience, p.Log)
	}
}

// probe asks until the program answers, and then says what a ready line would say. It gives up with patience: Start kills
// the program then.
func (p *Process) probe(ctx context.Context, patience time.Duration, line chan<- []byte) {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if p.Probe(ctx) == nil {
			line <- []byte(`{"ready":true}`)
			return
		}
	}
}

// environ is our environment without the variables that tests and scripts of ours carry: the programs take every TONGBAN_…
// for a setting and refuse one that they do not know.
func environ(add []string) []string {
	var out []string
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "TONGBAN_") {
			out = append(out, e)
		}
	}
	return append(out, add...)
}

// follow copies stdout into the log, hands over the ready line and reaps the program.
func (p *Process) follow(out io.Reader, log *os.File, line chan<- []byte) {
	defer close(p.done)
	defer log.Close() //nolint:errcheck // a log
	said := false
	s := bufio.NewScanner(out)
	s.Buffer(make([]byte, 64<<10), 1<<20)
	for s.Scan() {
		_, _ = fmt.Fprintln(log, s.Text())
		var r struct{ Ready bool }
		if p.Probe == nil && !said && json.Unmarshal(s.Bytes(), &r) == nil && r.Ready {
			said = true
			line <- append([]byte(nil), s.Bytes()...)
		}
	}
	p.err = p.cmd.Wait()
	if !said {
		close(line)
	}
}

// Running reports whether the program is up.
func (p *Process) Running() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return false
	}
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// PID is the process id, 0 when it is not running.
func (p *Process) PID() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return 0
	}
	return p.cmd.Process.Pid
}

// Kill is a power cut: SIGKILL to the program and its children.
func (p *Process) Kill() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.killLocked()
}

func (p *Process) killLocked() {
	if p.cmd == nil {
		return
	}
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	<-p.done
	p.cmd = nil
}

// Interrupt sends SIGINT and does not wait.
func (p *Process) Interrupt() {
	if pid := p.PID(); pid != 0 {
		_ = syscall.Kill(pid, syscall.SIGINT)
	}
}

// Stop asks the program to end and kills it after its grace.
func (p *Process) Stop() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return nil
	}
	_ = syscall.Kill(p.cmd.Process.Pid, syscall.SIGTERM)
	select {
	case <-p.done:
		p.cmd = nil
		return nil
	case <-time.After(cmp.Or(p.Grace, 10*time.Second)):
		p.killLocked()
		return fmt.Errorf("%s did not end in time and was killed", p.Name)
	}
}
