//go:build linux

package drivertest_test

import (
	"context"
	"crypto/x509"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	simpass "tongban/deploy/sim/passport"
	"tongban/deploy/sim/pcscd"
	"tongban/drivers"
	"tongban/drivers/drivertest"
	"tongban/drivers/hal"
	host "tongban/drivers/hal/pcsc"
	"tongban/drivers/passport/pcsc"
)

// The contract of passport readers, kept by the driver against Debian's smart card service, our chip in its virtual reader.
func TestPCSCContract(t *testing.T) {
	t.Parallel()
	drivertest.PassportReader(t, func(t *testing.T) drivertest.PassportBench {
		t.Helper()
		t.Parallel() // each with a service of its own, which looks at its readers every 400 ms only
		return newPCSC(t)
	})
}

const slotOne = "Sample Reader 00 00"

// pcscBench is a service with a chip in its first slot.
type pcscBench struct {
	*simPassport
	s      *pcscd.Service
	eyes   *host.Client // sees what the service sees
	mu     sync.Mutex
	down   bool
	attach context.CancelFunc
	idle   sync.WaitGroup
}

func newPCSC(t *testing.T) *pcscBench {
	t.Helper()
	if why := pcscd.Missing(); why != "" {
		t.Skip("not against the real smart card service: " + why)
	}
	dir, err := os.MkdirTemp("", "pcsc")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	s, err := pcscd.Start(t.Context(), dir, "Sample Reader")
	if err != nil {
		t.Fatal(err)
	}
	b := &pcscBench{simPassport: newSimPassport(t, simpass.Config{}), s: s}
	t.Cleanup(func() {
		b.detach()
		s.Kill()
		if t.Failed() {
			t.Log(s.Log())
		}
	})
	port, err := hal.Open(t.Context(), b.address())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = port.Close() })
	b.eyes = host.NewClient(port)
	b.reattach()
	return b
}

func (b *pcscBench) address() string { return "pcsc:" + slotOne + "?socket=" + b.s.Socket }

func (b *pcscBench) detach() {
	if b.attach != nil {
		b.attach()
		b.idle.Wait()
	}
}

// reattach hangs up and attaches the chip anew: what is left of the last conversation ends with it.
func (b *pcscBench) reattach() {
	b.detach()
	ctx, cancel := context.WithCancel(context.Background())
	b.attach = cancel
	b.idle.Go(func() { b.d.Stay(ctx, b.s.Cards) })
}

func (b *pcscBench) Open(ctx context.Context, wrap func(drivers.Port) drivers.Port) (drivers.PassportReader, error) {
	port, err := hal.Open(ctx, b.address())
	if err != nil {
		return nil, err
	}
	if wrap != nil {
		port = wrap(port)
	}
	return pcsc.Open(ctx, port, drivers.Params{"csca": []*x509.Certificate{b.d.CSCA()}})
}

