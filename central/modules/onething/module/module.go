// Package module wires the one-thing themes (一件事) into the centre.
package module

import (
	"context"

	"tongban/central/kernel"
	"tongban/central/kernel/db"
	"tongban/central/modules/onething"
	"tongban/central/modules/onething/internal/app"
	"tongban/central/modules/onething/internal/web"
	"tongban/central/modules/onething/migrations"
	"tongban/central/modules/onething/seed"
)

// Needs is what the module asks of others; Forms may be nil, then bundles have no form.
type Needs struct {
	Items app.Items
	Forms app.Merger
}

// OneThing is what the centre gets.
type OneThing struct {
	Service onething.Service
	Module  kernel.Module
}

// New wires the module. The catalogue's own Start has to come before this one's.
func New(k *kernel.Kernel, n Needs) *OneThing {
	a := app.New(app.Needs{DB: k.DB, Log: k.Log, Seed: seed.FS, Items: n.Items, Forms: n.Forms})
	return &OneThing{
		Service: a,
		Module: kernel.Module{
			Name: "onething", Migrations: db.Migrations{Name: "onething", FS: migrations.FS},
			Permissions: []kernel.Permission{
				{Name: onething.PermRead, Title: "查看一件事主题、问卷与覆盖", Roles: []string{"clerk", "supervisor", "approver", "item-editor", "item-reviewer", "item-publisher"}},
			},
			Routes: web.Routes(a),
			Start:  func(ctx context.Context) error { return a.Load(ctx) },
		},
	}
}
