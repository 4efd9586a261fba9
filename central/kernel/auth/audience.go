package auth

import "net/http"

// The audiences (受众) whose callers are people with a browser. A session opens
// one of them and no other.
const (
	ForStaff = "staff" // 工作台, the workbench at /console/
	ForAdmin = "admin" // 管理台, the management console at /admin/
	ForSSO   = "sso"   // 统一登录, the sign-on itself
	ForOIDC  = "oidc"  // the protocol other systems speak to the sign-on: no session, its routes are below the issuer
)

// Cookie says where the token of an audience is kept.
type Cookie struct{ Name, Path string }

var cookies = map[string]Cookie{
	ForStaff: {"tb_session", "/api/staff/"},
	ForAdmin: {"tb_admin", "/api/admin/"},
	ForSSO:   {"tb_sso", "/sso/"},
}

// CookieOf returns the cookie of an audience; an audience without one does not
// sign in with a browser.
func CookieOf(audience string) (Cookie, bool) {
	c, ok := cookies[audience]
	return c, ok
}

// Prefix is the path before all operations of an audience.
func Prefix(audience string) string {
	switch audience {
	case ForSSO:
		return "/sso/api/v1" // below the issuer, so that one cookie serves pages and protocol
	case ForOIDC:
		return "/sso"
	}
	return "/api/" + audience + "/v1"
}

// Holding returns the cookie with token in it, living as long as the browser:
// the server decides when a session ends. An empty token takes it away. The
// sign-on's own cookie must come along when another system sends the person
// over to it, so it is Lax; the others never leave their site.
func (c Cookie) Holding(token string, secure bool) *http.Cookie {
	out := &http.Cookie{Name: c.Name, Value: token, Path: c.Path, HttpOnly: true, Secure: secure, SameSite: http.SameSiteStrictMode} // #nosec G124 -- Secure follows the configuration: on wherever TLS stands before us
	if c.Name == cookies[ForSSO].Name {
		out.SameSite = http.SameSiteLaxMode
	}
	if token == "" {
		out.MaxAge = -1
	}
	return out
}
