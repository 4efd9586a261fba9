//go:build unix && !darwin

package pcsc

import (
	"context"
	"errors"
	"io"
	"net"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tongban/drivers"
)

// services answers each connection with serve; it stands for versions of the service that cannot be installed beside each other.
// What the present one does, drivers/drivertest tries on itself.
func services(t *testing.T, serve func(net.Conn)) drivers.Port {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() { defer func() { _ = c.Close() }(); serve(c) }()
		}
	}()
	p, err := Open(t.Context(), path, "pcsc:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

// command reads one message.
func command(c io.Reader) (uint32, []byte, error) {
	head := make([]byte, 8)
	if _, err := io.ReadFull(c, head); err != nil {
		return 0, nil, err
	}
	body := make([]byte, order.Uint32(head))
	_, err := io.ReadFull(c, body)
	return order.Uint32(head[4:]), body, err
}

// version is a service of one version, strict or one that also takes 4:4.
func version(minor uint32, backward bool) func(net.Conn) {
	return func(c net.Conn) {
		for {
			cmd, body, err := command(c)
			switch {
			case err != nil:
				return
			case cmd == cmdVersion:
				rv := uint32(0)
				if theirs := order.Uint32(body[4:]); theirs != minor && (!backward || theirs != 4) {
					rv = uint32(ServiceStopped)
				}
				_, _ = c.Write(words(4, minor, rv))
			case cmd == cmdReaders:
				_, _ = c.Write(table(line("A", 2, nil, 0)))
			}
		}
	}
}

func TestVersions(t *testing.T) {
	for name, c := range map[string]struct {
		serve func(net.Conn)
		fails string
	}{
		"4:4":                {version(4, false), ""},
		"4:5, strict":        {version(5, false), ""},
		"4:6, takes the old": {version(6, true), ""},
		"4:3":                {version(3, false), "speaks 4:3"},
		"4:9, strict":        {version(9, false), "speaks 4:9"},
	} {
		t.Run(name, func(t *testing.T) {
			list, err := NewClient(services(t, c.serve)).Readers(t.Context(), time.Second)
			if c.fails == "" && (err != nil || len(list) != 1) {
				t.Errorf("%v %v", list, err)
			}
			if c.fails != "" && (err == nil || !strings.Contains(err.Error(), c.fails)) {
				t.Errorf("%v", err)
			}
		})
	}
}

// An answer that comes too late is never taken for the next one: the connection is left.
func TestLateAnswer(t *testing.T) {
	var n atomic.Int32
	p := services(t, func(c net.Conn) {
		if n.Add(1) == 1 {
			_, _, _ = command(c)
			_, _ = c.Write(words(4, 4, 0))
			_, _, _ = command(c)
			time.Sleep(200 * time.Millisecond)
			_, _ = c.Write(table(line("late", 2, nil, 0)))
			return
		}
		version(4, false)(c)
	})
	c := NewClient(p)
	if _, err := c.Readers(t.Context(), 100*time.Millisecond); drivers.Fault(err) == nil || drivers.Fault(err).Code != drivers.CodeTimeOut {
		t.Fatalf("first: %v", err)
	}
	time.Sleep(200 * time.Millisecond)
	if list, err := c.Readers(t.Context(), time.Second); err != nil || len(list) != 1 || list[0].Name != "A" {
		t.Errorf("next: %v %v", list, err)
	}
}

// Half a table, silence and a hang-up are told within the limit, and the next call gets on.
func TestBrokenAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		bytes []byte
		code  drivers.Code
	}{
		"half": {make([]byte, 1000), drivers.CodeTimeOut}, "silence": {nil, drivers.CodeTimeOut},
	} {
		t.Run(name, func(t *testing.T) {
			var n atomic.Int32
			p := services(t, func(conn net.Conn) {
				if n.Add(1) > 1 {
					version(4, false)(conn)
					return
				}
				_, _, _ = command(conn)
				_, _ = conn.Write(words(4, 4, 0))
				_, _, _ = command(conn)
				_, _ = conn.Write(c.bytes)
				_, _, _ = command(conn)
			})
			client := NewClient(p)
			start := time.Now()
			if _, err := client.Readers(t.Context(), 200*time.Millisecond); drivers.Fault(err) == nil || drivers.Fault(err).Code != c.code || time.Since(start) > 400*time.Millisecond {
				t.Errorf("%v after %v", err, time.Since(start))
			}
			if _, err := client.Readers(t.Context(), time.Second); err != nil {
				t.Errorf("next: %v", err)
			}
		})
	}
}

func TestPort(t *testing.T) {
	p := services(t, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) })
	done := make(chan error, 1)
	go func() { _, err := p.Read(make([]byte, 8), 5*time.Second); done <- err }()
	time.Sleep(50 * time.Millisecond)
	if err := errors.Join(p.Close(), p.Close()); err != nil {
		t.Error(err)
	}
	select {
	case err := <-done:
		if err == nil {
			t.Error("read of a closed port succeeds")
		}
	case <-time.After(time.Second):
		t.Fatal("close does not end a read")
	}
	if err := p.Discard(); err == nil {
		t.Error("a closed port connects anew")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Open(ctx, filepath.Join(t.TempDir(), "none"), "pcsc:"); drivers.Fault(err).Code != drivers.CodeCanceled && drivers.Fault(err).Code != drivers.CodeNoDevice {
		t.Errorf("open: %v", err)
	}
}
