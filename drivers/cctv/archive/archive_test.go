package archive

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tongban/drivers"
)

// A month passes: every day its pictures, and never more than seven days of them, nor a day fewer.
func TestPicturesAreKeptAndDeleted(t *testing.T) {
	dir := t.TempDir()
	at := time.Date(2026, 2, 25, 23, 59, 0, 0, time.FixedZone("CST", 8*3600))
	a, err := Open(dir, 7, func() time.Time { return at })
	if err != nil {
		t.Fatal(err)
	}
	stranger := filepath.Join(dir, "notes")
	if err := os.Mkdir(stranger, 0o700); err != nil {
		t.Fatal(err)
	}
	for day := range 30 {
		for i := range 3 {
			if err := a.Put(drivers.Frame{JPEG: []byte{byte(day), byte(i)}}); err != nil {
				t.Fatal(err)
			}
			at = at.Add(time.Second)
		}
		days, err := a.Days()
		if err != nil || len(days) != min(day+1, 7) || days[len(days)-1] != at.Format("2006-01-02") {
			t.Fatalf("day %d: %v %v", day, days, err)
		}
		at = at.Add(24*time.Hour - 3*time.Second)
	}
	var got [][]byte
	last := at.AddDate(0, 0, -1).Format("2006-01-02")
	if err := a.Play(last, func(_ string, b []byte) bool { got = append(got, b); return len(got) < 2 }); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]byte{{29, 0}, {29, 1}}, got); diff != "" {
		t.Error(diff)
	}
	info, err := os.Stat(filepath.Join(dir, last, "235900.000.jpg"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	// The terminal is off for two weeks: at the next start everything is over its time.
	at = at.AddDate(0, 0, 14)
	if n, err := a.Sweep(); err != nil || n != 7 {
		t.Errorf("swept %d, %v", n, err)
	}
	if _, err := os.Stat(stranger); err != nil {
		t.Errorf("somebody else's folder is gone: %v", err)
	}
}

func TestRefused(t *testing.T) {
	for _, days := range []int{0, -1, 367} {
		if _, err := Open(t.TempDir(), days, time.Now); !errors.Is(err, ErrDays) {
			t.Errorf("%d days: %v", days, err)
		}
	}
	a, err := Open(t.TempDir(), 1, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Play("../../etc", func(string, []byte) bool { return true }); err == nil {
		t.Error("another folder is played")
	}
}
