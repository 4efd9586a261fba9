package module

import (
	"context"
	"fmt"

	"tongban/central/kernel/db"
	"tongban/central/kernel/events"
	"tongban/central/modules/supervision"
	"tongban/central/modules/supervision/internal/app"
	"tongban/central/modules/supervision/internal/rules"
)

// Take takes in one event, as the follower does.
func (s *Supervision) Take(ctx context.Context, tx db.Tx, e events.Event) error {
	return s.app.Do(ctx, tx, e)
}

// Act moves a card.
func (s *Supervision) Act(ctx context.Context, no string, act supervision.Act, version int, text string) error {
	return s.app.Act(ctx, no, app.Doing{Act: act, Version: version, Text: text})
}

// Seen is the monitor in short.
type Seen struct {
	Running   int
	Levels    map[string]int
	Yesterday string
}

// Watch shows the monitor.
func (s *Supervision) Watch(ctx context.Context) (Seen, error) {
	m, err := s.app.Watch(ctx, app.Ask{Page: 1, Size: 50})
	y := m.Yesterday
	return Seen{m.Running, m.Levels, fmt.Sprintf("%s: ended %d, cards %v, running %v", y.Date, y.Ended, y.Cards, y.Levels)}, err
}

// Rename makes somebody else the office that supervises, as a new version of the rules.
func (s *Supervision) Rename(ctx context.Context, name, mark string) error {
	b, err := s.app.Rules(ctx)
	if err != nil {
		return err
	}
	set := rules.Setting{All: b.All, Items: b.Items, Office: rules.Office{Name: name, Mark: mark}}
	for _, r := range b.Rules {
		set.Rules = append(set.Rules, r.Rule)
	}
	return s.app.Set(ctx, set, b.Version, "机构更名")
}
