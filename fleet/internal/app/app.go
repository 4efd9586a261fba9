// Package app answers what other modules ask of the fleet (终端服务).
package app

import (
	"context"
	"encoding/json"
	"fmt"

	"tongban/central/kernel/db"
	"tongban/central/kernel/jobs"
	"tongban/fleet"
	"tongban/fleet/internal/store"
	"tongban/fleet/wire"
)

// JobNotice publishes one notice to a terminal.
const JobNotice = "fleet.notice"

// Queue adds jobs; *jobs.Jobs is one.
type Queue interface {
	Add(ctx context.Context, tx db.Tx, kind string, args any, opts jobs.Opts) error
}

// App is the fleet's Service.
type App struct {
	DB   *db.DB
	Jobs Queue
	// Publish sends to an MQTT topic with QoS 1 and returns when the broker holds it.
	Publish func(ctx context.Context, topic string, body []byte) error
}

var _ fleet.Service = (*App)(nil)

// Get implements fleet.Service.
func (a *App) Get(ctx context.Context, code string) (t fleet.Terminal, err error) {
	err = a.DB.View(ctx, func(q db.Query) error {
		row, err := store.Terminal(ctx, q, code)
		t = row.Terminal
		return err
	})
	return t, err
}

// List implements fleet.Service.
func (a *App) List(ctx context.Context) (all []fleet.Terminal, err error) {
	err = a.DB.View(ctx, func(q db.Query) error {
		rows, err := store.Terminals(ctx, q)
		all = make([]fleet.Terminal, 0, len(rows))
		for _, r := range rows {
			all = append(all, r.Terminal)
		}
		return err
	})
	return all, err
}

// notice is the argument of JobNotice. It is kept in the job table: number and state only.
type notice struct {
	Terminal string          `json:"terminal"`
	Notice   wire.CaseNotice `json:"notice"`
}

// Notify implements fleet.Service.
func (a *App) Notify(ctx context.Context, tx db.Tx, code string, n wire.CaseNotice) error {
	if n.At.IsZero() {
		n.At = tx.Now().UTC()
	}
	if err := a.Jobs.Add(ctx, tx, JobNotice, notice{code, n}, jobs.Opts{}); err != nil {
		return fmt.Errorf("notify terminal: %w", err)
	}
	return nil
}

// SendNotice is the job. It may run twice: the terminal shows a state, and the same one again changes nothing.
func (a *App) SendNotice(ctx context.Context, args json.RawMessage) error {
	var n notice
	if err := json.Unmarshal(args, &n); err != nil {
		return jobs.Cancel(fmt.Errorf("decode notice: %w", err))
	}
	body, err := json.Marshal(n.Notice)
	if err != nil {
		return jobs.Cancel(fmt.Errorf("encode notice: %w", err))
	}
	return a.Publish(ctx, wire.TopicNotice(n.Terminal), body)
}
