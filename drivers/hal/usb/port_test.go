package usb_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	sim "tongban/deploy/sim/usb"
	"tongban/drivers"
	"tongban/drivers/hal/usb"
)

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// pipes is a claimed interface whose other end is the test.
type pipes struct {
	out  map[byte][]byte
	in   map[byte]chan []byte
	full bool // takes nothing
}

func (p *pipes) Read(ctx context.Context, e byte, b []byte) (int, error) {
	select {
	case x, ok := <-p.in[e]:
		if !ok {
			return 0, usb.ErrGone
		}
		return copy(b, x), nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

func (p *pipes) Write(ctx context.Context, e byte, b []byte) (int, error) {
	if p.full {
		<-ctx.Done()
		return 0, ctx.Err()
	}
	p.out[e] = append(p.out[e], b...)
	return len(b), nil
}

func (p *pipes) Close() error { return nil }

type oneBus struct {
	d usb.Info
	p *pipes
}

func (b oneBus) List(context.Context) ([]usb.Info, error) { return []usb.Info{b.d}, nil }
func (b oneBus) Claim(context.Context, usb.Info, usb.Interface) (usb.Pipes, error) {
	return b.p, nil
}

func openPipes(t *testing.T, addresses ...byte) (*pipes, drivers.Port) {
	t.Helper()
	p := &pipes{out: map[byte][]byte{}, in: map[byte]chan []byte{}}
	i := usb.Interface{}
	for _, a := range addresses {
		i.Bulk = append(i.Bulk, usb.Endpoint{Address: a, Packet: 64})
		p.in[a] = make(chan []byte, 8)
	}
	port, err := usb.Open(t.Context(), oneBus{usb.Info{VID: 1, PID: 2, Path: "1-1", Interfaces: []usb.Interface{i}}, p}, usb.Wanted{VID: 1, PID: 2, Interface: -1}, "usb:0001:0002")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = port.Close() })
	return p, port
}

func readAll(t *testing.T, p drivers.Port, n int) []byte {
	t.Helper()
	var got []byte
	buf := make([]byte, 512)
	for range 50 {
		m, err := p.Read(buf, 50*time.Millisecond)
		if err != nil {
			t.Fatal(err)
		}
		if got = append(got, buf[:m]...); len(got) >= n {
			break
		}
	}
	return got
}

// The bytes of the module's specification, pipe by pipe.
func TestFourPipes(t *testing.T) {
	p, port := openPipes(t, 0x02, 0x06, 0x81, 0x85)
	if _, err := port.Write(unhex(t, "AA AA AA 96 69 00 03 20 01 22")); err != nil {
		t.Fatal(err)
	}
	if got := hex.EncodeToString(p.out[0x02]) + " " + hex.EncodeToString(p.out[0x06]); got != "aaaaaa96690003 200122" {
		t.Errorf("find: %s", got)
	}
	// The body may be there before its head: they come over different pipes.
	p.in[0x85] <- unhex(t, "00 00 9F 00 00 00 00 97")
	time.Sleep(20 * time.Millisecond)
	p.in[0x81] <- unhex(t, "AA AA AA 96 69 00 08")
	if got, want := readAll(t, port, 15), unhex(t, "AA AA AA 96 69 00 08 00 00 9F 00 00 00 00 97"); !bytes.Equal(got, want) {
		t.Errorf("found: % X", got)
	}
	// A body that broke off must not eat the next answer's head.
	p.in[0x81] <- unhex(t, "AA AA AA 96 69 00 08")
	p.in[0x85] <- unhex(t, "00 00")
	if got := readAll(t, port, 9); len(got) != 9 {
		t.Errorf("half: % X", got)
	}
	if err := port.Discard(); err != nil {
		t.Fatal(err)
	}
	p.in[0x81] <- unhex(t, "AA AA AA 96 69 00 04")
	p.in[0x85] <- unhex(t, "00 00 80 84")
	if got, want := readAll(t, port, 11), unhex(t, "AA AA AA 96 69 00 04 00 00 80 84"); !bytes.Equal(got, want) {
		t.Errorf("none: % X", got)
	}
	// What came before the plug was pulled is still read, then every call fails.
	p.in[0x81] <- unhex(t, "AA AA AA 96 69 00 04")
	close(p.in[0x85])
	if got := readAll(t, port, 7); len(got) != 7 {
		t.Errorf("before the end: % X", got)
	}
	if _, err := port.Read(make([]byte, 9), time.Second); drivers.Fault(err) == nil || drivers.Fault(err).Reason != drivers.ReasonUnplugged {
		t.Errorf("pulled: %v", err)
	}
	if err := port.Discard(); drivers.Fault(err) == nil || drivers.Fault(err).Code != drivers.CodeNoDevice {
		t.Errorf("discard on a pulled device: %v", err)
	}
}

func TestStream(t *testing.T) {
	p, port := openPipes(t, 0x01, 0x82)
	start := time.Now()
	if n, err := port.Read(make([]byte, 8), 100*time.Millisecond); n != 0 || err != nil || time.Since(start) < 90*time.Millisecond {
		t.Errorf("silence: %d %v after %v", n, err, time.Since(start))
	}
	long := bytes.Repeat([]byte{7}, 10_000)
	if n, err := port.Write(long); n != len(long) || err != nil || !bytes.Equal(p.out[0x01], long) {
		t.Errorf("long write: %d %v", n, err)
	}
	p.in[0x82] <- []byte("abc")
	time.Sleep(20 * time.Millisecond)
	if err := port.Discard(); err != nil {
		t.Error(err)
	}
	if n, err := port.Read(make([]byte, 8), 0); n != 0 || err != nil {
		t.Errorf("after discard: %d %v", n, err)
	}
	done := make(chan error, 2)
	p.full = true
	go func() { _, err := port.Read(make([]byte, 8), time.Minute); done <- err }()
	go func() { _, err := port.Write([]byte("x")); done <- err }()
	time.Sleep(50 * time.Millisecond)
	start = time.Now()
	if err := port.Close(); err != nil {
		t.Error(err)
	}
	for range 2 {
		if err := <-done; err == nil {
			t.Error("a call outlived the port")
		}
	}
	if took := time.Since(start); took > 500*time.Millisecond {
		t.Errorf("close took %v", took)
	}
}

// Two owners of one device: the second is told so, and gets it when the first is done.
func TestHeld(t *testing.T) {
	bus := sim.NewBus()
	d := sim.NewDevice(sim.Descriptor{VID: 1, PID: 2, Endpoints: []sim.Endpoint{{Address: 1, Kind: sim.Bulk, Packet: 64}}})
	if err := bus.Plug("1-1", d); err != nil {
		t.Fatal(err)
	}
	w := usb.Wanted{VID: 1, PID: 2, Interface: -1}
	first, err := usb.Open(t.Context(), bus, w, "usb:0001:0002")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := usb.Open(t.Context(), bus, w, "usb:0001:0002"); drivers.Fault(err) == nil || drivers.Fault(err).Code != drivers.CodeDeviceNotReady {
		t.Errorf("second owner: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Error(err)
	}
	second, err := usb.Open(t.Context(), bus, w, "usb:0001:0002")
	if err != nil {
		t.Fatal(err)
	}
	_ = second.Close()
}
