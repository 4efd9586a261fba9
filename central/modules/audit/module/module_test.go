package module_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tongban/central/kernel/actor"
	kept "tongban/central/kernel/audit"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/kernel/ids"
	"tongban/central/kernel/kerneltest"
	"tongban/central/modules/audit"
	"tongban/central/modules/audit/module"
)

// centre is a kernel with this one module; callers of the console prove themselves by a header that names their role.
type centre struct {
	*kerneltest.Kit
	h    http.Handler
	role string
}

func start(t *testing.T, k *kerneltest.Kit) *centre {
	t.Helper()
	m, err := module.New(k.Kernel, module.Config{})
	if err != nil {
		t.Fatal(err)
	}
	k.HTTP.Authenticate("admin", func(r *http.Request) (auth.Actor, error) {
		role := r.Header.Get("X-Test-Role")
		return k.Auth.Roles().Grant(auth.Actor{Kind: auth.Staff, ID: "id-" + role, Name: "唐静", Roles: []string{role}}), nil
	})
	k.Use(t, m.Module)
	return &centre{k, k.HTTP.Handler(), "audit-admin"}
}

func (c *centre) run(t *testing.T) {
	t.Helper()
	if err := c.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (c *centre) call(method, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "/api/admin/v1/audit"+path, strings.NewReader(body))
	r.Header.Set("X-Test-Role", c.role)
	r.RemoteAddr = "10.9.9.9:1234"
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if method == "POST" {
		r.Header.Set("Idempotency-Key", ids.New())
	}
	w := httptest.NewRecorder()
	c.h.ServeHTTP(w, r)
	return w
}

func ask[T any](t *testing.T, c *centre, method, path, body string) (out T) {
	t.Helper()
	w := c.call(method, path, body)
	if w.Code/100 != 2 {
		t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
	}
	if w.Body.Len() > 0 {
		if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
			t.Fatalf("%s: %v in %s", path, err, w.Body)
		}
	}
	return out
}

// wrote keeps one record, as if somebody at an address had done something.
func (c *centre) wrote(t *testing.T, action, object, who, source, reason string) {
	t.Helper()
	ctx := auth.As(t.Context(), auth.Actor{Kind: auth.Staff, ID: "id-" + who, Name: who, Department: "涪城区行政审批局"})
	ctx = actor.WithOrigin(ctx, actor.Origin{Source: source, Request: ids.New()})
	err := c.DB.Do(ctx, func(tx db.Tx) error {
		return kept.Write(ctx, tx, kept.Record{Action: action, Object: object, Reason: reason, Detail: map[string]string{"document": "受字〔2026〕1 号"}})
	})
	if err != nil {
		t.Fatal(err)
	}
	c.Clock.Advance(time.Second)
}

func (c *centre) acts(t *testing.T, action string) int64 {
	t.Helper()
	return c.Count(t, `SELECT count(*) FROM kernel_audit WHERE action = $1`, action)
}

type rows struct {
	Rows []struct {
		Seq                                                 int64
		Action, Object, Source, Result, Reason              string
		ActorName, ActionTitle, ObjectKindTitle, ResultText string
	}
	More   bool
	Newest int64
}

func (c *centre) search(t *testing.T, q url.Values) rows {
	t.Helper()
	return ask[rows](t, c, "GET", "/records?"+q.Encode(), "")
}

func TestSearch(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		c := start(t, k)
		c.wrote(t, "window.accept", "MY261126-00139", "周敏", "10.0.0.7", "")
		c.wrote(t, "window.show", "MY261126-00140", "周敏", "10.0.0.7", "")
		c.wrote(t, "auth.login_denied", "id-x", "何志远", "10.0.0.8", "")
		c.wrote(t, "window.grant", "MY261126_00139", "何志远", "10.0.0.8", "")
		at := func(s int) string { return kerneltest.Start.Add(time.Duration(s) * time.Second).Format(time.RFC3339) }
		for _, tt := range []struct {
			q    url.Values
			want string
		}{
			{url.Values{"who": {"周敏"}}, "2 1"},
			{url.Values{"who": {"id-何志远"}}, "4 3"},
			{url.Values{"action": {"window.accept"}}, "1"},
			{url.Values{"object": {"00139"}}, "4 1"},
			{url.Values{"object": {"26_00139"}}, "4"}, // no wildcard
			{url.Values{"q": {"-00140"}}, "2"},
			{url.Values{"source": {"10.0.0.8"}}, "4 3"},
			{url.Values{"result": {"denied"}}, "3"},
			{url.Values{"from": {at(1)}, "to": {at(2)}}, "3 2"},
			{url.Values{"who": {"周敏"}, "object": {"00140"}, "result": {"ok"}}, "2"},
			{url.Values{"who": {"' OR 1=1 --"}}, ""},
		} {
			before := c.acts(t, "audit.search")
			got := c.search(t, tt.q)
			var seqs []string
			for _, r := range got.Rows {
				seqs = append(seqs, fmt.Sprint(r.Seq))
			}
			if s := strings.Join(seqs, " "); s != tt.want {
				t.Errorf("%v: %q, want %q", tt.q, s, tt.want)
			}
			if n := c.acts(t, "audit.search") - before; n != 1 {
				t.Errorf("%v: %d records of the search", tt.q, n)
			}
		}
		first := c.search(t, url.Values{"who": {"何志远"}, "size": {"1"}})
		if !first.More || len(first.Rows) != 1 || first.Rows[0].Seq != 4 {
			t.Fatalf("page 1: %+v", first)
		}
		next := c.search(t, url.Values{"who": {"何志远"}, "size": {"1"}, "before": {"4"}})
		if next.More || len(next.Rows) != 1 || next.Rows[0].Seq != 3 {
			t.Errorf("page 2: %+v", next)
		}
	})
}

