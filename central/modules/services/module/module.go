// Package module wires the service integration (服务集成装配); only central/cmd imports it.
package module

import (
	"context"
	"encoding/json"
	"time"

	"tongban/central/kernel"
	"tongban/central/kernel/db"
	"tongban/central/kernel/httpx"
	"tongban/central/kernel/jobs"
	"tongban/central/kernel/privacy"
	"tongban/central/modules/services"
	"tongban/central/modules/services/internal/app"
	"tongban/central/modules/services/internal/link"
	"tongban/central/modules/services/internal/web"
	"tongban/central/modules/services/migrations"
)

// Platform says where the micro-service platform is (微服务中台); not connected without an address.
type Platform = link.Config

// Services is the wired module.
type Services struct {
	Module kernel.Module
}

const jobSweep = "services.sweep"

// New wires the service integration.
func New(k *kernel.Kernel, p Platform) (*Services, error) {
	needs := app.Needs{DB: k.DB, Clock: k.Clock, Vault: k.Vault, Adapters: k.Adapters, Log: k.Log}
	if p.URL != "" {
		l, err := link.New(p, k.Clock, k.Adapters)
		if err != nil {
			return nil, err
		}
		needs.Platform = l
	}
	a := app.New(needs)
	k.Jobs.Every(jobSweep, time.Hour, false)
	return &Services{Module: kernel.Module{
		Name: "services", Migrations: db.Migrations{Name: "services", FS: migrations.FS}, Permissions: permissions(),
		Private: private(),
		Jobs:    map[string]jobs.Handler{jobSweep: func(ctx context.Context, _ json.RawMessage) error { return a.Sweep(ctx) }},
		Routes: func(srv *httpx.Server) {
			web.Admin(srv, a)
			web.Open(srv, a)
		},
	}}, nil
}

// private says that consumers' keys are sealed; the module holds nothing of persons.
func private() privacy.Registration {
	return privacy.Registration{Columns: []privacy.Column{
		{Table: "services_consumer", Title: "使用方", Column: "secret_sealed", Class: "services.secret", Key: []string{"id"}},
	}}
}

// permissions says who may do what with services.
func permissions() []kernel.Permission {
	return []kernel.Permission{
		{Name: services.PermRead, Title: "查看对接系统和交换记录", Roles: []string{"system-admin", "security-admin", "audit-admin"}},
		{Name: services.PermWrite, Title: "登记、修改对接系统", Roles: []string{"system-admin"}},
		{Name: services.PermSwitch, Title: "启停、试连对接系统", Roles: []string{"system-admin"}},
		{Name: services.PermConsumerRead, Title: "查看使用方", Roles: []string{"system-admin", "security-admin", "audit-admin"}},
		{Name: services.PermConsumer, Title: "管理使用方、密钥和授权", Roles: []string{"security-admin"}},
		{Name: services.PermCall, Title: "经网关调用服务（只给使用方）"},
	}
}
