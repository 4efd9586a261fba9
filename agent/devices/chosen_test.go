package devices_test

import (
	"strings"
	"testing"

	"tongban/agent/devices"
	"tongban/drivers"
	profiles "tongban/firmware-profiles"
)

// A site may have another device than its model's: it names the profile before the address.
func TestTheSiteChoosesAProfile(t *testing.T) {
	set, err := profiles.Load()
	if err != nil {
		t.Fatal(err)
	}
	model, err := set.Terminal("kiosk-21")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		kind          drivers.Kind
		given         string
		profile, port string // profile "" is an error
	}{
		{drivers.KindPassport, "tcp:127.0.0.1:1", "ccid-contactless", "tcp:127.0.0.1:1"},
		{drivers.KindPassport, "mrz-serial@serial:/dev/ttyUSB3", "mrz-serial", "serial:/dev/ttyUSB3?baud="},
		{drivers.KindReceipt, "escpos-80@serial:/dev/ttyS1", "escpos-80", "serial:/dev/ttyS1?baud="},
		{drivers.KindScanner, "http://desk@10.0.0.7/eSCL", "escl-camera", "http://desk@10.0.0.7/eSCL"},
		{drivers.KindPassport, "nothing@tcp:127.0.0.1:1", "", ""},
		{drivers.KindPassport, "ga450@tcp:127.0.0.1:1", "", ""},       // of another kind
		{drivers.KindPassport, "page-passport@usb:1209:0001", "", ""}, // no driver serves it
		{drivers.KindFinger, "serial:/dev/ttyS2", "ef01-module", "serial:/dev/ttyS2"},
	} {
		slots, err := devices.Slots(set, model, map[string]string{string(c.kind): c.given})
		if c.profile == "" {
			if err == nil || !strings.Contains(err.Error(), string(c.kind)) {
				t.Errorf("%s %s: %v", c.kind, c.given, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s %s: %v", c.kind, c.given, err)
			continue
		}
		for _, s := range slots {
			if s.Kind == c.kind && (s.Profile != c.profile || !strings.HasPrefix(s.Port, c.port)) {
				t.Errorf("%s %s: %s at %s", c.kind, c.given, s.Profile, s.Port)
			}
		}
	}
}
