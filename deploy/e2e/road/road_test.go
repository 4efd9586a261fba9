// Package road walks the one road with real processes (主路走查): from the card on the reader to the clerk's decision and back,
// on SQLite and on PostgreSQL, through the calls that the pages make.
package road

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tongban/agent/screen"
	"tongban/deploy/sim/client"
	"tongban/deploy/stack"
	"tongban/deploy/walk"
	"tongban/fleet/wire"
)

func start(t *testing.T, database string) *stack.Stack {
	t.Helper()
	bin := os.Getenv("TONGBAN_BIN")
	if bin == "" {
		t.Skip("TONGBAN_BIN is not set: run by make test")
	}
	s, err := stack.Start(t.Context(), stack.Config{Bin: bin, Dir: t.TempDir(), Database: database, Fast: true, Terminals: stack.Usual()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			logs(t, s)
		}
	})
	return s
}

func logs(t *testing.T, s *stack.Stack) {
	t.Helper()
	all, _ := filepath.Glob(filepath.Join(s.Dir, "logs", "*.log"))
	for _, f := range all {
		b, err := os.ReadFile(f)
		if err == nil {
			t.Logf("%s:\n%s", filepath.Base(f), b[max(0, len(b)-4000):])
		}
	}
}

func TestRoadOnSQLite(t *testing.T) { walkAll(t, start(t, "")) }

func TestRoadOnPostgreSQL(t *testing.T) {
	dsn := os.Getenv("TONGBAN_ROAD_PG")
	if dsn == "" {
		t.Skip("TONGBAN_ROAD_PG is not set: run by make test")
	}
	walkAll(t, start(t, dsn))
}

// people of one walk.
type cast struct {
	stack   *stack.Stack
	devices *client.Client
	citizen *walk.Citizen
	clerk   *walk.Clerk
}

func walkAll(t *testing.T, s *stack.Stack) {
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	term := s.Terminals[0]
	citizen, err := walk.Enter(ctx, term.UI)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := citizen.Until(ctx, 20*time.Second, "terminal online", walk.Online); err != nil {
		t.Fatal(err)
	}
	password, err := walk.Password(s.Secrets, "clerk")
	if err != nil {
		t.Fatal(err)
	}
	clerk, err := walk.SignIn(ctx, s.Web, "clerk", password)
	if err != nil {
		t.Fatal(err)
	}
	c := cast{stack: s, devices: client.New(term.Control), citizen: citizen, clerk: clerk}
	c.accepted(ctx, t)
	c.told(ctx, t)
	c.refused(ctx, t)
	c.sentTwice(ctx, t)
	c.auditHolds(ctx, t)
}

// accepted: handed in at the kiosk, on the clerk's screen within a second, accepted; the citizen's query shows it and the
// paper verifies, also as a file, and not when a byte is changed.
func (c cast) accepted(ctx context.Context, t *testing.T) {
	t.Helper()
	done := c.hand(ctx, t, walk.Visit{Person: "dilnur", Item: "glbt"})
	from := time.Now()
	if err := c.clerk.Waits(ctx, done.CaseNo, 10*time.Second); err != nil {
		t.Fatal(err)
	}
	fmt.Printf("road: %s at the window after %s\n", done.CaseNo, time.Since(from).Round(time.Millisecond))
	s, err := c.citizen.Until(ctx, 15*time.Second, "slip printed and received", func(s screen.State) bool {
		return walk.SlipOut(s) && s.Visit.Done.State == "received"
	})
	if err != nil {
		t.Fatal(err)
	}
	if s.Visit.Done.CheckCode == "" {
		t.Error("no check code on the submitted screen")
	}
	h, err := c.clerk.Accept(ctx, done.CaseNo)
	if err != nil {
		t.Fatal(err)
	}
	if h.State != "accepted" {
		t.Errorf("case is %s after acceptance", h.State)
	}
	p := c.progress(ctx, t, done)
	if p.State != "accepted" || p.Due == "" || len(p.Documents) == 0 {
		t.Errorf("the citizen sees %+v", p)
	}
	c.verifies(ctx, t, done.CaseNo)
	c.end(ctx, t)
}

