package sdt

import (
	"strings"
	"testing"
	"time"

	"tongban/drivers"
)

func TestParams(t *testing.T) {
	c, err := decode(drivers.Params{"baud": uint64(9600), "poll": "150ms", "timeout_read": 2000, "quirks": []any{"noAddedAddress"}})
	if err != nil {
		t.Fatal(err)
	}
	if c.baud != 9600 || c.poll != 150*time.Millisecond || c.read != 2*time.Second || !c.has(quirkNoAdded) || c.has(quirkNoNumber) {
		t.Errorf("%+v", c)
	}
	if slow, fast := c.flow(), (config{baud: 115200}).flow(); slow < 5*time.Second || fast > 2500*time.Millisecond {
		t.Errorf("flow %v at 9600, %v at 115200", slow, fast)
	}
	for key, p := range map[string]drivers.Params{
		"bauds":        {"bauds": 9600},
		"baud":         {"baud": 1200},
		"poll":         {"poll": "5s"},
		"timeout_read": {"timeout_read": "5s"}, // would break the promise of 3 s
		"timeout_find": {"timeout_find": "soon"},
		"quirks":       {"quirks": []any{"noSuchQuirk"}},
	} {
		if _, err := decode(p); err == nil || !strings.Contains(err.Error(), "setting "+key) {
			t.Errorf("%v: %v", p, err)
		}
	}
	if _, err := decode(drivers.Params{"quirks": "noAddedAddress"}); err == nil {
		t.Error("a quirk that is no list is taken")
	}
}
