// Package sanetest is SANE's own test scanner as a peer (仿真扫描仪): the real program and the real library with the backend that
// Debian ships for tests, and a script before it that plays the broken scanner.
package sanetest

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"tongban/drivers/hal/sane"
)

// Device is the scanner's name.
const Device = "test:0"

// Faults that Scanner.Fault knows, besides those of the backend in its own words.
const (
	Gone    = "gone"
	Silent  = "silent"
	Garbage = "garbage"
	Half    = "half"
	Crash   = "crash"
	Slow    = "slow"
	Later   = "later" // three pages, then a jam
	Stuck   = "stuck" // a jam, after which the program does not end, as happens to SANE's own about once in a hundred
)

const script = `#!/bin/sh
here=$(dirname "$0")
fault=$(cat "$here/fault")
case $fault in
  "") exec scanimage "$@" ;;
  gone) exec scanimage --device-name=test:9 --format=pnm --dont-scan ;;
  silent) exec sleep 60 ;;
  garbage) exec head -c 50000 /dev/urandom ;;
  half) scanimage "$@" | head -c 200000 ;;
  crash) kill -9 $$ ;;
  slow) exec scanimage "$@" --read-delay=yes --read-delay-duration=50000 ;;
  stuck)
    echo "scanimage: sane_read: Document feeder jammed" >&2
    exec sleep 60
    ;;
  later)
    scanimage "$@" --batch-count=3 2>/dev/null
    echo "scanimage: sane_start: Document feeder jammed" >&2
    exit 6
    ;;
  *) exec scanimage "$@" "--read-return-value=$fault" ;;
esac
`

// Scanner is the test scanner with a hand on it.
type Scanner struct {
	sane.Program
	t   testing.TB
	dir string
}

// Backend sets it up, or skips the test where SANE's program is not installed.
func Backend(t testing.TB) *Scanner {
	t.Helper()
	if _, err := exec.LookPath("scanimage"); err != nil {
		t.Skip("scanimage is not here: it is in Debian's package sane-utils")
	}
	s := &Scanner{t: t, dir: t.TempDir()}
	// No other test may start a program meanwhile: its child would hold the script open for writing, and nobody could run it.
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	for name, content := range map[string]string{"dll.conf": "test\n", "scanimage": script} {
		path := filepath.Join(s.dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o700); err != nil { //nolint:gosec // a script of this test
			t.Fatal(err)
		}
	}
	s.Program = sane.Program{Path: filepath.Join(s.dir, "scanimage"), Env: []string{"SANE_CONFIG_DIR=" + s.dir}}
	s.Fault("")
	return s
}

// Fault makes the scanner break in a way, "" heals it.
func (s *Scanner) Fault(fault string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, "fault"), []byte(fault), 0o600); err != nil {
		s.t.Fatal(err)
	}
}
