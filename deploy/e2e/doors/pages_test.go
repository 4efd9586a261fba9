package doors

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// Every page lets a browser run only what this server's files hold, and is written so that it needs no more.
func (h *house) pages(t *testing.T) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(h.cert)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(text)
	c := &http.Client{Jar: jar, Timeout: 10 * time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}}
	pages := []string{h.Terminals[0].UI}
	for _, base := range []string{h.Web, "https://" + h.https} {
		// A path of the app's own is answered with its page, too.
		for _, path := range []string{"/", "/console/", "/console/cases/1", "/admin/", "/sso/", "/sso/anything"} {
			pages = append(pages, base+path)
		}
	}
	for _, page := range pages {
		name, _, _ := strings.Cut(page, "?") // the terminal's address carries a token
		header, body := fetch(t, c, page)
		if header == nil {
			continue
		}
		csp := header.Get("Content-Security-Policy")
		if strings.Contains(page, "/console/") { // its devices: this one address, and for no other page
			csp = strings.Replace(strings.Replace(csp, " "+h.Desk.URL, "", 1), " http://127.0.0.1:17653", "", 1)
		}
		for _, wrong := range policy(csp) {
			t.Errorf("%s: %s", name, wrong)
		}
		if header.Get("X-Content-Type-Options") != "nosniff" || header.Get("Referrer-Policy") == "" {
			t.Errorf("%s: headers %v", name, header)
		}
		if https := strings.HasPrefix(page, "https:"); https && header.Get("Strict-Transport-Security") == "" {
			t.Errorf("%s: no Strict-Transport-Security", name)
		}
		files, wrong := written(body)
		for _, w := range wrong {
			t.Errorf("%s: %s", name, w)
		}
		if len(files) == 0 {
			t.Errorf("%s has no script: run make ui and build again", name)
		}
		for _, f := range files {
			h.file(t, c, page, f)
		}
	}
}

// file fetches what a page loads: it is there, and called what it is.
func (h *house) file(t *testing.T, c *http.Client, page, file string) {
	t.Helper()
	base, err := url.Parse(page)
	if err != nil {
		t.Fatal(err)
	}
	to, err := base.Parse(file)
	if err != nil {
		t.Errorf("%s: %v", file, err)
		return
	}
	header, _ := fetch(t, c, to.String())
	kind := header.Get("Content-Type")
	if want := map[bool]string{true: "css", false: "javascript"}[strings.HasSuffix(to.Path, ".css")]; !strings.Contains(kind, want) {
		t.Errorf("%s is %q", to.Path, kind)
	}
}

func fetch(t *testing.T, c *http.Client, at string) (http.Header, []byte) {
	t.Helper()
	res, err := c.Get(at)
	if err != nil {
		t.Error(err)
		return nil, nil
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Errorf("%s: %s, %v", res.Request.URL.Path, res.Status, err)
		return nil, nil
	}
	return res.Header, body
}

// policy says what is wrong with a content security policy (W3C CSP Level 3): scripts come from our own files only, and
// nothing at all from elsewhere.
func policy(csp string) (wrong []string) {
	rules := map[string][]string{}
	for d := range strings.SplitSeq(csp, ";") {
		if f := strings.Fields(d); len(f) > 0 {
			rules[f[0]] = f[1:]
		}
	}
	effective := func(name string) []string {
		if r, ok := rules[name]; ok {
			return r
		}
		return rules["default-src"]
	}
	if got := effective("script-src"); !slices.Equal(got, []string{"'self'"}) {
		wrong = append(wrong, "scripts come from "+strings.Join(got, " "))
	}
	for _, name := range []string{"object-src", "base-uri"} {
		// base-uri does not fall back to default-src.
		if got := rules[name]; !slices.Equal(got, []string{"'none'"}) && (name == "base-uri" || !slices.Equal(effective(name), []string{"'none'"})) {
			wrong = append(wrong, name+" is "+strings.Join(got, " "))
		}
	}
	for _, name := range []string{"default-src", "frame-ancestors", "form-action"} {
		if len(rules[name]) == 0 {
			wrong = append(wrong, "no "+name)
		}
	}
	for name, sources := range rules {
		for _, s := range sources {
			loopback := name == "frame-ancestors" && (s == "http://127.0.0.1:*" || s == "http://localhost:*") // the bench beside a terminal
			style := name == "style-src" && s == "'unsafe-inline'"
			if !loopback && !style && !slices.Contains([]string{"'self'", "'none'", "data:", "blob:"}, s) {
				wrong = append(wrong, name+" allows "+s)
			}
		}
	}
	return wrong
}

