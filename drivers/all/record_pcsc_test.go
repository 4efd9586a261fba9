//go:build linux

package all_test

import (
	"os"
	"testing"

	"tongban/deploy/sim/pcscd"
	"tongban/drivers/hal"
	"tongban/drivers/passport/pcsc"
)

// named is what the smart card service calls the readers: the names of Debian's libccid.
var named = map[string]string{"pcsc-acr122": "ACS ACR122U PICC Interface", "pcsc-acr1281": "ACS ACR1281U", "pcsc-omnikey": "OMNIKEY CardMan 5321"}

// As TestRecordTapes, from Debian's smart card service with a virtual reader of the model's name.
func TestRecordServiceTapes(t *testing.T) {
	only := os.Getenv("RECORD")
	if only == "" {
		t.Skip("records only with RECORD=1")
	}
	if why := pcscd.Missing(); why != "" {
		t.Fatal(why)
	}
	for _, p := range profiles(t) {
		if p.Driver != pcsc.Name || only != "1" && only != p.Profile {
			continue
		}
		dir, err := os.MkdirTemp("", "pcsc")
		if err != nil {
			t.Fatal(err)
		}
		s, err := pcscd.Start(t.Context(), dir, named[p.Profile])
		if err != nil {
			t.Fatal(err)
		}
		port, err := hal.Open(t.Context(), "pcsc:?socket="+s.Socket)
		if err != nil {
			t.Fatal(err)
		}
		record(t, pcsc.Driver(), port, p, "pcscd with vpcd", func() {})
		s.Kill()
		_ = os.RemoveAll(dir)
	}
}
