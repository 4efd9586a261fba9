// Package module wires the hall (大厅装配); only central/cmd imports it.
package module

import (
	"context"
	"encoding/json"
	"time"

	"tongban/central/kernel"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/db"
	"tongban/central/kernel/events"
	"tongban/central/kernel/httpx"
	"tongban/central/kernel/jobs"
	"tongban/central/modules/catalogue"
	"tongban/central/modules/hall"
	"tongban/central/modules/hall/internal/app"
	"tongban/central/modules/hall/internal/web"
	"tongban/central/modules/hall/migrations"
)

// Needs is what the hall asks of others.
type Needs struct {
	Items    catalogue.Service
	Calendar *calendar.Calendar
	Machine  app.MachineConfig
}

// MachineConfig says where the queue system of the halls is.
type MachineConfig = app.MachineConfig

// Hall is the wired module.
type Hall struct {
	Service hall.Service
	Module  kernel.Module
}

const jobClose = "hall.close_days"

// New wires the hall.
func New(k *kernel.Kernel, n Needs) (*Hall, error) {
	needs := app.Needs{DB: k.DB, Clock: k.Clock, Vault: k.Vault, Events: k.Events, Jobs: k.Jobs, Items: n.Items, Places: k.Org, People: k.Auth, Calendar: n.Calendar, Log: k.Log}
	if n.Machine.URL != "" {
		machine, err := app.NewMachine(n.Machine, k.Clock, k.Adapters)
		if err != nil {
			return nil, err
		}
		needs.Machine = machine
	}
	a := app.New(needs)
	k.Jobs.Every(jobClose, 30*time.Minute, true)
	return &Hall{
		Service: a,
		Module: kernel.Module{
			Name: "hall", Migrations: db.Migrations{Name: "hall", FS: migrations.FS}, Permissions: permissions(), Private: a.Private(),
			Jobs: map[string]jobs.Handler{
				app.JobTell: a.Tell,
				jobClose:    func(ctx context.Context, _ json.RawMessage) error { return a.CloseDays(ctx) },
			},
			Start: func(ctx context.Context) error {
				k.Events.Follow(ctx, events.Follower{Name: "hall.visits", Topics: []string{"window.received"}, Do: a.Received})
				return a.Seed(auth.AsSystem(ctx, "hall.seed"))
			},
			Routes: func(srv *httpx.Server) {
				web.Staff(srv, a)
				web.Public(srv, a, k.Events)
			},
		},
	}, nil
}

// permissions says who may do what in a hall.
func permissions() []kernel.Permission {
	return []kernel.Permission{
		{Name: hall.PermServe, Title: "坐窗口、叫号、接待", Roles: []string{"clerk", "supervisor"}},
		{Name: hall.PermDirect, Title: "调度大厅的窗口和号票", Roles: []string{"supervisor"}},
		{Name: hall.PermMap, Title: "看大厅实时图", Roles: []string{"clerk", "supervisor", "hall-admin"}},
		{Name: hall.PermConfigRead, Title: "看大厅配置和校验", Roles: []string{"supervisor", "hall-admin"}},
		{Name: hall.PermConfigWrite, Title: "配置大厅：分区、窗口、事项、人员、班次", Roles: []string{"hall-admin"}},
	}
}
