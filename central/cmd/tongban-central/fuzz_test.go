package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/ids"
	"tongban/central/kernel/kerneltest"
)

// TestBadRequests sends requests made from the document and spoiled in some place to the whole centre, signed in as
// somebody who may everything: none may end in a 5xx, a panic or an answer that shows our insides.
//
// FUZZ_REQUESTS and FUZZ_SEED change how many and which; a failure names the seed and the request.
func TestBadRequests(t *testing.T) {
	kerneltest.Databases(t, badRequests)
}

func badRequests(t *testing.T, dsn string) {
	c := scratchedOn(t, dsn)
	n, longest := 3000, 8*time.Second
	if v, err := strconv.Atoi(os.Getenv("FUZZ_REQUESTS")); err == nil {
		n, longest = v, time.Hour
	}
	seed := uint64(1)
	if v, err := strconv.ParseUint(os.Getenv("FUZZ_SEED"), 10, 64); err == nil {
		seed = v
	}
	everything(t, c)
	h := c.kernel.HTTP.Handler()
	s := &spoiler{d: theDocument(t, c), r: rand.New(rand.NewPCG(seed, 2))}
	var ops []target
	s.d.each(func(method, path string, op operation) {
		if strings.Contains(op.ID, " ") {
			return // files and streams: an event stream would go on for ever, and each has tests of its own
		}
		if !strings.HasPrefix(op.ID, "auth-") || s.r.IntN(8) == 0 { // each of those may cost a password hash
			ops = append(ops, target{method, path, op})
		}
	})

	statuses := map[int]int{}
	end := time.Now().Add(longest)
	sent := 0
	for ; sent < n && time.Now().Before(end); sent++ {
		to := ops[s.r.IntN(len(ops))]
		r, about := s.request(to)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		statuses[w.Code]++
		if fault := faultOf(w); fault != "" {
			t.Errorf("seed %d, request %d: %s: %s\n%s\nanswer: %.400s", seed, sent, to.op.ID, fault, about, w.Body)
		}
	}
	t.Logf("%d requests to %d operations, answers %v", sent, len(ops), statuses)
	if sent < 200 {
		t.Errorf("only %d requests in %s", sent, longest)
	}
}

// everything lets every caller of every audience do everything, as the same person: what is behind the door is tested here.
func everything(t *testing.T, c *centre) {
	t.Helper()
	var all []string
	for _, op := range c.kernel.HTTP.Operations() {
		all = append(all, op.Permission)
	}
	for audience, kind := range map[string]actor.Kind{"staff": actor.Staff, "admin": actor.Staff, "kiosk": actor.Terminal, "open": actor.Consumer, "citizen": actor.Citizen} {
		who := auth.Actor{Kind: kind, ID: "fuzz", Name: "测试"}.Granted(all...)
		c.kernel.HTTP.Authenticate(audience, func(*http.Request) (auth.Actor, error) { return who, nil })
	}
}

// insides are words that only a program's inside says.
var insides = regexp.MustCompile(`goroutine \d|\.go:\d|panic:|runtime error|SQLSTATE|sqlite3?:|syntax error at|no such table|/work/|/usr/local/go`)

func faultOf(w *httptest.ResponseRecorder) string {
	switch {
	case w.Code >= 500:
		return fmt.Sprintf("status %d", w.Code)
	case insides.Match(w.Body.Bytes()):
		return "our insides show"
	case w.Code >= 400 && !json.Valid(w.Body.Bytes()):
		return "a refusal that is no JSON"
	}
	return ""
}

type target struct {
	method, path string
	op           operation
}

// spoiler makes requests that are nearly right.
type spoiler struct {
	d document
	r *rand.Rand
}

var contentTypes = []string{"application/json", "application/json", "application/json", "application/json", "", "text/plain", "application/json; charset=utf-16", "application/xml", "multipart/form-data; boundary=a", "application/cbor", strings.Repeat("a", 300)}

func (s *spoiler) request(to target) (*http.Request, string) {
	path, query := to.path, url.Values{}
	for _, p := range to.op.Parameters {
		v := s.text(s.value(p.Schema, 0))
		switch p.In {
		case "path":
			path = strings.Replace(path, "{"+p.Name+"}", url.PathEscape(v), 1)
		case "query":
			if p.Required || s.r.IntN(2) == 0 {
				query.Add(p.Name, v)
			}
		}
	}
	if s.r.IntN(15) == 0 {
		query.Set(s.nasty(), s.nasty())
	}
	body := s.body(to.op)
	full := path + "?" + query.Encode()
	u, err := url.Parse(full)
	if err != nil {
		u = &url.URL{Path: "/" + path}
	}
	r := httptest.NewRequest(to.method, "/", bytes.NewReader(body))
	r.URL, r.RequestURI = u, u.RequestURI()
	r.Header.Set("Content-Type", contentTypes[s.r.IntN(len(contentTypes))])
	r.Header.Set("Idempotency-Key", ids.New())
	if s.r.IntN(20) == 0 {
		r.Header.Set("Idempotency-Key", s.nasty())
	}
	return r, fmt.Sprintf("%s %.300s\n%.600s", to.method, full, body)
}

