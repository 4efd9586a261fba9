package module

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/blobs"
	"tongban/central/kernel/clock"
	"tongban/fleet/internal/files"
	"tongban/fleet/wire"
)

// later is a clock that is ahead.
type later struct {
	clock.Clock
	by time.Duration
}

func (l later) Now() time.Time { return l.Clock.Now().Add(l.by) }

func digestOf(b []byte) string {
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// An upload goes on at the byte where it stopped, and only there.
func TestUploadResumes(t *testing.T) {
	c := newCentre(t, nil)
	term := c.terminal(t, "K-01")
	page := bytes.Repeat([]byte("密文"), 50_000)
	size, digest := int64(len(page)), digestOf(page)

	step := func(offset, length int64, part []byte, status int, at int64) {
		t.Helper()
		got, now, err := term.Patch(t.Context(), digest, offset, length, part)
		if err != nil {
			t.Fatal(err)
		}
		if got != status || now != at {
			t.Errorf("part at %d: status %d, offset %d; want %d, %d", offset, got, now, status, at)
		}
	}
	known := func(want int64, done bool) {
		t.Helper()
		at, whole, err := term.Offset(t.Context(), digest)
		if err != nil || at != want || whole != done {
			t.Errorf("offset %d, done %v, %v; want %d, %v", at, whole, err, want, done)
		}
	}
	known(0, false)
	step(0, size, page[:1000], http.StatusNoContent, 1000)
	known(1000, false)
	step(0, size, page[:1000], http.StatusConflict, 1000)
	step(2000, size, page[2000:], http.StatusConflict, 1000)
	step(1000, size, page[1000:70_000], http.StatusNoContent, 70_000)
	step(70_000, size, page[70_000:], http.StatusCreated, size)
	known(size, true)
	step(size, size, nil, http.StatusCreated, size) // the answer was lost
	step(0, size, page, http.StatusCreated, size)

	r, n, err := c.kit.Blobs.Open(t.Context(), blobs.Digest(digest))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	got, err := io.ReadAll(r)
	if err != nil || n != size || !bytes.Equal(got, page) {
		t.Errorf("kept %d bytes, %v", n, err)
	}
	if n := c.kit.Count(t, `SELECT count(*) FROM fleet_file WHERE state = 'done' AND terminal = 'K-01' AND size = $1`, size); n != 1 {
		t.Errorf("%d records of the file", n)
	}
}

func TestUploadRefused(t *testing.T) {
	c := newCentre(t, nil)
	term := c.terminal(t, "K-01")
	good := []byte("page")
	for name, try := range map[string]struct {
		digest         string
		offset, length int64
		part           []byte
		status         int
	}{
		"wrong content":  {digestOf([]byte("other")), 0, 4, good, http.StatusUnprocessableEntity},
		"more than said": {digestOf(good), 0, 3, good, http.StatusUnprocessableEntity},
		"too large":      {digestOf(good), 0, files.MaxFile + 1, good, http.StatusRequestEntityTooLarge},
		"no length":      {digestOf(good), 0, 0, nil, http.StatusUnprocessableEntity},
		"below zero":     {digestOf(good), -1, 4, good, http.StatusUnprocessableEntity},
		"no digest":      {"sha256:../../etc/passwd", 0, 4, good, http.StatusNotFound},
		"short digest":   {"sha256:00", 0, 4, good, http.StatusUnprocessableEntity},
	} {
		status, _, err := term.Patch(t.Context(), try.digest, try.offset, try.length, try.part)
		if err != nil || status != try.status {
			t.Errorf("%s: status %d, %v; want %d", name, status, err, try.status)
		}
	}
	// A wrong content is forgotten whole: the right one may start again from 0.
	if at, _, err := term.Offset(t.Context(), digestOf([]byte("other"))); err != nil || at != 0 {
		t.Errorf("offset after a wrong content: %d, %v", at, err)
	}
	if n := c.kit.Count(t, `SELECT count(*) FROM fleet_file WHERE state = 'done'`); n != 0 {
		t.Errorf("%d files kept", n)
	}
}

func TestQuota(t *testing.T) {
	c := newCentre(t, nil)
	term := c.terminal(t, "K-01")
	small := &files.Desk{DB: c.kit.DB, Blobs: c.kit.Blobs, Clock: c.kit.Kernel.Clock, Log: c.kit.Log, Fail: c.kit.HTTP.Fail, Quota: 10}
	patch := func(body string) int {
		r, err := http.NewRequestWithContext(auth.As(t.Context(), auth.Actor{Kind: auth.Terminal, ID: "K-01"}), http.MethodPatch, "/", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.SetPathValue("digest", digestOf([]byte(body)))
		r.Header.Set(wire.HeaderOffset, "0")
		r.Header.Set(wire.HeaderLength, "6")
		w := &recorder{header: http.Header{}}
		small.Patch(w, r)
		return w.status
	}
	if a, b, c := patch("page-1"), patch("page-2"), patch("page-1"); a != 201 || b != 429 || c != 201 {
		t.Errorf("status %d, %d, %d; want 201, 429, 201", a, b, c)
	}
	_ = term
}

type recorder struct {
	header http.Header
	status int
}

func (r *recorder) Header() http.Header         { return r.header }
func (r *recorder) Write(p []byte) (int, error) { return len(p), nil }
func (r *recorder) WriteHeader(status int)      { r.status = status }

// Files are for known terminals; the terminals' listener has nothing else.
func TestWhoMayCallOverHTTPS(t *testing.T) {
	c := newCentre(t, nil)
	term := c.terminal(t, "K-01")
	for path, want := range map[string]int{"/": 404, "/api/staff/v1/auth/me": 404, "/api/fleet/v1/terminals": 404, "/api/openapi.json": 404, "/api/kiosk/v1/none": 404} {
		res, err := term.Do(t.Context(), http.MethodGet, path, nil, nil)
		if err != nil || res.StatusCode != want {
			t.Errorf("GET %s: %v, %v; want %d", path, res, err, want)
		}
	}
	bare := *http.DefaultClient
	bare.Transport = term.WithoutCertificate()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodHead, c.Kiosk()+wire.PathFiles+digestOf(nil), nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := bare.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusUnauthorized {
		t.Errorf("without a certificate: status %d", res.StatusCode)
	}
}

// Staff with the permission see the terminals; nothing secret is among what they see.
func TestStaffList(t *testing.T) {
	c := newCentre(t, nil)
	c.terminal(t, "K-01")
	ask := func(ctx *http.Request) (int, string) {
		w := newBuffer()
		c.kit.HTTP.Handler().ServeHTTP(w, ctx)
		return w.status, w.body.String()
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "/api/fleet/v1/terminals", nil)
	if err != nil {
		t.Fatal(err)
	}
	if status, _ := ask(req); status != http.StatusUnauthorized {
		t.Errorf("signed out: status %d", status)
	}
	const secret = "correct-horse-battery-9"
	as := auth.AsSystem(t.Context(), "test")
	if _, err := c.kit.Auth.Create(as, auth.Account{Login: "fleet1", Name: "测试员", Roles: []string{"fleet-admin"}}, secret); err != nil {
		t.Fatal(err)
	}
	s, err := c.kit.Auth.Login(t.Context(), "fleet1", secret, "")
	if err != nil {
		t.Fatal(err)
	}
	kept, _ := auth.CookieOf(auth.ForStaff)
	req.AddCookie(kept.Holding(s.Token, false))
	status, body := ask(req)
	var got struct {
		Terminals []struct {
			Code  string
			Place string
			Epoch int
		}
	}
	if err := json.Unmarshal([]byte(body), &got); err != nil || status != 200 || len(got.Terminals) != 1 || got.Terminals[0].Code != "K-01" || got.Terminals[0].Epoch != 1 {
		t.Errorf("status %d, %v: %s", status, err, body)
	}
	if strings.Contains(body, "CERTIFICATE") || strings.Contains(body, "serial") {
		t.Error("the list shows certificates")
	}
}

type buffer struct {
	recorder
	body bytes.Buffer
}

func newBuffer() *buffer { return &buffer{recorder: recorder{header: http.Header{}, status: 200}} }

func (b *buffer) Write(p []byte) (int, error) { return b.body.Write(p) }
