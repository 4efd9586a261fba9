package outbox

import (
	"bufio"
	"context"
	"fmt"
	mrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tongban/agent/clock"
	"tongban/agent/store"
)

const victim = "TONGBAN_OUTBOX_VICTIM"

// A child stores cases and says each number after Put has returned; it is killed at a random moment, many times over the
// same file. Every number that was said is in the file, none twice, and nothing is damaged.
func TestKillNine(t *testing.T) {
	if dir := os.Getenv(victim); dir != "" {
		beVictim(t, dir)
		return
	}
	dir := t.TempDir()
	rounds := 15
	if testing.Short() {
		rounds = 4
	}
	said := map[string]bool{}
	for range rounds {
		for _, no := range killOnce(t, dir) {
			if said[no] {
				t.Fatalf("number %s was given twice", no)
			}
			said[no] = true
		}
	}
	b := newBed(t, dir, store.Options{})
	rows, faults := Verify(t.Context(), b.db, b.dir)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	entries, err := Dump(t.Context(), b.db)
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	for _, e := range entries {
		there[e.CaseNo] = true
	}
	for no := range said {
		if !there[no] {
			t.Errorf("%s was acknowledged and is lost", no)
		}
	}
	if len(said) < rounds || len(there) != rows {
		t.Errorf("said %d, rows %d, numbers %d", len(said), rows, len(there))
	}
	t.Logf("%d kills, %d acknowledged, %d stored", rounds, len(said), rows)
}

func killOnce(t *testing.T, dir string) []string {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestKillNine$", "-test.v")
	cmd.Env = append(os.Environ(), victim+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var numbers []string
	var timer *time.Timer
	s := bufio.NewScanner(out)
	for s.Scan() {
		if no, ok := strings.CutPrefix(s.Text(), "stored "); ok {
			if timer == nil { // the clock starts with the first row, so that each round stores something
				timer = time.AfterFunc(time.Duration(5+mrand.IntN(75))*time.Millisecond, func() { _ = cmd.Process.Kill() })
			}
			numbers = append(numbers, no)
		}
	}
	_ = cmd.Wait()
	return numbers
}

func beVictim(t *testing.T, dir string) {
	db, err := store.Open(context.Background(), filepath.Join(dir, "agent.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	b := &bed{db: db, clock: clock.Fixed(day), sealer: newSealer(t), dir: filepath.Join(dir, "files")}
	l := Default()
	l.FreeBytes = 0
	if b.Box, err = Open(context.Background(), db, b.clock, b.dir, l); err != nil {
		t.Fatal(err)
	}
	for {
		_, no := b.put(t)
		fmt.Printf("stored %s\n", no)
	}
}
