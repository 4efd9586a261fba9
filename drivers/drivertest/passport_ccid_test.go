package drivertest_test

import (
	"context"
	"crypto/x509"
	"testing"
	"time"

	simpass "tongban/deploy/sim/passport"
	"tongban/deploy/sim/trace"
	"tongban/deploy/sim/usb"
	"tongban/deploy/sim/wire"
	"tongban/drivers"
	"tongban/drivers/drivertest"
	"tongban/drivers/hal"
	"tongban/drivers/passport/ccid"
)

// The contract of passport readers, kept by the driver of the USB class: with short messages in many parts, and with a chip that
// asks for more time, too.
func TestCCIDContract(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		reader simpass.CCID
		params drivers.Params
	}{
		"usual": {simpass.CCID{}, nil}, "parts": {simpass.CCID{Longest: 74}, drivers.Params{"message": 74}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			drivertest.PassportReader(t, func(t *testing.T) drivertest.PassportBench {
				t.Helper()
				t.Parallel()
				return newCCID(t, c.reader, c.params)
			})
		})
	}
}

// The reader says what it is and its version, also after it was pulled out and put back.
func TestCCIDTellsItsVersion(t *testing.T) {
	t.Parallel()
	b := newCCID(t, simpass.CCID{}, nil)
	r, err := b.Open(t.Context(), nil)
	must(t, err)
	t.Cleanup(func() { _ = r.Close() })
	if i := r.Info(); i.Model != "Sample Contactless reader" || i.Firmware != "2.03" {
		t.Errorf("%+v", i)
	}
	b.Press("cut", -1, "")
	if _, err := r.Find(t.Context()); err == nil {
		t.Error("found without a reader")
	}
	if i := r.Info(); i.Firmware != "" {
		t.Errorf("while it is gone: %+v", i)
	}
	b.Release("cut")
	for range 50 {
		if _, err = r.Find(t.Context()); err == nil {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if i := r.Info(); err != nil || i.Firmware != "2.03" {
		t.Errorf("%+v %v", i, err)
	}
}

// A chip that asks for more time gets it; one that asks for ever is given up in time.
func TestCCIDMoreTime(t *testing.T) {
	t.Parallel()
	for later, fails := range map[time.Duration]bool{5 * time.Millisecond: false, 4 * time.Second: true} {
		b := newCCID(t, simpass.CCID{Later: later}, drivers.Params{"answer": "100ms"})
		r, err := b.Open(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		b.Put("xie")
		start := time.Now()
		_, err = r.Read(t.Context(), b.Documents()[0].Access, nil)
		if f := drivers.Fault(err); fails != (f != nil) || fails && (f.Reason != drivers.ReasonSilent || time.Since(start) > drivertest.PassportLimit) {
			t.Errorf("%v: %v after %v", later, err, time.Since(start))
		}
		_ = r.Close()
	}
}

// ccidBench is a reader on a bus of emulated USB devices.
type ccidBench struct {
	*simPassport
	bus    *usb.Bus
	params drivers.Params
}

func newCCID(t *testing.T, reader simpass.CCID, params drivers.Params) *ccidBench {
	t.Helper()
	bus := usb.NewBus()
	d, shape := simpass.USB()
	port := wire.USB(bus, "1-2", d, shape)
	dev, err := simpass.New(simpass.Config{CCID: &reader}, trace.New(), port)
	if err != nil {
		t.Fatal(err)
	}
	if err := dev.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = dev.Close() })
	return &ccidBench{&simPassport{t, dev, port}, bus, params}
}

func (b *ccidBench) Open(ctx context.Context, wrap func(drivers.Port) drivers.Port) (drivers.PassportReader, error) {
	port, err := hal.Sockets{USB: b.bus}.Open(ctx, "usb:1209:0001")
	if err != nil {
		return nil, err
	}
	if wrap != nil {
		port = wrap(port)
	}
	params := drivers.Params{"poll": "50ms", "csca": []*x509.Certificate{b.d.CSCA()}}
	for k, v := range b.params {
		params[k] = v
	}
	return ccid.Open(ctx, port, params)
}
