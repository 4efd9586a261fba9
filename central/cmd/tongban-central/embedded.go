package main

import (
	"context"
	"fmt"

	"tongban/fleet/wire/matter"
)

// embedded hands the forms that items carry over to the electronic forms, once the items are loaded: there they get a paper, are
// edited and versioned. Forms that are there unchanged stay as they are.
func (c *centre) embedded(load func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		if err := load(ctx); err != nil {
			return err
		}
		items, err := c.catalogue.Service.Items(ctx)
		if err != nil {
			return fmt.Errorf("list items: %w", err)
		}
		var all []matter.Form
		seen := map[string]bool{}
		for _, it := range items {
			if f := it.Form; f.ID != "" && len(f.Groups) > 0 && !seen[f.ID] {
				seen[f.ID] = true
				all = append(all, f)
			}
		}
		return c.forms.Service.Adopt(ctx, all)
	}
}