// Search, one record, statistics and export are acts: where they cannot be recorded, nothing is shown.
func TestWithoutARecordNothingIsShown(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		c := start(t, k)
		c.wrote(t, "window.accept", "MY261126-00139", "周敏", "10.0.0.7", "")
		k.Break(t, "kernel_audit")
		for _, path := range []string{"GET /records", "GET /records/1", "GET /statistics", "POST /export"} {
			method, path, _ := strings.Cut(path, " ")
			body := ""
			if method == "POST" {
				body = `{"format":"csv","reason":"例行检查"}`
			}
			w := c.call(method, path, body)
			if w.Code != http.StatusServiceUnavailable || strings.Contains(w.Body.String(), "00139") {
				t.Errorf("%s %s: %d %s", method, path, w.Code, w.Body)
			}
		}
		var b bytes.Buffer
		_ = k.Metrics.WriteText(&b)
		if !strings.Contains(b.String(), "audit_write_failures_total 4\n") {
			t.Errorf("failures are not counted:\n%s", b.String())
		}
	})
}

func TestOnlyAuditorsLook(t *testing.T) {
	k := kerneltest.New(t)
	c := start(t, k)
	for _, role := range []string{"clerk", "supervisor", "system-admin", "security-admin"} {
		c.role = role
		for _, path := range []string{"/records", "/records/1", "/chain", "/alerts", "/statistics", "/actions"} {
			if w := c.call("GET", path, ""); w.Code != http.StatusForbidden {
				t.Errorf("%s %s: %d", role, path, w.Code)
			}
		}
	}
	if n := c.acts(t, "auth.refused"); n != 24 {
		t.Errorf("%d refusals are recorded", n)
	}
}

func TestOneRecordInTheChain(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		c := start(t, k)
		for i := range 3 {
			c.wrote(t, "window.accept", fmt.Sprint("case-", i+1), "周敏", "10.0.0.7", "材料齐全")
		}
		got := ask[struct {
			Seq        int64
			Hash, Prev string
			Detail     []struct{ Title, Value string }
			Neighbours []struct {
				Seq        int64
				Prev, Hash string
			}
		}](t, c, "GET", "/records/2", "")
		n := got.Neighbours
		if got.Seq != 2 || len(n) != 3 || n[0].Seq != 3 || n[0].Prev != n[1].Hash || n[1].Prev != n[2].Hash || got.Hash != n[1].Hash {
			t.Errorf("%+v", got)
		}
		if len(got.Detail) != 1 || got.Detail[0].Title != "文书" {
			t.Errorf("%+v", got.Detail)
		}
		if w := c.call("GET", "/records/999", ""); w.Code != http.StatusNotFound {
			t.Errorf("%d", w.Code)
		}
	})
}

func TestStatistics(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		c := start(t, k)
		c.wrote(t, "window.accept", "case-1", "周敏", "10.0.0.7", "")
		c.wrote(t, "auth.login_denied", "x", "周敏", "10.0.0.7", "")
		c.Clock.Advance(24 * time.Hour)
		c.wrote(t, "window.accept", "case-2", "何志远", "10.0.0.7", "")
		got := ask[struct {
			Days []struct {
				Day            string
				Count, Refused int64
			}
			Actions []struct {
				Title string
				Count int64
			}
			People []struct {
				Name  string
				Count int64
			}
		}](t, c, "GET", "/statistics", "")
		if len(got.Days) != 2 || got.Days[0].Day != "2026-11-27" || got.Days[1].Count != 2 || got.Days[1].Refused != 1 {
			t.Errorf("%+v", got.Days)
		}
		if len(got.Actions) != 3 || got.Actions[0].Title != "受理" || got.Actions[0].Count != 2 || got.People[0].Name != "周敏" {
			t.Errorf("%+v %+v", got.Actions, got.People)
		}
	})
}

