package all_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"tongban/drivers/fingerprint/livescan"
	"tongban/drivers/hal"
	"tongban/drivers/hal/tape"
)

// RECORD=gat1011-usb go test ./drivers/all -run RecordLibrary: the tape of a maker's library is made from the program that plays one.
func TestRecordLibrary(t *testing.T) {
	only := os.Getenv("RECORD")
	if only == "" {
		t.Skip("records only with RECORD=1")
	}
	dir := t.TempDir()
	sim, script := filepath.Join(dir, "tongban-sim"), filepath.Join(dir, "library")
	for _, c := range [][]string{
		{"go", "build", "-o", sim, "tongban/deploy/sim/cmd/tongban-sim"}, {sim, "library", "--hand", dir, "--script", script},
	} {
		if out, err := exec.CommandContext(t.Context(), c[0], c[1:]...).CombinedOutput(); err != nil { //nolint:gosec // ours
			t.Fatalf("%v: %v %s", c, err, out)
		}
	}
	for _, p := range profiles(t) {
		if p.Driver != livescan.Name || only != "1" && only != p.Profile {
			continue
		}
		port, err := hal.Open(t.Context(), "program:"+script)
		if err != nil {
			t.Fatal(err)
		}
		rec, err := tape.Record(port, nil, map[string]string{"driver": p.Driver, "from": "emulator deploy/sim"})
		if err != nil {
			t.Fatal(err)
		}
		walk(t, livescan.Driver(), rec, p)
		f, err := os.Create(filepath.Join(root, p.Tape))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := rec.Tape().WriteTo(f); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
