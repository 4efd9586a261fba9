package app

import (
	"encoding/json"
	"strings"
	"testing"

	"tongban/fleet/wire"
)

// What a terminal sends of each item, looked at as a captured message: no personal entry that the item does not list, and
// what is listed is not lost.
func TestAMessageHoldsOnlyWhatIsListed(t *testing.T) {
	for _, it := range readSeed(t).Items {
		s := wire.Submission{
			Item: it.Code,
			Applicant: wire.Person{
				Type: "resident", Name: "周立明", IDNumber: "510799199001010018", Sex: "male", Nation: "01", Birth: "1990-01-01", Address: "四川省绵阳市样例区通办路1号",
			},
			Form:       map[string]any{"name": "周立明"},
			Signatures: []wire.Signature{{Role: "applicant", Name: "周立明", IDNumber: "510799199001010018"}},
		}
		full := s
		it.Minimise(&s)
		if extra := it.Unlisted(s); len(extra) > 0 {
			t.Errorf("%s: still holds %v", it.Code, extra)
		}
		message, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var captured struct {
			Applicant map[string]any `json:"applicant"`
		}
		if err := json.Unmarshal(message, &captured); err != nil {
			t.Fatal(err)
		}
		for name, v := range captured.Applicant {
			about := name == "type" || strings.HasPrefix(name, "identified_")
			if !about && v != "" && !it.Lists("applicant."+name) {
				t.Errorf("%s: %s is in the message and not in the list", it.Code, name)
			}
		}
		if s.Applicant.Name != full.Applicant.Name || s.Applicant.IDNumber != full.Applicant.IDNumber {
			t.Errorf("%s: what is listed was lost: %v", it.Code, string(message))
		}
		if extra := it.Unlisted(full); it.Code == "cbzm" && len(extra) == 0 {
			t.Error("cbzm lists everything that a card holds")
		}
	}
}
