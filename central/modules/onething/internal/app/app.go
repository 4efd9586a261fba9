package app

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"log/slog"
	"slices"
	"sync"

	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/modules/onething"
	"tongban/central/modules/onething/internal/store"
	"tongban/fleet/wire/matter"
)

// Items is what themes ask of the catalogue.
type Items interface {
	Items(ctx context.Context) ([]matter.Item, error)
}

// Merger makes one form of several.
type Merger interface {
	Merge(ctx context.Context, ids []string) (matter.Merged, error)
}

// Needs is what the themes stand on.
type Needs struct {
	DB    *db.DB
	Log   *slog.Logger
	Seed  fs.FS
	Items Items
	Forms Merger
}

// App holds the use cases. It is safe for concurrent use; what it returns is not to be changed.
type App struct {
	Needs

	mu     sync.Mutex
	stamp  string
	themes []onething.Theme
}

var _ onething.Service = (*App)(nil)

// New makes the use cases.
func New(n Needs) *App { return &App{Needs: n} }

// Themes implements onething.Service. The database is asked each time whether anything changed, because another copy of the
// centre may have published.
func (a *App) Themes(ctx context.Context) ([]onething.Theme, error) {
	var out []onething.Theme
	err := a.DB.View(ctx, func(q db.Query) error {
		stamp, err := store.Stamp(ctx, q)
		if err != nil {
			return err
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		if a.themes != nil && a.stamp == stamp {
			out = a.themes
			return nil
		}
		heads, err := store.Heads(ctx, q)
		if err != nil {
			return err
		}
		out = []onething.Theme{}
		for _, h := range heads {
			if h.Withdrawn {
				continue
			}
			var t onething.Theme
			if err := json.Unmarshal([]byte(h.Body), &t); err != nil {
				return fmt.Errorf("decode theme %s: %w", h.Code, err)
			}
			out = append(out, t)
		}
		a.stamp, a.themes = stamp, out
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("load themes: %w", err)
	}
	return out, nil
}

// Theme implements onething.Service.
func (a *App) Theme(ctx context.Context, code string) (onething.Theme, error) {
	all, err := a.Themes(ctx)
	if err != nil {
		return onething.Theme{}, err
	}
	i := slices.IndexFunc(all, func(t onething.Theme) bool { return t.Code == code })
	if i < 0 {
		return onething.Theme{}, errs.E(errs.NotFound, onething.CodeUnknownTheme, "没有这件事，请从列表里重新选", fmt.Errorf("theme %q", code))
	}
	return all[i], nil
}

// Uses implements onething.Service.
func (a *App) Uses(ctx context.Context, item string) ([]onething.Theme, error) {
	all, err := a.Themes(ctx)
	if err != nil {
		return nil, err
	}
	out := []onething.Theme{}
	for _, t := range all {
		if slices.ContainsFunc(t.Items, func(m onething.Member) bool { return m.Item == item }) {
			out = append(out, t)
		}
	}
	return out, nil
}

// Count implements onething.Service.
func (a *App) Count(ctx context.Context) (int, error) {
	all, err := a.Themes(ctx)
	return len(all), err
}

// library is the catalogue by code.
func (a *App) library(ctx context.Context) (map[string]*matter.Item, error) {
	items, err := a.Items.Items(ctx)
	if err != nil {
		return nil, fmt.Errorf("ask catalogue: %w", err)
	}
	by := make(map[string]*matter.Item, len(items))
	for i := range items {
		by[items[i].Code] = &items[i]
	}
	return by, nil
}
