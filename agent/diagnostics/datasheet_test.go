package diagnostics

import (
	"slices"
	"testing"

	"tongban/agent/screen"
	profiles "tongban/firmware-profiles"
)

// What the data sheet says and nobody can measure stands beside the device: how it is powered, and the camera's scan frequency.
func TestDataSheetIsShown(t *testing.T) {
	set, err := profiles.Load()
	if err != nil {
		t.Fatal(err)
	}
	for profile, labels := range map[string][]string{"uvc-dual": {"扫描频率", "供电"}, "ga450": {"供电"}} {
		d, err := set.Device(profile)
		if err != nil {
			t.Fatal(err)
		}
		for _, built := range []bool{true, false} { // also before it is connected
			facts := place{kind: d.Kind, profile: d, here: built}.facts()
			for _, label := range labels {
				if !slices.ContainsFunc(facts, func(f screen.ServiceFact) bool { return f.Label == label && f.Value != "" }) {
					t.Errorf("%s, built in %v: no %s in %+v", profile, built, label, facts)
				}
			}
		}
	}
}
