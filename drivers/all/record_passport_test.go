package all_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	simzone "tongban/deploy/sim/mrz"
	simpass "tongban/deploy/sim/passport"
	"tongban/deploy/sim/trace"
	"tongban/deploy/sim/usb"
	"tongban/deploy/sim/wire"
	"tongban/drivers"
	"tongban/drivers/hal"
	"tongban/drivers/hal/tape"
	"tongban/drivers/passport/ccid"
	"tongban/drivers/passport/mrzline"
)

// As TestRecordTapes, for the readers of passports that speak for themselves.
func TestRecordPassportTapes(t *testing.T) {
	only := os.Getenv("RECORD")
	if only == "" {
		t.Skip("records only with RECORD=1")
	}
	for _, p := range profiles(t) {
		if only != "1" && only != p.Profile {
			continue
		}
		switch p.Driver {
		case mrzline.Name:
			far := wire.PTY(filepath.Join(t.TempDir(), "zone"))
			cfg := simzone.Config{}
			if p.Params["end"] == "etx" {
				cfg = simzone.Config{STX: true, End: "\x03"}
			}
			d := simzone.New(cfg, trace.New(), far)
			if err := d.Start(); err != nil {
				t.Fatal(err)
			}
			record(t, mrzline.Driver(), socket(t, hal.Sockets{}, far.Path()), p, "emulator deploy/sim", func() { _ = d.Draw("xie") })
			_ = d.Close()
		case ccid.Name:
			bus := usb.NewBus()
			desc, shape := simpass.USB()
			d, err := simpass.New(simpass.Config{CCID: &simpass.CCID{}}, trace.New(), wire.USB(bus, "1-2", desc, shape))
			if err != nil {
				t.Fatal(err)
			}
			if err := d.Start(); err != nil {
				t.Fatal(err)
			}
			record(t, ccid.Driver(), socket(t, hal.Sockets{USB: bus}, "usb:1209:0001"), p, "emulator deploy/sim", func() {})
			_ = d.Close()
		}
	}
}

func socket(t *testing.T, s hal.Sockets, address string) drivers.Port {
	t.Helper()
	port, err := s.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// record walks a driver over a port and keeps the tape; hand does what a person does a second later.
func record(t *testing.T, d drivers.Driver, port drivers.Port, p profile, from string, hand func()) {
	t.Helper()
	var redact drivers.Redactor
	if d.Redact != nil {
		redact = d.Redact()
	}
	rec, err := tape.Record(port, redact, map[string]string{"driver": p.Driver, "from": from})
	if err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(time.Second, hand)
	walk(t, d, rec, p)
	f, err := os.Create(filepath.Join(root, p.Tape))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := rec.Tape().WriteTo(f); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}
