package drivertest_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"tongban/deploy/sim/fault"
	simzone "tongban/deploy/sim/mrz"
	"tongban/deploy/sim/trace"
	"tongban/deploy/sim/wire"
	"tongban/drivers"
	"tongban/drivers/drivertest"
	"tongban/drivers/hal"
	"tongban/drivers/passport/mrzline"
)

// The contract of zone readers, kept with each of the ways in which readers mark a zone.
func TestZoneContract(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		params drivers.Params
		cfg    simzone.Config
	}{
		"silence":     {nil, simzone.Config{}},
		"stx and etx": {drivers.Params{"start": "stx", "end": "etx"}, simzone.Config{STX: true, End: "\x03", Bytes: 11520}},
		"lines":       {drivers.Params{"end": "lines"}, simzone.Config{Line: "\r\n", Bytes: 1920}},
		"one run":     {drivers.Params{"gap": "50ms"}, simzone.Config{Line: "none", End: "\r"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			drivertest.ZoneReader(t, func(t *testing.T) drivertest.ZoneBench {
				t.Helper()
				t.Parallel()
				port := wire.PTY(filepath.Join(t.TempDir(), "zone"))
				b := &simZone{t: t, d: simzone.New(c.cfg, trace.New(), port), port: port, params: c.params}
				if err := b.d.Start(); err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = b.d.Close() })
				return b
			})
		})
	}
}

type simZone struct {
	t      *testing.T
	d      *simzone.Device
	port   *wire.Port
	params drivers.Params
}

func (s *simZone) Open(ctx context.Context, wrap func(drivers.Port) drivers.Port) (drivers.ZoneReader, error) {
	port, err := hal.Open(ctx, s.port.Path())
	if err != nil {
		return nil, err
	}
	if wrap != nil {
		port = wrap(port)
	}
	return mrzline.Open(port, s.params)
}

func (s *simZone) Documents() []drivertest.ZoneAtHand {
	var out []drivertest.ZoneAtHand
	for _, d := range simzone.Documents() {
		z := drivertest.ZoneAtHand{Key: d.Key, Want: drivers.Zone{
			Text: strings.Join(d.Lines, "\n"), Format: d.Format, Type: d.Type, Issuer: d.State, Number: d.Number, Surname: d.Surname, GivenNames: d.Given,
			NameCN: d.NameCN, Nationality: d.Nationality, Birth: d.Birth, Sex: d.Sex, Expires: d.Expiry,
		}}
		if d.Key == "xie" {
			out = append([]drivertest.ZoneAtHand{z}, out...)
			continue
		}
		out = append(out, z)
	}
	return out
}

func (s *simZone) Draw(key string) {
	if err := s.d.Draw(key); err != nil {
		s.t.Error(err)
	}
}

func (s *simZone) Press(name string, value int) { s.press(name, value, 0) }
func (s *simZone) Once(name string, value int)  { s.press(name, value, 1) }

func (s *simZone) press(name string, value, times int) {
	if err := s.d.Faults().Press(fault.Press{Name: name, Value: value, Times: times}); err != nil {
		s.t.Error(err)
	}
}

func (s *simZone) Release(name string) {
	if err := s.d.Faults().Release(name); err != nil {
		s.t.Error(err)
	}
}
