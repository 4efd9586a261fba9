// Package module wires the auditors' side (审计模块) into the centre.
package module

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"tongban/central/kernel"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/crypto"
	"tongban/central/kernel/db"
	"tongban/central/kernel/health"
	contract "tongban/central/modules/audit"
	"tongban/central/modules/audit/internal/app"
	"tongban/central/modules/audit/internal/web"
	"tongban/central/modules/audit/migrations"
)

// Config says where checkpoints go.
type Config struct {
	Ship   string          // place, see kernel/audit.OpenSink; a folder below the data folder when empty
	Crypto crypto.Provider // signs them; the kernel's when nil
}

// Audit is what the centre gets.
type Audit struct {
	Service contract.Service
	Module  kernel.Module
	Keeper  *audit.Keeper
}

// Folder is where checkpoints lie when no other place is told.
func Folder(data string) string { return filepath.Join(data, "audit-checkpoints") }

// New wires the module.
func New(k *kernel.Kernel, cfg Config) (*Audit, error) {
	keeper, err := Keeper(k, cfg)
	if err != nil {
		return nil, err
	}
	place := keeper.Sink.String()
	a := app.New(app.Needs{
		DB: k.DB, Clock: k.Clock, Log: k.Log, Metrics: k.Metrics, Jobs: k.Jobs, Keeper: keeper,
		SameMachine: cfg.Ship == "" || strings.HasPrefix(place, "file://"+k.Config.Data+"/"),
	})
	k.Health.Add(check(a))
	k.Jobs.Every(app.JobCheckpoint, time.Minute, true)
	k.Jobs.Every(app.JobWatch, 30*time.Second, true)
	follow, stop := context.WithCancel(context.Background())
	return &Audit{
		Service: a, Keeper: keeper,
		Module: kernel.Module{
			Name:       "audit",
			Migrations: db.Migrations{Name: "audit", FS: migrations.FS},
			// The kernel declares audit:read and audit:verify.
			Permissions: []kernel.Permission{{Name: contract.PermExport, Title: "导出审计记录", Roles: []string{"audit-admin"}}},
			Routes:      web.Routes(a),
			Jobs:        a.Handlers(),
			Start:       func(context.Context) error { go a.Follow(follow); return nil },
			Stop:        func(context.Context) error { stop(); return nil },
		},
	}, nil
}

// Keeper returns what takes and ships checkpoints, for the module and for the
// command line.
func Keeper(k *kernel.Kernel, cfg Config) (*audit.Keeper, error) {
	if cfg.Ship == "" {
		cfg.Ship = Folder(k.Config.Data)
	}
	sink, err := audit.OpenSink(cfg.Ship)
	if err != nil {
		return nil, err
	}
	if cfg.Crypto == nil {
		cfg.Crypto = k.Crypto
	}
	return &audit.Keeper{DB: k.DB, Clock: k.Clock, Signer: audit.SignerOf(cfg.Crypto), Sink: sink, Metrics: k.Metrics}, nil
}

// check is the audit's line in the inspection (巡检).
func check(s contract.Service) health.Check {
	return health.Check{Component: "audit-checkpoints", Title: "审计检查点", Kind: health.Audit, Run: func(ctx context.Context) health.Result {
		st, err := s.State(ctx)
		if err != nil {
			return health.Result{State: health.Unknown, Text: "审计状态读不出来"}
		}
		r := health.Result{State: health.OK, Text: fmt.Sprintf("%d 条记录，检查点签到第 %d 条", st.Records, st.Signed), Measured: []health.Measure{
			{Title: "记录", Value: fmt.Sprint(st.Records), Unit: "条"},
			{Title: "没有检查点的记录", Value: fmt.Sprint(st.Records - st.Signed), Unit: "条"},
			{Title: "未处理的告警", Value: fmt.Sprint(st.Alerts), Unit: "条"},
		}}
		switch {
		case st.Broken > 0:
			r.State, r.Text = health.Bad, fmt.Sprintf("审计链在第 %d 条处不成立", st.Broken)
		case st.Fault != "":
			r.State, r.Text = health.Bad, "检查点送不到存放处 "+st.Place
		case st.Alerts > 0:
			r.State, r.Text = health.Warn, fmt.Sprintf("%d 条审计告警没有处理", st.Alerts)
		case st.Loose:
			r.State, r.Text = health.Warn, "程序的数据库账号能改审计表，请用 init --database-owner 分开属主"
		case st.SameMachine:
			r.State, r.Text = health.Warn, "检查点和数据库在同一台机器上，请用 audit.ship 指到另一处"
		}
		return r
	}}
}
