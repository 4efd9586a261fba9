package app

import (
	"context"

	"tongban/central/kernel/errs"
	"tongban/central/modules/forms"
	"tongban/central/modules/forms/internal/design"
)

// Preview makes the paper of a design that need not be saved.
func (a *App) Preview(d forms.Design, ink forms.Ink) ([]byte, error) {
	if faults := design.Sheet(d, a.seed.Library); len(faults) > 0 {
		return nil, errs.E(errs.Invalid, "forms.faults", "纸面还有问题：“"+faults[0].Words+"”，改好再看样张", nil)
	}
	return a.Printer.Print(d, ink)
}

// Kinds of papers that are printed without a person's entries.
const (
	kindBlank  = "blank"
	kindSample = "sample"
	kindDraft  = "draft"
)

// PrintKind prints the empty form, or one filled in with sample values; draft takes the open draft.
func (a *App) PrintKind(ctx context.Context, id string, version int, kind string) ([]byte, error) {
	if kind == kindDraft {
		d, err := a.Draft(ctx, id)
		if err != nil {
			return nil, err
		}
		return a.Preview(d.Design, forms.Ink{Values: design.Sample(d.Design), CaseNo: sampleNo})
	}
	d, err := a.Design(ctx, id, version)
	if err != nil {
		return nil, err
	}
	if kind == kindSample {
		return a.Printer.Print(d, forms.Ink{Values: design.Sample(d), CaseNo: sampleNo})
	}
	return a.Printer.Print(d, forms.Ink{Blank: true})
}

// sampleNo stands where the case's number will.
const sampleNo = "样张"
