package privacy_test

import (
	"errors"
	"testing"

	"tongban/central/modules/privacy"
)

// Every state against every act: what the table does not name is refused, and what is closed stays closed.
func TestLifeOfARequest(t *testing.T) {
	want := map[privacy.State]map[privacy.Act]privacy.State{
		privacy.Received: {privacy.ActTake: privacy.Taken, privacy.ActRefuse: privacy.Refused, privacy.ActExtend: privacy.Received},
		privacy.Taken: {
			privacy.ActExtend: privacy.Taken, privacy.ActExport: privacy.Taken, privacy.ActFinish: privacy.Finished, privacy.ActRefuse: privacy.Refused,
		},
	}
	for _, s := range []privacy.State{privacy.Received, privacy.Taken, privacy.Finished, privacy.Refused, "nonsense"} {
		for _, a := range []privacy.Act{privacy.ActTake, privacy.ActExtend, privacy.ActExport, privacy.ActFinish, privacy.ActRefuse, "nonsense"} {
			got, err := s.Apply(a)
			to, ok := want[s][a]
			if ok && (err != nil || got != to) || !ok && !errors.Is(err, privacy.ErrNotNow) {
				t.Errorf("%s %s: %s, %v", s, a, got, err)
			}
		}
	}
	for _, k := range []privacy.Kind{privacy.Correct, privacy.Delete, privacy.Withdraw} {
		for _, a := range privacy.Taken.Acts(k, true) {
			if a == privacy.ActExport || a == privacy.ActExtend {
				t.Errorf("%s offers %s", k, a)
			}
		}
	}
}
