package app

import (
	"context"

	"tongban/central/kernel/db"
	"tongban/central/modules/window"
	"tongban/central/modules/window/internal/store"
)

// Running implements window.Service.
func (a *App) Running(ctx context.Context, item string, most int) (out []window.Running, byVersion map[int]int, err error) {
	out, byVersion = []window.Running{}, map[int]int{}
	err = a.DB.View(ctx, func(q db.Query) error {
		cases, err := store.Running(ctx, q, item, most)
		if err != nil {
			return err
		}
		for _, c := range cases {
			out = append(out, window.Running{No: c.No, Version: c.ItemVersion, State: c.State, Received: fromMs(c.ReceivedAt), Due: c.Due})
		}
		counts, err := store.RunningCounts(ctx, q, item)
		for _, c := range counts {
			byVersion[c.Version] += c.N
		}
		return err
	})
	return out, byVersion, err
}

// RunningByItem implements window.Service.
func (a *App) RunningByItem(ctx context.Context) (map[string]int, error) {
	out := map[string]int{}
	err := a.DB.View(ctx, func(q db.Query) error {
		counts, err := store.RunningCounts(ctx, q, "")
		for _, c := range counts {
			out[c.Item] += c.N
		}
		return err
	})
	return out, err
}
