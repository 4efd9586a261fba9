package content

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tongban/agent/clock"
	"tongban/fleet/wire"
)

func TestBulletinSurvivesWithoutNetwork(t *testing.T) {
	dir := t.TempDir()
	broken := false
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case broken:
			w.WriteHeader(http.StatusServiceUnavailable)
		case r.URL.Path != wire.PathBulletin:
			w.WriteHeader(http.StatusNotFound)
		case r.Header.Get("If-None-Match") == `"7"`:
			w.WriteHeader(http.StatusNotModified)
		default:
			w.Header().Set("ETag", `"7"`)
			_ = json.NewEncoder(w).Encode(wire.Bulletin{Version: "7", Entries: []wire.BulletinEntry{{Code: "n", Kind: wire.BulletinNews, Title: "样例"}}})
		}
	}))
	c := open(t, dir)
	if _, _, ok := c.Bulletin(); ok {
		t.Fatal("a new terminal has news")
	}
	for range 2 {
		if _, err := c.RefreshBulletin(t.Context(), s.URL, s.Client()); err != nil {
			t.Fatal(err)
		}
	}
	broken = true
	if _, err := c.RefreshBulletin(t.Context(), s.URL, s.Client()); err == nil {
		t.Error("no error from a centre in trouble")
	}
	s.Close()
	again := open(t, dir)
	b, at, ok := again.Bulletin()
	if !ok || at.IsZero() || len(b.Entries) != 1 || b.Entries[0].Title != "样例" {
		t.Errorf("after a restart: %+v %v %v", b, at, ok)
	}
	if _, err := again.RefreshBulletin(t.Context(), s.URL, s.Client()); err == nil {
		t.Error("no error without a network")
	}
	if _, _, ok := again.Bulletin(); !ok {
		t.Error("what was told is gone with the network")
	}
	if err := os.WriteFile(filepath.Join(dir, "bulletin.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, ok := open(t, dir).Bulletin(); ok {
		t.Error("a damaged file was taken")
	}
}

// An entry goes when its last day is over: by the terminal's own clock, in Shanghai, and without a network.
func TestBulletinEndsByTheTerminalsClock(t *testing.T) {
	dir := t.TempDir()
	now := clock.Fixed(time.Date(2026, 11, 30, 23, 59, 0, 0, clock.Shanghai))
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("ETag", `"1.0"`)
		_ = json.NewEncoder(w).Encode(wire.Bulletin{Version: "1.0", Entries: []wire.BulletinEntry{{Code: "ends", Until: "2026-11-30"}, {Code: "stays", Until: "2026-12-01"}, {Code: "for-ever"}}})
	}))
	c, err := Open(dir, now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if fresh, err := c.RefreshBulletin(t.Context(), s.URL, s.Client()); err != nil || !fresh {
		t.Fatal(fresh, err)
	}
	s.Close()
	codes := func(c *Cache) (out []string) {
		b, _, _ := c.Bulletin()
		for _, e := range b.Entries {
			out = append(out, e.Code)
		}
		return out
	}
	if diff := cmp.Diff([]string{"ends", "stays", "for-ever"}, codes(c)); diff != "" {
		t.Errorf("on the last day: %s", diff)
	}
	now.Advance(2 * time.Minute)
	if diff := cmp.Diff([]string{"stays", "for-ever"}, codes(c)); diff != "" {
		t.Errorf("the day after: %s", diff)
	}
	again, err := Open(dir, now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"stays", "for-ever"}, codes(again)); diff != "" {
		t.Errorf("after a restart without a network: %s", diff)
	}
}

// What a program from before columns kept is shown, but not held to be current: the centre may have told it columns it did not know.
func TestBulletinOfAnOlderProgramIsAskedForAnew(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "bulletin.json"), []byte(`{"etag":"\"5.0\"","at":"2026-11-26T09:00:00+08:00","bulletin":{"version":"5.0","entries":[{"code":"n","kind":"news","title":"样例"}]}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") == `"5.0"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("ETag", `"5.0"`)
		_ = json.NewEncoder(w).Encode(wire.Bulletin{Version: "5.0", Columns: []wire.BulletinColumn{{Code: "policy", Name: "政策法规", Kind: wire.BulletinNews}}})
	}))
	defer s.Close()
	c := open(t, dir)
	if b, _, ok := c.Bulletin(); !ok || len(b.Entries) != 1 {
		t.Errorf("what was kept is not shown: %+v", b)
	}
	for i, want := range []bool{true, false} { // once, and then it is known to be current
		if fresh, err := c.RefreshBulletin(t.Context(), s.URL, s.Client()); err != nil || fresh != want {
			t.Errorf("question %d: fresh %v, %v", i+1, fresh, err)
		}
	}
	if b, _, _ := c.Bulletin(); len(b.Columns) != 1 {
		t.Errorf("no columns: %+v", b)
	}
}
