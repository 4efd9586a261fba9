package escpos

import (
	"strings"
	"testing"

	"tongban/drivers"
)

func TestDecode(t *testing.T) {
	c, err := decode(drivers.Params{"dots": uint64(576), "speed": 150.0, "feed": 16, "cut": "full", "quirks": []any{"noEcho", "twoByteGB"}})
	if err != nil || c.dots != 576 || c.speed != 150 || c.feed != 16 || !c.whole || !c.has(quirkNoEcho) || !c.has(quirkTwoByte) || c.has(quirkNoASB) {
		t.Errorf("%+v %v", c, err)
	}
	if c, err := decode(nil); err != nil || c.dots != 384 {
		t.Errorf("default %+v %v", c, err)
	}
	for want, p := range map[string]drivers.Params{
		"setting dotz":    {"dotz": 384},
		"multiple of 8":   {"dots": 385},
		"not a number":    {"dots": "384"},
		"whole number":    {"speed": 99.5},
		"in 64..1152":     {"dots": 8},
		"unknown quirk":   {"quirks": []string{"noecho"}},
		"is not a name":   {"quirks": []any{1}},
		"is not a list":   {"quirks": "noEcho"},
		"partial or full": {"cut": "half"},
	} {
		if _, err := decode(p); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %q", p, err, want)
		}
	}
}
