package seal

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"tongban/fleet/wire"
	"tongban/fleet/wire/matter"
)

func TestValidate(t *testing.T) {
	it := &matter.Item{
		Form: matter.Form{
			ID: "f", Version: 1, Schema: json.RawMessage(`{"type":"object","additionalProperties":false,"properties":{"name":{"type":"string"}},"required":["name"]}`),
			Groups: []matter.Group{{ID: "g", Fields: []matter.Field{{Name: "name", Label: "姓名", Widget: "readonly", Source: "idcard.name"}}}},
		},
		Materials: []matter.Material{{Code: "hukou", MaxPages: 1}, {Code: "card", MaxPages: 1, Defer: 5}},
		Signers:   []matter.Signer{{Role: "applicant"}},
	}
	good := func() *wire.Submission {
		return &wire.Submission{
			Applicant: wire.Person{Name: "周立明", IDNumber: "510799199001010018"}, Consents: []wire.Consent{{Kind: "notice"}},
			Answers: map[string]string{}, Form: map[string]any{"name": "周立明"},
			Materials:  []wire.Material{{Code: "hukou", Pages: []wire.File{{Digest: "sha256:x"}}}, {Code: "card", Deferred: true}},
			Signatures: []wire.Signature{{Role: "applicant", Image: wire.File{Digest: "sha256:y"}}},
		}
	}
	if err := Validate(it, good()); err != nil {
		t.Fatal(err)
	}
	for what, spoil := range map[string]func(*wire.Submission){
		"form":     func(s *wire.Submission) { s.Form = map[string]any{} },
		"name":     func(s *wire.Submission) { s.Form["name"] = "张晓岚" },
		"hukou":    func(s *wire.Submission) { s.Materials[0] = wire.Material{Code: "hukou", Deferred: true} },
		"card":     func(s *wire.Submission) { s.Materials = s.Materials[:1] },
		"signer":   func(s *wire.Submission) { s.Signatures = nil },
		"consent":  func(s *wire.Submission) { s.Consents = nil },
		"material": func(s *wire.Submission) { s.Materials = nil },
	} {
		s := good()
		spoil(s)
		err := Validate(it, s)
		if !errors.Is(err, ErrIncomplete) || !strings.Contains(err.Error(), what) || strings.Contains(err.Error(), "晓岚") {
			t.Errorf("%s: %v", what, err)
		}
	}
}
