package drivertest_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"tongban/deploy/sim/fingerprint/library"
	"tongban/drivers"
	"tongban/drivers/drivertest"
	"tongban/drivers/fingerprint/livescan"
	"tongban/drivers/fingerprint/match"
	"tongban/drivers/hal"
)

// The contract of fingerprint devices, kept by a maker's library in a program of its own.
func TestLivescanContract(t *testing.T) {
	t.Parallel() // most of it is waiting for a device
	drivertest.FingerprintReader(t, func(t *testing.T) drivertest.FingerBench { return newLibraryBench(t) })
}

const handOf = "TONGBAN_TEST_HAND"

// TestLibraryProgram is not a test of anything: started by a script of libraryBench, it is the library's program.
func TestLibraryProgram(t *testing.T) {
	hand := os.Getenv(handOf)
	if hand == "" {
		t.Skip("this is the program that TestLivescanContract starts")
	}
	if err := library.Serve(library.Hand(hand), os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
	os.Exit(0)
}

type libraryBench struct {
	t       *testing.T
	hand    library.Hand
	program string
}

func newLibraryBench(t *testing.T) *libraryBench {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the program is started by a shell script")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	b := &libraryBench{t: t, hand: library.Hand(t.TempDir()), program: filepath.Join(t.TempDir(), "library")}
	if err := library.Script(b.program, "env", handOf+"="+string(b.hand), self, "-test.run=^TestLibraryProgram$"); err != nil {
		t.Fatal(err)
	}
	b.must(b.hand.Lay("none"))
	b.must(b.hand.Draw())
	return b
}

func (b *libraryBench) Open(ctx context.Context) (drivers.FingerprintReader, error) {
	port, err := hal.Open(ctx, "program:"+b.program)
	if err != nil {
		return nil, err
	}
	return livescan.Open(ctx, port, nil)
}

func (b *libraryBench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *libraryBench) Lay(finger string)         { b.t.Helper(); b.must(b.hand.Lay(finger)) }
func (b *libraryBench) Press(fault string, _ int) { b.t.Helper(); b.must(b.hand.Press(fault, false)) }
func (b *libraryBench) Once(fault string, _ int)  { b.t.Helper(); b.must(b.hand.Press(fault, true)) }
func (b *libraryBench) Release(fault string)      { b.t.Helper(); b.must(b.hand.Release(fault)) }

// again captures until the program has been started anew.
func (b *libraryBench) again(m drivers.FingerprintReader) drivers.Fingerprint {
	b.t.Helper()
	from := time.Now()
	for {
		ctx, cancel := context.WithTimeout(b.t.Context(), 5*time.Second)
		f, err := m.Capture(ctx, true)
		cancel()
		if err == nil {
			return f
		}
		if time.Since(from) > 10*time.Second {
			b.t.Fatalf("not back after %v: %v", time.Since(from), err)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// A library that crashes takes its own program with it and nothing else: the call under way fails as a device that was pulled, and the next
// ones work on a program that was started anew.
func TestLivescanCrash(t *testing.T) {
	t.Parallel()
	b := newLibraryBench(t)
	m, err := b.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close() //nolint:errcheck // looked at by the contract
	b.Lay("good")
	for range 3 {
		b.again(m)
		b.Once("crash", 0)
		_, err := m.Capture(t.Context(), true)
		if f := drivers.Fault(err); f == nil || f.Code != drivers.CodeNoDevice {
			t.Fatalf("%v", err)
		}
		if s, _ := m.Status(t.Context()); s.Ready() {
			t.Errorf("ready at once, before the pause: %+v", s)
		}
	}
	b.again(m)
	b.Press("crash", 0) // at each start
	for range 5 {
		if _, err := m.Capture(t.Context(), true); err == nil {
			t.Fatal("a program that crashes gave a finger")
		}
		time.Sleep(150 * time.Millisecond)
	}
	b.Release("crash")
	b.again(m)
}

// What a library prints between answers is dropped, a missing licence is told, and a lacking call has another way.
func TestLivescanOddLibraries(t *testing.T) {
	t.Parallel()
	b := newLibraryBench(t)
	m, err := b.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close() //nolint:errcheck // looked at by the contract
	if i := m.Info(); i.Model != "仿真指纹采集器" || i.Serial != "SIM-FP-0001" || i.Driver != livescan.Name {
		t.Errorf("%+v", i)
	}
	b.Lay("good")
	b.Press("chatter", 0)
	own := b.again(m)
	if own.Form != drivers.FormLibrary || own.ElapsedMS > 2000 || own.Image.Rect.Dx() != library.Width || own.Image.Rect.Dy() != library.Height {
		t.Errorf("%v of form %s in %d ms", own, own.Form, own.ElapsedMS)
	}
	b.Release("chatter")
	second := b.again(m)
	compare := m.(drivers.FingerprintMatcher).Compare
	if s, err := compare(t.Context(), own.Template, second.Template); err != nil || s < match.Threshold || s > 1 {
		t.Errorf("the same finger: %.2f %v", s, err)
	}
	if _, err := compare(t.Context(), own.Template, []byte("nothing of theirs")); err == nil {
		t.Error("a template of nobody was compared")
	}
	b.Press("plain", 0) // the library has no features: we make a record of our own
	first, next := b.again(m), b.again(m)
	if first.Form != drivers.FormISO {
		t.Errorf("form %s", first.Form)
	}
	if s, err := compare(t.Context(), first.Template, next.Template); err != nil || s < match.Threshold {
		t.Errorf("our own: %.2f %v", s, err)
	}
	b.Press("licence", 0)
	_, err = m.Capture(t.Context(), true)
	if f := drivers.Fault(err); f == nil || f.Code != drivers.CodeHardwareError || f.Raw == "" {
		t.Errorf("licence: %v", err)
	}
}
