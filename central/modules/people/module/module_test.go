package module_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"tongban/central/kernel"
	"tongban/central/kernel/actor"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/ids"
	"tongban/central/kernel/kerneltest"
	people "tongban/central/modules/people/module"
)

// desk is somebody signed in to the management console.
type desk struct {
	t     *testing.T
	h     http.Handler
	token string
	csrf  string
	id    string
}

const password = "Correct-Horse-9"

// office is the module on a real kernel, with a permission of business beside it.
func office(t *testing.T, k *kerneltest.Kit) http.Handler {
	t.Helper()
	k.Use(t, people.New(k.Kernel), kernel.Module{Name: "window", Permissions: []kernel.Permission{{Name: "window:accept", Title: "受理", Roles: []string{"clerk"}}}})
	return k.HTTP.Handler()
}

func enter(t *testing.T, k *kerneltest.Kit, h http.Handler, login string, roles ...string) *desk {
	t.Helper()
	id, err := k.Auth.Create(auth.AsSystem(t.Context(), "init"), auth.Account{Login: login, Name: "管理员" + login, Roles: roles}, password)
	if err != nil {
		t.Fatal(err)
	}
	s, err := k.Auth.LoginTo(actor.WithOrigin(t.Context(), actor.Origin{Source: "10.0.0.7"}), auth.ForAdmin, login, password, "")
	if err != nil {
		t.Fatal(err)
	}
	return &desk{t: t, h: h, token: s.Token, csrf: s.CSRF, id: id}
}

// ask calls one operation; into may be nil.
func (d *desk) ask(method, path string, body, into any) int {
	d.t.Helper()
	var in io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			d.t.Fatal(err)
		}
		in = bytes.NewReader(text)
	}
	r := httptest.NewRequestWithContext(d.t.Context(), method, "/api/admin/v1/people"+path, in)
	c, _ := auth.CookieOf(auth.ForAdmin)
	r.AddCookie(&http.Cookie{Name: c.Name, Value: d.token})
	r.Header.Set("X-CSRF", d.csrf)
	r.Header.Set("Idempotency-Key", ids.New())
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	d.h.ServeHTTP(w, r)
	if into != nil && w.Code < 300 {
		if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
			d.t.Fatalf("%s %s: %v", method, path, err)
		}
	}
	if w.Code >= 300 {
		d.t.Logf("%s %s: %d %s", method, path, w.Code, w.Body)
	}
	return w.Code
}

type person struct {
	ID, Login, Name, State string
	DepartmentName         string `json:"department_name"`
	RegionName             string `json:"region_name"`
	PhoneMasked            string `json:"phone_masked"`
	CreatedBy              string `json:"created_by"`
	Acts                   []string
	Grants                 []struct{ ID, Words, Reason, By string }
	Roles                  []struct{ Title string }
}

