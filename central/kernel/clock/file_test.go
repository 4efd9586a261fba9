//go:build testhooks

package clock_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"tongban/central/kernel/clock"
)

func TestTheFileMovesTheClock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "clock")
	c, err := clock.FromFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := time.Until(c.Now()).Abs(); d > time.Minute {
		t.Errorf("without a file %v off", d)
	}
	after, tick := c.After(48*time.Hour), c.NewTicker(time.Hour)
	defer tick.Stop()

	write := func(s string) {
		if err := os.WriteFile(path, []byte(s), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("72h\n")
	if d := time.Until(c.Now()); d < 71*time.Hour || d > 73*time.Hour {
		t.Errorf("%v off, want 72h", d)
	}
	for name, ch := range map[string]<-chan time.Time{"timer": after, "ticker": tick.C()} {
		select {
		case <-ch:
		case <-time.After(5 * time.Second):
			t.Errorf("%s did not notice the jump", name)
		}
	}

	write("half writ")
	if d := time.Until(c.Now()); d < 71*time.Hour {
		t.Error("a spoilt file moved the clock")
	}
	if _, err := clock.FromFile(path); err == nil {
		t.Error("a spoilt file is accepted at start")
	}
}
