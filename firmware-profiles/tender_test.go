package profiles

import (
	"slices"
	"testing"
)

// There are enough devices to choose from, and every kind that the tender names has one.
func TestThereAreDevicesToChooseFrom(t *testing.T) {
	s := load(t)
	if n := len(s.Devices); n < 30 {
		t.Errorf("%d device profiles, want at least 30", n)
	}
	for _, k := range kinds {
		if KindName(k) == "" {
			t.Errorf("kind %s has no name", k)
		}
		if !slices.ContainsFunc(s.Devices, func(d Device) bool { return d.Kind == k }) {
			t.Errorf("no profile of kind %s", k)
		}
	}
}

// The machine's own numbers are the tender's (HW-K1, HW-K3, HW-K13, HW-D1, HW-D2).
func TestTerminalModelsCarryTheTendersThresholds(t *testing.T) {
	s := load(t)
	for model, want := range map[string]map[string]float64{
		"kiosk-21": {
			"cores": 4, "clock": 3, "cache": 6, "memory": 16, "disk": 256, "solid_state": 1, "serial_ports": 8, "usb_ports": 10,
			"diagonal": 21, "pixel_width": 1280, "pixel_height": 1024, "length": 1000, "height": 2000, "width": 700,
		},
		"desk-15": {
			"cores": 4, "clock": 2, "cache": 6, "memory": 4, "disk": 128, "solid_state": 1, "usb_ports": 2, "network_cards": 2,
			"diagonal": 15.6, "pixel_width": 1920, "pixel_height": 1080, "brightness": 250, "touch_points": 2,
		},
	} {
		m, err := s.Terminal(model)
		if err != nil {
			t.Fatal(err)
		}
		if len(m.Tender) != len(want) {
			t.Errorf("%s: %d thresholds, want %d", model, len(m.Tender), len(want))
		}
		for property, v := range want {
			b, ok := m.Bound(property)
			if !ok || !b.Met(v) || b.Met(v-0.1) && b.AtLeast != nil || b.Met(v+0.1) && b.AtMost != nil {
				t.Errorf("%s %s: %+v, want the bound at %v", model, property, b, v)
			}
		}
	}
}

// Each device that the tender gives a chapter has its part, and what is built in is one of them.
func TestOutfitsAreTheTenders(t *testing.T) {
	s := load(t)
	for model, want := range map[string][]string{
		"kiosk-21": {"signature", "display", "camera", "idcard", "laser", "receipt", "scanner", "cctv", "fingerprint", "passport", "barcode"},
		"desk-15":  {"scanner", "idcard", "barcode", "camera", "speaker", "fingerprint"},
	} {
		m, err := s.Terminal(model)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range m.Outfit {
			got = append(got, p.Kind)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", model, got, want)
		}
		for _, d := range m.Devices {
			if !slices.Contains(got, d.Kind) {
				t.Errorf("%s has a %s that the tender does not ask for", model, d.Kind)
			}
		}
	}
}

// The model says how bright its panel is, and one that is darker than the tender wants is refused (HW-D2.3).
func TestDeskPanelIsAsBrightAsTheTenderWants(t *testing.T) {
	m, err := load(t).Terminal("desk-15")
	if err != nil {
		t.Fatal(err)
	}
	if b, ok := m.Bound("brightness"); !ok || !b.Met(m.Panel.Brightness) || b.Met(249) || b.Unit != "cd/㎡" {
		t.Errorf("%v cd/㎡ against %+v", m.Panel.Brightness, b)
	}
	for _, dark := range []float64{0, 249} {
		m.Panel.Brightness = dark
		if m.check() == nil {
			t.Errorf("%v cd/㎡ pass", dark)
		}
	}
}
