// Package module wires sharing (共享装配); only central/cmd imports it.
package module

import (
	"context"

	"tongban/central/kernel"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/kernel/events"
	"tongban/central/kernel/httpx"
	"tongban/central/modules/sharing"
	"tongban/central/modules/sharing/internal/app"
	"tongban/central/modules/sharing/internal/link"
	"tongban/central/modules/sharing/internal/web"
	"tongban/central/modules/sharing/migrations"
	"tongban/central/modules/window"
)

// LocalLicences says where the city's own e-licence system is.
type LocalLicences = link.Config

// Needs is what sharing asks of others.
type Needs struct {
	Drafts  window.Sharing
	Cases   app.Cases
	Library app.Library
	Local   LocalLicences // the city's own e-licences; not connected without an address
	Public  string        // base of the links in QR codes
}

// New wires sharing.
func New(k *kernel.Kernel, n Needs) (kernel.Module, error) {
	needs := app.Needs{
		DB: k.DB, Clock: k.Clock, Vault: k.Vault, SMS: k.SMS, Drafts: n.Drafts, Cases: n.Cases, Library: n.Library, Public: n.Public, Log: k.Log,
	}
	if n.Local.URL != "" {
		l, err := link.New(n.Local, k.Clock, k.Adapters)
		if err != nil {
			return kernel.Module{}, err
		}
		needs.Local = l
	}
	a := app.New(needs)
	cancel := func() {}
	return kernel.Module{
		Name: "sharing", Migrations: db.Migrations{Name: "sharing", FS: migrations.FS}, Private: a.Private(),
		Permissions: []kernel.Permission{{Name: sharing.PermOffer, Title: "出示共享码", Roles: []string{"clerk", "supervisor"}}},
		Start: func(ctx context.Context) error {
			ctx, cancel = context.WithCancel(auth.AsSystem(ctx, "sharing"))
			k.Events.Follow(ctx, events.Follower{Name: "sharing", Topics: app.Topics(), Do: a.Follow})
			return nil
		},
		Stop: func(context.Context) error {
			cancel()
			return nil
		},
		Routes: func(srv *httpx.Server) {
			web.Staff(srv, a)
			web.Public(srv, a)
		},
	}, nil
}
