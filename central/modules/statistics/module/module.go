// Package module wires the statistics (统计装配); only central/cmd imports it.
package module

import (
	"context"
	"time"

	"tongban/central/kernel"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/kernel/events"
	"tongban/central/kernel/httpx"
	"tongban/central/kernel/jobs"
	"tongban/central/modules/statistics"
	"tongban/central/modules/statistics/internal/app"
	"tongban/central/modules/statistics/internal/indicators"
	"tongban/central/modules/statistics/internal/web"
	"tongban/central/modules/statistics/migrations"
	"tongban/central/modules/statistics/seed"
	"tongban/central/modules/window"
)

// Needs is what the statistics ask of others.
type Needs struct {
	Cases window.Service
}

// Statistics is the wired module.
type Statistics struct {
	Module kernel.Module

	app *app.App
}

const jobServices = "statistics.services"

// New wires the statistics.
func New(k *kernel.Kernel, n Needs) (*Statistics, error) {
	list, err := indicators.Read(seed.Indicators)
	if err != nil {
		return nil, err
	}
	a := app.New(app.Needs{DB: k.DB, Clock: k.Clock, Log: k.Log, Ledger: n.Cases, Names: names{k.Org}, List: list})
	k.Jobs.Every(jobServices, 5*time.Minute, true)
	return &Statistics{app: a, Module: kernel.Module{
		Name: "statistics", Migrations: db.Migrations{Name: "statistics", FS: migrations.FS},
		Permissions: []kernel.Permission{
			{Name: statistics.PermRead, Title: "查看统计", Roles: []string{"supervisor", "leader"}},
			{Name: statistics.PermExport, Title: "导出统计", Roles: []string{"supervisor", "leader"}},
			{Name: statistics.PermServe, Title: "定义数据服务", Roles: []string{"leader"}},
		},
		Jobs: map[string]jobs.Handler{jobServices: a.Run},
		Start: func(ctx context.Context) error {
			k.Events.Follow(auth.AsSystem(ctx, "statistics"), events.Follower{Name: "statistics", Topics: []string{"window.", "hall.ticket_finished"}, Do: a.Follow})
			return nil
		},
		Routes: func(srv *httpx.Server) { web.Staff(srv, a) },
	}}, nil
}

// Rebuild makes the sums anew from all cases and returns how many there are; see app.Rebuild.
func (s *Statistics) Rebuild(ctx context.Context) (int, error) { return s.app.Rebuild(ctx) }

// Month returns the sums of a whole month by measure, for a ledger to be held against.
func (s *Statistics) Month(ctx context.Context, month string) (map[string]int64, error) {
	return s.app.Month(ctx, month)
}
