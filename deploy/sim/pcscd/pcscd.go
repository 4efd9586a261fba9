//go:build linux

// Package pcscd runs the smart card service of the machine with virtual readers (真实的智能卡服务), for tests against the real
// peer: Debian's pcscd and vpcd, with a socket and a port of its own, so that several may run at once and beside the machine's
// own service. Chips are attached to its readers over TCP.
package pcscd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"

	"tongban/deploy/sim/clock"
)

const (
	program = "/usr/sbin/pcscd"
	reader  = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so"
)

// Missing says why the service cannot run here; empty when it can.
func Missing() string {
	for path, from := range map[string]string{program: "pcscd", reader: "vsmartcard-vpcd"} {
		if _, err := os.Stat(path); err != nil {
			return "Debian's package " + from + " is not installed"
		}
	}
	if os.Geteuid() != 0 {
		return "pcscd makes its folder below /run and needs root for it"
	}
	return ""
}

// Service is one pcscd.
type Service struct {
	Socket string // where it listens for programs
	Cards  string // where its first slot waits for a chip

	dir string
	mu  sync.Mutex
	cmd *exec.Cmd
	l   *net.UnixListener
	out bytes.Buffer
}

// Start runs a service whose readers are called name; an empty name gives it no reader at all. dir is an empty folder of a short
// path (a socket has room for some hundred characters).
func Start(ctx context.Context, dir, name string) (*Service, error) {
	s := &Service{Socket: filepath.Join(dir, "pcscd.comm"), dir: dir}
	if err := os.Mkdir(filepath.Join(dir, "readers"), 0o755); err != nil { //nolint:gosec // read by another program
		return nil, err
	}
	for left := 4; ; left-- { // what was free when we looked may be somebody's by the time that the reader listens there
		if err := s.Rename(name); err != nil {
			return nil, err
		}
		err := s.Run(ctx)
		if err == nil {
			return s, nil
		}
		s.Kill()
		if left == 0 || name == "" || ctx.Err() != nil {
			return nil, fmt.Errorf("%w: %s", err, s.Log())
		}
	}
}

// Rename changes what the readers are called when the service runs the next time.
func (s *Service) Rename(name string) error {
	path := filepath.Join(s.dir, "readers", "vpcd")
	if name == "" {
		s.Cards = ""
		return os.RemoveAll(path)
	}
	port, err := freePair()
	if err != nil {
		return err
	}
	s.Cards = net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	text := fmt.Sprintf("FRIENDLYNAME %q\nDEVICENAME /dev/null:0x%X\nLIBPATH %s\nCHANNELID 0x%X\n", name, port, reader, port)
	return os.WriteFile(path, []byte(text), 0o644) //nolint:gosec // read by another program
}

// freePair is a port that nobody listens on, and neither on the next: the virtual reader has two slots.
func freePair() (int, error) {
	for range 50 {
		a, err := net.Listen("tcp", ":0") //nolint:gosec,noctx // closed at once; the reader itself listens so
		if err != nil {
			return 0, err
		}
		port := a.Addr().(*net.TCPAddr).Port
		b, err := net.Listen("tcp", ":"+strconv.Itoa(port+1)) //nolint:gosec,noctx // as above
		_ = a.Close()
		if err == nil {
			_ = b.Close()
			return port, nil
		}
	}
	return 0, errors.New("no two free ports side by side")
}

// Run starts the service, again after Kill. The socket is handed over as systemd does it, the only way to give pcscd one that is
// not the machine's.
func (s *Service) Run(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: s.Socket, Net: "unix"})
	if err != nil {
		return err
	}
	f, err := l.File()
	if err != nil {
		_ = l.Close()
		return err
	}
	defer func() { _ = f.Close() }()
	s.l = l
	s.cmd = exec.Command("/bin/sh", "-c", `LISTEN_PID=$$ LISTEN_FDS=1 exec "$0" "$@"`, //nolint:gosec,noctx // a fixed command; ended by Kill
		program, "--foreground", "--force-reader-polling", "--config", filepath.Join(s.dir, "readers"))
	s.cmd.ExtraFiles = []*os.File{f}
	s.cmd.Stdout, s.cmd.Stderr = &s.out, &s.out
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := s.cmd.Start(); err != nil {
		_ = l.Close()
		return err
	}
	if s.Cards == "" {
		return nil
	}
	for range 200 {
		if s.listens() {
			return nil
		}
		clock.Sleep(ctx, 25*time.Millisecond)
	}
	return errors.New("the virtual reader does not come up")
}

// listens asks the kernel whether the first slot waits for a chip. A call would do so too, but vpcd lets only one caller wait, and the
// chip would come too late by a second.
func (s *Service) listens() bool {
	table, err := os.ReadFile("/proc/net/tcp")
	if err != nil {
		return false
	}
	_, port, _ := net.SplitHostPort(s.Cards)
	n, _ := strconv.Atoi(port)
	return bytes.Contains(table, fmt.Appendf(nil, " 00000000:%04X 00000000:0000 0A ", n))
}

// Kill ends the service as a crash does.
func (s *Service) Kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cmd == nil {
		return
	}
	_ = s.l.Close()
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
	s.cmd = nil
}

// Log is what the service said, once it was killed.
func (s *Service) Log() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.String()
}
