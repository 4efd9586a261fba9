package module

import (
	"context"

	"tongban/central/kernel/org"
)

// names reads what departments and regions are called from the organisation.
type names struct{ org *org.Service }

func (n names) Departments(ctx context.Context) (map[string]string, error) {
	all, err := n.org.Departments(ctx)
	out := make(map[string]string, len(all))
	for _, d := range all {
		out[d.ID] = d.Name
	}
	return out, err
}

func (n names) Regions(ctx context.Context) (map[string]string, error) {
	all, err := n.org.Regions(ctx)
	out := make(map[string]string, len(all))
	for _, r := range all {
		out[r.Code] = r.Name
	}
	return out, err
}
