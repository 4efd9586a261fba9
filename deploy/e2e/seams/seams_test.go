// Package seams runs the product's programs as an outsider would (对外接口检查): the commands and lines that scripts,
// operators and acceptance tests hold on to.
package seams

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tongban/deploy/sim/client"
	"tongban/deploy/stack"
)

func program(t *testing.T, name string) string {
	t.Helper()
	bin := os.Getenv("TONGBAN_BIN")
	if bin == "" {
		t.Skip("TONGBAN_BIN is not set: run by make test")
	}
	return filepath.Join(bin, name)
}

// call runs a program and returns stdout without the last newline, and its exit code.
func call(t *testing.T, name string, args ...string) (string, int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, program(t, name), args...).Output()
	code := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		t.Fatalf("%s %v: %v", name, args, err)
	}
	return strings.TrimRight(string(out), "\n"), code
}

func TestClockDue(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"--accepted 2026-09-18 --days 3", "2026-09-22"},
		{"--accepted 2026-09-24 --days 5", "2026-10-09"},
		{"--accepted 2026-03-02 --days 20", "2026-03-30"},
		{"--accepted 2026-03-02 --days 10 --unit natural", "2026-03-12"},
		{"--accepted 2026-09-15 --days 10 --suspend 2026-09-22..2026-10-09", "2026-10-15"},
		{"--accepted 2025-09-24 --days 20 --suspend 2025-09-29..2025-10-20 --suspend 2025-10-27..2025-11-03", "2025-11-20"},
	} {
		got, code := call(t, "tongban-central", append([]string{"clock", "due"}, strings.Fields(c.args)...)...)
		if got != c.want || code != 0 {
			t.Errorf("clock due %s: %q, exit %d; want %s", c.args, got, code, c.want)
		}
	}
	got, code := call(t, "tongban-central", "clock", "due", "--accepted", "2026-12-31", "--days", "1")
	if code != 0 || !strings.Contains(got, "provisional") || !strings.Contains(got, "2027-01-01") {
		t.Errorf("unknown year: %q, exit %d", got, code)
	}
	for _, bad := range []string{"--days 3", "--accepted 2026-02-30 --days 3", "--accepted 2026-03-02", "--accepted 2026-03-02 --days 5 --suspend nonsense"} {
		if got, code := call(t, "tongban-central", append([]string{"clock", "due"}, strings.Fields(bad)...)...); code == 0 {
			t.Errorf("clock due %s: accepted, %q", bad, got)
		}
	}
}

func TestCheckCode(t *testing.T) {
	for _, c := range []struct {
		kind, value, want string
		code              int
	}{
		{"id", "11010519491231002X", "valid", 0},
		{"id", "510799199001010018", "warning", 0},
		{"id", "110105194912310021", "invalid", 1},
		{"uscc", "91350100M000100Y43", "valid", 0},
		{"uscc", "91350100M000100Y44", "invalid", 1},
		{"licence", "1.2.156.3005.2.11100000000013338W009.11330105002500287C.2025052201.002.0", "valid", 0},
		{"licence", "1.2.156.3005.2.11100000000013661B006.113700000045046442.209FA4E88F9E4C878F3E9BED2CE7EA49.001.M", "invalid", 1},
		{"task", "11370800MB285591843370117002011", "valid", 0},
		{"case", "MY261126-001-0001-8", "valid", 0},
		{"case", "MY261126-001-0001-7", "invalid", 1},
	} {
		got, code := call(t, "tongban-central", "check", "code", "--kind", c.kind, c.value)
		if code != c.code || !(got == c.want || strings.HasPrefix(got, c.want+": ")) {
			t.Errorf("check code --kind %s %s: %q, exit %d; want %s, %d", c.kind, c.value, got, code, c.want, c.code)
		}
	}
}

func TestPermissionsAndCounts(t *testing.T) {
	out, code := call(t, "tongban-central", "permissions", "--json")
	var rows []struct {
		Operation, Audience, Permission string
		Roles                           []string
	}
	if err := json.Unmarshal([]byte(out), &rows); err != nil || code != 0 || len(rows) < 15 {
		t.Fatalf("permissions: %d rows, exit %d, %v", len(rows), code, err)
	}
	for _, r := range rows {
		if r.Permission == "" {
			t.Errorf("%s has no permission", r.Operation)
		}
		// Other systems, audience open, hold no role: each has a key and grants of its own.
		if r.Permission != "public" && r.Permission != "self" && r.Audience != "open" && len(r.Roles) == 0 {
			t.Errorf("nobody may %s (%s)", r.Operation, r.Permission)
		}
	}
	data := t.TempDir()
	if out, code := call(t, "tongban-central", "init", "--data", data); code != 0 {
		t.Fatalf("init: %s", out)
	}
	out, code = call(t, "tongban-central", "catalogue", "counts", "--json", "--data", data)
	var n struct{ Items int }
	if err := json.Unmarshal([]byte(out), &n); err != nil || code != 0 || n.Items < 12 {
		t.Errorf("counts: %q, exit %d, %v", out, code, err)
	}
}

