package program

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"tongban/drivers"
)

// script is a program of a few words of shell.
func script(t *testing.T, words string) string {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the programs of this test are shell scripts")
	}
	path := filepath.Join(t.TempDir(), "program")
	syscall.ForkLock.RLock() // a child of another test would hold the file open for writing, and nobody could start it
	defer syscall.ForkLock.RUnlock()
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+words+"\n"), 0o700); err != nil { //nolint:gosec // a program
		t.Fatal(err)
	}
	return path
}

func open(t *testing.T, s *Source) drivers.Port {
	t.Helper()
	p, err := s.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

// read reads until there is something, an error or too long a silence.
func read(p drivers.Port, limit time.Duration) (string, error) {
	b := make([]byte, 4096)
	for from := time.Now(); time.Since(from) < limit; {
		n, err := p.Read(b, 50*time.Millisecond)
		if n > 0 || err != nil {
			return string(b[:n]), err
		}
	}
	return "", nil
}

func TestBytesGoBothWays(t *testing.T) {
	t.Parallel()
	p := open(t, New(script(t, `while read x; do echo "got $x"; done`)))
	for _, w := range []string{"one", "two"} {
		if _, err := p.Write([]byte(w + "\n")); err != nil {
			t.Fatal(err)
		}
		if s, err := read(p, 5*time.Second); s != "got "+w+"\n" || err != nil {
			t.Errorf("%q %v", s, err)
		}
	}
	if s, err := read(p, 200*time.Millisecond); s != "" || err != nil {
		t.Errorf("silence is %q %v", s, err)
	}
	from := time.Now()
	if err := p.Close(); err != nil || time.Since(from) > 500*time.Millisecond {
		t.Errorf("closed after %v, %v", time.Since(from), err)
	}
	if _, err := p.Read(make([]byte, 1), time.Millisecond); err == nil {
		t.Error("a closed port reads")
	}
}

// A program that ends is a line that is gone, with its last words but without long numbers, and is started again with growing pauses.
func TestEndAndPauses(t *testing.T) {
	t.Parallel()
	s := New(script(t, `echo "cannot open sensor 5107991234567" >&2; exit 7`))
	now := time.Unix(1_800_000_000, 0)
	s.clk.now = func() time.Time { return now }
	var pauses []time.Duration
	for range 9 {
		p, err := s.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		_, err = read(p, 10*time.Second)
		e := drivers.Fault(err)
		if e == nil || e.Code != drivers.CodeNoDevice || !strings.Contains(e.Detail, "exit status 7") || !strings.Contains(e.Detail, "cannot open sensor *") {
			t.Fatalf("%v", err)
		}
		_ = p.Close()
		if _, err := s.Open(t.Context()); drivers.Fault(err) == nil || drivers.Fault(err).Code != drivers.CodeNoDevice {
			t.Fatalf("started again at once: %v", err)
		}
		pauses = append(pauses, s.next.Sub(now))
		now = s.next
	}
	if pauses[0] != firstPause || pauses[1] != 2*firstPause || pauses[8] != lastPause {
		t.Errorf("pauses %v", pauses)
	}
	p, err := s.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	now = now.Add(steady) // this run was a long one
	_, _ = read(p, 10*time.Second)
	_ = p.Close()
	if got := s.next.Sub(now); got != firstPause {
		t.Errorf("after a long run the pause is %v", got)
	}
}

// A program that hangs is ended, with what it has started, and does not hold up whoever asks, even where it does not read what it is told.
func TestHang(t *testing.T) {
	t.Parallel()
	mark := filepath.Join(t.TempDir(), "pid")
	p := open(t, New(script(t, `echo ready; sleep 600 & echo $! > `+mark+`; wait; sleep 600`)))
	if s, err := read(p, 5*time.Second); s != "ready\n" || err != nil {
		t.Fatalf("%q %v", s, err)
	}
	from := time.Now()
	if _, err := p.Write(make([]byte, 1<<20)); drivers.Fault(err) == nil || drivers.Fault(err).Reason != drivers.ReasonSilent {
		t.Errorf("write: %v", err)
	}
	if took := time.Since(from); took > 2*hangLimit+time.Second { // a busy machine wakes late
		t.Errorf("write held up %v", took)
	}
	b, err := os.ReadFile(mark)
	if err != nil {
		t.Fatal(err)
	}
	child := "/proc/" + strings.TrimSpace(string(b)) + "/stat"
	for range 100 {
		stat, err := os.ReadFile(child)
		if err != nil || strings.Contains(string(stat), ") Z ") { // gone, or nobody has asked how it ended
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	if runtime.GOOS == "linux" {
		t.Error("what the program had started lives on")
	}
}

func TestSilenceAfterAQuestion(t *testing.T) {
	t.Parallel()
	p := open(t, New(script(t, `echo ready; read x; read y; read z; sleep 600`)))
	if s, err := read(p, 5*time.Second); s != "ready\n" || err != nil {
		t.Fatalf("%q %v", s, err)
	}
	if s, err := read(p, hangLimit+300*time.Millisecond); s != "" || err != nil {
		t.Fatalf("nobody asked, and it counts as hanging: %q %v", s, err)
	}
	if _, err := p.Write([]byte("x\n")); err != nil {
		t.Fatal(err)
	}
	_, err := read(p, hangLimit+2*time.Second)
	if e := drivers.Fault(err); e == nil || e.Code != drivers.CodeTimeOut {
		t.Errorf("%v", err)
	}
}

// The program sees none of the agent's settings.
func TestEnvironment(t *testing.T) {
	t.Setenv("TONGBAN_SECRET", "not for libraries")
	p := open(t, New(script(t, `env; echo end`)))
	var all strings.Builder
	for !strings.Contains(all.String(), "end\n") {
		s, err := read(p, 5*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		all.WriteString(s)
	}
	if strings.Contains(all.String(), "TONGBAN") || !strings.Contains(all.String(), "PATH=") {
		t.Error(all.String())
	}
}
