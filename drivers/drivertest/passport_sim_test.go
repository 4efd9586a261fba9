package drivertest_test

import (
	"context"
	"crypto/x509"
	"testing"
	"time"

	"tongban/deploy/sim/fault"
	simpass "tongban/deploy/sim/passport"
	"tongban/deploy/sim/trace"
	"tongban/deploy/sim/wire"
	"tongban/drivers"
	"tongban/drivers/drivertest"
	"tongban/drivers/hal"
	"tongban/drivers/passport/apdu"
)

// The contract of passport readers, kept by the driver against the emulator.
func TestPassportContract(t *testing.T) {
	t.Parallel()
	drivertest.PassportReader(t, func(t *testing.T) drivertest.PassportBench {
		t.Helper()
		t.Parallel()
		return newSimPassport(t, simpass.Config{})
	})
}

// Secure messaging draws new keys for every document: what goes wrong for one key in ten thousand shows only in numbers.
func TestPassportManyKeys(t *testing.T) {
	t.Parallel()
	b := newSimPassport(t, simpass.Config{})
	r, err := b.Open(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	b.Press("bac-only", 0, "")
	for i := range 200 {
		if i == 100 {
			b.Release("bac-only")
		}
		b.Put("xie")
		p, err := r.Read(t.Context(), b.Documents()[0].Access, nil)
		if err != nil || p.Verdict != drivers.VerdictGenuine {
			t.Fatalf("read %d: %v %s %s", i, err, p.Verdict, p.Why)
		}
	}
}

// The time of a whole passport with a portrait of 15 kB, with a chip at 424 kbit/s.
func TestPassportReadTime(t *testing.T) {
	for _, old := range []bool{false, true} {
		b := newSimPassport(t, simpass.RealTime())
		if old {
			b.Press("bac-only", 0, "")
		}
		r, err := b.Open(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		b.Put("xie")
		p, err := r.Read(t.Context(), b.Documents()[0].Access, nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: groups 1 and 2 in %d ms, %d bytes of portrait; opened, read and checked in %d ms", p.Access, p.DataMS, len(p.Photo), p.ElapsedMS)
		if p.ElapsedMS > 5000 {
			t.Errorf("%s took %d ms", p.Access, p.ElapsedMS)
		}
		_ = r.Close()
	}
}

type simPassport struct {
	t    testing.TB
	d    *simpass.Device
	port *wire.Port
}

// The time of data groups 1 and 2 with a portrait of 15 kB, beside what chip and radio link alone take for them.
func BenchmarkPassportBAC(b *testing.B)  { benchPassport(b, true) }
func BenchmarkPassportPACE(b *testing.B) { benchPassport(b, false) }

func benchPassport(b *testing.B, old bool) {
	s := newSimPassport(b, simpass.RealTime())
	if old {
		s.Press("bac-only", 0, "")
	}
	r, err := s.Open(b.Context(), nil)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	var data, whole int64
	var bound time.Duration
	for range b.N {
		s.Put("xie")
		p, err := r.Read(b.Context(), s.Documents()[0].Access, nil)
		if err != nil || len(p.Photo) != 15000 {
			b.Fatalf("%v, portrait of %d bytes", err, len(p.Photo))
		}
		data, whole, bound = data+p.DataMS, whole+p.ElapsedMS, bound+s.d.Took(0x0101, 0x0102)
	}
	n := float64(b.N)
	b.ReportMetric(float64(data)/n, "data-ms")
	b.ReportMetric(float64(bound.Milliseconds())/n, "line-ms")
	b.ReportMetric(float64(whole)/n, "whole-ms")
}

func newSimPassport(t testing.TB, cfg simpass.Config) *simPassport {
	t.Helper()
	port := wire.TCP("127.0.0.1:0")
	d, err := simpass.New(cfg, trace.New(), port)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return &simPassport{t, d, port}
}

func (s *simPassport) Open(ctx context.Context, wrap func(drivers.Port) drivers.Port) (drivers.PassportReader, error) {
	port, err := hal.Open(ctx, "tcp:"+s.port.Path())
	if err != nil {
		return nil, err
	}
	if wrap != nil {
		port = wrap(port)
	}
	return apdu.Open(ctx, port, drivers.Params{"poll": "50ms", "csca": []*x509.Certificate{s.d.CSCA()}})
}

func (s *simPassport) Documents() []drivertest.PassportAtHand {
	var out []drivertest.PassportAtHand
	for _, d := range simpass.Documents() {
		nationality := d.State
		if d.Letters != "" { // a permit of the mainland does not say
			nationality = ""
		}
		out = append(out, drivertest.PassportAtHand{
			Key: d.Key, Access: drivers.PassportAccess{MRZ: d.Zone()}, CAN: drivers.PassportAccess{CAN: d.CAN},
			Want: drivers.Passport{
				Type: d.Type, Issuer: d.State, Number: d.Number, Surname: d.Surname, GivenNames: d.Given, NameCN: d.NameCN,
				Nationality: nationality, Birth: d.BirthLong, Expires: d.ExpiresLong, Sex: map[string]string{"M": "male", "F": "female"}[d.Sex],
			},
		})
	}
	return out
}

func (s *simPassport) Put(key string) {
	if err := s.d.Put(key); err != nil {
		s.t.Error(err)
	}
}

func (s *simPassport) Take() { s.Put("none") }

func (s *simPassport) Press(name string, value int, at string) { s.press(name, value, at, 0) }
func (s *simPassport) Once(name string, value int, at string)  { s.press(name, value, at, 1) }

func (s *simPassport) press(name string, value int, at string, times int) {
	if err := s.d.Faults().Press(fault.Press{Name: name, Value: value, At: at, Times: times}); err != nil {
		s.t.Error(err)
	}
}

func (s *simPassport) Release(name string) {
	if err := s.d.Faults().Release(name); err != nil {
		s.t.Error(err)
	}
}
