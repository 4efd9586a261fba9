package counter

import (
	"strings"
	"testing"

	"tongban/drivers"
)

// A clerk never reads a code word: every reason of a driver is a sentence that says what to do.
func TestEveryReasonHasWords(t *testing.T) {
	for _, r := range drivers.Reasons() {
		s := say(drivers.KindScanner, drivers.CodeHardwareError, r)
		if byReason[r] == "" || strings.Contains(s, string(r)) {
			t.Errorf("%s: %q", r, s)
		}
	}
}
