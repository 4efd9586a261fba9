package profiles

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRulesAreCurrent(t *testing.T) {
	got, err := os.ReadFile(RulesFile)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(load(t).Rules(), string(got)); diff != "" {
		t.Errorf("run: go run ./firmware-profiles/cmd/table (-want +got):\n%s", diff)
	}
}

// Every served device with numbers of its own, and every usage by which one is known, can be opened by the service account; what nothing
// serves or another service opens has no rule.
func TestRulesNameEveryPairAndUsage(t *testing.T) {
	set := load(t)
	rules := set.Rules()
	pairs, usages := 0, 0
	for _, d := range set.Devices {
		for _, m := range d.Match {
			wanted := d.Served() && !d.ByService()
			if p := m.pair(); p != [2]uint16{} {
				pairs++
				if strings.Contains(rules, fmt.Sprintf(`=="%04x", ATTRS{idProduct}=="%04x"`, p[0], p[1])) != wanted {
					t.Errorf("%s: %04x:%04x: a rule only where there is a driver that opens it", d.Profile, p[0], p[1])
				}
			}
			if m.Usage != nil {
				usages++
				if strings.Contains(rules, fmt.Sprintf(`RESULT=="*%04x:%04x*"`, m.Usage.Page, m.Usage.ID)) != wanted {
					t.Errorf("%s: usage %04x:%04x: a rule only where there is a driver that opens it", d.Profile, m.Usage.Page, m.Usage.ID)
				}
			}
		}
	}
	if pairs < 10 || usages < 1 {
		t.Errorf("%d pairs and %d usages: the profiles have more", pairs, usages)
	}
}

// udev(7): a rule is terms KEY OP "value", separated by commas. Each gives something to the group alone, and none is for whatever is plugged in:
// a rule names a device by its numbers or its usage, or a part of the machine.
func TestRulesAreNarrow(t *testing.T) {
	term := `[A-Z_]+(\{[A-Za-z_]+\})?(==|!=|\+?=)"[^"]+"`
	form := regexp.MustCompile(`^` + term + `(, ` + term + `)*$`)
	named := regexp.MustCompile(`idVendor}=="[0-9a-f]{4}", ATTRS?\{idProduct}=="[0-9a-f]{4}"|RESULT=="\*[0-9a-f]{4}:[0-9a-f]{4}\*"|SUBSYSTEM=="backlight"|SUBSYSTEM=="i2c-dev", ATTRS\{class}=="0x03\*"`)
	gives := regexp.MustCompile(`GROUP="tongban", MODE="0660"$|RUN\+="/bin/chgrp tongban [^ ]+", RUN\+="/bin/chmod g\+w [^ ]+"$`)
	for line := range strings.Lines(load(t).Rules()) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if !form.MatchString(line) || !named.MatchString(line) || !gives.MatchString(line) {
			t.Errorf("rule %s", line)
		}
	}
}
