package httpx_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/go-cmp/cmp"

	"tongban/central/kernel"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/auth/web"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/httpx"
	"tongban/central/kernel/kerneltest"
)

type acceptIn struct {
	ID   string `path:"id" maxLength:"32"`
	Body struct {
		Reason string   `json:"reason" minLength:"4" maxLength:"20"`
		IDNo   string   `json:"id_number,omitempty" pattern:"^[0-9X]{18}$"`
		Days   int      `json:"days,omitempty" minimum:"1" maximum:"60"`
		Kind   string   `json:"kind,omitempty" enum:"new,renew"`
		Papers []string `json:"papers,omitempty" maxItems:"2"`
		On     string   `json:"on,omitempty" format:"date"`
	}
}

type acceptOut struct {
	Body struct {
		ID string `json:"id"`
		N  int    `json:"n" doc:"how often the handler ran"`
	}
}

// desk is a small module: it accepts a case by a row of kernel_meta.
type desk struct {
	k    *kerneltest.Kit
	runs int
	err  error         // what the handler gives after its act
	hold chan struct{} // when set, the handler waits for it before its act
	seen chan struct{} // told when the handler has begun
}

func (d *desk) accept(ctx context.Context, in *acceptIn) (*acceptOut, error) {
	d.runs++
	if d.seen != nil {
		d.seen <- struct{}{}
	}
	if d.hold != nil {
		<-d.hold
	}
	err := d.k.DB.Do(ctx, func(tx db.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO kernel_meta (name, value) VALUES ($1, $2)`, "case-"+in.ID, in.Body.Reason)
		if err != nil {
			return fmt.Errorf("insert case: %w", err)
		}
		if d.err != nil {
			_ = d.err.Error()
		}
		return d.err
	})
	if err != nil {
		return nil, err
	}
	out := &acceptOut{}
	out.Body.ID, out.Body.N = in.ID, d.runs
	return out, nil
}

func (d *desk) module() kernel.Module {
	return kernel.Module{
		Name: "desk",
		Permissions: []kernel.Permission{
			{Name: "desk:accept", Title: "受理", Roles: []string{"clerk"}},
			{Name: "desk:assign", Title: "派件", Roles: []string{"supervisor"}},
		},
		Routes: func(s *httpx.Server) {
			staff := s.API("desk", "staff")
			httpx.Register(staff, "desk:accept", huma.Operation{
				OperationID: "desk-accept", Method: http.MethodPost, Path: "/desk/cases/{id}/accept",
			}, d.accept)
			httpx.Register(staff, "desk:assign", huma.Operation{
				OperationID: "desk-list", Method: http.MethodGet, Path: "/desk/cases",
			}, func(context.Context, *struct{}) (*struct{}, error) { return nil, nil })
			httpx.Register(s.API("desk", "kiosk"), "desk:submit", huma.Operation{
				OperationID: "desk-submit", Method: http.MethodPost, Path: "/desk/submit",
			}, func(context.Context, *struct{}) (*struct{}, error) { return nil, nil })
			web.Console(s.API("auth", "staff"), auth.ForStaff, web.Options{Auth: d.k.Auth})
			web.SignOn(s.API("auth", "sso"), web.Options{Auth: d.k.Auth})
		},
	}
}

const password = "Correct-Horse-9"

var submit = kernel.Permission{Name: "desk:submit", Title: "提交", Roles: []string{"terminal"}}

type client struct {
	t      *testing.T
	h      http.Handler
	cookie *http.Cookie
	csrf   string
}

// opened returns a kit with the desk in use and a clerk called wang.
func opened(t *testing.T, k *kerneltest.Kit) (*desk, *client) {
	t.Helper()
	d := &desk{k: k}
	m := d.module()
	m.Permissions = append(m.Permissions, submit)
	k.Use(t, m)
	_, err := k.Auth.Create(t.Context(), auth.Account{Login: "wang", Name: "王芳", Roles: []string{"clerk"}}, password)
	if err != nil {
		t.Fatal(err)
	}
	return d, &client{t: t, h: k.HTTP.Handler()}
}

// signedIn signs wang in by HTTP.
func signedIn(t *testing.T, k *kerneltest.Kit) (*desk, *client) {
	t.Helper()
	d, c := opened(t, k)
	c.signIn()
	return d, c
}

// signIn signs wang on and opens the workbench.
func (c *client) signIn() {
	c.t.Helper()
	r := c.do("POST", "/sso/api/v1/password", `{"login":"wang","password":"`+password+`"}`)
	if r.Code != http.StatusOK {
		c.t.Fatal(r.Body)
	}
	var at web.State
	_ = json.Unmarshal(r.Body.Bytes(), &at)
	c.cookie, c.csrf = r.Result().Cookies()[0], at.CSRF
	if r = c.do("POST", "/sso/api/v1/console", `{"audience":"staff"}`); r.Code != http.StatusOK {
		c.t.Fatal(r.Body)
	}
	var me web.Me
	_ = json.Unmarshal(r.Body.Bytes(), &me)
	c.cookie, c.csrf = r.Result().Cookies()[0], me.CSRF
}

func (c *client) do(method, path, body string, headers ...string) *httptest.ResponseRecorder {
	c.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.cookie != nil {
		r.AddCookie(c.cookie)
		r.Header.Set("X-CSRF", c.csrf)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	c.h.ServeHTTP(w, r)
	return w
}

const key = "Idempotency-Key"

func problem(t *testing.T, r *httptest.ResponseRecorder) httpx.Problem {
	t.Helper()
	if ct := r.Header().Get("Content-Type"); ct != "application/problem+json" {
		t.Errorf("content type %q: %s", ct, r.Body)
	}
	var p httpx.Problem
	if err := json.Unmarshal(r.Body.Bytes(), &p); err != nil {
		t.Fatalf("%v: %s", err, r.Body)
	}
	return p
}

func TestValidationSpeaksChineseAndRepeatsNothing(t *testing.T) {
	_, c := signedIn(t, kerneltest.New(t))
	body := `{"reason":"甲","id_number":"51079919900101","days":999,"kind":"secretkind","papers":["p1","p2","p3"],"on":"昨天","extra":"xyz-value"}`
	r := c.do("POST", "/api/staff/v1/desk/cases/1/accept", body, key, "key-00001")
	p := problem(t, r)
	if r.Code != http.StatusUnprocessableEntity || p.Code != "request.invalid" || p.Detail == "" || p.Status != 422 || p.Request == "" {
		t.Errorf("%d %+v", r.Code, p)
	}
	got := map[string]string{}
	for _, f := range p.Fields {
		got[f.Path] = f.Message
	}
	want := map[string]string{
		"body.reason": "至少要 4 个字", "body.id_number": "格式不对，请按要求填写", "body.days": "不能大于 60",
		"body.kind": "不在可选范围内，请重新选择", "body.papers": "最多 2 项，请减少",
		"body.on": "要填日期，例如 2026-11-25", "body.extra": "没有这一项，请去掉",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	said := strings.ReplaceAll(r.Body.String(), p.Request, "") // a random id may hold any digits
	for _, v := range []string{"51079919900101", "999", "secretkind", "p3", "昨天", "xyz-value", "expected"} {
		if strings.Contains(said, v) {
			t.Errorf("%q is repeated: %s", v, r.Body)
		}
	}

	for name, tt := range map[string]struct {
		body, code string
		status     int
	}{
		"missing":   {`{}`, "request.invalid", 422},
		"no json":   {`{"reason":`, "request.malformed", 400},
		"no body":   {``, "request.malformed", 400},
		"too large": {`{"reason":"` + strings.Repeat("x", 1<<20) + `"}`, "request.too_large", 413},
	} {
		r := c.do("POST", "/api/staff/v1/desk/cases/1/accept", tt.body, key, "key-00002")
		if p := problem(t, r); r.Code != tt.status || p.Code != tt.code || !strings.Contains(p.Detail, "请") {
			t.Errorf("%s: %d %+v", name, r.Code, p)
		}
	}
	if r := c.do("GET", "/api/staff/v1/auth/me?colour=red", ""); r.Code != 422 || strings.Contains(r.Body.String(), "red") {
		t.Errorf("unknown query: %d %s", r.Code, r.Body)
	}
}

func TestErrorsOfHandlers(t *testing.T) {
	d, c := signedIn(t, kerneltest.New(t))
	tests := []struct {
		err    error
		status int
		code   string
		detail string
	}{
		{errs.E(errs.Conflict, "desk.taken", "此件已被受理，请刷新", errors.New("row 7 of 510799199001010018")), 409, "desk.taken", "此件已被受理，请刷新"},
		{errors.New("sql: secret table"), 500, "internal", errs.Internal.Words()},
		{errs.WithFields(errs.E(errs.Invalid, "desk.bad", "请改正", nil), errs.Field{Path: "body.reason", Message: "太空洞"}), 422, "desk.bad", "请改正"},
		{errs.E(errs.Unavailable, "db.busy", "系统正忙，请稍后再试", nil), 503, "db.busy", "系统正忙，请稍后再试"},
	}
	for i, tt := range tests {
		d.err = tt.err
		r := c.do("POST", "/api/staff/v1/desk/cases/7/accept", `{"reason":"材料齐全"}`, key, fmt.Sprint("key-error-", i))
		p := problem(t, r)
		if r.Code != tt.status || p.Code != tt.code || p.Detail != tt.detail || p.Type != "urn:tongban:error:"+tt.code {
			t.Errorf("%d %+v", r.Code, p)
		}
		if strings.Contains(r.Body.String(), "secret") || strings.Contains(r.Body.String(), "510799") {
			t.Errorf("the cause shows: %s", r.Body)
		}
		if again := r.Header().Get("Retry-After"); (again != "") != (tt.status == 503) {
			t.Errorf("%d: retry after %q", tt.status, again)
		}
		if len(p.Fields) != len(errs.Fields(tt.err)) {
			t.Errorf("fields %v", p.Fields)
		}
	}
	if n := d.k.Count(t, `SELECT count(*) FROM kernel_meta WHERE name = 'case-7'`); n != 0 {
		t.Error("a failed act was kept")
	}
}

func TestDeniedByDefault(t *testing.T) {
	k := kerneltest.New(t)
	_, in := signedIn(t, k)
	out := &client{t: t, h: in.h}
	body := `{"reason":"材料齐全"}`
	tests := []struct {
		name         string
		c            *client
		method, path string
		headers      []string
		status       int
		code         string
	}{
		{"signed out", out, "GET", "/api/staff/v1/desk/cases", nil, 401, "auth.signed_out"},
		{"signed out, invalid body", out, "POST", "/api/staff/v1/desk/cases/1/accept", []string{key, "key-00001"}, 401, "auth.signed_out"},
		{"not her permission", in, "GET", "/api/staff/v1/desk/cases", nil, 403, "auth.forbidden"},
		{"self, signed out", out, "GET", "/api/staff/v1/auth/me", nil, 401, "auth.signed_out"},
		{"self", in, "GET", "/api/staff/v1/auth/me", nil, 200, ""},
		{"an audience nobody vouches for", in, "POST", "/api/kiosk/v1/desk/submit", []string{key, "key-00001"}, 401, "auth.signed_out"},
		{"no csrf", in, "POST", "/api/staff/v1/desk/cases/1/accept", []string{key, "key-00001", "X-CSRF", ""}, 403, "auth.csrf"},
		{"wrong csrf", in, "POST", "/api/staff/v1/desk/cases/1/accept", []string{key, "key-00001", "X-CSRF", "guess"}, 403, "auth.csrf"},
		{"another site", in, "POST", "/api/staff/v1/desk/cases/1/accept", []string{key, "key-00001", "Sec-Fetch-Site", "cross-site"}, 403, "auth.cross_origin"},
		{"another origin", in, "POST", "/api/staff/v1/desk/cases/1/accept", []string{key, "key-00001", "Origin", "https://evil.example"}, 403, "auth.cross_origin"},
		{"no key", in, "POST", "/api/staff/v1/desk/cases/1/accept", nil, 422, "idempotency.missing"},
		{"short key", in, "POST", "/api/staff/v1/desk/cases/1/accept", []string{key, "1234567"}, 422, "idempotency.missing"},
		{"no such operation", in, "GET", "/api/staff/v1/desk/nothing", nil, 404, "request.no_such_operation"},
		{"no such api", in, "GET", "/api", nil, 404, "request.no_such_operation"},
		{"no such method", in, "DELETE", "/api/staff/v1/desk/cases", nil, 405, "request.method"},
		{"ok", in, "POST", "/api/staff/v1/desk/cases/1/accept", []string{key, "key-00001"}, 200, ""},
	}
	for _, tt := range tests {
		b := ""
		if tt.method == "POST" {
			b = body
		}
		r := tt.c.do(tt.method, tt.path, b, tt.headers...)
		if r.Code != tt.status || tt.code != "" && problem(t, r).Code != tt.code {
			t.Errorf("%s: %d %s", tt.name, r.Code, r.Body)
		}
	}
}

func TestATerminalIsVouchedForByItsModule(t *testing.T) {
	k := kerneltest.New(t)
	_, c := opened(t, k)
	k.HTTP.Authenticate("kiosk", func(r *http.Request) (auth.Actor, error) {
		if r.Header.Get("X-Terminal") != "T-0001" {
			return auth.Actor{}, nil
		}
		return k.Auth.Roles().Grant(auth.Actor{Kind: auth.Terminal, ID: "T-0001", Roles: []string{"terminal"}}), nil
	})
	if r := c.do("POST", "/api/kiosk/v1/desk/submit", "", key, "key-00001", "X-Terminal", "T-0001"); r.Code != http.StatusNoContent {
		t.Errorf("%d %s", r.Code, r.Body)
	}
	if r := c.do("POST", "/api/kiosk/v1/desk/submit", "", key, "key-00001"); r.Code != http.StatusUnauthorized {
		t.Errorf("%d %s", r.Code, r.Body)
	}
}

func TestSigningInAndOut(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		_, c := signedIn(t, k)
		if ck := c.cookie; !ck.HttpOnly || ck.SameSite != http.SameSiteStrictMode || ck.Name != "tb_session" || ck.MaxAge != 0 {
			t.Errorf("cookie %+v", ck)
		}
		r := c.do("GET", "/api/staff/v1/auth/me", "")
		var me web.Me
		if err := json.Unmarshal(r.Body.Bytes(), &me); err != nil || me.Name != "王芳" || me.CSRF != c.csrf || cmp.Diff([]string{"desk:accept"}, me.Permissions) != "" {
			t.Errorf("%s", r.Body)
		}
		old := c.cookie
		if r := c.do("POST", "/sso/api/v1/password", `{"login":"wang","password":"wrong"}`); r.Code != 401 || strings.Contains(r.Body.String(), "wrong") {
			t.Errorf("%d %s", r.Code, r.Body)
		}
		c.signIn()
		if c.cookie.Value == old.Value {
			t.Error("the session is not rotated")
		}
		if r := c.do("POST", "/api/staff/v1/auth/logout?everywhere=true", ""); r.Code != http.StatusNoContent || r.Result().Cookies()[0].MaxAge >= 0 {
			t.Errorf("%d %s", r.Code, r.Body)
		}
		if r := c.do("GET", "/api/staff/v1/auth/me", ""); r.Code != 401 {
			t.Errorf("%d", r.Code)
		}
	})
}

func TestWiringMistakesStopTheStart(t *testing.T) {
	s, err := httpx.New(httpx.Config{})
	if err != nil {
		t.Fatal(err)
	}
	h := func(context.Context, *struct{}) (*struct{}, error) { return nil, nil }
	for name, wire := range map[string]func(){
		"no permission": func() {
			httpx.Register(s.API("a", "staff"), "", huma.Operation{OperationID: "a-x", Method: "GET", Path: "/a"}, h)
		},
		"bad permission": func() {
			httpx.Register(s.API("a", "staff"), "everything", huma.Operation{OperationID: "a-x", Method: "GET", Path: "/a"}, h)
		},
		"foreign id": func() {
			httpx.Register(s.API("a", "staff"), "a:b", huma.Operation{OperationID: "b-x", Method: "GET", Path: "/a"}, h)
		},
		"audience": func() { s.API("a", "everybody") },
		"raw":      func() { s.Raw("staff", "GET", "/a", "", nil) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s went through", name)
				}
			}()
			wire()
		}()
	}

	k := kerneltest.New(t)
	err = k.Kernel.Use(t.Context(), kernel.Module{Name: "a", Routes: func(s *httpx.Server) {
		httpx.Register(s.API("a", "staff"), "a:undeclared", huma.Operation{OperationID: "a-x", Method: "GET", Path: "/a"}, h)
	}})
	if err == nil || !strings.Contains(err.Error(), "a:undeclared") {
		t.Errorf("an undeclared permission: %v", err)
	}
}

func TestDocument(t *testing.T) {
	k := kerneltest.New(t)
	_, c := opened(t, k)
	r := c.do("GET", "/api/openapi.json", "")
	var doc struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			Permission  string `json:"x-permission"`
			Idempotency string `json:"x-idempotency"`
		}
		Components struct{ Schemas map[string]any }
	}
	if err := json.Unmarshal(r.Body.Bytes(), &doc); err != nil || doc.OpenAPI != "3.1.0" {
		t.Fatal(err, r.Body)
	}
	op := doc.Paths["/api/staff/v1/desk/cases/{id}/accept"]["post"]
	if op.Permission != "desk:accept" || op.Idempotency != "required" {
		t.Errorf("%+v", op)
	}
	if doc.Paths["/sso/api/v1/password"]["post"].Permission != "public" || doc.Components.Schemas["Problem"] == nil || doc.Components.Schemas["AuthMe"] == nil {
		t.Errorf("schemas %v", len(doc.Components.Schemas))
	}
	if strings.Contains(r.Body.String(), "$schema\":") {
		t.Error("bodies have $schema")
	}
	y, err := k.HTTP.DocumentYAML("desk")
	if err != nil || !strings.Contains(string(y), "/api/staff/v1/desk/cases") {
		t.Error(err)
	}
	ops := k.HTTP.Operations()
	if len(ops) != 21 || ops[0].Path != "/api/admin/v1/events" {
		t.Errorf("%d operations, first %+v", len(ops), ops[0])
	}
}
