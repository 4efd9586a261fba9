// Package module wires the neighbours (相邻系统装配); only central/cmd imports it.
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
	"tongban/central/modules/joined"
	"tongban/central/modules/joined/internal/app"
	"tongban/central/modules/joined/internal/link"
	"tongban/central/modules/joined/internal/web"
	"tongban/central/modules/joined/migrations"
)

// Neighbour says where one is.
type Neighbour = link.Config

// Config says which neighbours there are; those without an address are absent.
type Config struct {
	OneThing, Estate, Cannot Neighbour
	Brain                    Neighbour // 城市智脑: asked for advice, nobody signs in there
	Inquiry                  string    // key file of the inquiry machines, none when empty
}

// Titles is how people call the neighbours.
var Titles = map[string]string{joined.OneThing: "一件事综合窗口平台", joined.Estate: "不动产登记系统", joined.Cannot: "办不成事反映系统"}

// Needs is what the module asks of others.
type Needs struct {
	Cases  app.Cases
	Items  app.Items
	Themes app.Themes
}

// lookEvery is how often the neighbours are asked what is new.
const lookEvery = 10 * time.Second

// New wires the neighbours.
func New(k *kernel.Kernel, cfg Config, n Needs) (kernel.Module, error) {
	needs := app.Needs{DB: k.DB, Clock: k.Clock, Log: k.Log, Jobs: k.Jobs, Adapters: k.Adapters, Cases: n.Cases, Items: n.Items, Themes: n.Themes}
	for _, n := range []struct {
		system string
		cfg    Neighbour
		put    func(*link.Link)
	}{
		{joined.OneThing, cfg.OneThing, func(l *link.Link) { needs.OneThing = l }},
		{joined.Estate, cfg.Estate, func(l *link.Link) { needs.Estate = l }},
		{joined.Cannot, cfg.Cannot, func(l *link.Link) { needs.Cannot = l }},
	} {
		if n.cfg.URL == "" {
			continue
		}
		l, err := link.New(n.system, Titles[n.system], n.cfg, k.Clock, k.Adapters)
		if err != nil {
			return kernel.Module{}, err
		}
		n.put(l)
	}
	if cfg.Brain.URL != "" {
		b, err := link.NewBrain(cfg.Brain, k.Clock, k.Adapters)
		if err != nil {
			return kernel.Module{}, err
		}
		needs.Brain = b
	}
	if cfg.Inquiry != "" {
		id, secret, err := link.Config{KeyFile: cfg.Inquiry}.Key()
		if err != nil {
			return kernel.Module{}, err
		}
		needs.Inquiry = &app.InquiryKey{ID: id, Secret: secret}
	}
	a := app.New(needs)
	if needs.OneThing != nil || needs.Estate != nil || needs.Cannot != nil {
		k.Jobs.Every(app.JobLook, lookEvery, true)
	}
	var cancel context.CancelFunc
	return kernel.Module{
		Name: "joined", Migrations: db.Migrations{Name: "joined", FS: migrations.FS}, Permissions: permissions(),
		Jobs: map[string]jobs.Handler{app.JobLook: a.Look},
		Routes: func(srv *httpx.Server) {
			web.Staff(srv, a)
			web.Public(srv, a)
		},
		Start: func(ctx context.Context) error {
			ctx, cancel = context.WithCancel(auth.AsSystem(ctx, "joined"))
			k.Events.Follow(ctx, events.Follower{Name: "joined", Topics: app.Followed(), Do: a.Do})
			return nil
		},
		Stop: func(context.Context) error {
			if cancel != nil {
				cancel()
			}
			return nil
		},
	}, nil
}

// permissions says who may do what.
func permissions() []kernel.Permission {
	return []kernel.Permission{
		{Name: joined.PermTrack, Title: "跨系统查进度、看待办", Roles: []string{"clerk", "supervisor", "approver"}},
		{Name: joined.PermBundle, Title: "发起一件事套件、挂办件", Roles: []string{"clerk", "supervisor"}},
		{Name: joined.PermHealth, Title: "查看对接状况", Roles: []string{"clerk", "supervisor", "approver"}},
		{Name: joined.PermTry, Title: "现在试连外部系统", Roles: []string{"clerk", "supervisor"}},
	}
}
