// Package digest answers the question for name and password that cameras ask over HTTP (HTTP 摘要认证, RFC 7616), so that the password
// itself never goes over the line.
package digest

import (
	"crypto/md5" //nolint:gosec // the method of RFC 7616 that most cameras still ask for
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// Credentials are a name and its password. They hide themselves in logs and in fmt.
type Credentials struct{ User, Password string }

func (Credentials) String() string { return "[口令]" }

// GoString hides them from %#v also.
func (c Credentials) GoString() string { return c.String() }

// ErrChallenge is a question that cannot be answered: none of this kind, or in a way that nobody knows.
var ErrChallenge = errors.New("no digest question that can be answered")

// challenge is what a camera asks.
type challenge struct {
	realm, nonce, opaque string
	algorithm            string
	qop                  bool
}

// Header answers the questions of an answer with status 401 for one request.
func (c Credentials) Header(res *http.Response, method, uri string) (string, error) {
	var best *challenge
	for _, h := range res.Header.Values("WWW-Authenticate") {
		q, err := parse(h)
		if err == nil && (best == nil || q.algorithm == "SHA-256") {
			best = &q
		}
	}
	if best == nil {
		return "", ErrChallenge
	}
	client := make([]byte, 16)
	if _, err := rand.Read(client); err != nil {
		return "", fmt.Errorf("draw a number: %w", err)
	}
	return c.answer(*best, method, uri, hex.EncodeToString(client)), nil
}

func (c Credentials) answer(q challenge, method, uri, client string) string {
	const count = "00000001"
	of := func(parts ...string) string { return sum(q.algorithm, strings.Join(parts, ":")) }
	who, what := of(c.User, q.realm, c.Password), of(method, uri)
	response := of(who, q.nonce, what)
	if q.qop {
		response = of(who, q.nonce, count, client, "auth", what)
	}
	out := fmt.Sprintf(`Digest username=%s, realm=%s, nonce=%s, uri=%s, response="%s", algorithm=%s`, quoted(c.User), quoted(q.realm), quoted(q.nonce), quoted(uri), response, q.algorithm)
	if q.qop {
		out += fmt.Sprintf(`, qop=auth, nc=%s, cnonce="%s"`, count, client)
	}
	if q.opaque != "" {
		out += ", opaque=" + quoted(q.opaque)
	}
	return out
}

func sum(algorithm, s string) string {
	h := md5.New() //nolint:gosec // see above
	if algorithm == "SHA-256" {
		h = sha256.New()
	}
	h.Write([]byte(s)) //nolint:errcheck // a hash takes everything
	return hex.EncodeToString(h.Sum(nil))
}

func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// parse reads one question.
func parse(header string) (challenge, error) {
	rest, ok := cutFold(strings.TrimSpace(header), "Digest ")
	if !ok {
		return challenge{}, ErrChallenge
	}
	q := challenge{algorithm: "MD5"}
	offered := ""
	for rest != "" {
		var key, value string
		if key, value, rest, ok = pair(rest); !ok {
			return challenge{}, ErrChallenge
		}
		switch strings.ToLower(key) {
		case "realm":
			q.realm = value
		case "nonce":
			q.nonce = value
		case "opaque":
			q.opaque = value
		case "algorithm":
			q.algorithm = strings.ToUpper(value)
		case "qop":
			offered = value
		}
	}
	for w := range strings.SplitSeq(offered, ",") {
		q.qop = q.qop || strings.TrimSpace(w) == "auth"
	}
	if q.nonce == "" || q.algorithm != "MD5" && q.algorithm != "SHA-256" || offered != "" && !q.qop {
		return challenge{}, ErrChallenge
	}
	return q, nil
}

func cutFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return "", false
	}
	return s[len(prefix):], true
}

// pair takes key="value" or key=value off the front of a list.
func pair(s string) (key, value, rest string, ok bool) {
	s = strings.TrimLeft(s, " \t,")
	key, s, ok = strings.Cut(s, "=")
	key = strings.TrimSpace(key)
	if !ok || key == "" {
		return "", "", "", false
	}
	if !strings.HasPrefix(s, `"`) {
		value, rest, _ = strings.Cut(s, ",")
		return key, strings.TrimSpace(value), strings.TrimLeft(rest, " \t,"), true
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		case s[i] == '"':
			return key, b.String(), strings.TrimLeft(s[i+1:], " \t,"), true
		default:
			b.WriteByte(s[i])
		}
	}
	return "", "", "", false
}
