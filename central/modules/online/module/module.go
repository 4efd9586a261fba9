// Package module wires the online channels (线上渠道装配); only central/cmd imports it.
package module

import (
	"context"
	"maps"
	"slices"
	"time"

	"tongban/central/kernel"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/kernel/events"
	"tongban/central/kernel/httpx"
	"tongban/central/kernel/jobs"
	"tongban/central/modules/online"
	"tongban/central/modules/online/internal/app"
	"tongban/central/modules/online/internal/link"
	"tongban/central/modules/online/internal/web"
	"tongban/central/modules/online/migrations"
	"tongban/central/modules/window"
)

// Channel says where one is.
type Channel = link.Config

// Needs is what the module asks of others.
type Needs struct {
	Intake window.Intake
	Cases  app.Cases
}

// tellEvery is how often a channel that was silent is told again.
const tellEvery = 10 * time.Second

// New wires the channels that have an address, by code.
func New(k *kernel.Kernel, channels map[string]Channel, n Needs) (kernel.Module, error) {
	needs := app.Needs{DB: k.DB, Clock: k.Clock, Log: k.Log, Jobs: k.Jobs, Intake: n.Intake, Cases: n.Cases}
	for _, code := range slices.Sorted(maps.Keys(channels)) {
		if channels[code].URL == "" || online.Titles[code] == "" {
			continue
		}
		l, err := link.New(code, channels[code], k.Clock, k.Adapters)
		if err != nil {
			return kernel.Module{}, err
		}
		needs.Channels = append(needs.Channels, l)
	}
	a := app.New(needs)
	if len(needs.Channels) > 0 {
		k.Jobs.Every(app.JobTell, tellEvery, true)
	}
	var cancel context.CancelFunc
	return kernel.Module{
		Name: "online", Migrations: db.Migrations{Name: "online", FS: migrations.FS},
		Jobs:   map[string]jobs.Handler{app.JobTell: a.Tell},
		Routes: func(srv *httpx.Server) { web.Public(srv, a) },
		Start: func(ctx context.Context) error {
			ctx, cancel = context.WithCancel(auth.AsSystem(ctx, "online"))
			k.Events.Follow(ctx, events.Follower{Name: "online", Topics: app.Followed(), Do: a.Do})
			return nil
		},
		Stop: func(context.Context) error {
			if cancel != nil {
				cancel()
			}
			return nil
		},
	}, nil
}