func (c cast) hand(ctx context.Context, t *testing.T, v walk.Visit) screen.Done {
	t.Helper()
	done, _, err := c.citizen.Hand(ctx, c.devices, v)
	if err != nil {
		t.Fatalf("%s hands in %s: %v", v.Person, v.Item, err)
	}
	if _, err := wire.ParseCaseNo(done.CaseNo); err != nil {
		t.Errorf("case number %s: %v", done.CaseNo, err)
	}
	return done
}

func (c cast) progress(ctx context.Context, t *testing.T, d screen.Done) wire.Progress {
	t.Helper()
	out, err := c.citizen.Progress(ctx, d.CaseNo, d.CheckCode)
	if err != nil || len(out.Cases) != 1 {
		t.Fatalf("progress of %s: %+v, %v", d.CaseNo, out, err)
	}
	if wrong, err := c.citizen.Progress(ctx, d.CaseNo, "ZZZZZZ"); err == nil && len(wrong.Cases) > 0 {
		t.Error("a wrong check code shows the case")
	}
	return out.Cases[0]
}

func (c cast) verifies(ctx context.Context, t *testing.T, no string) {
	t.Helper()
	var full struct {
		Documents []struct {
			URL  string `json:"url"`
			Code string `json:"verify_code"`
		} `json:"documents"`
	}
	if err := c.clerk.Ask(ctx, http.MethodGet, "/window/cases/"+no, nil, &full); err != nil || len(full.Documents) == 0 {
		t.Fatalf("documents of %s: %v", no, err)
	}
	doc := full.Documents[len(full.Documents)-1]
	var pdf []byte
	if err := c.clerk.Ask(ctx, http.MethodGet, doc.URL[len("/api/staff/v1"):], nil, &pdf); err != nil {
		t.Fatal(err)
	}
	if v := c.verdict(ctx, t, doc.Code, pdf); v != "valid" {
		t.Errorf("the paper as issued is %s", v)
	}
	c.alone(ctx, t, pdf, true)
	pdf = bytes.Clone(pdf)
	pdf[len(pdf)/2] ^= 1
	if v := c.verdict(ctx, t, doc.Code, pdf); v != "changed" {
		t.Errorf("the paper with one byte changed is %s", v)
	}
	c.alone(ctx, t, pdf, false)
}

// alone checks the paper with the program, the public key and nothing else: no data, no network, an empty environment.
func (c cast) alone(ctx context.Context, t *testing.T, pdf []byte, good bool) {
	t.Helper()
	program := filepath.Join(c.stack.Bin, "tongban-central")
	args := []string{"keys", "public", "--data", filepath.Join(c.stack.Dir, "central")}
	if c.stack.Database != "" {
		args = append(args, "--database", c.stack.Database)
	}
	out, err := exec.CommandContext(ctx, program, args...).Output()
	if err != nil {
		t.Fatalf("keys public: %v", err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "paper.pdf"), pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, program, "check", "paper", "--key", strings.Fields(string(out))[0], "paper.pdf")
	cmd.Dir, cmd.Env = dir, []string{}
	if out, err := cmd.CombinedOutput(); (err == nil) != good || strings.HasPrefix(string(out), "valid: ") != good {
		t.Errorf("check paper, want good %v: %v, %s", good, err, out)
	}
}

func (c cast) verdict(ctx context.Context, t *testing.T, code string, pdf []byte) string {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.stack.Web+"/api/public/v1/window/documents/"+code+"/file", bytes.NewReader(pdf))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/pdf")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var v struct{ Verdict string }
	if err := json.NewDecoder(res.Body).Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v.Verdict
}

