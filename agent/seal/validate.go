package seal

import (
	"errors"
	"fmt"

	"tongban/fleet/wire"
	"tongban/fleet/wire/matter"
	"tongban/fleet/wire/matter/form"
)

// ErrIncomplete means that a submission breaks a rule of its item. The screen has asked for everything before, so this is a
// fault of the program: it must not leave the terminal and be refused at the window behind the citizen's back.
var ErrIncomplete = errors.New("submission is not complete")

// Validate checks a submission by the rules that the centre applies to it: answers settled, form filled in and as the card
// says, every paper there or promised, every signer signed. The error names places, never values.
func Validate(it *matter.Item, s *wire.Submission) error {
	if _, _, _, settled, stop := matter.Next(it, s.Answers); !settled || stop != "" {
		return fmt.Errorf("%w: answers are not settled", ErrIncomplete)
	}
	for _, faults := range [][]form.FieldError{form.CheckItem(it, s.Answers, s.Form), form.Differs(it.Form, s.Form, s.Applicant)} {
		if len(faults) > 0 {
			return fmt.Errorf("%w: form field %q", ErrIncomplete, faults[0].Field)
		}
	}
	have := map[string]wire.Material{}
	for _, m := range s.Materials {
		have[m.Code] = m
	}
	for _, n := range matter.Materials(it, s.Answers) {
		m := have[n.Code]
		if n.Need != matter.Exempt && len(m.Pages) == 0 && (!m.Deferred || n.Need != matter.Deferrable) {
			return fmt.Errorf("%w: material %q", ErrIncomplete, n.Code)
		}
	}
	signed := map[string]bool{}
	for _, g := range s.Signatures {
		signed[g.Role] = g.Image.Digest != ""
	}
	for _, g := range matter.Signers(it, s.Answers) {
		if !signed[g.Role] {
			return fmt.Errorf("%w: signer %q", ErrIncomplete, g.Role)
		}
	}
	if len(s.Consents) == 0 || s.Applicant.IDNumber == "" {
		return fmt.Errorf("%w: consent or applicant", ErrIncomplete)
	}
	return nil
}
