// Package module wires personal-data management (个人信息保护装配); only central/cmd imports it.
package module

import (
	"tongban/central/kernel"
	"tongban/central/kernel/db"
	"tongban/central/kernel/httpx"
	"tongban/central/modules/privacy"
	"tongban/central/modules/privacy/internal/app"
	"tongban/central/modules/privacy/internal/web"
	"tongban/central/modules/privacy/migrations"
)

// New wires the module. titles are the modules' names for the page.
func New(k *kernel.Kernel, titles map[string]string) kernel.Module {
	a := app.New(app.Needs{DB: k.DB, Clock: k.Clock, Vault: k.Vault, Held: k.Privacy, Titles: titles})
	return kernel.Module{
		Name: "privacy", Migrations: db.Migrations{Name: "privacy", FS: migrations.FS}, Private: a.Private(),
		Permissions: []kernel.Permission{
			{Name: privacy.PermRead, Title: "查看个人信息清单、留存与密钥状态", Roles: []string{"security-admin", "system-admin", "audit-admin", "supervisor"}},
			{Name: privacy.PermRequest, Title: "办理个人信息权利请求", Roles: []string{"security-admin", "supervisor"}},
			{Name: privacy.PermExport, Title: "向本人导出其个人信息", Roles: []string{"supervisor"}},
		},
		Routes: func(srv *httpx.Server) { web.Admin(srv, a) },
	}
}
