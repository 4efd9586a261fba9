package module

import (
	"context"

	"tongban/central/kernel/db"
	"tongban/central/kernel/events"
	"tongban/central/modules/messages/internal/app"
)

// Take takes in one event, as the follower does.
func (m *Messages) Take(ctx context.Context, tx db.Tx, e events.Event) error {
	return m.app.Do(ctx, tx, e)
}

// App are the use cases.
func (m *Messages) App() *app.App { return m.app }

// Ask is which texts are wanted.
type Ask = app.TextAsk

// Change is a change of a scene.
type Change = app.SceneChange
