// Package app holds the use cases of the people module (人员管理用例): it joins what the organisation and the accounts say
// into what the pages show, masked, with the acts that the caller may do.
package app

import (
	"context"
	"slices"
	"strings"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/org"
)

// Needs is what the module asks of the kernel.
type Needs struct {
	DB    *db.DB
	Clock clock.Clock
	Auth  *auth.Service
	Org   *org.Service
}

// App holds the use cases. It is safe for concurrent use.
type App struct{ Needs }

// New makes the use cases.
func New(n Needs) *App { return &App{Needs: n} }

// book is the organisation and the roles by their keys, read once for one answer.
type book struct {
	departments map[string]org.Department
	regions     map[string]org.Region
	halls       map[string]string
	roles       *auth.Roles
	names       map[string]string // account → name, of those that were asked for
}

func (a *App) book(ctx context.Context) (*book, error) {
	b := &book{departments: map[string]org.Department{}, regions: map[string]org.Region{}, halls: map[string]string{}, roles: a.Auth.Roles(), names: map[string]string{}}
	departments, err := a.Org.Departments(ctx)
	if err != nil {
		return nil, err
	}
	for _, d := range departments {
		b.departments[d.ID] = d
	}
	regions, err := a.Org.Regions(ctx)
	if err != nil {
		return nil, err
	}
	for _, r := range regions {
		b.regions[r.Code] = r
	}
	halls, err := a.Org.Halls(ctx)
	if err != nil {
		return nil, err
	}
	for _, h := range halls {
		b.halls[h.ID] = h.Name
	}
	return b, nil
}

// place names where a grant counts.
func (b *book) place(g auth.Grant) (name, words string) {
	switch g.Reach {
	case actor.ReachAll:
		return "", "全部"
	case actor.ReachOwn:
		return "", "本人经办的"
	case actor.ReachRegion:
		name = b.regions[g.Place].Name
		return name, "在 " + orCode(name, g.Place) + " 及下级"
	case actor.ReachDepartment:
		name = b.departments[g.Place].Name
		return name, "在 " + orCode(name, g.Place) + " 及下级"
	}
	return "", ""
}

func orCode(name, code string) string {
	if name == "" {
		return code
	}
	return name
}

// permissions titles a list of permissions.
func (b *book) permissions(names []string) []Named {
	out := []Named{}
	all := b.roles.Permissions()
	for _, n := range names {
		if i := slices.IndexFunc(all, func(p auth.Permission) bool { return p.Name == n }); i >= 0 {
			out = append(out, Named{Name: n, Title: all[i].Title})
		}
	}
	return out
}

func (b *book) title(role string) string {
	if r, ok := b.roles.Find(role); ok {
		return r.Title
	}
	return role
}

// modules titles the first part of a permission's name.
var modules = map[string]string{
	"window": "综合窗口", "catalogue": "事项目录", "fleet": "终端", "people": "人员与权限", "audit": "审计", "services": "服务集成",
	"running": "运行", "privacy": "个人信息保护", "auth": "登录", "sso": "统一登录",
}

func moduleOf(perm string) (name, title string) {
	name, _, _ = strings.Cut(perm, ":")
	return name, orCode(modules[name], name)
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(clock.Shanghai).Format(time.RFC3339)
}