// told: a one-time notice reaches the citizen with what to do; a second one is refused.
func (c cast) told(ctx context.Context, t *testing.T) {
	t.Helper()
	done := c.hand(ctx, t, walk.Visit{Person: "zhang", Item: "cxbx"})
	if err := c.clerk.Waits(ctx, done.CaseNo, 10*time.Second); err != nil {
		t.Fatal(err)
	}
	h, err := c.clerk.Case(ctx, done.CaseNo)
	if err != nil {
		t.Fatal(err)
	}
	gaps := map[string]any{"version": h.Version, "days": 10, "gaps": []map[string]string{{"what": "户口簿首页没有拍", "how": "带户口簿到窗口，补拍首页"}}}
	var out struct{ Case walk.CaseHead }
	if err := c.clerk.Ask(ctx, http.MethodPost, "/window/cases/"+done.CaseNo+"/notice", gaps, &out); err != nil {
		t.Fatal(err)
	}
	if p := c.progress(ctx, t, done); p.State != "notice" || p.Next == "" {
		t.Errorf("the citizen sees %+v", p)
	}
	gaps["version"] = out.Case.Version
	if err := c.clerk.Ask(ctx, http.MethodPost, "/window/cases/"+done.CaseNo+"/notice", gaps, &out); err == nil {
		t.Error("a second notice went out")
	}
	c.end(ctx, t)
}

// refused: with a reason the citizen can read; afterwards nothing more can be done with the case.
func (c cast) refused(ctx context.Context, t *testing.T) {
	t.Helper()
	done := c.hand(ctx, t, walk.Visit{Person: "zhou", Item: "cbzm"})
	if err := c.clerk.Waits(ctx, done.CaseNo, 10*time.Second); err != nil {
		t.Fatal(err)
	}
	h, err := c.clerk.Case(ctx, done.CaseNo)
	if err != nil {
		t.Fatal(err)
	}
	body := map[string]any{"version": h.Version, "reason_code": "not_ours", "reason": "您的参保地在外市，本机关没有您的参保记录", "right_office": "参保地社会保险经办机构"}
	var out struct{ Case walk.CaseHead }
	if err := c.clerk.Ask(ctx, http.MethodPost, "/window/cases/"+done.CaseNo+"/refuse", body, &out); err != nil {
		t.Fatal(err)
	}
	if len(out.Case.Acts) != 0 {
		t.Errorf("after refusal one may still %v", out.Case.Acts)
	}
	if p := c.progress(ctx, t, done); p.State != "refused" {
		t.Errorf("the citizen sees %+v", p)
	}
	c.end(ctx, t)
}

// sentTwice: the same press of submit, sent twice, is one case.
func (c cast) sentTwice(ctx context.Context, t *testing.T) {
	t.Helper()
	before, err := c.clerk.Numbers(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.citizen.Ready(ctx, c.devices, walk.Visit{Person: "zhou", Item: "cbzm"}); err != nil {
		t.Fatal(err)
	}
	key := walk.NewKey()
	one, err := c.citizen.DoKeyed(ctx, "matter/submit", nil, key)
	if err != nil {
		t.Fatal(err)
	}
	two, err := c.citizen.DoKeyed(ctx, "matter/submit", nil, key)
	if err != nil {
		t.Fatal(err)
	}
	if one.Visit.Done.CaseNo != two.Visit.Done.CaseNo {
		t.Errorf("two numbers: %s and %s", one.Visit.Done.CaseNo, two.Visit.Done.CaseNo)
	}
	if err := c.clerk.Waits(ctx, one.Visit.Done.CaseNo, 10*time.Second); err != nil {
		t.Fatal(err)
	}
	after, err := c.clerk.Numbers(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if len(after) != len(before)+1 {
		t.Errorf("%d cases became %d", len(before), len(after))
	}
	c.end(ctx, t)
}

func (c cast) end(ctx context.Context, t *testing.T) {
	t.Helper()
	if _, err := c.citizen.Do(ctx, "visit/end", screen.EndVisit{Reason: "finished"}); err != nil {
		t.Fatal(err)
	}
}

// auditHolds: the chain that the walk has made is proven by the command that auditors use.
func (c cast) auditHolds(ctx context.Context, t *testing.T) {
	t.Helper()
	args := []string{"audit", "verify", "--data", filepath.Join(c.stack.Dir, "central")}
	if c.stack.Database != "" {
		args = append(args, "--database", c.stack.Database)
	}
	out, err := exec.CommandContext(ctx, filepath.Join(c.stack.Bin, "tongban-central"), args...).CombinedOutput()
	if err != nil {
		t.Errorf("audit verify: %v: %s", err, out)
	}
}
