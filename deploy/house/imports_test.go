package house

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// rule says what the packages that fit from may import of ours. The first rule that fits decides; $m is the module's
// name; a package that no rule names may import nothing of ours.
type rule struct {
	from string
	may  []string
	why  string
}

var rules = []rule{
	{"fleet/wire/...", []string{"fleet/wire/..."}, "the contract of both sides knows neither"},
	{"firmware-profiles/...", []string{"firmware-profiles/..."}, "data with its strict reader"},
	{"drivers/...", []string{"drivers/..."}, "drivers are a leaf: anybody may drive them"},
	{"agent/...", []string{"agent/...", "drivers/...", "firmware-profiles/...", "fleet/wire/...", "kioskui"}, "a terminal knows the centre only by wire"},
	{"kioskui", nil, "pages only"},
	{"fleet/cmd/...", []string{"fleet/...", "central/kernel/..."}, "tools of the fleet"},
	{"fleet/...", []string{"fleet/...", "central/kernel/..."}, "the fleet knows no module: it asks for ports"},
	{"central/kernel/...", []string{"central/kernel/..."}, "the kernel knows no domain word"},
	{"central/modules/$m/internal/store", []string{"central/modules/$m", "central/kernel/actor", "central/kernel/db", "central/kernel/errs", "central/kernel/vault", "central/kernel/clock", "fleet/wire/..."}, "the only package that names the module's tables"},
	{"central/modules/$m/internal/web", []string{"central/modules/$m", "central/modules/$m/internal/...", "central/kernel/...", "fleet/wire/..."}, "typed operations"},
	{"central/modules/$m/internal/...", []string{"central/modules/$m", "central/modules/$m/...", "central/modules/*", "central/kernel/...", "fleet", "fleet/wire/..."}, "use cases ask other modules by their contracts"},
	{"central/modules/$m/module", []string{"central/modules/$m/...", "central/modules/$m", "central/modules/*", "central/kernel/...", "fleet", "fleet/wire/..."}, "wiring of one module"},
	{"central/modules/$m/migrations", nil, "SQL"},
	{"central/modules/$m/seed", []string{"central/modules/$m", "fleet/wire/..."}, "reference data"},
	{"central/modules/$m", []string{"central/kernel/...", "fleet/wire/..."}, "a contract stands alone"},
	{"central/console", nil, "pages only"},
	{"central/public", nil, "pages only"},
	{"central/cmd/...", []string{"..."}, "the one place that wires"},
	{"deploy/...", []string{"..."}, "tools and tests of the whole"},
}

// asks is which module may ask which (synchronously), by contract. It must stay acyclic.
var asks = map[string][]string{
	"privacy":     nil,
	"audit":       nil,
	"catalogue":   nil,
	"forms":       nil,
	"people":      nil,
	"services":    nil,
	"supervision": {"window"},
	"messages":    {"window", "supervision"},
	"statistics":  {"catalogue", "window"},
	"running":     nil,
	"window":      {"catalogue"},
	"onething":    {"catalogue"},
	"desk":        {"catalogue", "window"},
	"hall":        {"catalogue"},
	"issuing":     {"window"},
	"province":    {"window", "catalogue"},
	"joined":      {"window", "catalogue", "onething"},
	"online":      {"window"},
	"bulletin":    nil,
	"sharing":     {"window", "province"},
	"region":      {"window", "catalogue", "issuing", "province"},
}

// doors are the only packages that may import a heavy or risky library.
var doors = map[string][]string{
	"go.bug.st/serial":                    {"drivers/hal/..."},
	"github.com/google/gousb":             {"drivers/hal/..."},
	"github.com/eclipse/paho.mqtt.golang": {"agent/link", "fleet/..."},
	"github.com/nats-io/nats-server/v2":   {"fleet/internal/..."},
	"modernc.org/sqlite":                  {"central/kernel/db", "agent/store", "agent/outbox", "deploy/..."},
	"github.com/jackc/pgx/v5":             {"central/kernel/...", "deploy/..."},
	"github.com/gin-gonic/gin":            {"central/kernel/httpx"},
	"github.com/wailsapp/wails/v2":        {"agent"},
}

