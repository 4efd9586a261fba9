package module

import (
	"context"

	"tongban/central/modules/window/internal/synth"
)

// Seed fills an empty centre with a made-up history of n cases; see app.Seed.
func (w *Window) Seed(ctx context.Context, n int, seed uint64, hall string, windows []string) (synth.Ledger, error) {
	return w.app.Seed(ctx, n, seed, hall, windows)
}