// What is taken out names who took it and when in every row, runs no formula, and is recorded with its reason.
func TestExport(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		c := start(t, k)
		c.wrote(t, "window.accept", "case-1", "周敏", "10.0.0.7", `=HYPERLINK("http://x")`)
		c.wrote(t, "window.show", "case-2", "周敏", "10.0.0.7", "")
		c.wrote(t, "window.show", "case-3", "何志远", "10.0.0.7", "")
		if w := c.call("POST", "/export", `{"format":"csv","reason":"看"}`); w.Code != http.StatusUnprocessableEntity || c.acts(t, "audit.export") != 0 {
			t.Errorf("without a reason: %d", w.Code)
		}
		w := c.call("POST", "/export", `{"format":"csv","reason":"例行检查","who":"周敏"}`)
		if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment") {
			t.Fatalf("%d %v", w.Code, w.Header())
		}
		got, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(w.Body.String(), "\ufeff"))).ReadAll()
		if err != nil || len(got) != 3 {
			t.Fatalf("%v, %v", got, err)
		}
		n := len(got[0])
		for i, r := range got[1:] {
			if r[0] != fmt.Sprint(i+1) || r[n-2] != "唐静" || !strings.HasPrefix(r[n-1], "2026-11-26 09:30:0") {
				t.Errorf("%q", r)
			}
		}
		if !strings.HasPrefix(got[1][12], "'=") {
			t.Errorf("%q would run", got[1][12])
		}
		if k.Count(t, `SELECT count(*) FROM kernel_audit WHERE action = 'audit.export' AND reason = '例行检查' AND detail LIKE '%"rows":"2"%'`) != 1 {
			t.Error("the export is not recorded as it was")
		}
		if w := c.call("POST", "/export", `{"format":"xlsx","reason":"例行检查"}`); w.Code != http.StatusOK || !bytes.HasPrefix(w.Body.Bytes(), []byte("PK")) {
			t.Errorf("xlsx: %d", w.Code)
		}
	})
}

type run struct {
	ID, State string
	Result    *struct {
		OK          bool
		Records     int64
		Checkpoints int
		BadSeq      int64  `json:"bad_seq"`
		ProblemText string `json:"problem_text"`
	}
}

// until asks again until ok, as the page does.
func until[T any](t *testing.T, what string, ask func() T, ok func(T) bool) T {
	t.Helper()
	for range 400 {
		if v := ask(); ok(v) {
			return v
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("%s: nothing after 20 s", what)
	panic("unreachable")
}

func (c *centre) verify(t *testing.T) run {
	t.Helper()
	r := ask[run](t, c, "POST", "/verify", "")
	return until(t, "verification", func() run { return ask[run](t, c, "GET", "/verify/"+r.ID, "") }, func(r run) bool { return r.State != "running" })
}

// From the button to the answer: a chain that holds says so; one that somebody rewrote as a whole, head row and all, is
// found by the checkpoints, with an alert, its event and its number.
func TestVerifyFromTheConsole(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		c := start(t, k)
		for i := range 8 {
			c.wrote(t, "window.accept", fmt.Sprint("case-", i+1), "周敏", "10.0.0.7", "")
		}
		c.run(t)
		file := filepath.Join(k.Config.Data, "audit-checkpoints", "checkpoints.jsonl")
		until(t, "checkpoint", func() int64 {
			i, err := os.Stat(file)
			if err != nil {
				return 0
			}
			return i.Size()
		}, func(n int64) bool { return n > 0 })
		if r := c.verify(t); r.Result == nil || !r.Result.OK || r.Result.Checkpoints == 0 {
			t.Fatalf("%+v %+v", r, r.Result)
		}
		if n := c.acts(t, "audit.verify"); n != 1 {
			t.Errorf("%d records", n)
		}
		last := k.EventCount(t)

		for _, s := range drops[k.DB.Dialect()] {
			k.Exec(t, s)
		}
		k.Exec(t, `UPDATE kernel_audit SET reason = '补' WHERE seq = 5`)
		r := c.verify(t)
		if r.Result == nil || r.Result.OK || r.Result.BadSeq != 5 || !strings.Contains(r.Result.ProblemText, "第 5 条") {
			t.Fatalf("%+v %+v", r, r.Result)
		}
		alerts := until(t, "alert", func() alertRows { return ask[alertRows](t, c, "GET", "/alerts", "") }, func(a alertRows) bool { return len(a.Rows) > 0 })
		if a := alerts.Rows[0]; a.Kind != audit.Broken || a.Object != "5" || a.Title == "" {
			t.Errorf("%+v", a)
		}
		if k.EventCount(t) != last+1 {
			t.Errorf("%d events", k.EventCount(t)-last)
		}
		c.verify(t)
		again := ask[alertRows](t, c, "GET", "/alerts", "")
		if len(again.Rows) != 1 {
			t.Errorf("the same thing twice: %+v", again.Rows)
		}
		if w := c.call("POST", "/alerts/"+alerts.Rows[0].ID+"/acknowledge", `{"note":"已封存现场，报告领导"}`); w.Code/100 != 2 {
			t.Errorf("%d %s", w.Code, w.Body)
		}
		if w := c.call("POST", "/alerts/"+alerts.Rows[0].ID+"/acknowledge", `{"note":"已封存现场，报告领导"}`); w.Code != http.StatusConflict {
			t.Errorf("twice: %d", w.Code)
		}
		if n := c.acts(t, "audit.acknowledge"); n != 1 {
			t.Errorf("%d records", n)
		}
		counted := func() bool { // after the commit that the rows above came from
			var b bytes.Buffer
			_ = k.Metrics.WriteText(&b)
			return strings.Contains(b.String(), `audit_alerts_total{kind="broken"} 1`)
		}
		for end := time.Now().Add(10 * time.Second); !counted(); time.Sleep(20 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal("the alert is not counted")
			}
		}
		k.Health.Run(context.Background(), time.Second)
	})
}