// shows waits until the service sees a document or none, which a hand is slow enough for.
func (b *pcscBench) shows(want bool) {
	b.mu.Lock()
	down := b.down
	b.mu.Unlock()
	for range 60 {
		if down {
			return
		}
		list, err := b.eyes.Readers(context.Background(), time.Second)
		if err == nil && len(list) > 0 && list[0].Present == want {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func (b *pcscBench) Put(key string) {
	b.simPassport.Put(key)
	b.shows(true)
}

func (b *pcscBench) Take() {
	b.simPassport.Put("none")
	b.shows(false)
}

func (b *pcscBench) setDown(down bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.down = down
}

// Press cuts by killing the service; everything else the chip does.
func (b *pcscBench) Press(name string, value int, at string) {
	if name != "cut" {
		b.simPassport.Press(name, value, at)
		return
	}
	b.setDown(true)
	b.s.Kill()
}

// Release also hangs up where an answer was swallowed: the virtual reader waits for it for ever, as no real one does.
func (b *pcscBench) Release(name string) {
	switch name {
	case "cut":
		if err := b.s.Run(b.t.Context()); err != nil {
			b.t.Error(err)
		}
		b.setDown(false)
		return
	case "silent", "half", "slow":
		b.simPassport.Release(name)
		b.reattach()
		return
	}
	b.simPassport.Release(name)
}

func (b *pcscBench) must(t *testing.T, params drivers.Params) drivers.PassportReader {
	t.Helper()
	port, err := hal.Open(t.Context(), b.address())
	if err != nil {
		t.Fatal(err)
	}
	if params == nil {
		params = drivers.Params{"csca": []*x509.Certificate{b.d.CSCA()}}
	}
	r, err := pcsc.Open(t.Context(), port, params)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

func (b *pcscBench) read(r drivers.PassportReader, on func(drivers.PassportEvent)) (drivers.Passport, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 8*time.Second)
	defer cancel()
	return r.Read(ctx, b.Documents()[0].Access, on)
}

// again reads as soon as it goes.
func (b *pcscBench) again(t *testing.T, r drivers.PassportReader) {
	t.Helper()
	var err error
	for range 30 {
		b.Take()
		b.Put("xie")
		if _, err = b.read(r, nil); err == nil {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("never again: %v", err)
}

// The service is killed in the middle of the portrait and started again: told at once, and the same driver reads the next document.
func TestPCSCKilledWhileReading(t *testing.T) {
	t.Parallel()
	b := newPCSC(t)
	r := b.must(t, nil)
	for range 3 {
		b.Take()
		b.Put("xie")
		var killed time.Time
		_, err := b.read(r, func(e drivers.PassportEvent) {
			if e.Step == drivers.PassportReading && e.Percent > 30 && killed.IsZero() {
				b.Press("cut", -1, "")
				killed = time.Now()
			}
		})
		if f := drivers.Fault(err); f == nil || f.Code != drivers.CodeNoDevice || f.Reason != drivers.ReasonUnplugged {
			t.Fatalf("read: %v", err)
		}
		if late := time.Since(killed); late > 300*time.Millisecond {
			t.Errorf("told after %v", late)
		}
		b.Release("cut")
		b.again(t, r)
	}
}

// A reader that is pulled out is told as such, at rest and while waiting, and found again, also when another takes its place.
func TestPCSCReaderGone(t *testing.T) {
	t.Parallel()
	b := newPCSC(t)
	r := b.must(t, nil)
	restart := func(name string) {
		b.Press("cut", -1, "")
		b.detach()
		if err := b.s.Rename(name); err != nil {
			t.Fatal(err)
		}
		if err := b.s.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		b.setDown(false)
		if name != "" {
			b.reattach()
		}
	}
	// The first answer tells of the service that is gone, the next of the reader.
	gone := func() {
		t.Helper()
		var err error
		for range 20 {
			if _, err = r.Find(t.Context()); err == nil || strings.Contains(err.Error(), "no such reader") {
				break
			}
			time.Sleep(100 * time.Millisecond)
		}
		if f := drivers.Fault(err); f == nil || f.Code != drivers.CodeNoDevice || f.Reason != drivers.ReasonUnplugged || !strings.Contains(f.Detail, "no such reader") {
			t.Errorf("find without the reader: %v", err)
		}
	}
	restart("")
	gone()
	if s, err := r.Status(t.Context()); err == nil || s.State != drivers.StateNoDevice {
		t.Errorf("status without a reader: %+v %v", s, err)
	}
	if _, err := b.read(r, nil); drivers.Fault(err) == nil || drivers.Fault(err).Code != drivers.CodeNoDevice {
		t.Errorf("read without a reader: %v", err)
	}
	restart("Another Reader")
	gone() // another one is not taken for the one that was named
	restart("Sample Reader")
	b.again(t, r)
}

// A reader with two slots is named by a part of its name: the slot with the contactless chip is found, and the settings name the
// reader where the address does not.
func TestPCSCFindsSlot(t *testing.T) {
	t.Parallel()
	b := newPCSC(t)
	b.Put("xie")
	for address, params := range map[string]drivers.Params{"pcsc:?socket=": nil, "pcsc:sample?socket=": nil, "pcsc: ?socket=": {"reader": "Sample"}} {
		if params != nil { // once with a chip of the other type, which the service sees too
			b.Press("type-b", 0, "")
			b.Take()
			b.Put("xie")
			if list, err := b.eyes.Readers(t.Context(), time.Second); err != nil || !slices.ContainsFunc(list, func(r host.Reader) bool { return r.Contactless() && len(r.ATR) == 13 }) {
				t.Errorf("no chip of type B in %+v: %v", list, err)
			}
		}
		port, err := hal.Open(t.Context(), address+b.s.Socket)
		if err != nil {
			t.Fatal(err)
		}
		r, err := pcsc.Open(t.Context(), port, params)
		if err != nil {
			t.Fatalf("%s: %v", address, err)
		}
		if p, err := b.read(r, nil); err != nil || p.Number == "" || r.Info().Model != slotOne {
			t.Errorf("%s: %v, %+v", address, err, r.Info())
		}
		_ = r.Close()
	}
	for _, params := range []drivers.Params{{"reader": "Else"}, {"reader": ""}, {"reader": 7}, {"raeder": "x"}} {
		port, err := hal.Open(t.Context(), "pcsc:?socket="+b.s.Socket)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := pcsc.Open(t.Context(), port, params); err == nil {
			t.Errorf("%v opens", params)
		}
	}
}

// Two programs at one reader: while another reads, ours waits a moment and then says who is in the way; when the other has
// gone, or was killed, it reads. The test program runs itself as the other one.
func TestPCSCTwoProcesses(t *testing.T) {
	if address := os.Getenv("PCSC_TEST_HOLD"); address != "" {
		holdCard(t, address)
		return
	}
	t.Parallel()
	b := newPCSC(t)
	r := b.must(t, nil)
	b.Put("xie")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	other := exec.CommandContext(ctx, os.Args[0], "-test.run=TestPCSCTwoProcesses$")
	other.Env = append(os.Environ(), "PCSC_TEST_HOLD="+b.address())
	out, err := other.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fscanln(out, new(string)); err != nil {
		t.Fatalf("the other does not hold the card: %v", err)
	}
	start := time.Now()
	_, err = b.read(r, nil)
	if f := drivers.Fault(err); f == nil || f.Code != drivers.CodeDeviceNotReady || time.Since(start) > drivertest.PassportLimit {
		t.Errorf("while another reads: %v after %v", err, time.Since(start))
	}
	if s, err := r.Status(t.Context()); err != nil || s.Media != "present" {
		t.Errorf("status while another reads: %+v %v", s, err)
	}
	time.AfterFunc(300*time.Millisecond, cancel) // kills it
	if _, err := b.read(r, nil); err != nil {
		t.Errorf("after the other was killed: %v", err)
	}
	_ = other.Wait()
}

func holdCard(t *testing.T, address string) {
	port, err := hal.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := host.NewClient(port).Connect(t.Context(), 2*time.Second, slotOne); err != nil {
		t.Fatal(err)
	}
	fmt.Println("held")
	time.Sleep(20 * time.Second)
}

// Where no service runs, opening says so.
func TestPCSCNoService(t *testing.T) {
	_, err := hal.Open(t.Context(), "pcsc:?socket="+t.TempDir()+"/none")
	if f := drivers.Fault(err); f == nil || f.Code != drivers.CodeNoDevice || !strings.Contains(f.Detail, "pcscd") {
		t.Errorf("open: %v", err)
	}
}