// The system administrator makes a person, the security administrator grants, and neither can do the other's; the person
// changes the password first and then may what was granted, where it was granted.
func TestOneMakesAnotherGrants(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		h := office(t, k)
		sys, sec, aud := enter(t, k, h, "sysadmin", "system-admin"), enter(t, k, h, "secadmin", "security-admin"), enter(t, k, h, "auditor", "audit-admin")

		draft := map[string]any{"login": "li.na", "name": "李娜", "department": "fc-xspj", "posts": []string{"综合窗口岗"}, "hall": "fc-hall", "desk": "B 区 11 号窗", "phone": "13900007991", "reason": "新入职人员"}
		for who, d := range map[string]*desk{"security": sec, "audit": aud} {
			if code := d.ask("POST", "/accounts", draft, nil); code != http.StatusForbidden {
				t.Errorf("%s administrator makes an account: %d", who, code)
			}
		}
		var made struct {
			Account  person
			Password string
		}
		if code := sys.ask("POST", "/accounts", draft, &made); code != http.StatusOK {
			t.Fatal(code)
		}
		p := made.Account
		if p.State != "must_change" || p.DepartmentName != "涪城区行政审批局" || p.RegionName != "涪城区" || p.PhoneMasked != "139****7991" || p.CreatedBy != "管理员sysadmin" || len(made.Password) < 20 {
			t.Errorf("%+v", made)
		}

		grant := map[string]any{"role": "clerk", "scope": "region", "place": "510703000000", "reason": "综合窗口"}
		for who, d := range map[string]*desk{"system": sys, "audit": aud} {
			if code := d.ask("POST", "/accounts/"+p.ID+"/grants", grant, nil); code != http.StatusForbidden {
				t.Errorf("%s administrator grants: %d", who, code)
			}
		}
		if code := sec.ask("POST", "/accounts/"+p.ID+"/grants", grant, &p); code != http.StatusOK || len(p.Grants) != 1 || !strings.Contains(p.Grants[0].Words, "涪城区") {
			t.Fatalf("%d %+v", code, p)
		}
		if code := sec.ask("POST", "/accounts/"+p.ID+"/grants", map[string]any{"role": "audit-admin", "scope": "all", "reason": "兼任审计"}, nil); code != http.StatusUnprocessableEntity {
			t.Errorf("a clerk becomes auditor: %d", code)
		}
		for _, role := range []string{"clerk", "system-admin", "audit-admin", "security-admin"} {
			if code := sec.ask("POST", "/accounts/"+sec.id+"/grants", map[string]any{"role": role, "scope": "all", "reason": "给自己加权"}, nil); code != http.StatusForbidden {
				t.Errorf("gives herself %s: %d", role, code)
			}
		}

		s, err := k.Auth.Login(t.Context(), "li.na", made.Password, "")
		if err != nil || !s.Actor.MustChange || s.Actor.Can("window:accept") {
			t.Fatalf("with the one-time password: %+v, %v", s.Actor, err)
		}
		if err := k.Auth.ChangePassword(auth.As(t.Context(), s.Actor), made.Password, "Own-Password-88"); err != nil {
			t.Fatal(err)
		}
		s, err = k.Auth.Login(t.Context(), "li.na", "Own-Password-88", "")
		if err != nil || s.Actor.MustChange || !s.Actor.Scope("window:accept").Covers(actor.Place{Region: "510703001000"}) ||
			s.Actor.Scope("window:accept").Covers(actor.Place{Region: "510704000000"}) {
			t.Fatalf("with her own: %+v, %v", s.Actor, err)
		}

		var rights struct {
			Rows []struct {
				Title string
				By    []struct {
					RoleTitle string `json:"role_title"`
					Words     string
				}
			}
		}
		if code := sec.ask("GET", "/accounts/"+p.ID+"/rights", nil, &rights); code != 200 || len(rights.Rows) != 1 || rights.Rows[0].Title != "受理" || !strings.Contains(rights.Rows[0].By[0].Words, "涪城区") {
			t.Errorf("why may she: %+v", rights)
		}
		if code := sec.ask("POST", "/accounts/"+p.ID+"/grants/"+p.Grants[0].ID+"/take", map[string]any{"reason": "调到后台岗"}, &p); code != 200 || len(p.Grants) != 0 {
			t.Errorf("taken: %d %+v", code, p.Grants)
		}
		if found, err := k.Auth.Find(t.Context(), auth.ForStaff, s.Token); err != nil || found.Actor.Can("window:accept") {
			t.Errorf("still may, with the session of before: %v", err)
		}
		k.AuditCount(t)
	})
}

