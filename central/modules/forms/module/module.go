// Package module wires the electronic forms (电子表单装配); only central/cmd imports it.
package module

import (
	"context"
	"fmt"

	"tongban/central/kernel"
	"tongban/central/kernel/db"
	"tongban/central/kernel/httpx"
	"tongban/central/modules/forms"
	"tongban/central/modules/forms/internal/app"
	"tongban/central/modules/forms/internal/ink"
	"tongban/central/modules/forms/internal/web"
	"tongban/central/modules/forms/migrations"
	"tongban/central/modules/forms/seed"
)

// Forms is what the centre gets: the service for other modules and the module for the kernel.
type Forms struct {
	Service forms.Service
	Module  kernel.Module
}

// New wires the module. The shipped forms are checked here and published when the kernel starts.
func New(k *kernel.Kernel) (*Forms, error) {
	printer, err := ink.New()
	if err != nil {
		return nil, fmt.Errorf("open forms: %w", err)
	}
	a, err := app.New(app.Needs{DB: k.DB, Clock: k.Clock, Vault: k.Vault, Log: k.Log, Seed: seed.FS, Printer: printer})
	if err != nil {
		return nil, fmt.Errorf("open forms: %w", err)
	}
	return &Forms{
		Service: a,
		Module: kernel.Module{
			Name: "forms", Migrations: db.Migrations{Name: "forms", FS: migrations.FS}, Permissions: permissions(), Private: a.Private(),
			Start: func(ctx context.Context) error { return a.Load(ctx) },
			Routes: func(srv *httpx.Server) {
				web.Staff(srv, a)
				web.Public(srv, a)
			},
		},
	}, nil
}

// permissions says who may do what with forms.
func permissions() []kernel.Permission {
	everyone := []string{"item-editor", "item-reviewer", "item-publisher"}
	return []kernel.Permission{
		{Name: forms.PermRead, Title: "查看表单", Roles: everyone},
		{Name: forms.PermEdit, Title: "设计表单", Roles: []string{"item-editor"}},
		{Name: forms.PermPublish, Title: "发布、退回表单", Roles: []string{"item-publisher"}},
	}
}
