// Package module wires issuing, ratings and the archive (发证、评价、归档装配); only central/cmd imports it.
package module

import (
	"context"
	"time"

	"tongban/central/kernel"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/db"
	"tongban/central/kernel/events"
	"tongban/central/kernel/httpx"
	"tongban/central/kernel/jobs"
	"tongban/central/modules/issuing"
	"tongban/central/modules/issuing/internal/app"
	"tongban/central/modules/issuing/internal/post"
	"tongban/central/modules/issuing/internal/web"
	"tongban/central/modules/issuing/migrations"
	"tongban/central/modules/window"
)

// PostConfig says where the post is.
type PostConfig = post.Config

// Needs is what issuing asks of others.
type Needs struct {
	Cases    app.Cases
	Papers   window.Handing
	Calendar *calendar.Calendar
	Public   string // base of the links in messages
	Post     PostConfig
}

// Issuing is the wired module.
type Issuing struct {
	Service issuing.Service
	Post    issuing.Carrier // nil without a post
	Module  kernel.Module
}

// New wires issuing.
func New(k *kernel.Kernel, n Needs) (*Issuing, error) {
	needs := app.Needs{
		DB: k.DB, Clock: k.Clock, Vault: k.Vault, Blobs: k.Blobs, Jobs: k.Jobs, Calendar: n.Calendar, Cases: n.Cases, Papers: n.Papers, People: k.Auth, SMS: k.SMS, Public: n.Public, Log: k.Log,
	}
	if n.Post.URL != "" {
		carrier, err := post.New(n.Post, k.Clock, k.Adapters)
		if err != nil {
			return nil, err
		}
		needs.Post = carrier
		k.Jobs.Every(app.JobTrack, 10*time.Second, true)
	}
	a := app.New(needs)
	k.Jobs.Every(app.JobSweep, 24*time.Hour, false)
	return &Issuing{
		Service: a, Post: needs.Post,
		Module: kernel.Module{
			Name: "issuing", Migrations: db.Migrations{Name: "issuing", FS: migrations.FS}, Permissions: permissions(), Private: a.Private(),
			Jobs: map[string]jobs.Handler{app.JobOrder: a.Order, app.JobTrack: a.Track, app.JobSweep: a.Sweep},
			Start: func(ctx context.Context) error {
				k.Events.Follow(ctx, events.Follower{Name: "issuing", Topics: app.Topics(), Do: a.Follow})
				return nil
			},
			Routes: func(srv *httpx.Server) {
				web.Staff(srv, a)
				web.Public(srv, a)
			},
		},
	}, nil
}

// permissions says who may do what.
func permissions() []kernel.Permission {
	clerks := []string{"clerk", "supervisor"}
	return []kernel.Permission{
		{Name: issuing.PermRead, Title: "查看发证", Roles: clerks},
		{Name: issuing.PermIssue, Title: "发证、交邮政", Roles: clerks},
		{Name: issuing.PermRated, Title: "查看评价", Roles: []string{"clerk", "supervisor", "approver"}},
		{Name: issuing.PermHandle, Title: "回访、答复差评", Roles: []string{"clerk", "supervisor", "approver"}},
		{Name: issuing.PermReview, Title: "分派、核查差评", Roles: []string{"supervisor"}},
		{Name: issuing.PermFiles, Title: "查档案", Roles: clerks},
		{Name: issuing.PermFile, Title: "归档", Roles: clerks},
	}
}
