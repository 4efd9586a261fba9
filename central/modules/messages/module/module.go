// Package module wires messages (消息装配); only central/cmd imports it.
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
	"tongban/central/modules/messages"
	"tongban/central/modules/messages/internal/app"
	"tongban/central/modules/messages/internal/web"
	"tongban/central/modules/messages/migrations"
	"tongban/central/modules/window"
)

// Needs is what messages asks of others.
type Needs struct {
	Window window.Service
}

// Messages is the wired module.
type Messages struct {
	Module kernel.Module

	app    *app.App
	events *events.Log
	cancel context.CancelFunc
}

// lookEvery is how often the platform is asked how far short messages came.
const lookEvery = 10 * time.Second

// New wires messages.
func New(k *kernel.Kernel, n Needs) (*Messages, error) {
	a, err := app.New(app.Needs{DB: k.DB, Clock: k.Clock, Log: k.Log, SMS: k.SMS, Window: n.Window})
	if err != nil {
		return nil, err
	}
	m := &Messages{app: a, events: k.Events}
	m.Module = kernel.Module{
		Name: "messages", Migrations: db.Migrations{Name: "messages", FS: migrations.FS}, Permissions: permissions(),
		Routes: func(srv *httpx.Server) { web.Staff(srv, a) },
		Jobs:   map[string]jobs.Handler{app.JobTexts: a.Look},
		Start: func(ctx context.Context) error {
			ctx, m.cancel = context.WithCancel(auth.AsSystem(ctx, "messages"))
			m.events.Follow(ctx, events.Follower{Name: "messages", Topics: app.Followed(), Do: a.Do})
			return nil
		},
		Stop: func(context.Context) error {
			if m.cancel != nil {
				m.cancel()
			}
			return nil
		},
	}
	k.Jobs.Every(app.JobTexts, lookEvery, true)
	return m, nil
}

// permissions says who may do what: everybody who works with cases has letters; where short messages went is the windows' affair.
func permissions() []kernel.Permission {
	return []kernel.Permission{
		{Name: messages.PermLetters, Title: "站内信", Roles: []string{"clerk", "supervisor", "approver", "inspector"}},
		{Name: messages.PermTexts, Title: "查看短信去向", Roles: []string{"clerk", "supervisor", "inspector"}},
		{Name: messages.PermFollow, Title: "短信没到时另外告诉申请人", Roles: []string{"clerk", "supervisor"}},
		{Name: messages.PermScenes, Title: "查看消息场景", Roles: []string{"supervisor", "inspector"}},
		{Name: messages.PermSetting, Title: "改消息场景", Roles: []string{"inspector"}},
	}
}