func (s *spoiler) body(op operation) []byte {
	for kind, b := range op.Body.Content {
		if !strings.Contains(kind, "json") {
			return []byte(s.nasty())
		}
		text, err := json.Marshal(s.value(b.Schema, 0))
		if err != nil {
			return []byte("null")
		}
		switch s.r.IntN(14) {
		case 0:
			return text[:s.r.IntN(len(text)+1)]
		case 1:
			at := s.r.IntN(len(text) + 1)
			return slices.Concat(text[:at], []byte{byte(s.r.IntN(256))}, text[at:])
		case 2:
			return []byte(strings.Repeat(`{"a":[`, s.r.IntN(3000)))
		case 3:
			return nil
		case 4:
			return slices.Concat(text, text)
		}
		return text
	}
	return nil
}

var nastyTexts = []string{
	"", " ", "null", "0", "-1", "\x00", "a\x00b", "\u202e倒", "🀄️", "é", "\ud7ff", "' OR 1=1 --", `"><script>alert(1)</script>`, "../../etc/passwd",
	"%00", "%2e%2e%2f", "${jndi:ldap://x}", "{{7*7}}", "\r\nSet-Cookie: a=b", strings.Repeat("长", 5000), strings.Repeat("9", 400), "NaN", "1e999",
	"2026-02-30", "9999-12-31T23:59:60Z", "0001-01-01", "-0", "true", "[]", "{}", "\ufeff", "𝕳", "%s%n%x", "\\", "'", "\"", "`", ";", "|",
}

func (s *spoiler) nasty() string {
	if s.r.IntN(6) == 0 {
		b := make([]byte, s.r.IntN(40))
		for i := range b {
			b[i] = byte(s.r.IntN(256))
		}
		return string(b)
	}
	return nastyTexts[s.r.IntN(len(nastyTexts))]
}

// value makes something for a schema: mostly what fits, sometimes what does not.
func (s *spoiler) value(sc schema, depth int) any {
	sc = s.d.resolve(sc)
	if s.r.IntN(12) == 0 || depth > 6 {
		return s.wrong()
	}
	switch {
	case len(sc.Enum) > 0 && s.r.IntN(5) > 0:
		return sc.Enum[s.r.IntN(len(sc.Enum))]
	case sc.Type.is("string"):
		return s.string(sc)
	case sc.Type.is("integer"), sc.Type.is("number"):
		return s.number(sc)
	case sc.Type.is("boolean"):
		return s.r.IntN(2) == 0
	case sc.Type.is("array"):
		out := []any{}
		for range s.r.IntN(4) {
			if sc.Items != nil {
				out = append(out, s.value(*sc.Items, depth+1))
			}
		}
		return out
	case sc.Type.is("object"), len(sc.Properties) > 0:
		return s.object(sc, depth)
	}
	return s.wrong()
}

func (s *spoiler) object(sc schema, depth int) any {
	out := map[string]any{}
	for name, p := range sc.Properties {
		if slices.Contains(sc.Required, name) && s.r.IntN(15) > 0 || s.r.IntN(2) == 0 {
			out[name] = s.value(p, depth+1)
		}
	}
	if s.r.IntN(15) == 0 {
		out[s.nasty()] = s.wrong()
	}
	return out
}

func (s *spoiler) string(sc schema) string {
	if s.r.IntN(3) == 0 {
		return s.nasty()
	}
	switch sc.Format {
	case "date":
		return "2026-11-26"
	case "date-time":
		return "2026-11-26T09:30:00Z"
	}
	length := max(sc.MinLength, 1+s.r.IntN(12))
	if sc.MaxLength != nil {
		length = min(length, *sc.MaxLength)
		if s.r.IntN(4) == 0 {
			length = *sc.MaxLength + s.r.IntN(2)
		}
	}
	letters := []rune("abcdefghij0123456789-周立明")
	var b strings.Builder
	for range min(length, 30_000) {
		b.WriteRune(letters[s.r.IntN(len(letters))])
	}
	return b.String()
}

func (s *spoiler) number(sc schema) any {
	switch s.r.IntN(5) {
	case 0:
		return []any{-1, 0, 1e9, int64(1)<<62 + 7, -1 << 62, 1.5, 1e18, json.Number("1e400")}[s.r.IntN(8)]
	case 1:
		if sc.Maximum != nil {
			return *sc.Maximum + float64(s.r.IntN(2))
		}
	}
	low := 0.0
	if sc.Minimum != nil {
		low = *sc.Minimum
	}
	return int(low) + s.r.IntN(10)
}

func (s *spoiler) wrong() any {
	return []any{nil, true, -1, 1e300, s.nasty(), []any{}, []any{nil, []any{}}, map[string]any{}, map[string]any{"$ref": "#"}, s.nasty()}[s.r.IntN(10)]
}

// text is a value as it stands in an address.
func (s *spoiler) text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case nil:
		return ""
	}
	return fmt.Sprint(v)
}
