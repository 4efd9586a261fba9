package app

import (
	"context"
	"encoding/json"
	"fmt"

	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/events"
	"tongban/central/modules/window/internal/store"
	"tongban/fleet/wire"
)

// Events of a visit beside the case itself.
const (
	TopicRated = "window.rated"
	TopicHelp  = "window.help_called"
)

// Rate is the Accept hop of a rating (好差评).
func (a *App) Rate(ctx context.Context, tx db.Tx, env wire.Envelope, from Origin, body []byte) (string, error) {
	var r wire.Rating
	if err := json.Unmarshal(body, &r); err != nil {
		return "", errs.E(errs.Invalid, wire.CodeMalformed, "评价读不出来", fmt.Errorf("decode rating: %w", err))
	}
	if r.Level < 1 || r.Level > 5 {
		return "", errs.E(errs.Invalid, wire.CodeMalformed, "评价只有 1 到 5 级", nil)
	}
	err := store.AddRating(ctx, tx, store.Rating{
		EnvelopeID: env.ID, CaseNo: r.CaseNo, Item: r.Item, Level: r.Level, Terminal: from.Terminal, At: db.Ms(r.At),
	})
	if err != nil {
		return "", err
	}
	region, err := a.region(ctx, from.Region, from.Hall)
	if err != nil {
		return "", err
	}
	data := map[string]any{"case": r.CaseNo, "level": r.Level, "terminal": from.Terminal, "region": region}
	return "", events.Emit(ctx, tx, events.Event{Topic: TopicRated, Key: env.ID, Data: data})
}

// Help is the Accept hop of a call for a person (呼叫工作人员).
func (a *App) Help(ctx context.Context, tx db.Tx, env wire.Envelope, from Origin, body []byte) (string, error) {
	var h wire.Help
	if err := json.Unmarshal(body, &h); err != nil {
		return "", errs.E(errs.Invalid, wire.CodeMalformed, "呼叫读不出来", fmt.Errorf("decode call: %w", err))
	}
	err := store.AddHelp(ctx, tx, store.Help{EnvelopeID: env.ID, Terminal: from.Terminal, Place: from.Place, Screen: h.Screen, At: db.Ms(h.At)})
	if err != nil {
		return "", err
	}
	region, err := a.region(ctx, from.Region, from.Hall)
	if err != nil {
		return "", err
	}
	data := map[string]any{"terminal": from.Terminal, "place": from.Place, "screen": h.Screen, "region": region}
	return "", events.Emit(ctx, tx, events.Event{Topic: TopicHelp, Key: env.ID, Data: data})
}
