package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/httpx"
	"tongban/central/kernel/ids"
)

// aside are routes that no document describes, each with its reason.
var aside = map[string]string{
	"GET /api/openapi.json": "the document itself",
}

// proving are operations whose own answer may be 401 or 403, because proving who one is, is what they do: signing in, and
// the protocol of other systems, which come with a secret or a token of their own.
var proving = regexp.MustCompile(`^(auth|sso)-|^[A-Z]+ /sso/`)

// fromGuard are the refusals of the guard; any other 401 or 403 is a handler's.
var fromGuard = []string{"auth.signed_out", "auth.forbidden", "auth.must_change", "auth.csrf", "auth.cross_origin", "auth.step"}

// caller is one who calls: a role with its sessions at both consoles, a terminal, or nobody.
type caller struct {
	name     string
	role     string
	machine  bool
	sessions map[string]auth.Session // audience → session
}

// matrix is a running centre with a caller of each role.
type matrix struct {
	t       *testing.T
	centre  *centre
	h       http.Handler
	schemas map[string]any
	callers []*caller
}

func newMatrix(t *testing.T) *matrix {
	t.Helper()
	dir := t.TempDir()
	cfg := defaults()
	cfg.Data, cfg.Database, cfg.Public, cfg.Limits = dir, "sqlite:"+filepath.Join(dir, "m.db"), "http://localhost", 0
	if err := prepare(cfg); err != nil {
		t.Fatal(err)
	}
	c, err := open(auth.AsSystem(t.Context(), "matrix"), cfg, false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.close(context.WithoutCancel(t.Context())) })
	if err := c.catalogue.Module.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	m := &matrix{t: t, centre: c, h: c.kernel.HTTP.Handler()}
	// A terminal is known by its certificate; fleet's own tests show that. Here a header stands for a proven one.
	c.kernel.HTTP.Authenticate("kiosk", func(r *http.Request) (auth.Actor, error) {
		if r.Header.Get("X-Matrix-Terminal") == "" {
			return auth.Actor{}, nil
		}
		return c.kernel.Auth.Roles().Grant(auth.Actor{Kind: auth.Terminal, ID: "K-01", Roles: []string{"terminal"}}), nil
	})
	for _, r := range c.kernel.Auth.Roles().All() {
		if r.Name == "terminal" {
			continue
		}
		id, err := c.kernel.Auth.Create(auth.AsSystem(t.Context(), "init"), auth.Account{Login: "m-" + r.Name, Name: r.Title, Roles: []string{r.Name}}, "Correct-Horse-9")
		if err != nil {
			t.Fatal(err)
		}
		who := &caller{name: r.Name, role: r.Name}
		m.enter(who, id)
		m.callers = append(m.callers, who)
	}
	m.callers = append(m.callers, &caller{name: "terminal", role: "terminal", machine: true}, &caller{name: "anonymous"})
	return m
}

// enter signs a caller on with both factors and opens both consoles.
func (m *matrix) enter(c *caller, account string) {
	m.t.Helper()
	a := m.centre.kernel.Auth
	ctx := actor.WithOrigin(m.t.Context(), actor.Origin{Source: "10.1.1.1"})
	sso, err := a.SignInAs(ctx, account, auth.ByPassword, "")
	if err != nil {
		m.t.Fatal(err)
	}
	e, err := a.Enrol(auth.As(ctx, sso.Actor), sso)
	if err != nil {
		m.t.Fatal(err)
	}
	code, err := auth.TOTPCode(e.Secret, time.Now())
	if err != nil {
		m.t.Fatal(err)
	}
	if _, err := a.Confirm(auth.As(ctx, sso.Actor), sso, code); err != nil {
		m.t.Fatal(err)
	}
	token := sso.Token
	if sso, err = a.Find(ctx, auth.ForSSO, token); err != nil {
		m.t.Fatal(err)
	}
	sso.Token = token
	c.sessions = map[string]auth.Session{auth.ForSSO: sso}
	for _, audience := range []string{auth.ForStaff, auth.ForAdmin} {
		if c.sessions[audience], err = a.HandOver(ctx, sso, audience, ""); err != nil {
			m.t.Fatal(err)
		}
	}
}

// may says what the matrix says.
func (m *matrix) may(c *caller, op httpx.Operation) bool {
	switch {
	case op.Permission == auth.Public:
		return true
	case c.machine && op.Audience != "kiosk" || !c.machine && (op.Audience == "kiosk" || c.sessions[m.sessionOf(op.Audience)].Token == ""):
		return false
	case op.Permission == auth.Self:
		return true
	}
	return slices.Contains(m.centre.kernel.Auth.Roles().Holders(op.Permission), c.role)
}

// sessionOf is the session that an audience takes: the fleet's reading pages take the workbench's.
func (m *matrix) sessionOf(audience string) string {
	if audience == "fleet" {
		return auth.ForStaff
	}
	return audience
}

