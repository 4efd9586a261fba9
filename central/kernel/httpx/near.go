package httpx

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// nearFile is where a page asks which service it may use on the computer it is shown on.
const nearFile = "near.json"

// near is a service on the loopback of the reader's own computer that the pages of one app may ask (本机服务), such as the
// devices of a counter. Nobody but those pages gets the permission, and they get it for that one address.
type near struct{ mount, origin, policy string }

// nearOf checks the addresses: nothing but loopback by number, for a name may be made to point anywhere.
func nearOf(csp string, addresses map[string]string) ([]near, error) {
	var out []near
	for mount, origin := range addresses {
		if origin == "" {
			out = append(out, near{mount, "", csp})
			continue
		}
		if u, err := url.Parse(origin); err != nil || u.Hostname() != "127.0.0.1" || u.Port() == "" || "http://"+u.Host != origin {
			return nil, fmt.Errorf("service on the reader's own computer %q: want http://127.0.0.1:port", origin)
		}
		out = append(out, near{mount, origin, strings.Replace(csp, "connect-src 'self'", "connect-src 'self' "+origin, 1)})
	}
	return out, nil
}

// pagePolicy is the policy of a path.
func (s *Server) pagePolicy(path string) string {
	for _, n := range s.near {
		if strings.HasPrefix(path, n.mount) {
			return n.policy
		}
	}
	return s.cfg.CSP
}

// serveNear tells a page where the service is; "" is none.
func (s *Server) serveNear(w http.ResponseWriter, mount string) bool {
	for _, n := range s.near {
		if n.mount == mount {
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
			w.Header().Set("Cache-Control", "no-cache")
			_ = json.NewEncoder(w).Encode(map[string]string{"url": n.origin})
			return true
		}
	}
	return false
}
