// Package module wires running (运行管理装配); only central/cmd imports it.
package module

import (
	"context"
	"os"
	"sync"
	"time"

	"tongban/central/kernel"
	"tongban/central/kernel/backup"
	"tongban/central/kernel/db"
	"tongban/central/kernel/httpx"
	"tongban/central/kernel/jobs"
	"tongban/central/modules/running"
	"tongban/central/modules/running/internal/app"
	"tongban/central/modules/running/internal/web"
	"tongban/central/modules/running/migrations"
	"tongban/fleet"
)

// Config is what running can be told.
type Config struct {
	BackupTo    string        // folder of the backup repository; no scheduled backups when empty
	BackupEvery time.Duration // 24 h when 0
	BackupKeep  int           // snapshots; 14 when 0
	Program     string        // version, for manifests
}

// Needs is what running asks of others.
type Needs struct {
	Terminals func(ctx context.Context) ([]fleet.Terminal, error)
}

// Running is the wired module.
type Running struct {
	Module kernel.Module

	app    *app.App
	cancel context.CancelFunc
	wg     sync.WaitGroup
}

// How often the program looks at itself.
const (
	watchEvery = 10 * time.Minute
	planEvery  = time.Hour
)

// New wires running.
func New(k *kernel.Kernel, cfg Config, n Needs) *Running {
	if cfg.BackupEvery == 0 {
		cfg.BackupEvery = 24 * time.Hour
	}
	if cfg.BackupKeep == 0 {
		cfg.BackupKeep = 14
	}
	host, err := os.Hostname()
	if err != nil {
		host = "host"
	}
	r := &Running{app: app.New(app.Needs{
		DB: k.DB, Clock: k.Clock, Log: k.Log, Jobs: k.Jobs, Health: k.Health, Metrics: k.Metrics, Terminals: n.Terminals, Host: host,
		Source: backup.Source{Data: k.Config.Data, DSN: k.Config.Database, DB: k.DB, Blobs: k.Blobs, Clock: k.Clock, Program: cfg.Program},
		Backup: app.BackupPlan{To: cfg.BackupTo, Every: cfg.BackupEvery, Keep: cfg.BackupKeep},
	})}
	r.Module = kernel.Module{
		Name: "running", Migrations: db.Migrations{Name: "running", FS: migrations.FS}, Permissions: permissions(),
		Routes: func(srv *httpx.Server) { web.Admin(srv, r.app) },
		Jobs: map[string]jobs.Handler{
			app.JobBackup: r.app.BackUp, "running.watch": r.app.Watch, "running.plan": r.app.PlanAhead,
			"running.scheduled": r.app.BackUpWhenDue,
		},
		Start: r.start, Stop: r.stop,
	}
	k.Jobs.Every("running.watch", watchEvery, true)
	k.Jobs.Every("running.plan", planEvery, true)
	if cfg.BackupTo != "" {
		k.Jobs.Every("running.scheduled", min(cfg.BackupEvery, 10*time.Minute), true)
	}
	return r
}

// Backup makes one backup into a repository; the command line asks for it.
func (r *Running) Backup(ctx context.Context, to string) (backup.Manifest, error) {
	return r.app.MakeBackup(ctx, to)
}

func (r *Running) start(ctx context.Context) error {
	ctx, r.cancel = context.WithCancel(ctx)
	r.wg.Go(func() { r.app.Run(ctx) })
	return nil
}

func (r *Running) stop(context.Context) error {
	if r.cancel != nil {
		r.cancel()
	}
	r.wg.Wait()
	return nil
}

// permissions says who may do what: running is the system administrator's; the audit administrator sees that it was done.
func permissions() []kernel.Permission {
	admin := []string{"system-admin"}
	return []kernel.Permission{
		{Name: running.PermRead, Title: "查看运行状态、巡检和备份记录", Roles: []string{"system-admin", "audit-admin"}},
		{Name: running.PermInspect, Title: "巡检和签字", Roles: admin},
		{Name: running.PermPlan, Title: "改巡检计划和责任人", Roles: admin},
		{Name: running.PermResource, Title: "登记主机、服务器和地址", Roles: admin},
		{Name: running.PermIncident, Title: "登记故障", Roles: admin},
		{Name: running.PermBackup, Title: "备份和登记演练", Roles: admin},
	}
}
