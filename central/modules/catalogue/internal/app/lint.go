package app

import (
	"unicode/utf8"

	"tongban/central/modules/catalogue/internal/lint"
)

// maxWays is the most ways through the questions of one item that are all tried.
const maxWays = lint.MaxWays

// Context is what the seed's items are looked at against.
func (s Seed) Context() lint.Context {
	return lint.Context{Categories: s.Categories, Departments: s.Departments, Same: s.Same}
}

// Lint returns the faults of a seed, all of them, for whoever wrote it (事项质检). Elements that are only missing keep nobody from
// starting the centre: the completeness report names them, and a test keeps the shipped ones whole.
func Lint(s Seed) []error {
	var faults []error
	for _, f := range lint.Faults(lint.Check(s.Items, s.Context())) {
		if f.Rule != "must" {
			faults = append(faults, f)
		}
	}
	return faults
}

func runes(s string) int { return utf8.RuneCountInString(s) }
