// Package module wires the integrated window (综合窗口装配); only central/cmd imports it.
package module

import (
	"context"

	"tongban/central/kernel"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/db"
	"tongban/central/kernel/httpx"
	"tongban/central/kernel/jobs"
	"tongban/central/modules/catalogue"
	"tongban/central/modules/window"
	"tongban/central/modules/window/internal/app"
	"tongban/central/modules/window/internal/papers"
	"tongban/central/modules/window/internal/web"
	"tongban/central/modules/window/migrations"
	"tongban/fleet"
	"tongban/fleet/wire"
)

// Needs is what the window asks of others.
type Needs struct {
	Items    catalogue.Service
	Calendar *calendar.Calendar
	Notify   func(ctx context.Context, tx db.Tx, terminal string, n wire.CaseNotice) error
	Public   string // base of the links in QR codes
	// Visitor says who stands at the counter, by the hall's visit; nil where there is no hall.
	Visitor func(ctx context.Context, visit string) (Visitor, error)
	// Visited says what was taken in during a visit of the caller; nil where there is no hall.
	Visited func(ctx context.Context, visit string) (Visited, error)
	// Across says where a registration for another region goes; nil where there is no handling across regions.
	Across func(ctx context.Context, target, item string) (window.CrossingTarget, error)
}

// Visitor is who stands at the counter (来访人).
type Visitor struct {
	Name, IDKind, IDNumber, Phone string
	Way                           string // card, passport, code, typed
	Agent                         *Agent
}

// Visited is what was done in a visit (来访办的事): its ticket and the numbers of its cases.
type Visited = app.Visited

// Agent is who came in the person's place.
type Agent struct{ Name, IDNumber, Phone string }

// Window is the wired module.
type Window struct {
	Service   window.Service
	Handing   window.Handing
	Carding   window.Supervising
	Sharing   window.Sharing
	Crossing  window.Crossing
	Intake    window.Intake
	Module    kernel.Module
	Acceptors map[wire.Kind]fleet.Acceptor // what the gate hands over

	app *app.App
}

// New wires the window.
func New(k *kernel.Kernel, n Needs) (*Window, error) {
	drawer, err := papers.New()
	if err != nil {
		return nil, err
	}
	a := app.New(app.Needs{
		DB: k.DB, Clock: k.Clock, Vault: k.Vault, Blobs: k.Blobs, Events: k.Events, Jobs: k.Jobs, Items: n.Items, Offices: k.Org, Calendar: n.Calendar, Papers: drawer,
		Notify: n.Notify, Privacy: k.Privacy, Staff: k.Auth, Public: n.Public, Log: k.Log, Visitor: visitor(n.Visitor), Visited: n.Visited, Across: n.Across,
	})
	return &Window{
		app: a, Service: a, Handing: a, Carding: a, Sharing: a, Crossing: a, Intake: a,
		Module: kernel.Module{
			Name: "window", Migrations: db.Migrations{Name: "window", FS: migrations.FS},
			Permissions: permissions(), Private: a.Private(), Jobs: map[string]jobs.Handler{app.JobReceipt: a.Receipt},
			Start: func(ctx context.Context) error { return a.Backfill(auth.AsSystem(ctx, "window.place")) },
			Routes: func(srv *httpx.Server) {
				web.Staff(srv, a)
				web.Public(srv, a)
				web.Kiosk(srv, a)
			},
		},
		Acceptors: map[wire.Kind]fleet.Acceptor{
			wire.KindSubmission: acceptor(a.Take), wire.KindRating: acceptor(a.Rate), wire.KindHelp: acceptor(a.Help),
		},
	}, nil
}

// visitor puts the hall's words into those of a registration.
func visitor(ask func(ctx context.Context, visit string) (Visitor, error)) func(context.Context, string) (app.Visitor, error) {
	if ask == nil {
		return nil
	}
	return func(ctx context.Context, visit string) (app.Visitor, error) {
		v, err := ask(ctx, visit)
		if err != nil {
			return app.Visitor{}, err
		}
		way := v.Way
		if way == "card" {
			way = "idcard"
		}
		out := app.Visitor{Phone: v.Phone, Person: app.CounterPerson{Type: v.IDKind, Name: v.Name, IDNumber: v.IDNumber, Way: way}}
		if v.Agent != nil {
			out.Agent = &app.Agent{Name: v.Agent.Name, IDNumber: v.Agent.IDNumber, Phone: v.Agent.Phone, Way: "typed"}
		}
		return out, nil
	}
}

// acceptor makes a use case the gate's port.
func acceptor(take func(ctx context.Context, tx db.Tx, env wire.Envelope, from app.Origin, body []byte) (string, error)) fleet.Acceptor {
	return fleet.AcceptorFunc(func(ctx context.Context, tx db.Tx, env wire.Envelope, from fleet.Terminal, body []byte) (string, error) {
		return take(ctx, tx, env, app.Origin{Terminal: from.Code, Number: from.Number, Hall: from.Place, Place: from.Place + " " + from.Label, Region: from.Region}, body)
	})
}

// permissions says who may do what at the window.
func permissions() []kernel.Permission {
	clerks := []string{"clerk", "supervisor"}
	return []kernel.Permission{
		{Name: window.PermRead, Title: "查看办件", Roles: append([]string{"approver"}, clerks...)},
		{Name: window.PermAccept, Title: "受理", Roles: clerks},
		{Name: window.PermNotice, Title: "一次性告知", Roles: clerks},
		{Name: window.PermRefuse, Title: "不予受理", Roles: clerks},
		{Name: window.PermGrant, Title: "办结", Roles: append([]string{"approver"}, clerks...)},
		{Name: window.PermUnmask, Title: "查看证件号、电话全文", Roles: clerks},
		{Name: window.PermRegister, Title: "登记、暂存、收补交材料", Roles: clerks},
		{Name: window.PermRenotice, Title: "再次告知（批准）", Roles: []string{"supervisor"}},
		{Name: window.PermDecide, Title: "部门决定：不予许可、停表、恢复、延期", Roles: []string{"approver"}},
		{Name: window.PermWithdraw, Title: "撤件、终止", Roles: clerks},
	}
}
