package diagnostics

import (
	"strings"
	"testing"

	"tongban/drivers"
	"tongban/fleet/wire"
)

// Whatever a driver says, the technician reads plain words, and where the device is at fault a trouble with steps.
func TestEveryReasonHasWords(t *testing.T) {
	for _, r := range drivers.Reasons() {
		e, known := endings[r]
		if !known || e.how != nobodyCame && e.words == "" {
			t.Errorf("%s has no words", r)
			continue
		}
		f := judged(finding{}, &drivers.Error{Code: drivers.CodeHardwareError, Reason: r, Detail: "as the driver says it"})
		switch {
		case f.said == "" || strings.Contains(f.said, string(r)):
			t.Errorf("%s: said %q", r, f.said)
		case e.how == deviceFault && (!f.tested || f.trouble == wire.TroubleNone || len(steps(f.trouble, "idcard", "", "")) == 0):
			t.Errorf("%s: %+v", r, f)
		case e.how != deviceFault && f.tested:
			t.Errorf("%s counts as a fault of the device: %+v", r, f)
		}
	}
}

// What is new among the reasons leads to its own steps, and not to “the test was not passed”.
func TestReasonsLeadToTheirTrouble(t *testing.T) {
	for r, want := range map[drivers.Reason]wire.Trouble{
		drivers.ReasonStreamLost: wire.TroubleStream, drivers.ReasonPictureBlack: wire.TroublePicture, drivers.ReasonPictureFrozen: wire.TroublePicture,
		drivers.ReasonDenied: wire.TroubleDenied, drivers.ReasonStuck: wire.TroubleStuck,
	} {
		if got := troubleFrom(&drivers.Error{Code: drivers.CodeHardwareError, Reason: r}); got != want {
			t.Errorf("%s: %s, want %s", r, got, want)
		}
	}
}
