package module_test

import (
	"testing"

	"tongban/central/kernel/kerneltest"
	contract "tongban/central/modules/catalogue"
	catalogue "tongban/central/modules/catalogue/module"
	"tongban/central/modules/onething/module"
)

// The themes that the product comes with stand on the catalogue it comes with, load once, and load again without a change.
func TestShippedThemesLoad(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		items, err := catalogue.New(k.Kernel, contract.Outside{})
		if err != nil {
			t.Fatal(err)
		}
		one := module.New(k.Kernel, module.Needs{Items: items.Service})
		ctx := t.Context()
		k.Use(t, items.Module, one.Module)
		for range 2 {
			if err := items.Module.Start(ctx); err != nil {
				t.Fatal(err)
			}
			if err := one.Module.Start(ctx); err != nil {
				t.Fatal(err)
			}
		}
		themes, err := one.Service.Themes(ctx)
		if err != nil || len(themes) == 0 {
			t.Fatalf("%d themes, %v", len(themes), err)
		}
		b, err := one.Service.Bundle(ctx, "lhjyyjs", map[string]string{"left": "yes", "hard": "no", "before": "never", "proof": "no"})
		if err != nil {
			t.Fatal(err)
		}
		if len(b.Items) != 2 || len(b.Steps) != 2 || b.Steps[0][0] != "syj" || b.Ask == nil || b.Ask.Item == "" {
			t.Errorf("bundle %+v", b)
		}
		if uses, err := one.Service.Uses(ctx, "lhjy"); err != nil || len(uses) == 0 {
			t.Errorf("uses %v %v", uses, err)
		}
	})
}
