// Package module wires the bulletin (资讯装配); only central/cmd imports it.
package module

import (
	"context"

	"tongban/central/kernel"
	"tongban/central/kernel/db"
	"tongban/central/kernel/httpx"
	"tongban/central/modules/bulletin"
	"tongban/central/modules/bulletin/internal/app"
	"tongban/central/modules/bulletin/internal/web"
	"tongban/central/modules/bulletin/migrations"
	"tongban/central/modules/bulletin/seed"
)

// New wires the bulletin.
func New(k *kernel.Kernel) kernel.Module {
	a := &app.App{DB: k.DB, Clock: k.Clock, Seed: seed.FS}
	editors := []string{"item-editor", "item-publisher"}
	return kernel.Module{
		Name: "bulletin", Migrations: db.Migrations{Name: "bulletin", FS: migrations.FS},
		Permissions: []kernel.Permission{
			{Name: bulletin.PermRead, Title: "查看资讯和便民服务", Roles: append([]string{"supervisor"}, editors...)},
			{Name: bulletin.PermWrite, Title: "写、发布、撤下资讯和便民服务，管栏目", Roles: []string{"item-publisher"}},
		},
		Routes: func(srv *httpx.Server) { web.Routes(srv, a) },
		Start:  func(ctx context.Context) error { return a.Load(ctx) },
	}
}