// call sends one request as c and returns the status and the problem's code.
func (m *matrix) call(c *caller, op httpx.Operation, body string) (status int, code string) {
	m.t.Helper()
	ctx, cancel := context.WithTimeout(m.t.Context(), 700*time.Millisecond) // event streams go on until then
	defer cancel()
	if !op.Raw {
		cancel()
		ctx = m.t.Context()
	}
	path := regexp.MustCompile(`\{[^}]+\}`).ReplaceAllString(op.Path, "nobody")
	r := httptest.NewRequestWithContext(ctx, op.Method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", ids.New())
	if c.machine {
		r.Header.Set("X-Matrix-Terminal", "K-01")
	}
	for audience, s := range c.sessions {
		cookie, _ := auth.CookieOf(audience)
		r.AddCookie(&http.Cookie{Name: cookie.Name, Value: s.Token})
	}
	r.Header.Set("X-CSRF", c.sessions[m.sessionOf(op.Audience)].CSRF)
	w := httptest.NewRecorder()
	m.h.ServeHTTP(w, r)
	var p struct{ Code string }
	_ = json.Unmarshal(w.Body.Bytes(), &p) // files and streams are no JSON
	return w.Code, p.Code
}

// alive signs a caller on again when an operation has ended the session, as signing out does.
func (m *matrix) alive(c *caller) {
	m.t.Helper()
	for audience, s := range c.sessions {
		if _, err := m.centre.kernel.Auth.Find(m.t.Context(), audience, s.Token); err != nil {
			account, err := m.centre.kernel.Auth.Create(auth.AsSystem(m.t.Context(), "init"),
				auth.Account{Login: "m-" + ids.New(), Name: c.name, Roles: []string{c.role}}, "Correct-Horse-9")
			if err != nil {
				m.t.Fatal(err)
			}
			m.enter(c, account)
			return
		}
	}
}

// Every operation × every role, a terminal and nobody: who may is never turned away by the guard, who may not always is,
// before the body is looked at (AC-1, ASVS 8, API5).
func TestEveryOperationForEveryRole(t *testing.T) {
	m := newMatrix(t)
	doc := m.document()
	allowed, refused, deviations := 0, 0, 0
	deviate := func(format string, args ...any) {
		deviations++
		t.Errorf(format, args...)
	}
	ops := m.centre.kernel.HTTP.Operations()
	for _, op := range ops {
		for _, c := range m.callers {
			m.alive(c)
			if !m.may(c, op) {
				refused++
				// Words that no parser takes: whoever may not must not learn that.
				if status, code := m.call(c, op, `{"broken`); status != http.StatusUnauthorized && status != http.StatusForbidden {
					deviate("%s may not %s, got %d %s", c.name, op.ID, status, code)
				}
				continue
			}
			for _, body := range []string{`{"broken`, m.minimal(doc, op)} {
				allowed++
				status, code := m.call(c, op, body)
				denied := status == http.StatusUnauthorized || status == http.StatusForbidden
				if denied && (slices.Contains(fromGuard, code) && !(code == "auth.step" || proving.MatchString(op.ID)) || !proving.MatchString(op.ID) && code == "") {
					deviate("%s may %s, got %d %s", c.name, op.ID, status, code)
				}
				m.alive(c)
			}
		}
	}
	t.Logf("%d operations × %d callers: %d calls let in, %d turned away, %d deviations", len(ops), len(m.callers), allowed, refused, deviations)
}

// An operation without a row in the matrix, or whose permission no role holds, fails the build.
func TestEveryOperationHasARow(t *testing.T) {
	m := newMatrix(t)
	roles := m.centre.kernel.Auth.Roles()
	for _, op := range m.centre.kernel.HTTP.Operations() {
		if op.Permission == auth.Public || op.Permission == auth.Self || op.Audience == "open" {
			continue
		}
		if len(roles.Holders(op.Permission)) == 0 {
			t.Errorf("%s needs %q, which no role holds", op.ID, op.Permission)
		}
	}
	for _, p := range roles.Permissions() {
		if p.Title == "" || len(p.Kinds()) == 0 && forSystems[p.Name] == "" {
			t.Errorf("permission %q lacks its title or its roles", p.Name)
		}
	}
	// Three administrators: none holds what another does for the same permission, but reading; the auditor writes nothing.
	for _, p := range roles.Permissions() {
		reads := strings.HasSuffix(p.Name, "read") || strings.HasSuffix(p.Name, "verify") || strings.HasSuffix(p.Name, "export")
		if k := p.Kinds(); len(k) > 1 && !reads && shared[p.Name] == "" {
			t.Errorf("permission %q is held by several kinds of role: %v", p.Name, k)
		}
	}
	for _, op := range m.centre.kernel.HTTP.Operations() {
		if op.Method != http.MethodGet && slices.Contains(roles.Holders(op.Permission), "audit-admin") && auditorActs[op.ID] == "" {
			t.Errorf("the auditor may %s", op.ID)
		}
	}
}

// The page that people read is the one that the program prints.
func TestPermissionsPageIsCurrent(t *testing.T) {
	var b strings.Builder
	if err := permissions(t.Context(), []string{"--markdown"}, &b); err != nil {
		t.Fatal(err)
	}
	have, err := os.ReadFile("../../../deploy/docs/permissions.md")
	if err != nil || string(have) != b.String() {
		t.Errorf("deploy/docs/permissions.md is not what the program prints: run make gen (%v)", err)
	}
}

// forSystems are permissions that no person holds: other systems prove themselves with a key of their own.
var forSystems = map[string]string{"services:gateway.call": "consumers of the gateway, each with its grants"}

// shared are permissions beyond reading that several kinds of role need, each with its reason.
var shared = map[string]string{
	"fleet:terminal.revoke": "a stolen terminal is shut out by whoever hears of it first, the fleet's or the system's administrator",
	"privacy:request":       "a person's request is taken at the window and carried out by the security administrator",
}

// auditorActs are the auditor's unsafe operations: each leaves what is audited as it is.
var auditorActs = map[string]string{
	"audit-verify-chain":      "reads the chain",
	"audit-export-records":    "takes a copy out, which is recorded",
	"audit-acknowledge-alert": "notes who has seen an alert",
}

// What is served is in the document, and what is in the document is served (API9).
func TestDocumentAndRoutesAgree(t *testing.T) {
	m := newMatrix(t)
	doc := m.document()
	var described []string
	for path, item := range doc["paths"].(map[string]any) {
		for method, op := range item.(map[string]any) {
			described = append(described, strings.ToUpper(method)+" "+path)
			if perm, _ := op.(map[string]any)["x-permission"].(string); perm == "" {
				t.Errorf("%s %s has no permission in the document", method, path)
			}
		}
	}
	served := m.centre.kernel.HTTP.Routes()
	for _, r := range served {
		if !slices.Contains(described, r) && aside[r] == "" {
			t.Errorf("%s is served, but not described", r)
		}
	}
	for _, r := range described {
		if !slices.Contains(served, r) {
			t.Errorf("%s is described, but not served", r)
		}
	}
	var known []string
	for _, op := range m.centre.kernel.HTTP.Operations() {
		known = append(known, op.Method+" "+strings.ReplaceAll(op.Path, "...}", "}"))
	}
	for _, r := range served {
		if !slices.Contains(known, r) && aside[r] == "" {
			t.Errorf("%s is served past the guard", r)
		}
	}
	t.Logf("%d routes, %d described, %d aside", len(served), len(described), len(aside))
}

func (m *matrix) document() map[string]any {
	m.t.Helper()
	text, err := m.centre.kernel.HTTP.Document()
	if err != nil {
		m.t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(text, &doc); err != nil {
		m.t.Fatal(err)
	}
	m.schemas, _ = doc["components"].(map[string]any)["schemas"].(map[string]any)
	return doc
}

// minimal makes the smallest body that the document asks for, "" when it asks for none.
func (m *matrix) minimal(doc map[string]any, op httpx.Operation) string {
	at := func(v any, keys ...string) any {
		for _, k := range keys {
			o, _ := v.(map[string]any)
			v = o[k]
		}
		return v
	}
	schema, ok := at(doc, "paths", op.Path, strings.ToLower(op.Method), "requestBody", "content", "application/json", "schema").(map[string]any)
	if !ok {
		return ""
	}
	text, err := json.Marshal(m.value(schema, 0))
	if err != nil {
		m.t.Fatal(err)
	}
	return string(text)
}

// value is the smallest value of a schema.
func (m *matrix) value(s map[string]any, depth int) any {
	if ref, ok := s["$ref"].(string); ok && depth < 8 {
		target, _ := m.schemas[ref[strings.LastIndex(ref, "/")+1:]].(map[string]any)
		return m.value(target, depth+1)
	}
	if enum, ok := s["enum"].([]any); ok && len(enum) > 0 {
		return enum[0]
	}
	kind := s["type"]
	if several, ok := kind.([]any); ok && len(several) > 0 {
		kind = several[0]
	}
	number := func(key string) float64 { n, _ := s[key].(float64); return n }
	switch kind {
	case "object":
		out := map[string]any{}
		properties, _ := s["properties"].(map[string]any)
		required, _ := s["required"].([]any)
		for _, name := range required {
			p, _ := properties[fmt.Sprint(name)].(map[string]any)
			out[fmt.Sprint(name)] = m.value(p, depth+1)
		}
		return out
	case "array":
		out := []any{}
		items, _ := s["items"].(map[string]any)
		for range int(number("minItems")) {
			out = append(out, m.value(items, depth+1))
		}
		return out
	case "integer", "number":
		return max(number("minimum"), 1)
	case "boolean":
		return false
	default:
		return strings.Repeat("试", max(int(number("minLength")), 4))
	}
}
