package drivertest_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/goccy/go-yaml"

	"tongban/deploy/sim/rig"
	"tongban/deploy/sim/simtest"
	"tongban/drivers"
	"tongban/drivers/barcode/serial"
	"tongban/drivers/drivertest"
	"tongban/drivers/fingerprint/ef01"
	"tongban/drivers/idcard/sdt"
)

// deskProfile is the device profile that the desktop terminal's model names for a kind, read as data like in drivers/all.
func deskProfile(t *testing.T, kind drivers.Kind, driver string) drivers.Params {
	t.Helper()
	var model struct {
		Outfit []struct {
			Kind    drivers.Kind `yaml:"kind"`
			Profile string       `yaml:"profile"`
		} `yaml:"outfit"`
	}
	var profile struct {
		Driver string         `yaml:"driver"`
		Params drivers.Params `yaml:"params"`
	}
	read := func(into any, at ...string) {
		t.Helper()
		b, err := os.ReadFile(filepath.Join(append([]string{"../../firmware-profiles"}, at...)...))
		must(t, err)
		must(t, yaml.Unmarshal(b, into))
	}
	read(&model, "terminals", "desk-15.yaml")
	for _, d := range model.Outfit {
		if d.Kind != kind {
			continue
		}
		read(&profile, string(kind), d.Profile+".yaml")
		if profile.Driver != driver {
			t.Fatalf("%s on the desktop terminal is driven by %s, not by %s", d.Profile, profile.Driver, driver)
		}
		return profile.Params
	}
	t.Fatalf("the desktop terminal has no %s", kind)
	return nil
}

// The parts that extend the desktop terminal (扩展部件) keep the contracts with the settings of its own model.
func TestDesktopContract(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("the drivers of other contracts, with other settings")
	}
	t.Run("idcard", func(t *testing.T) {
		t.Parallel()
		params := deskProfile(t, drivers.KindIDCard, sdt.Name)
		drivertest.IDCardReader(t, func(t *testing.T) drivertest.IDCardBench {
			t.Helper()
			t.Parallel()
			s := newSimReader(t, "pty")
			s.params = params
			return s
		})
	})
	t.Run("barcode", func(t *testing.T) {
		t.Parallel()
		params := deskProfile(t, drivers.KindBarcode, serial.Name)
		drivertest.BarcodeReader(t, func(t *testing.T) drivertest.BarcodeBench {
			t.Parallel()
			set := func(c *rig.Config) { c.Barcode.Triggered = true }
			return &simBarcode{b: simtest.StartWith(t, []simtest.Option{set}, simtest.Barcode), params: params}
		})
	})
	t.Run("fingerprint", func(t *testing.T) {
		t.Parallel()
		params := deskProfile(t, drivers.KindFinger, ef01.Name)
		drivertest.FingerprintReader(t, func(t *testing.T) drivertest.FingerBench {
			t.Parallel()
			return deskFinger{&simFinger{b: simtest.Start(t, simtest.Fingerprint)}, params}
		})
	})
}

// deskFinger is one whose driver gets the settings of the model, which are none.
type deskFinger struct {
	*simFinger
	params drivers.Params
}

func (f deskFinger) Open(ctx context.Context) (drivers.FingerprintReader, error) {
	return f.open(ctx, f.params)
}
