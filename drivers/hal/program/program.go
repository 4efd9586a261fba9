// Package program is the port of a device that only its maker's library can drive (厂家接口库子进程): the library runs in a program of its own, which
// is asked on its standard input and answers on its standard output. Whatever the library does - crash, hang, leak - it does to that
// program; the agent sees a line that is gone, and starts it again with growing pauses.
package program

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"

	"tongban/drivers"
)

// maxHeld is how much a program may say that nobody reads.
const maxHeld = 8 << 20

var (
	errClosed = errors.New("port is closed")
	errTalks  = errors.New("program says more than anybody asked for")
)

// Source starts one program, again and again where it ends.
type Source struct {
	path string
	clk  clock

	mu    sync.Mutex
	ended int // in a row, each soon after its start
	next  time.Time
}

// New is the source of the program at path.
func New(path string) *Source { return &Source{path: path, clk: wall} }

// Open starts the program, unless it ended a moment ago.
func (s *Source) Open(context.Context) (drivers.Port, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if wait := s.next.Sub(s.clk.now()); wait > 0 {
		return nil, gone(fmt.Sprintf("the program ended %d times; it is started again in %v", s.ended, wait.Round(10*time.Millisecond)), nil)
	}
	p := &port{source: s, born: s.clk.now(), woken: make(chan struct{}, 1), done: make(chan struct{})}
	p.cmd = exec.Command(s.path)     //nolint:gosec,noctx // an address is configuration; Close is what ends it
	p.cmd.Dir = filepath.Dir(s.path) // libraries look for their files beside them
	p.cmd.Env = environment()
	p.cmd.Stderr = &p.words
	p.cmd.WaitDelay = endLimit
	group(p.cmd)
	in, err := p.cmd.StdinPipe()
	var out io.Reader
	if err == nil {
		out, err = p.cmd.StdoutPipe()
	}
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		return nil, &drivers.Error{Code: drivers.CodeInternalError, Detail: "start the library's program: " + err.Error(), Cause: err}
	}
	p.in = in
	go p.listen(out)
	return p, nil
}

// environment is what a foreign library may see: where programs and libraries are, and none of the agent's settings.
func environment() []string {
	out := []string{"LC_ALL=C.UTF-8"}
	for _, k := range []string{"PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "SystemRoot", "TEMP"} {
		if v, ok := os.LookupEnv(k); ok {
			out = append(out, k+"="+v)
		}
	}
	return out
}

// over notes that a program ended by itself.
func (s *Source) over(born time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clk.now()
	if now.Sub(born) >= steady {
		s.ended = 0
	}
	s.ended++
	s.next = now.Add(min(lastPause, firstPause<<min(s.ended-1, 10)))
}

func gone(detail string, err error) *drivers.Error {
	return &drivers.Error{Code: drivers.CodeNoDevice, Reason: drivers.ReasonUnplugged, Detail: detail, Cause: err}
}

// port is one run of the program.
type port struct {
	source *Source
	cmd    *exec.Cmd
	in     io.WriteCloser
	words  tail
	born   time.Time
	woken  chan struct{}
	done   chan struct{} // it has ended

	mu     sync.Mutex
	out    []byte
	heard  bool      // it has said something
	asked  time.Time // since when it owes an answer
	why    error     // there is nothing more to come
	closed bool
}

// listen takes what the program says, until it ends.
func (p *port) listen(out io.Reader) {
	defer close(p.done)
	buf := make([]byte, 64<<10)
	var err error
	for err == nil {
		var n int
		n, err = out.Read(buf)
		p.mu.Lock()
		p.out = append(p.out, buf[:n]...)
		if len(p.out) > maxHeld {
			err = errTalks
		}
		p.mu.Unlock()
		p.wake()
	}
	kill(p.cmd) // what it left behind
	_ = p.cmd.Wait()
	p.mu.Lock()
	if p.why == nil {
		p.why = gone(strings.TrimSpace("the library's program ended: "+p.cmd.ProcessState.String()+" "+p.words.last()), err)
	}
	closed := p.closed
	p.mu.Unlock()
	if !closed {
		p.source.over(p.born)
	}
	p.wake()
}

func (p *port) wake() {
	select {
	case p.woken <- struct{}{}:
	default:
	}
}

// Read implements drivers.Port.
func (p *port) Read(b []byte, timeout time.Duration) (int, error) {
	until := p.source.clk.after(timeout)
	for {
		p.mu.Lock()
		n := copy(b, p.out)
		if p.out = p.out[n:]; len(p.out) == 0 {
			p.out = nil
		}
		if n > 0 {
			p.asked, p.heard = time.Time{}, true
		}
		limit := hangLimit
		if !p.heard {
			limit = startLimit
		}
		why, asked, closed := p.why, p.asked, p.closed
		p.mu.Unlock()
		switch {
		case closed:
			return 0, gone("closed", errClosed)
		case n > 0:
			return n, nil
		case why != nil:
			return 0, why
		case !asked.IsZero() && p.source.clk.now().Sub(asked) > limit:
			return 0, p.hung()
		}
		select {
		case <-p.woken:
		case <-until:
			return 0, nil
		}
	}
}

// hung ends a program that does not answer.
func (p *port) hung() error {
	e := &drivers.Error{Code: drivers.CodeTimeOut, Reason: drivers.ReasonSilent, Detail: "the library's program hangs and was ended"}
	p.mu.Lock()
	p.why = e
	p.mu.Unlock()
	kill(p.cmd)
	<-p.done
	return e
}

// Write implements drivers.Port. A program that does not even read hangs as well.
func (p *port) Write(b []byte) (int, error) {
	p.mu.Lock()
	why, closed := p.why, p.closed
	if p.asked.IsZero() {
		p.asked = p.source.clk.now()
	}
	p.mu.Unlock()
	if closed {
		return 0, gone("closed", errClosed)
	}
	if why != nil {
		return 0, why
	}
	written := make(chan error, 1)
	sent := bytes.Clone(b) // the caller may use b again while a hanging program still owes the rest
	go func() {
		_, err := p.in.Write(sent)
		written <- err
	}()
	select {
	case err := <-written:
		if err != nil {
			return 0, gone("the library's program does not listen", err)
		}
		return len(b), nil
	case <-p.source.clk.after(hangLimit):
		return 0, p.hung()
	}
}

// Discard implements drivers.Port.
func (p *port) Discard() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.out = nil
	if p.why != nil {
		return p.why
	}
	return nil
}

// Close implements drivers.Port: the end of its input tells the program to close its device and end; it gets a moment for that.
func (p *port) Close() error {
	p.mu.Lock()
	was := p.closed
	p.closed = true
	p.mu.Unlock()
	if was {
		return nil
	}
	p.wake()
	_ = p.in.Close()
	select {
	case <-p.done:
	case <-p.source.clk.after(endLimit):
		kill(p.cmd)
		<-p.done
	}
	return nil
}

func (p *port) String() string { return "program:" + p.source.path }

// tail keeps the last of what the program complains.
type tail struct {
	mu sync.Mutex
	b  []byte
}

// Write implements io.Writer.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.b = append(t.b, p...)
	t.b = t.b[max(0, len(t.b)-1024):]
	return len(p), nil
}

var numbers = regexp.MustCompile(`[0-9]{5,}`)

// last is its last line, short, printable and without long numbers: a library may say anything.
func (t *tail) last() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := strings.Split(strings.TrimSpace(string(t.b)), "\n")
	s := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return -1
		}
		return r
	}, lines[len(lines)-1])
	return numbers.ReplaceAllString(s[:min(len(s), 160)], "*")
}
