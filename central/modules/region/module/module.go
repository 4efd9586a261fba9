// Package module wires handling across regions (跨域通办装配); only central/cmd imports it.
package module

import (
	"context"
	"time"

	"tongban/central/kernel"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/db"
	"tongban/central/kernel/events"
	"tongban/central/kernel/httpx"
	"tongban/central/kernel/jobs"
	"tongban/central/modules/issuing"
	"tongban/central/modules/region"
	"tongban/central/modules/region/internal/app"
	"tongban/central/modules/region/internal/web"
	"tongban/central/modules/region/migrations"
	"tongban/central/modules/region/seed"
	"tongban/central/modules/window"
)

// Line says where the desk of the other regions is.
type Line = app.LineConfig

// Needs is what the module asks of others.
type Needs struct {
	Cases    app.Cases
	Items    app.Items
	Post     issuing.Carrier // nil without a post
	Calendar *calendar.Calendar
}

// Region is the wired module.
type Region struct {
	Module kernel.Module
	// Across says where a registration for another region goes; it is the window's port.
	Across func(ctx context.Context, target, item string) (window.CrossingTarget, error)
}

// soon is how often the other regions and the post are asked what is new.
const soon = 10 * time.Second

// New wires handling across regions.
func New(k *kernel.Kernel, line Line, n Needs) (*Region, error) {
	a, err := app.New(app.Needs{
		DB: k.DB, Clock: k.Clock, Log: k.Log, Vault: k.Vault, Blobs: k.Blobs, Jobs: k.Jobs, Adapters: k.Adapters, Calendar: n.Calendar, SMS: k.SMS, Cases: n.Cases, Items: n.Items, Post: n.Post,
		Regions: seed.Regions, Line: line,
	})
	if err != nil {
		return nil, err
	}
	if line.URL != "" {
		k.Jobs.Every(app.JobSweep, soon, true)
		k.Jobs.Every(app.JobFeed, soon, true)
	}
	if n.Post != nil {
		k.Jobs.Every(app.JobTrack, soon, true)
	}
	cancel := func() {}
	return &Region{Across: a.Across, Module: kernel.Module{
		Name: "region", Migrations: db.Migrations{Name: "region", FS: migrations.FS}, Permissions: permissions(), Private: a.Private(),
		Jobs: map[string]jobs.Handler{app.JobSend: a.Send, app.JobSweep: a.Sweep, app.JobFeed: a.Feed, app.JobOrder: a.Order, app.JobTrack: a.Track},
		Start: func(ctx context.Context) error {
			ctx, cancel = context.WithCancel(auth.AsSystem(ctx, "region"))
			k.Events.Follow(ctx, events.Follower{Name: "region", Topics: app.Followed(), Do: a.Follow})
			return nil
		},
		Stop: func(context.Context) error {
			cancel()
			return nil
		},
		Routes: func(srv *httpx.Server) { web.Staff(srv, a) },
	}}, nil
}

// permissions says who may do what.
func permissions() []kernel.Permission {
	return []kernel.Permission{
		{Name: region.PermRead, Title: "查看跨域件", Roles: []string{"clerk", "supervisor", "approver"}},
		{Name: region.PermWork, Title: "代收、交寄、补正、交结果、收外地的件", Roles: []string{"clerk", "supervisor"}},
	}
}
