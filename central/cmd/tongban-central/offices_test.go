package main

import (
	"testing"

	"tongban/central/kernel/auth"
)

// Whatever is handed in belongs to a department from the first day: a case without one is seen by nobody whose work is that of a
// department.
func TestEveryOfficeOfTheCatalogueIsADepartment(t *testing.T) {
	c := scratched(t)
	ctx := auth.AsSystem(t.Context(), "offices")
	if err := c.catalogue.Module.Start(ctx); err != nil {
		t.Fatal(err)
	}
	items, err := c.catalogue.Service.Items(ctx)
	if err != nil || len(items) == 0 {
		t.Fatalf("%d items, %v", len(items), err)
	}
	asked := map[string]bool{}
	for _, it := range items {
		if asked[it.OfficeCode] {
			continue
		}
		asked[it.OfficeCode] = true
		d, ok, err := c.kernel.Org.FindDepartment(ctx, it.OfficeCode, it.Office)
		if err != nil || !ok || d.Name != it.Office {
			t.Errorf("%s %s (%s): found %q, %v", it.Code, it.Office, it.OfficeCode, d.Name, err)
		}
	}
}
