package main

import (
	"context"

	items "tongban/central/modules/catalogue"
)

// outside answers what the catalogue asks about the other modules. They are wired after it, so each is looked up when asked.
func (c *centre) outside() items.Outside {
	return items.Outside{
		Themes: func(ctx context.Context, code string) ([]items.ThemeUse, error) {
			if c.onething == nil {
				return nil, nil
			}
			themes, err := c.onething.Service.Uses(ctx, code)
			out := []items.ThemeUse{}
			for _, t := range themes {
				out = append(out, items.ThemeUse{Code: t.Code, Name: t.Name})
			}
			return out, err
		},
		Terminals: func(ctx context.Context) (int, error) {
			if c.fleet == nil {
				return 0, nil
			}
			list, err := c.fleet.Service.List(ctx)
			return len(list), err
		},
	}
}
