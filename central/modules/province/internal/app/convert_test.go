package app

import (
	"testing"

	"github.com/goccy/go-yaml"

	"tongban/central/modules/province/seed"
	"tongban/fleet/wire"
)

// Every word that a terminal, a window or a card has for a document becomes the province's own code: nobody's passport arrives as an
// identity card.
func TestEveryDocumentHasItsCode(t *testing.T) {
	var m mapping
	if err := yaml.Unmarshal(seed.Rules, &m); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ kind, number, want string }{
		{"resident", "510799195607080047", "111"},
		{"hmt-residence", "810000198503150010", "111"},
		{"hkmo", "810000198503150010", "111"},
		{"hkmo", "H12345678", "516"},
		{"taiwan", "830000198503150010", "111"},
		{"taiwan", "12345678", "511"},
		{"passport", "L898902C3", "414"},
		{"foreign-2017", "CAN519985031507", "553"},
		{"foreign-2023", "951124198503150015", "553"},
		{"foreigner", "CAN519985031507", "553"},
		{"other", "C51079902", "990"},
		{"", "510799195607080047", ""},
	} {
		body := &wire.Submission{Applicant: wire.Person{Type: c.kind, IDNumber: c.number}}
		if got := m.values(source{body: body}, false)["CERT_TYPE"]; got != c.want {
			t.Errorf("%s %s: %q, want %q", c.kind, c.number, got, c.want)
		}
	}
}