const module = "tongban/"

func TestImportsPointDown(t *testing.T) {
	for _, f := range files(t) {
		for _, imp := range f.ast.Imports {
			p, err := strconv.Unquote(imp.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if ours, ok := strings.CutPrefix(p, module); ok {
				if msg := forbidden(f.pkg, ours, f.test()); msg != "" {
					t.Errorf("%s imports %s: %s", f.path, ours, msg)
				}
				continue
			}
			for lib, may := range doors {
				if (p == lib || strings.HasPrefix(p, lib+"/")) && !f.test() && !anyFits(may, f.pkg, "") {
					t.Errorf("%s imports %s: its door is %v", f.path, p, may)
				}
			}
		}
	}
}

func forbidden(from, to string, test bool) string {
	if from == to {
		return ""
	}
	if test && (strings.HasPrefix(to, "deploy/sim/") || to == "central/kernel/kerneltest" || wiring.MatchString(to)) {
		return "" // tests may play with the emulators, a real kernel and real other modules
	}
	for _, r := range rules {
		m, ok := fits(r.from, from, "")
		if !ok {
			continue
		}
		if !anyFits(r.may, to, m) {
			return fmt.Sprintf("%s may import %v (%s)", r.from, r.may, r.why)
		}
		if other, ok := moduleOf(to); ok && m != "" && other != m && !slices.Contains(asks[m], other) {
			return fmt.Sprintf("module %s does not ask %s, see the table asks", m, other)
		}
		return ""
	}
	return "no rule names this package"
}

// wiring is what a test needs to set up another module as it runs: its contract, its wiring and what it ships.
var wiring = regexp.MustCompile(`^central/modules/[a-z]+(/module|/seed)?$`)

var modulePath = regexp.MustCompile(`^central/modules/([a-z]+)`)

func moduleOf(pkg string) (string, bool) {
	m := modulePath.FindStringSubmatch(pkg)
	if m == nil {
		return "", false
	}
	return m[1], true
}

func anyFits(patterns []string, pkg, m string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { _, ok := fits(p, pkg, m); return ok })
}

// fits matches a pattern with "...", "*" and "$m" against a package folder; it returns the module's name when bound.
func fits(pattern, pkg, m string) (string, bool) {
	if pattern == "..." {
		return m, true
	}
	tail := strings.HasSuffix(pattern, "/...")
	want := strings.Split(strings.TrimSuffix(pattern, "/..."), "/")
	have := strings.Split(pkg, "/")
	if len(have) < len(want) || (!tail && len(have) != len(want)) {
		return m, false
	}
	for i, w := range want {
		switch {
		case w == "$m" && m == "":
			m = have[i]
		case w == "$m" && have[i] != m:
			return m, false
		case w == "$m":
		default:
			if ok, err := path.Match(w, have[i]); err != nil || !ok {
				return m, false
			}
		}
	}
	return m, true
}

func TestModulesAskInOneDirection(t *testing.T) {
	var visit func(m string, above []string)
	visit = func(m string, above []string) {
		if slices.Contains(above, m) {
			t.Fatalf("modules ask in a circle: %v → %s", above, m)
		}
		for _, other := range asks[m] {
			visit(other, append(slices.Clone(above), m))
		}
	}
	for m := range asks {
		visit(m, nil)
	}
}

// The rules bite: each planted violation is found.
func TestRulesFindPlantedViolations(t *testing.T) {
	for _, c := range [][2]string{
		{"drivers/idcard/sdt", "agent/session"},
		{"agent/link", "central/kernel/db"},
		{"fleet/internal/gateway", "central/modules/window"},
		{"central/modules/window/internal/web", "central/modules/catalogue"},
		{"central/modules/catalogue", "central/modules/window"},
		{"central/modules/catalogue/internal/app", "central/modules/window"},
		{"central/kernel/db", "fleet/wire"},
		{"nobody/knows", "fleet/wire"},
	} {
		if forbidden(c[0], c[1], false) == "" {
			t.Errorf("%s → %s is let through", c[0], c[1])
		}
	}
}
