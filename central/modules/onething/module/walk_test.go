package module_test

import (
	"math/rand/v2"
	"testing"

	"tongban/central/kernel/kerneltest"
	contract "tongban/central/modules/catalogue"
	catalogue "tongban/central/modules/catalogue/module"
	"tongban/central/modules/onething"
	"tongban/central/modules/onething/module"
)

// Applicants with random answers go through every complete theme to its end: something is to be done or the way stops with a
// sentence, no paper is named twice, and the promise of the theme holds.
func TestApplicantsOfShippedThemes(t *testing.T) {
	k := kerneltest.New(t)
	items, err := catalogue.New(k.Kernel, contract.Outside{})
	if err != nil {
		t.Fatal(err)
	}
	one := module.New(k.Kernel, module.Needs{Items: items.Service})
	k.Use(t, items.Module, one.Module)
	for _, start := range []func() error{func() error { return items.Module.Start(t.Context()) }, func() error { return one.Module.Start(t.Context()) }} {
		if err := start(); err != nil {
			t.Fatal(err)
		}
	}
	themes, err := one.Service.Themes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(20261126, 80))
	complete := 0
	for _, theme := range themes {
		if !theme.Complete {
			continue
		}
		complete++
		for range 12 {
			answers, b := visit(t, one.Service, theme.Code, random)
			if b.Stop != "" {
				continue
			}
			if len(b.Items) == 0 || b.Limit.Days > theme.Limit.Days {
				t.Errorf("%s %v: %d items within %d of %d days", theme.Code, answers, len(b.Items), b.Limit.Days, theme.Limit.Days)
			}
			names := map[string]bool{}
			for _, p := range b.Papers {
				if names[p.Name] {
					t.Errorf("%s %v: %s is named twice", theme.Code, answers, p.Name)
				}
				names[p.Name] = true
			}
		}
	}
	if len(themes) != 80 || complete < 8 {
		t.Errorf("%d themes, %d complete; want 80 and at least 8", len(themes), complete)
	}
}

func visit(t *testing.T, s onething.Service, code string, random *rand.Rand) (map[string]string, onething.Bundle) {
	t.Helper()
	answers := map[string]string{}
	for range 100 {
		b, err := s.Bundle(t.Context(), code, answers)
		if err != nil {
			t.Fatal(err)
		}
		if b.Settled || b.Stop != "" {
			return answers, b
		}
		if b.Ask == nil || answers[b.Ask.ID] != "" {
			t.Fatalf("%s %v: neither settled nor asked anew", code, answers)
		}
		answers[b.Ask.ID] = b.Ask.Q.Options[random.IntN(len(b.Ask.Q.Options))].Value
	}
	t.Fatalf("%s: still asked after 100 answers %v", code, answers)
	return nil, onething.Bundle{}
}
