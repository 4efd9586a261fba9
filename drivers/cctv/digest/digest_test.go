package digest

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// The worked examples of RFC 7616, 3.9.1, and of RFC 2617, 3.5.
func TestAnswers(t *testing.T) {
	for name, c := range map[string]struct{ password, question, uri, client, want string }{
		"7616 MD5": {
			"Circle of Life", `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=MD5, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`,
			"/dir/index.html", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", "8ca523f5e9506fed4657c9700eebdbec",
		},
		"7616 SHA-256": {
			"Circle of Life", `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`,
			"/dir/index.html", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
		},
		"2617": {
			"Circle Of Life", `digest realm="testrealm@host.com",qop="auth,auth-int",nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093",opaque="5ccc069c403ebaf9f0171e9517f40e41"`,
			"/dir/index.html", "0a4f113b", "6629fae49393a05397450978507c4ef1",
		},
	} {
		q, err := parse(c.question)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := (Credentials{"Mufasa", c.password}).answer(q, http.MethodGet, c.uri, c.client); !strings.Contains(got, `response="`+c.want+`"`) {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestHeader(t *testing.T) {
	res := &http.Response{Header: http.Header{}}
	if _, err := (Credentials{}).Header(res, "GET", "/"); err == nil {
		t.Error("no question is answered")
	}
	for _, q := range []string{`Basic realm="x"`, `Digest nonce="a", algorithm=MD5`, `Digest nonce="a", algorithm=SHA-256, qop="auth"`} {
		res.Header.Add("WWW-Authenticate", q)
	}
	if got, err := (Credentials{User: `a"b`}).Header(res, "GET", "/"); err != nil || !strings.Contains(got, "algorithm=SHA-256") || !strings.Contains(got, `username="a\"b"`) {
		t.Errorf("%s %v", got, err)
	}
	for _, q := range []string{"", "Basic x", `Digest realm="x"`, `Digest nonce="a", qop="auth-int"`, `Digest nonce="a", algorithm=MD5-sess`, `Digest nonce="a`, `Digest nonce`} {
		if _, err := parse(q); err == nil {
			t.Errorf("%q passes for a question", q)
		}
	}
	c := Credentials{"name", "secret"}
	if s := fmt.Sprintf("%v %+v %#v %s", c, c, c, c); strings.Contains(s, "secret") || strings.Contains(s, "name") {
		t.Error("credentials show themselves")
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`Digest realm="a\"b", nonce="x", qop="auth", algorithm=MD5`)
	f.Add(`Digest nonce=x,,, qop=auth`)
	f.Fuzz(func(t *testing.T, in string) {
		q, err := parse(in)
		if err == nil && (q.nonce == "" || q.algorithm != "MD5" && q.algorithm != "SHA-256") {
			t.Fatalf("%+v", q)
		}
	})
}
