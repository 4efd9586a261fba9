// Package module wires the management of people (人员管理装配); only central/cmd imports it.
package module

import (
	"tongban/central/kernel"
	"tongban/central/modules/people"
	"tongban/central/modules/people/internal/app"
	"tongban/central/modules/people/internal/web"
)

// New wires the module. It has no tables of its own: people and their rights are the kernel's.
func New(k *kernel.Kernel) kernel.Module {
	a := app.New(app.Needs{DB: k.DB, Clock: k.Clock, Auth: k.Auth, Org: k.Org})
	return kernel.Module{Name: "people", Permissions: permissions(), Routes: web.Routes(a)}
}

// permissions says who may do what: one administrator makes people, another grants; the auditor sees who may what.
func permissions() []kernel.Permission {
	system, security := []string{"system-admin"}, []string{"security-admin"}
	return []kernel.Permission{
		{Name: people.PermRead, Title: "查看人员和组织", Roles: []string{"system-admin", "security-admin"}},
		{Name: people.PermWrite, Title: "建立、修改、停用账号，重置密码", Roles: system},
		{Name: people.PermOrg, Title: "修改组织、大厅、岗位", Roles: system},
		{Name: people.PermRoles, Title: "查看角色和权限", Roles: []string{"system-admin", "security-admin", "audit-admin"}},
		{Name: people.PermRole, Title: "建立、修改角色", Roles: security},
		{Name: people.PermGrant, Title: "授权、收回授权", Roles: security},
		{Name: people.PermSession, Title: "解锁、退出他人登录、重置第二因素", Roles: security},
	}
}