// What is done to an account, by whom, and what buttons each sees.
func TestActsOnAnAccount(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		h := office(t, k)
		sys, sec := enter(t, k, h, "sysadmin", "system-admin"), enter(t, k, h, "secadmin", "security-admin")
		clerk := enter(t, k, h, "clerk", "clerk")
		path := "/accounts/" + clerk.id
		reason := map[string]any{"reason": "本人当面核实"}
		if code := clerk.ask("GET", "/accounts", nil, nil); code != http.StatusForbidden {
			t.Errorf("a clerk lists people: %d", code)
		}
		for _, c := range []struct {
			d    *desk
			path string
			want int
		}{
			{sec, path + "/disable", 403}, {sec, path + "/reset", 403}, {sys, path + "/unlock", 403}, {sys, path + "/sessions/revoke", 403}, {sys, path + "/factor", 403},
			{sec, path + "/unlock", 200}, {sec, path + "/sessions/revoke", 200}, {sec, path + "/factor", 200}, {sys, path + "/disable", 200}, {sys, path + "/enable", 200}, {sys, path + "/reset", 200},
			{sys, "/accounts/" + sys.id + "/disable", 409}, {sys, "/accounts/" + sys.id + "/reset", 409}, {sys, "/accounts/" + sec.id + "/disable", 409}, {sys, "/accounts/nobody/disable", 404},
		} {
			if code := c.d.ask("POST", c.path, reason, nil); code != c.want {
				t.Errorf("%s: %d, want %d", c.path, code, c.want)
			}
		}
		if code := sys.ask("POST", path+"/disable", map[string]any{"reason": "无"}, nil); code != http.StatusUnprocessableEntity {
			t.Errorf("without a reason: %d", code)
		}
		if _, err := k.Auth.Find(t.Context(), auth.ForAdmin, clerk.token); err == nil {
			t.Error("a session outlives the reset of its password")
		}
		var p person
		sys.ask("GET", path, nil, &p)
		if got := strings.Join(p.Acts, " "); got != "edit disable reset" {
			t.Errorf("the system administrator sees %q", got)
		}
		sec.ask("GET", path, nil, &p)
		if got := strings.Join(p.Acts, " "); got != "grant take" {
			t.Errorf("the security administrator sees %q", got)
		}
		for range 6 {
			_, _ = k.Auth.Login(actor.WithOrigin(t.Context(), actor.Origin{Source: "10.0.0.9"}), "clerk", "wrong", "")
		}
		var list struct {
			Rows   []person
			Counts struct{ All, Locked int }
		}
		if sec.ask("GET", "/accounts?state=locked", nil, &list); len(list.Rows) != 1 || list.Rows[0].Login != "clerk" || list.Counts.Locked != 1 || list.Counts.All != 3 {
			t.Errorf("locked: %+v", list)
		}
		sec.ask("POST", path+"/unlock", reason, &p)
		if sec.ask("GET", "/accounts?state=locked", nil, &list); len(list.Rows) != 0 {
			t.Errorf("unlocked: %+v", list)
		}
	})
}

// The organisation and the matrix as the pages read them.
func TestOrganisationAndMatrix(t *testing.T) {
	k := kerneltest.New(t)
	h := office(t, k)
	sys, sec := enter(t, k, h, "sysadmin", "system-admin"), enter(t, k, h, "secadmin", "security-admin")
	department := map[string]any{"region": "510703000000", "parent": "fc-mzj", "name": "涪城区民政局社会救助科", "short_name": "社救科", "reason": "机构调整"}
	var d struct{ ID, Parent string }
	if code := sys.ask("POST", "/departments", department, &d); code != 200 || d.Parent != "fc-mzj" {
		t.Errorf("%d %+v", code, d)
	}
	if code := sec.ask("POST", "/departments", department, nil); code != 403 {
		t.Errorf("the security administrator changes the organisation: %d", code)
	}
	var roles struct {
		Rows []struct {
			Name, Line string
			People     int
			Never      []string
		}
	}
	sec.ask("GET", "/roles", nil, &roles)
	if len(roles.Rows) < 8 || roles.Rows[0].Name != "clerk" {
		t.Fatalf("%+v", roles)
	}
	for _, r := range roles.Rows {
		if r.Line == "system" && !strings.Contains(strings.Join(r.Never, " "), "window:accept") || r.Line == "business" && strings.Contains(strings.Join(r.Never, " "), "window:accept") {
			t.Errorf("%s never holds %v", r.Name, r.Never)
		}
	}
	role := map[string]any{"name": "night", "title": "夜班", "permissions": []string{"window:accept"}, "reason": "夜班试行"}
	if code := sys.ask("POST", "/roles", role, nil); code != 403 {
		t.Errorf("the system administrator makes a role: %d", code)
	}
	if code := sec.ask("POST", "/roles", role, nil); code != 200 {
		t.Errorf("make role: %d", code)
	}
	if code := sec.ask("POST", "/roles/night/change", map[string]any{"add": []string{"people:account.write"}, "reason": "多给一点"}, nil); code != 422 {
		t.Errorf("a business role that makes accounts: %d", code)
	}
	if code := sec.ask("POST", "/roles/night/drop", map[string]any{"reason": "夜班取消"}, nil); code != 204 {
		t.Errorf("drop role: %d", code)
	}
}
