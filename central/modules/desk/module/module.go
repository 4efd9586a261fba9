// Package module wires the department's desk (部门审批装配); only central/cmd imports it.
package module

import (
	"context"

	"tongban/central/kernel"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/db"
	"tongban/central/kernel/httpx"
	"tongban/central/modules/catalogue"
	"tongban/central/modules/desk"
	"tongban/central/modules/desk/internal/app"
	"tongban/central/modules/desk/internal/web"
	"tongban/central/modules/desk/migrations"
	"tongban/central/modules/desk/seed"
	"tongban/central/modules/window"
)

// Needs is what the desk asks of others.
type Needs struct {
	Window   window.Service
	Items    catalogue.Service
	Calendar *calendar.Calendar
	Public   string // base of the links in QR codes
}

// New wires the desk.
func New(k *kernel.Kernel, n Needs) kernel.Module {
	a := app.New(app.Needs{
		DB: k.DB, Clock: k.Clock, Events: k.Events, Log: k.Log, Window: n.Window, Items: n.Items, People: k.Auth, Offices: k.Org, Calendar: n.Calendar,
		Seed: seed.FS, Public: n.Public,
	})
	return kernel.Module{
		Name: "desk", Migrations: db.Migrations{Name: "desk", FS: migrations.FS}, Permissions: permissions(),
		Routes: func(srv *httpx.Server) { web.Staff(srv, a) },
		Start: func(ctx context.Context) error {
			ctx = auth.AsSystem(ctx, "desk")
			if err := a.Load(ctx); err != nil {
				return err
			}
			k.Events.Follow(ctx, a.Follower())
			return nil
		},
	}
}

// permissions says who may do what: the department signs and decides, the window hands over, the business administrator
// says who signs.
func permissions() []kernel.Permission {
	approver := []string{"approver"}
	return []kernel.Permission{
		{Name: desk.PermRead, Title: "查看部门任务", Roles: approver},
		{Name: desk.PermSign, Title: "签收任务和材料", Roles: approver},
		{Name: desk.PermDecide, Title: "部门审查、征询、决定、转报", Roles: approver},
		{Name: desk.PermAnswer, Title: "答复别的部门的征询", Roles: approver},
		{Name: desk.PermCustody, Title: "查看材料袋和交接记录", Roles: []string{"clerk", "supervisor", "approver"}},
		{Name: desk.PermSend, Title: "送出材料袋，重新送任务", Roles: []string{"clerk", "supervisor"}},
		{Name: desk.PermRules, Title: "查看签收配置", Roles: []string{"desk-admin", "supervisor"}},
		{Name: desk.PermSetRule, Title: "修改签收配置", Roles: []string{"desk-admin"}},
	}
}
