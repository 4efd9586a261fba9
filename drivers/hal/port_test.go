package hal_test

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"tongban/deploy/sim/wire"
	"tongban/drivers"
	"tongban/drivers/hal"
)

// echo is a device that sends back what it gets.
func echo(conn io.ReadWriter) {
	buf := make([]byte, 256)
	for {
		n, err := conn.Read(buf)
		if err != nil {
			return
		}
		if _, err := conn.Write(buf[:n]); err != nil {
			return
		}
	}
}

// lines are the two carriers, each with an echo at its far end.
func lines(t *testing.T, run func(t *testing.T, far *wire.Port, address string)) {
	t.Helper()
	for name, far := range map[string]*wire.Port{"pty": wire.PTY(filepath.Join(t.TempDir(), "reader")), "tcp": wire.TCP("127.0.0.1:0")} {
		t.Run(name, func(t *testing.T) {
			if err := far.Start(echo); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = far.Close() })
			address := far.Path()
			if name == "tcp" {
				address = "tcp:" + address
			}
			run(t, far, address)
		})
	}
}

func open(t *testing.T, address string) drivers.Port {
	t.Helper()
	p, err := hal.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

// say writes and reads back.
func say(p drivers.Port, s string) (string, error) {
	if _, err := p.Write([]byte(s)); err != nil {
		return "", err
	}
	var got []byte
	buf := make([]byte, 64)
	for range 20 {
		n, err := p.Read(buf, 100*time.Millisecond)
		if err != nil {
			return "", err
		}
		if got = append(got, buf[:n]...); len(got) >= len(s) {
			break
		}
	}
	return string(got), nil
}

func TestBytesPassUnchanged(t *testing.T) {
	lines(t, func(t *testing.T, _ *wire.Port, address string) {
		p := open(t, address)
		all := make([]byte, 256)
		for i := range all {
			all[i] = byte(i)
		}
		if got, err := say(p, string(all)); err != nil || got != string(all) {
			t.Errorf("%d bytes came back, %v", len(got), err)
		}
	})
}

func TestReadWaitsAsLongAsAsked(t *testing.T) {
	lines(t, func(t *testing.T, _ *wire.Port, address string) {
		p := open(t, address)
		for _, d := range []time.Duration{0, 30 * time.Millisecond, 120 * time.Millisecond} {
			start := time.Now()
			n, err := p.Read(make([]byte, 8), d)
			if took := time.Since(start); n != 0 || err != nil || took < d-2*time.Millisecond || took > d+80*time.Millisecond {
				t.Errorf("read for %v: %d %v after %v", d, n, err, took)
			}
		}
	})
}

func TestDiscard(t *testing.T) {
	lines(t, func(t *testing.T, _ *wire.Port, address string) {
		p := open(t, address)
		if _, err := p.Write([]byte("old")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(50 * time.Millisecond)
		if err := p.Discard(); err != nil {
			t.Fatal(err)
		}
		if got, err := say(p, "new"); err != nil || got != "new" {
			t.Errorf("got %q %v", got, err)
		}
	})
}

// A pulled cable is told at once, and the same port works again when it is back.
func TestHeals(t *testing.T) {
	lines(t, func(t *testing.T, far *wire.Port, address string) {
		p := open(t, address)
		for range 2 {
			cut := make(chan time.Time, 1)
			time.AfterFunc(100*time.Millisecond, func() { far.Cut(); cut <- time.Now() })
			var err error
			for err == nil { // asks all the time, as drivers do: the emulated cable is only out when its end wakes up
				if _, err = p.Read(make([]byte, 8), 30*time.Millisecond); err == nil {
					_, err = p.Write([]byte("?"))
				}
			}
			if f := drivers.Fault(err); f == nil || f.Code != drivers.CodeNoDevice || f.Reason != drivers.ReasonUnplugged {
				t.Fatalf("read: %v", err)
			}
			if late := time.Since(<-cut); late > 300*time.Millisecond {
				t.Errorf("told after %v", late)
			}
			time.Sleep(150 * time.Millisecond)
			if _, err := p.Write([]byte("x")); drivers.Fault(err) == nil || drivers.Fault(err).Code != drivers.CodeNoDevice {
				t.Fatalf("write without a line: %v", err)
			}
			if err := far.Plug(); err != nil {
				t.Fatal(err)
			}
			var got string
			for range 20 {
				_ = p.Discard()
				if got, err = say(p, "again"); err == nil {
					break
				}
				time.Sleep(50 * time.Millisecond)
			}
			if got != "again" || err != nil {
				t.Fatalf("after the re-plug: %q %v", got, err)
			}
		}
	})
}

func TestCloseEndsRead(t *testing.T) {
	lines(t, func(t *testing.T, _ *wire.Port, address string) {
		p := open(t, address)
		done := make(chan error, 1)
		go func() { _, err := p.Read(make([]byte, 8), 5*time.Second); done <- err }()
		time.Sleep(50 * time.Millisecond)
		start := time.Now()
		if err := p.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		if err := <-done; err == nil {
			t.Error("read of a closed port succeeds")
		}
		if took := time.Since(start); took > 300*time.Millisecond {
			t.Errorf("took %v", took)
		}
		if err := p.Close(); err != nil {
			t.Errorf("closed twice: %v", err)
		}
		if _, err := p.Write([]byte("x")); err == nil {
			t.Error("write to a closed port succeeds")
		}
	})
}

// The lock lies on the device, so it holds through another path to it, and ends with the owner.
func TestSecondOpenerIsRefused(t *testing.T) {
	dir := t.TempDir()
	far := wire.PTY(filepath.Join(dir, "reader"))
	if err := far.Start(echo); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = far.Close() })
	device, err := os.Readlink(far.Path())
	if err != nil {
		t.Fatal(err)
	}
	p := open(t, far.Path())
	for _, path := range []string{far.Path(), device} {
		if _, err := hal.Open(t.Context(), path); drivers.Fault(err) == nil || drivers.Fault(err).Code != drivers.CodeDeviceNotReady {
			t.Errorf("second opener of %s: %v", path, err)
		}
	}
	if got, err := say(p, "mine"); err != nil || got != "mine" {
		t.Errorf("the owner after that: %q %v", got, err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, device)
}

// The same between two processes: the test program runs itself as the other one.
func TestSecondProcessIsRefused(t *testing.T) {
	if path := os.Getenv("HAL_TEST_OPEN"); path != "" {
		_, err := hal.Open(context.Background(), path)
		if drivers.Fault(err) == nil || drivers.Fault(err).Code != drivers.CodeDeviceNotReady {
			t.Fatalf("open: %v", err)
		}
		return
	}
	far := wire.PTY(filepath.Join(t.TempDir(), "reader"))
	if err := far.Start(echo); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = far.Close() })
	open(t, far.Path())
	cmd := exec.Command(os.Args[0], "-test.run=TestSecondProcessIsRefused$")
	cmd.Env = append(os.Environ(), "HAL_TEST_OPEN="+far.Path())
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestOpenFaults(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for address, code := range map[string]drivers.Code{
		"/dev/none/such":  drivers.CodeNoDevice,
		"tcp:127.0.0.1:1": drivers.CodeNoDevice,
		file:              drivers.CodeInvalidData,
		"tape:" + file:    drivers.CodeInvalidData,
		"tape:/none/such": drivers.CodeNoDevice,
		"usb:1":           drivers.CodeInvalidData,
	} {
		if _, err := hal.Open(t.Context(), address); drivers.Fault(err) == nil || drivers.Fault(err).Code != code {
			t.Errorf("%s: %v, want %s", address, err, code)
		}
	}
}

// The address of a web service is a port that carries no bytes.
func TestWebAddress(t *testing.T) {
	p := open(t, "http://10.0.0.9:8080/eSCL")
	if p.String() != "http://10.0.0.9:8080/eSCL" {
		t.Errorf("string %q", p)
	}
	if _, err := p.Write([]byte("x")); err == nil {
		t.Error("it takes bytes")
	}
}