type alertRows struct{ Rows []audit.Alert }

var drops = map[db.Dialect][]string{
	db.SQLite:   {`DROP TRIGGER kernel_audit_no_update`},
	db.Postgres: {`DROP TRIGGER kernel_audit_guard ON kernel_audit`},
}

// Guessing passwords and trying doors raises one alert each, within a minute, and names where it comes from.
func TestAttacksAreToldOfOnce(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		c := start(t, k)
		for i := range 12 {
			c.wrote(t, "auth.login_denied", fmt.Sprint("unknown:", i), "", "203.0.113.9", "")
		}
		for range 9 { // below what is an attack
			c.wrote(t, "auth.login_denied", "unknown:x", "", "10.0.0.1", "")
			c.wrote(t, "auth.refused", "people-list", "周敏", "10.0.0.7", "")
		}
		c.wrote(t, "auth.refused", "people-list", "周敏", "10.0.0.7", "")
		c.run(t)
		got := until(t, "alerts", func() alertRows { return ask[alertRows](t, c, "GET", "/alerts", "") }, func(a alertRows) bool { return len(a.Rows) >= 2 })
		kinds := map[string]string{}
		for _, a := range got.Rows {
			kinds[a.Kind] = a.Object
		}
		if len(got.Rows) != 2 || kinds[audit.BruteForce] != "203.0.113.9" || kinds[audit.Probing] != "id-周敏" {
			t.Errorf("%+v", got.Rows)
		}
		for _, a := range got.Rows {
			if a.Kind == audit.BruteForce && a.Times != 12 {
				t.Errorf("%d times", a.Times)
			}
			if w := c.call("POST", "/alerts/"+a.ID+"/acknowledge", `{"note":"已封来源地址"}`); w.Code/100 != 2 {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		}
	})
}

// A place that cannot be written to is an alert and ill in the inspection; acts go on.
func TestAPlaceThatIsAway(t *testing.T) {
	k := kerneltest.New(t)
	if err := os.WriteFile(filepath.Join(k.Config.Data, "audit-checkpoints"), nil, 0o600); err != nil { // a file where the folder should be
		t.Fatal(err)
	}
	c := start(t, k)
	c.wrote(t, "window.accept", "case-1", "周敏", "10.0.0.7", "")
	c.run(t)
	got := until(t, "alert", func() alertRows { return ask[alertRows](t, c, "GET", "/alerts", "") }, func(a alertRows) bool { return len(a.Rows) > 0 })
	if got.Rows[0].Kind != audit.Unreachable {
		t.Errorf("%+v", got.Rows)
	}
	for _, r := range k.Health.Run(t.Context(), 5*time.Second) {
		if r.Component == "audit-checkpoints" && r.State != "bad" {
			t.Errorf("%+v", r)
		}
	}
	c.wrote(t, "window.accept", "case-2", "周敏", "10.0.0.7", "")
}
