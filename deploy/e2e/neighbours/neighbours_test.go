// Package neighbours walks from the window into the systems beside it and back (相邻系统走查), with real processes: one sign-on, a matter
// begun there that is tracked here, an outage, and a machine in the hall that asks.
package neighbours

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tongban/deploy/stack"
	"tongban/deploy/walk"
)

type matter struct {
	No        string `json:"no"`
	StateText string `json:"state_text"`
	Equal     bool   `json:"equal"`
	Items     []struct {
		Code      string `json:"code"`
		StateText string `json:"state_text"`
		Known     bool   `json:"known"`
	} `json:"items"`
}

type track struct {
	Fresh  string  `json:"fresh"`
	Matter *matter `json:"matter"`
}

func TestNeighbours(t *testing.T) {
	bin := os.Getenv("TONGBAN_BIN")
	if bin == "" {
		t.Skip("TONGBAN_BIN is not set: run by make test")
	}
	s, err := stack.Start(t.Context(), stack.Config{Bin: bin, Dir: filepath.Join(t.TempDir(), "stack"), Fast: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Stop() })
	password, err := walk.Password(s.Secrets, "clerk")
	if err != nil {
		t.Fatal(err)
	}
	clerk, err := walk.SignIn(t.Context(), s.Web, "clerk", password)
	if err != nil {
		t.Fatal(err)
	}

	// In by the ticket of the window alone; without it to the sign-on; a forged one is refused.
	for name, base := range map[string]string{"one-thing": s.OneThingURL, "real estate": s.EstateURL} {
		if at, page := get(t, clerk.HTTP, base+"/login"); at.Path != "/" || !strings.HasPrefix(base, "http://"+at.Host) || !strings.Contains(page, "收件岗") {
			t.Errorf("%s: at %s: %.200s", name, at, page)
		}
		if at, _ := get(t, &http.Client{Timeout: 10 * time.Second}, base+"/"); !strings.HasPrefix(at.Path, "/sso/") {
			t.Errorf("%s: a stranger is at %s", name, at)
		}
		res, err := clerk.HTTP.Get(base + "/back?code=forged&state=forged") //nolint:noctx // a test
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s: a forged ticket: %d", name, res.StatusCode)
		}
	}

	// What a person begins and moves there is known here, with every item, and the codes are the catalogue's.
	if _, page := send(t, clerk.HTTP, s.OneThingURL+"/new", url.Values{"theme": {"cfg-spxd"}}); !strings.Contains(page, "YJS2026000002") {
		t.Fatalf("nothing was begun: %.300s", page)
	}
	send(t, clerk.HTTP, s.OneThingURL+"/next", url.Values{"no": {"YJS2026000002"}})
	var m matter
	until(t, "the bundle is tracked", func() bool {
		return clerk.Ask(t.Context(), http.MethodGet, "/joined/matters/YJS2026000002", nil, &m) == nil && len(m.Items) == 2 && m.Items[0].StateText == "办理中"
	})
	if !m.Equal || m.StateText != "办结 0 项，共 2 项" || !m.Items[0].Known || !m.Items[1].Known {
		t.Errorf("%+v", m)
	}

	// A registration moves; then its system is silent, and what was last heard is shown as that.
	send(t, clerk.HTTP, s.EstateURL+"/next", url.Values{"no": {"BDC2026000001"}})
	var got track
	ask := func() error {
		got = track{}
		return clerk.Ask(t.Context(), http.MethodGet, "/joined/track?no=BDC2026000001", nil, &got)
	}
	if err := ask(); err != nil || got.Fresh != "live" || got.Matter == nil || got.Matter.StateText != "已受理" {
		t.Errorf("live: %+v %v", got, err)
	}
	until(t, "the feed was read", func() bool {
		return clerk.Ask(t.Context(), http.MethodGet, "/joined/matters/BDC2026000001", nil, &m) == nil && m.StateText == "已受理"
	})
	fault(t, s.EstateURL, "outage")
	if err := ask(); err != nil || got.Fresh != "kept" || got.Matter == nil || got.Matter.StateText != "已受理" {
		t.Errorf("silent: %+v %v", got, err)
	}
	fault(t, s.EstateURL, "")

	// The machine in the hall asks by signed calls, and nobody else may.
	if _, page := send(t, &http.Client{Timeout: 10 * time.Second}, s.InquiryURL+"/", url.Values{"no": {"510703202611270000"}, "code": {"000000"}}); !strings.Contains(page, "没有查到") {
		t.Errorf("the inquiry machine: %.300s", page)
	}
	res, err := http.Post(s.Web+"/api/public/v1/joined/inquiry", "application/json", strings.NewReader(`{"case_no":"1","check_code":"2"}`)) //nolint:noctx // a test
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusUnauthorized {
		t.Errorf("unsigned: %d", res.StatusCode)
	}
}

func get(t *testing.T, c *http.Client, to string) (*url.URL, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, to, nil)
	if err != nil {
		t.Fatal(err)
	}
	return do(t, c, r)
}

func send(t *testing.T, c *http.Client, to string, form url.Values) (*url.URL, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, to, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return do(t, c, r)
}

func do(t *testing.T, c *http.Client, r *http.Request) (*url.URL, string) {
	t.Helper()
	res, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	page, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.Request.URL, string(page)
}

func fault(t *testing.T, base, name string) {
	t.Helper()
	body, err := json.Marshal(map[string]string{"fault": name})
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.Post(base+"/faults", "application/json", bytes.NewReader(body)) //nolint:noctx // a test
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
}

func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
	defer cancel()
	for !ok() {
		select {
		case <-ctx.Done():
			t.Fatalf("%s: not in time", what)
		case <-time.After(200 * time.Millisecond):
		}
	}
}
