// Package module wires the provincial collaboration (省平台协同装配); only central/cmd imports it.
package module

import (
	"context"
	"encoding/json"
	"time"

	"tongban/central/kernel"
	"tongban/central/kernel/db"
	"tongban/central/kernel/httpx"
	"tongban/central/kernel/jobs"
	"tongban/central/modules/province"
	"tongban/central/modules/province/internal/app"
	"tongban/central/modules/province/internal/web"
	"tongban/central/modules/province/migrations"
	"tongban/central/modules/province/seed"
)

// Config says where the provincial platform is.
type Config = app.Config

// Needs is what the exchange asks of others.
type Needs struct {
	Window app.Window
	Items  app.Items
}

// Province is the wired module.
type Province struct {
	Service province.Service
	Module  kernel.Module
}

// New wires the exchange.
func New(k *kernel.Kernel, cfg Config, n Needs) (*Province, error) {
	a, err := app.New(app.Needs{
		DB: k.DB, Clock: k.Clock, Log: k.Log, Vault: k.Vault, Events: k.Events, Jobs: k.Jobs, Adapters: k.Adapters, Window: n.Window, Items: n.Items, Rules: seed.Rules, Config: cfg,
	})
	if err != nil {
		return nil, err
	}
	k.Jobs.Every(app.JobSend, 5*time.Second, true)
	k.Jobs.Every(app.JobReturns, 20*time.Second, true)
	k.Jobs.Every(app.JobSync, time.Hour, true)
	k.Jobs.Every(app.JobReconcile, 10*time.Minute, true)
	return &Province{Service: a, Module: kernel.Module{
		Name: "province", Migrations: db.Migrations{Name: "province", FS: migrations.FS}, Permissions: permissions(), Private: a.Private(),
		Jobs: map[string]jobs.Handler{
			app.JobSend: job(a.Send), app.JobReturns: quiet(a.Returns), app.JobSync: quiet(a.Sync), app.JobReconcile: quiet(a.Daily),
		},
		Start:  a.Start,
		Routes: func(srv *httpx.Server) { web.Staff(srv, a) },
	}}, nil
}

func job(do func(context.Context) error) jobs.Handler {
	return func(ctx context.Context, _ json.RawMessage) error { return do(ctx) }
}

// quiet is a job that comes again soon by itself: what failed is on record with the adapter, and is not queued beside the next.
func quiet(do func(context.Context) error) jobs.Handler {
	return func(ctx context.Context, _ json.RawMessage) error {
		if err := do(ctx); err != nil {
			return jobs.Cancel(err)
		}
		return nil
	}
}

// permissions says who may do what with the exchange. What is read of a person at the province is the clerk's, for a case in
// their hands; findings are the catalogue people's; everything else is the collaboration manager's (协同管理员).
func permissions() []kernel.Permission {
	return []kernel.Permission{
		{Name: province.PermRead, Title: "查看省平台协同、报文、对账", Roles: []string{"exchange-admin", "supervisor"}},
		{Name: province.PermOperate, Title: "重发、对账、同步、认领、改协同规则", Roles: []string{"exchange-admin"}},
		{Name: province.PermOpen, Title: "看报文原文", Roles: []string{"exchange-admin"}},
		{Name: province.PermLibrary, Title: "看办件在省里的情况，用省电子材料库、证照、签章", Roles: []string{"clerk", "supervisor", "exchange-admin"}},
		{Name: province.PermFinding, Title: "查看省里的基础数据、事项新版", Roles: []string{"exchange-admin", "item-editor", "item-reviewer", "item-publisher"}},
		{Name: province.PermSeen, Title: "处理省里的事项新版", Roles: []string{"exchange-admin", "item-editor", "item-publisher"}},
	}
}
