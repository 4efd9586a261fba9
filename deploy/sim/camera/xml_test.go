package camera

import (
	"strings"
	"testing"
)

// FuzzSettings: a request is either refused or lies within the field of view.
func FuzzSettings(f *testing.F) {
	f.Add(`<scan:ScanSettings xmlns:scan="` + scanNS + `" xmlns:pwg="` + pwgNS + `"><pwg:Version>2.0</pwg:Version></scan:ScanSettings>`)
	f.Fuzz(func(t *testing.T, in string) {
		s, err := parseSettings(strings.NewReader(in))
		if err != nil {
			return
		}
		if w, h := s.pixels(); w < 1 || h < 1 || w > 2464 || h > 3280 {
			t.Fatalf("%d×%d", w, h)
		}
	})
}
