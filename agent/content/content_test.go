package content

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"tongban/agent/clock"
	"tongban/fleet/wire/matter"
)

func open(t *testing.T, dir string) *Cache {
	t.Helper()
	c, err := Open(dir, clock.System(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestSnapshotSurvivesWithoutNetwork(t *testing.T) {
	dir := t.TempDir()
	asked, empty := 0, false
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		if r.Header.Get("If-None-Match") == `"v1"` && !empty {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("ETag", `"v1"`)
		snap := matter.Snapshot{Version: "1", Items: []matter.Item{{Code: "glbt", Name: "高龄津贴"}}}
		if empty {
			snap.Items = nil
		}
		_ = json.NewEncoder(w).Encode(snap)
	}))
	c := open(t, dir)
	if _, ok := c.Snapshot(); ok {
		t.Fatal("a new terminal has a catalogue")
	}
	for i, want := range []bool{true, false} {
		if fresh, err := c.Refresh(t.Context(), s.URL, s.Client()); fresh != want || err != nil {
			t.Errorf("refresh %d: %v, %v", i, fresh, err)
		}
	}
	empty = true
	if _, err := c.Refresh(t.Context(), s.URL, s.Client()); err == nil {
		t.Error("an empty catalogue was taken")
	}
	s.Close()
	again := open(t, dir)
	if it, ok := again.Item("glbt"); !ok || it.Name != "高龄津贴" {
		t.Errorf("after a restart: %v, %v", it, ok)
	}
	if _, err := again.Refresh(t.Context(), s.URL, s.Client()); err == nil {
		t.Error("no error without a network")
	}
	if err := os.WriteFile(filepath.Join(dir, "snapshot.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, ok := open(t, dir).Snapshot(); ok {
		t.Error("a damaged file was taken")
	}
}