// Passwords of the first start lie in one file that only its owner reads, and running init again changes nothing.
func TestFirstStart(t *testing.T) {
	data := t.TempDir()
	call(t, "tongban-central", "init", "--data", data)
	file := filepath.Join(data, "first-start.txt")
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("first-start file: %v, %v", info, err)
	}
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if _, code := call(t, "tongban-central", "init", "--data", data); code != 0 {
		t.Errorf("second init: exit %d", code)
	}
	if after, err := os.ReadFile(file); err != nil || string(after) != string(before) {
		t.Error("second init changed the passwords")
	}
}

// A misspelt setting is an error that names it.
func TestConfigIsStrict(t *testing.T) {
	file := filepath.Join(t.TempDir(), "c.yaml")
	if err := os.WriteFile(file, []byte("listne: {web: x}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"serve", "--config", file}, {"serve", "--listen-wbe", "127.0.0.1:0"}} {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		out, err := exec.CommandContext(ctx, program(t, "tongban-central"), args...).CombinedOutput()
		cancel()
		if err == nil || !strings.Contains(string(out), "wbe") && !strings.Contains(string(out), "listne") {
			t.Errorf("%v: %v, %s", args, err, out)
		}
	}
}

// drvctl reads a card over the wire, and says in the field's words what is wrong.
func TestReadACard(t *testing.T) {
	link := filepath.Join(t.TempDir(), "reader")
	sim := &stack.Process{Name: "reader", Args: []string{program(t, "tongban-sim"), "device", "--kind", "idcard", "--pty", "--link", link}, Log: filepath.Join(t.TempDir(), "sim.log")}
	var ready struct{ Control string }
	if err := sim.Start(t.Context(), 10*time.Second, &ready); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sim.Kill)
	devices := client.New(ready.Control)
	read := []string{"read", "--kind", "idcard", "--driver", "idcard/sdt", "--port", link, "--json"}

	if out, code := call(t, "drvctl", append(read, "--timeout", "1s")...); code == 0 || !strings.Contains(out, `"completionCode":"timeOut"`) {
		t.Errorf("no card: %q, exit %d", out, code)
	}
	if err := devices.PutCard(t.Context(), "dilnur"); err != nil {
		t.Fatal(err)
	}
	out, code := call(t, "drvctl", read...)
	var card map[string]any
	if err := json.Unmarshal([]byte(out), &card); err != nil || code != 0 {
		t.Fatalf("read: %q, exit %d", out, code)
	}
	for field, want := range map[string]string{
		"type": "resident", "name": "迪丽努尔·阿卜杜热依木艾合买提", "sex": "female", "nation": "05", "birth": "1946-03-15", "valid_to": "long-term",
		"sam_number": "05.03-20230101-0000012345-0987654321",
	} {
		if card[field] != want {
			t.Errorf("%s is %v, want %s", field, card[field], want)
		}
	}
	if ms, _ := card["elapsed_ms"].(float64); ms <= 0 || ms > 1000 {
		t.Errorf("the read took %v ms at line speed", ms)
	}
	if _, there := card["permit_number"]; there {
		t.Error("a resident card has a permit number")
	}
	if out, code := call(t, "drvctl", "read", "--kind", "idcard", "--port", "/dev/no-such-port", "--json"); code == 0 || !strings.Contains(out, `"completionCode":"noDevice"`) {
		t.Errorf("no port: %q, exit %d", out, code)
	}
}

// Health, metrics and the API document answer, on the listeners where they belong.
func TestHealth(t *testing.T) {
	program(t, "tongban-central")
	s, err := stack.Start(t.Context(), stack.Config{Bin: os.Getenv("TONGBAN_BIN"), Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Stop() })
	for url, want := range map[string]int{
		s.Admin + "/livez": 200, s.Admin + "/readyz": 200, s.Admin + "/metrics": 200, s.Web + "/api/openapi.json": 200, s.Web + "/metrics": 0,
	} {
		res, err := http.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if want == 0 && strings.HasPrefix(res.Header.Get("Content-Type"), "text/plain") {
			t.Errorf("%s shows metrics to everybody", url)
		} else if want != 0 && res.StatusCode != want {
			t.Errorf("%s: %s", url, res.Status)
		}
	}
}
