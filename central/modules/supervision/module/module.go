// Package module wires supervision (督办装配); only central/cmd imports it.
package module

import (
	"context"
	"sync"

	"tongban/central/kernel"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/db"
	"tongban/central/kernel/events"
	"tongban/central/kernel/httpx"
	"tongban/central/modules/supervision"
	"tongban/central/modules/supervision/internal/app"
	"tongban/central/modules/supervision/internal/web"
	"tongban/central/modules/supervision/migrations"
	"tongban/central/modules/window"
)

// Needs is what supervision asks of others.
type Needs struct {
	Window   window.Service
	Papers   window.Supervising
	Calendar *calendar.Calendar
}

// Supervision is the wired module.
type Supervision struct {
	Service supervision.Service
	Module  kernel.Module

	app    *app.App
	events *events.Log
	cancel context.CancelFunc
	wg     sync.WaitGroup
}

// New wires supervision.
func New(k *kernel.Kernel, n Needs) *Supervision {
	s := &Supervision{events: k.Events, app: app.New(app.Needs{
		DB: k.DB, Clock: k.Clock, Log: k.Log, Events: k.Events, Window: n.Window, Papers: n.Papers, Calendar: n.Calendar,
		Departments: func(ctx context.Context) (map[string]string, error) {
			list, err := k.Org.Departments(ctx)
			out := map[string]string{}
			for _, d := range list {
				out[d.ID] = d.Short
			}
			return out, err
		},
		Name: func(ctx context.Context, account string) string {
			if account == "" {
				return ""
			}
			a, err := k.Auth.Get(ctx, account)
			if err != nil { // gone since
				return ""
			}
			return a.Name
		},
	})}
	s.Service = s.app
	s.Module = kernel.Module{
		Name: "supervision", Migrations: db.Migrations{Name: "supervision", FS: migrations.FS}, Permissions: permissions(),
		Routes: func(srv *httpx.Server) { web.Staff(srv, s.app) },
		Start:  s.start, Stop: s.stop,
	}
	return s
}

// Sweep looks at all cases now; tests and the command line have reason to ask.
func (s *Supervision) Sweep(ctx context.Context) error { return s.app.Sweep(ctx) }

func (s *Supervision) start(ctx context.Context) error {
	ctx, s.cancel = context.WithCancel(auth.AsSystem(ctx, "supervision"))
	s.events.Follow(ctx, events.Follower{Name: "supervision", Topics: app.Followed(), Do: s.app.Do})
	s.wg.Go(func() { s.app.Run(ctx) })
	return nil
}

func (s *Supervision) stop(context.Context) error {
	if s.cancel != nil {
		s.cancel()
	}
	s.wg.Wait()
	return nil
}

// permissions says who may do what: those who work on cases see and answer the cards of their place, the head of the windows and
// the inspectors judge answers, and the rules are the inspectors'.
func permissions() []kernel.Permission {
	working, judging := []string{"clerk", "supervisor", "approver"}, []string{"supervisor", "inspector"}
	return []kernel.Permission{
		{Name: supervision.PermMonitor, Title: "实时监测办件", Roles: []string{"supervisor", "approver", "inspector"}},
		{Name: supervision.PermCards, Title: "查看督办牌", Roles: append(working, "inspector")},
		{Name: supervision.PermReply, Title: "答复督办", Roles: working},
		{Name: supervision.PermReview, Title: "审督办答复、撤销、催办", Roles: judging},
		{Name: supervision.PermRules, Title: "查看督办规则", Roles: judging},
		{Name: supervision.PermSetting, Title: "改督办事项和规则", Roles: []string{"inspector"}},
	}
}