// written says what is wrong with a page as it is written, and which scripts and styles it loads.
func written(page []byte) (files, wrong []string) {
	for _, s := range []string{"http://", "https://"} {
		if bytes.Contains(page, []byte(s)) {
			wrong = append(wrong, "names an address that begins with "+s)
		}
	}
	doc, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		return nil, append(wrong, err.Error())
	}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		attr := map[string]string{}
		for _, a := range n.Attr {
			attr[a.Key] = a.Val
			value := strings.ToLower(strings.TrimSpace(a.Val))
			switch {
			case strings.HasPrefix(a.Key, "on"):
				wrong = append(wrong, "<"+n.Data+"> has "+a.Key)
			case strings.HasPrefix(value, "javascript:"), strings.HasPrefix(value, "//"), strings.Contains(value, "://"):
				wrong = append(wrong, "<"+n.Data+"> names "+a.Val)
			case a.Key == "srcdoc":
				wrong = append(wrong, "<"+n.Data+"> carries a page")
			}
		}
		switch n.Data {
		case "script":
			if n.FirstChild != nil && strings.TrimSpace(n.FirstChild.Data) != "" || attr["src"] == "" {
				wrong = append(wrong, "a script stands in the page")
				continue
			}
			files = append(files, attr["src"])
		case "link":
			if attr["rel"] == "stylesheet" {
				files = append(files, attr["href"])
			}
		case "base":
			wrong = append(wrong, "has a <base>")
		}
	}
	return files, wrong
}

// What must not be in a page is found there.
func TestWhatIsWrongIsFound(t *testing.T) {
	good := "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
	if w := policy(good); w != nil {
		t.Errorf("good policy: %v", w)
	}
	for _, bad := range []string{
		"", strings.Replace(good, "script-src 'self'", "script-src 'self' 'unsafe-inline'", 1), strings.Replace(good, "script-src 'self'", "script-src 'self' 'unsafe-eval'", 1),
		strings.Replace(good, "script-src 'self'", "script-src *", 1), strings.Replace(good, "default-src 'self'", "default-src 'self' https://cdn.example", 1),
		strings.Replace(good, "script-src 'self'", "script-src 'self' blob:", 1), strings.Replace(good, "object-src 'none'", "", 1), strings.Replace(good, "base-uri 'none'", "", 1),
	} {
		if policy(bad) == nil {
			t.Errorf("policy %q passes", bad)
		}
	}
	if files, w := written([]byte(`<script type="module" src="/a.js"></script><link rel="stylesheet" href="/a.css"><p>x`)); w != nil || len(files) != 2 {
		t.Errorf("good page: %v, %v", files, w)
	}
	for _, bad := range []string{
		`<script>x()</script>`, `<script src="/a.js">x()</script>`, `<body onload="x()">`, `<img src="x" onerror=x()>`, `<script src="//cdn.example/a.js"></script>`,
		`<a href=" javascript:x()">`, `<link rel="icon" href="https://cdn.example/i.png">`, `<base href="/x/">`, `<iframe srcdoc="x">`, `<!-- https://cdn.example -->`,
	} {
		if _, w := written([]byte(bad)); w == nil {
			t.Errorf("page %q passes", bad)
		}
	}
}
