package wire

import (
	"testing"
	"time"
)

func TestCaseNo(t *testing.T) {
	no, err := CaseNo(time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC), 1, 17)
	if err != nil {
		t.Fatal(err)
	}
	for _, typed := range []string{no, "my" + no[2:], no[2:], " " + no + " "} {
		if got, err := ParseCaseNo(typed); err != nil || got != no {
			t.Errorf("ParseCaseNo(%q) = %q, %v; want %q", typed, got, err, no)
		}
	}
}

// A wrong digit anywhere is found, whatever it was.
func TestCaseNoFindsEveryWrongDigit(t *testing.T) {
	no, err := CaseNo(time.Date(2026, 2, 3, 0, 0, 0, 0, time.UTC), 50, 9999)
	if err != nil {
		t.Fatal(err)
	}
	for i := range no {
		if no[i] < '0' || no[i] > '9' {
			continue
		}
		for d := byte('0'); d <= '9'; d++ {
			bad := no[:i] + string(d) + no[i+1:]
			if _, err := ParseCaseNo(bad); (err == nil) != (d == no[i]) {
				t.Errorf("%s: error is %v", bad, err)
			}
		}
	}
}

func TestCaseNoRange(t *testing.T) {
	for _, c := range [][2]int{{0, 1}, {1000, 1}, {1, 0}, {1, 10000}} {
		if no, err := CaseNo(time.Now(), c[0], c[1]); err == nil {
			t.Errorf("CaseNo(%v) = %s, want an error", c, no)
		}
	}
}

func FuzzParseCaseNo(f *testing.F) {
	f.Add("MY261126-001-0017-5")
	f.Add("")
	f.Fuzz(func(t *testing.T, s string) {
		no, err := ParseCaseNo(s)
		if err != nil {
			return
		}
		if again, err := ParseCaseNo(no); err != nil || again != no {
			t.Errorf("not stable: %q → %q → %q, %v", s, no, again, err)
		}
	})
}
