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

// Every served device with numbers of its own can be opened by the service account, by nobody else, and no rule is for whatever is plugged in.
func TestRulesNameEveryPair(t *testing.T) {
	set := load(t)
	rules := set.Rules()
	for _, d := range set.Devices {
		for _, m := range d.Match {
			if p := m.pair(); p != [2]uint16{} && strings.Contains(rules, fmt.Sprintf(`=="%04x", ATTRS{idProduct}=="%04x"`, p[0], p[1])) != (d.Served() && !d.ByService()) {
				t.Errorf("%s: %04x:%04x: a rule only where there is a driver that opens it", d.Profile, p[0], p[1])
			}
		}
	}
	// udev(7): a rule is terms KEY OP "value", separated by commas.
	term := `[A-Z_]+(\{[A-Za-z_]+\})?(==|=)"[^"]+"`
	form := regexp.MustCompile(`^` + term + `(, ` + term + `)*$`)
	for line := range strings.Lines(rules) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if !form.MatchString(line) || !strings.Contains(line, "idVendor") || !strings.HasSuffix(line, `GROUP="tongban", MODE="0660"`) {
			t.Errorf("rule %s", line)
		}
	}
}
