package app

import (
	"testing"

	"tongban/fleet/wire/matter"
	"tongban/fleet/wire/matter/form"
	"tongban/fleet/wire/matter/mattertest"
)

// The filler that walks, benches and the window's scenes use fills every shipped form so that the centre takes it.
func TestFillerFillsEveryForm(t *testing.T) {
	for _, it := range worked(t) {
		matter.Paths(it, maxWays, func(answers map[string]string, stop string) {
			if stop != "" {
				return
			}
			values := form.Prefill(it.Form, card)
			for _, g := range matter.Groups(it, answers) {
				for name, v := range mattertest.Fill(it.Form, g, values) {
					values[name] = v
				}
			}
			if faults := form.CheckItem(it, answers, form.Keep(it, answers, values)); faults != nil {
				t.Errorf("%s %v: %v", it.Code, answers, faults)
			}
		})
	}
}
