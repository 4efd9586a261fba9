package content

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

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
		if err := c.RefreshBulletin(t.Context(), s.URL, s.Client()); err != nil {
			t.Fatal(err)
		}
	}
	broken = true
	if err := c.RefreshBulletin(t.Context(), s.URL, s.Client()); err == nil {
		t.Error("no error from a centre in trouble")
	}
	s.Close()
	again := open(t, dir)
	b, at, ok := again.Bulletin()
	if !ok || at.IsZero() || len(b.Entries) != 1 || b.Entries[0].Title != "样例" {
		t.Errorf("after a restart: %+v %v %v", b, at, ok)
	}
	if err := again.RefreshBulletin(t.Context(), s.URL, s.Client()); err == nil {
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
