package web

import (
	"crypto/rand"
	"crypto/subtle"
	"net"
	"net/http"
	"slices"
	"strings"

	"tongban/agent/screen"
)

// Guard keeps strangers off the loopback listener (环回口令): other pages in a browser of this machine reach the port too, and
// their calls would run even though they cannot read the answer. So Host and Origin must be ours, and a token of this run
// must come with every call, by a cookie that the address printed at the start sets.
type Guard struct {
	hosts  []string
	cookie string
	token  string
}

// NewGuard makes the guard of a listener at addr.
func NewGuard(addr net.Addr) *Guard {
	_, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		port = "0"
	}
	// Cookies do not know ports: two terminals on one machine need two names.
	return &Guard{hosts: []string{addr.String(), "127.0.0.1:" + port, "localhost:" + port}, cookie: "tb_screen_" + port, token: rand.Text()}
}

// URL is the address that opens the screen.
func (g *Guard) URL() string { return "http://" + g.hosts[0] + "/?token=" + g.token }

// Wrap lets through what belongs to us.
func (g *Guard) Wrap(next http.Handler) http.Handler {
	s := &server{}
	refuse := func(w http.ResponseWriter, status int, code string) {
		s.json(w, status, screen.Problem{Code: code, Message: "这个页面没有打开本机屏幕的权限，请用启动时给出的地址"})
	}
	return headers(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !g.ours(r.Host) {
			refuse(w, http.StatusMisdirectedRequest, "screen.host")
			return
		}
		if o := r.Header.Get("Origin"); o != "" && !g.ours(strings.TrimPrefix(o, "http://")) {
			refuse(w, http.StatusForbidden, "screen.origin")
			return
		}
		if r.Method == http.MethodGet && r.URL.Path == "/" && g.same(r.URL.Query().Get("token")) {
			//nolint:gosec // loopback speaks no TLS
			http.SetCookie(w, &http.Cookie{Name: g.cookie, Value: g.token, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
			next.ServeHTTP(w, r)
			return
		}
		c, err := r.Cookie(g.cookie)
		if err != nil || !g.same(c.Value) {
			refuse(w, http.StatusUnauthorized, "screen.token")
			return
		}
		next.ServeHTTP(w, r)
	}))
}

func (g *Guard) ours(host string) bool {
	return slices.Contains(g.hosts, host)
}

func (g *Guard) same(token string) bool {
	return subtle.ConstantTimeCompare([]byte(token), []byte(g.token)) == 1
}
