//go:build unix

package sane

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"tongban/drivers/hal/record"
)

// Program is SANE's command-line program on a machine; a test may name another, and add to its environment.
type Program struct {
	Path string // "scanimage" when empty
	Env  []string
}

// Machine is the machine's own scanners.
func Machine() Host { return Program{} }

// Hold implements Host. The lock ends with the program, however that ends; the file stays, which harms nobody.
func (Program) Hold(device string) (func(), error) {
	sum := sha256.Sum256([]byte(device))
	path := filepath.Join(os.TempDir(), "tongban-sane-"+hex.EncodeToString(sum[:8])+".lock")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // a name made of a sum
	if err != nil {
		return nil, fmt.Errorf("open lock: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil { //nolint:gosec // a descriptor
		_ = f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, ErrHeld
		}
		return nil, fmt.Errorf("lock scanner: %w", err)
	}
	return func() {
		// Not by closing alone: a child that was forked for something else a moment ago holds the file until it has become its program.
		_ = syscall.Flock(int(f.Fd()), syscall.LOCK_UN) //nolint:gosec // a descriptor
		_ = f.Close()
	}, nil
}

// Start implements Host. One page comes over the program's output. Several come as files, because the program knows no other way: in
// a folder of memory where there is one, read and removed page by page.
func (p Program) Start(device string, o Order) (Run, error) {
	args := append([]string{"--device-name=" + device, "--format=pnm"}, o.Options...)
	r := &run{feeder: o.Feeder, done: make(chan struct{}), complaints: tail{said: make(chan struct{})}}
	switch {
	case o.Look:
		args = append(args, "--dont-scan")
	case o.Feeder:
		dir, err := pageFolder()
		if err != nil {
			return nil, err
		}
		r.dir = dir
		args = append(args, "--batch="+filepath.Join(dir, "%d.pnm"), "--batch-print")
		if o.Most > 0 {
			args = append(args, "--batch-count="+strconv.Itoa(o.Most))
		}
	}
	path := p.Path
	if path == "" {
		path = "scanimage"
	}
	r.cmd = exec.Command(path, args...) //nolint:gosec,noctx // options are the profile's; Stop is what ends it
	r.cmd.Env = append(append(os.Environ(), "LC_ALL=C"), p.Env...)
	r.cmd.Stderr = &r.complaints
	r.cmd.WaitDelay = waitAfterKill
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // with the children that it may have
	out, err := r.cmd.StdoutPipe()
	if err == nil {
		r.out = out
		err = r.cmd.Start()
	}
	if err != nil {
		r.sweep()
		return nil, fmt.Errorf("start %s: %w", path, err)
	}
	go r.mind()
	return r, nil
}

// memory is where files never reach a disk.
const memory = "/dev/shm"

const folderPrefix = "tongban-sane-"

// pageFolder makes a folder for pages that only this program can read, and removes those of programs that ended without doing so.
func pageFolder() (string, error) {
	base := memory
	if _, err := os.Stat(base); err != nil {
		base = os.TempDir()
	}
	old, err := filepath.Glob(filepath.Join(base, folderPrefix+"*"))
	if err != nil {
		return "", fmt.Errorf("look for old pages: %w", err)
	}
	for _, dir := range old {
		owner, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(dir), folderPrefix), "-")
		pid, err := strconv.Atoi(owner)
		if err == nil && errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
			_ = os.RemoveAll(dir)
		}
	}
	dir, err := os.MkdirTemp(base, folderPrefix+strconv.Itoa(os.Getpid())+"-")
	if err != nil {
		return "", fmt.Errorf("make folder for pages: %w", err)
	}
	return dir, nil
}

// run is the running program.
type run struct {
	cmd    *exec.Cmd
	out    io.Reader
	feeder bool
	dir    string
	pages  int

	complaints tail
	once       sync.Once
	done       chan struct{}
}

// Page implements Run.
func (r *run) Page() ([]byte, error) {
	if r.feeder {
		return r.file()
	}
	if r.pages > 0 {
		return nil, nil
	}
	b, err := io.ReadAll(io.LimitReader(r.out, record.MaxContent+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read page: %w", err)
	case len(b) > record.MaxContent:
		return nil, errPage
	case len(b) == 0:
		return nil, nil
	}
	r.pages++
	return b, nil
}

// file waits until the program names the next file, and takes it.
func (r *run) file() ([]byte, error) {
	var name []byte
	one := make([]byte, 1)
	for {
		if _, err := r.out.Read(one); err != nil {
			return nil, nil //nolint:nilerr // the end, however it came; End tells it
		}
		if one[0] == '\n' {
			break
		}
		if name = append(name, one[0]); len(name) > 4096 {
			return nil, errPage
		}
	}
	path := filepath.Join(r.dir, filepath.Base(string(name))) // only below our folder
	b, err := os.ReadFile(path)                               //nolint:gosec // only below our folder
	_ = os.Remove(path)
	if err != nil {
		return nil, fmt.Errorf("read page: %w", err)
	}
	if len(b) > record.MaxContent {
		return nil, errPage
	}
	r.pages++
	return b, nil
}

// mind ends a program that has said why it stops and does not. SANE's library stops its reading thread wherever that is, also while it
// holds the lock of the memory that its end needs.
func (r *run) mind() {
	select {
	case <-r.done:
		return
	case <-r.complaints.said:
	}
	select {
	case <-r.done:
	case <-after(waitAfterWord):
		r.Stop()
	}
}

// wait lets somebody wait for the program's end; it is begun once, after the last look at its output or when it is ended.
func (r *run) wait() <-chan struct{} {
	r.once.Do(func() {
		go func() {
			_ = r.cmd.Wait() // how it ended stands in its state
			r.sweep()
			close(r.done)
		}()
	})
	return r.done
}

// Stop implements Run. The program and what it started get a moment to end by themselves: a scanner whose lamp is on wants to be told.
// One that has ended is left alone: its number may be another program's by now.
func (r *run) Stop() {
	select {
	case <-r.done:
		return
	default:
	}
	pid := r.cmd.Process.Pid
	done := r.wait()
	_ = syscall.Kill(-pid, syscall.SIGTERM)
	select {
	case <-done:
	case <-after(waitAfterKill):
		_ = syscall.Kill(-pid, syscall.SIGKILL)
		<-done
	}
}

func (r *run) sweep() {
	if r.dir != "" {
		_ = os.RemoveAll(r.dir)
	}
}

// End implements Run.
func (r *run) End() End {
	select {
	case <-r.wait():
	case <-after(waitForEnd):
		r.Stop()
	}
	return End{Pages: r.pages, Status: r.cmd.ProcessState.ExitCode(), Word: r.complaints.last()}
}

// tail keeps the last bytes of what the program complains.
type tail struct {
	mu    sync.Mutex
	b     []byte
	said  chan struct{} // closed when it has said why it stops
	ended bool
}

// itself is how the program begins what it says in its own name: progress has no such beginning.
const itself = "scanimage: "

const tailSize = 4096

// Write implements io.Writer.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.b = append(t.b, p...)
	t.b = t.b[max(0, len(t.b)-tailSize):]
	if last := t.spoken(); !t.ended && (strings.HasPrefix(last, WordRead) || strings.HasPrefix(last, WordStart)) {
		t.ended = true
		close(t.said)
	}
	return len(p), nil
}

// last is the last line that the program says in its own name.
func (t *tail) last() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.spoken()
}

func (t *tail) spoken() string {
	out := ""
	for line := range bytes.SplitSeq(t.b, []byte("\n")) {
		if s, ok := strings.CutPrefix(string(line), itself); ok {
			out = s
		}
	}
	return out
}
