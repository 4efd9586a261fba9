// Package module wires the item catalogue (事项目录) into the centre.
package module

import (
	"context"
	"fmt"
	"io/fs"
	"sync"

	"tongban/central/kernel"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/db"
	"tongban/central/modules/catalogue"
	"tongban/central/modules/catalogue/internal/app"
	"tongban/central/modules/catalogue/internal/web"
	"tongban/central/modules/catalogue/migrations"
	"tongban/central/modules/catalogue/seed"
)

// Catalogue is what the centre gets: the service for other modules and the module for the kernel.
type Catalogue struct {
	Service catalogue.Service
	Module  kernel.Module
}

// New wires the module. The seed is loaded when the kernel starts; what it holds is checked then, as a whole.
// What it asks of outside is asked later than now, so that the centre may wire those modules after this one.
func New(k *kernel.Kernel, outside catalogue.Outside) (*Catalogue, error) {
	return With(k, seed.FS, outside)
}

// With is New with another seed, laid out as that of package seed.
func With(k *kernel.Kernel, files fs.FS, outside catalogue.Outside) (*Catalogue, error) {
	cal, err := calendar.Embedded()
	if err != nil {
		return nil, fmt.Errorf("open calendar: %w", err)
	}
	a, err := app.New(app.Needs{DB: k.DB, Log: k.Log, Seed: files, Calendar: cal, Clock: k.Clock, Offices: k.Org, Outside: outside})
	if err != nil {
		return nil, fmt.Errorf("open catalogue: %w", err)
	}
	var following sync.WaitGroup // on the forms that items use
	end := func() {}
	return &Catalogue{
		Service: a,
		Module: kernel.Module{
			Name:       "catalogue",
			Migrations: db.Migrations{Name: "catalogue", FS: migrations.FS},
			Permissions: []kernel.Permission{
				{Name: catalogue.PermRead, Title: "查看事项、草案与影响", Roles: []string{"item-editor", "item-reviewer", "item-publisher", "approver", "supervisor"}},
				{Name: catalogue.PermEdit, Title: "编制事项", Roles: []string{"item-editor"}},
				{Name: catalogue.PermReview, Title: "审核事项", Roles: []string{"item-reviewer"}},
				{Name: catalogue.PermPublish, Title: "发布、暂停、取消、拆分、合并、导入事项", Roles: []string{"item-publisher"}},
			},
			Routes: web.Routes(a),
			Start: func(ctx context.Context) error {
				if err := a.Load(ctx); err != nil {
					return err
				}
				ctx, end = context.WithCancel(ctx)
				following.Go(func() { a.Follow(ctx, k.Events) })
				return nil
			},
			Stop: func(context.Context) error {
				end()
				following.Wait()
				return nil
			},
		},
	}, nil
}
