package module_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/ids"
	"tongban/central/kernel/kerneltest"
	"tongban/central/modules/bulletin"
	"tongban/central/modules/bulletin/module"
	"tongban/fleet/wire"
)

// What is published is at the terminals with the next question, what is withdrawn is gone, and nothing is sent twice.
func TestPublishedAndWithdrawn(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		m := module.New(k.Kernel)
		k.Use(t, m)
		for range 2 { // a second start loads nothing twice
			if err := m.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		who := auth.Who(k.With(t, bulletin.PermRead, bulletin.PermWrite))
		k.HTTP.Authenticate("staff", func(*http.Request) (auth.Actor, error) { return who, nil })
		k.HTTP.Authenticate("kiosk", func(*http.Request) (auth.Actor, error) { return auth.Actor{Kind: auth.Terminal, ID: "K-01"}, nil })
		h := k.HTTP.Handler()
		etag := ""
		fetch := func(want int) wire.Bulletin {
			t.Helper()
			r := httptest.NewRequest(http.MethodGet, wire.PathBulletin, nil)
			r.Header.Set("If-None-Match", etag)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != want {
				t.Fatalf("%d, want %d: %s", w.Code, want, w.Body)
			}
			etag = w.Header().Get("ETag")
			var b wire.Bulletin
			if want == http.StatusOK {
				if err := json.Unmarshal(w.Body.Bytes(), &b); err != nil {
					t.Fatal(err)
				}
			}
			return b
		}
		has := func(b wire.Bulletin, code string) bool {
			for _, e := range b.Entries {
				if e.Code == code {
					return e.Title != "" && e.Body != "" && e.Source != ""
				}
			}
			return false
		}
		act := func(method, path, body string, want int) {
			t.Helper()
			r := httptest.NewRequest(method, "/api/staff/v1/bulletin/entries/"+path, strings.NewReader(body))
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Idempotency-Key", ids.New())
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != want {
				t.Fatalf("%s %s: %d, want %d: %s", method, path, w.Code, want, w.Body)
			}
		}
		first := fetch(http.StatusOK)
		if !has(first, "news-hours") || !has(first, "service-copy") {
			t.Fatalf("%+v", first)
		}
		fetch(http.StatusNotModified)
		act(http.MethodPut, "news-new", `{"kind":"news","title":"新的一条","body":"内容在这里","source":"样例局","on":"2026-11-27"}`, http.StatusNoContent)
		if b := fetch(http.StatusOK); !has(b, "news-new") || b.Entries[0].Code != "news-new" {
			t.Errorf("%+v", b.Entries)
		}
		act(http.MethodPut, "news-bad", `{"kind":"gossip","title":"新的一条","body":"内容在这里","source":"样例局","on":"2026-11-27"}`, http.StatusUnprocessableEntity)
		act(http.MethodPost, "news-new/withdraw", `{"reason":"写错了"}`, http.StatusNoContent)
		if b := fetch(http.StatusOK); has(b, "news-new") {
			t.Error("withdrawn, and still there")
		}
		act(http.MethodPost, "news-new/withdraw", `{"reason":"写错了"}`, http.StatusNotFound)
		if n := k.Count(t, `SELECT count(*) FROM kernel_audit WHERE action IN ('bulletin.publish', 'bulletin.withdraw')`); n != 2 {
			t.Errorf("%d acts on record", n)
		}
	})
}
