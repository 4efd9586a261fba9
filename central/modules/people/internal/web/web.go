// Package web is the HTTP of the people module (人员管理接口), for the management console only.
package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/httpx"
	"tongban/central/modules/people"
	"tongban/central/modules/people/internal/app"
)

// Routes returns the function that adds the operations to a server.
func Routes(a *app.App) func(*httpx.Server) {
	return func(srv *httpx.Server) {
		api := srv.API("people", auth.ForAdmin)
		organisation(api, a)
		persons(api, a)
		acts(api, a)
		rights(api, a)
	}
}

func get(id, path, summary string) huma.Operation {
	return huma.Operation{OperationID: "people-" + id, Method: http.MethodGet, Path: "/people" + path, Summary: summary}
}

func post(id, path, summary string) huma.Operation {
	return huma.Operation{OperationID: "people-" + id, Method: http.MethodPost, Path: "/people" + path, Summary: summary}
}

// Reason is why a thing is done. It is exported because huma fills in only what it can see.
type Reason struct {
	Reason string `json:"reason" minLength:"4" maxLength:"200" doc:"原因，留痕"`
}

// PersonPath is the path of one account.
type PersonPath struct {
	ID string `path:"id" maxLength:"64" doc:"账号"`
}

type listOf[T any] struct {
	Body struct {
		Rows []T `json:"rows" nullable:"false"`
	}
}

func rowsOf[T any](rows []T, err error) (*listOf[T], error) {
	out := &listOf[T]{}
	out.Body.Rows = rows
	return out, err
}

type personOut struct{ Body app.Person }

func personOf(p app.Person, err error) (*personOut, error) { return &personOut{Body: p}, err }

type madeOut struct{ Body app.Made }

func madeOf(m app.Made, err error) (*madeOut, error) { return &madeOut{Body: m}, err }

type peopleIn struct {
	Q          string `query:"q" maxLength:"60" doc:"登录名、姓名或窗口的一部分"`
	Department string `query:"department" maxLength:"64" doc:"部门（含下级），或区划代码"`
	Role       string `query:"role" maxLength:"40"`
	State      string `query:"state" enum:"active,locked,disabled,expired,must_change,expiring"`
	Page       int    `query:"page" minimum:"1" maximum:"100000" default:"1"`
	Size       int    `query:"size" minimum:"1" maximum:"200" default:"50"`
}

type peopleOut struct{ Body app.People }

// PersonBody is what an administrator writes about a person.
type PersonBody struct {
	Name       string   `json:"name" minLength:"2" maxLength:"40"`
	Department string   `json:"department" minLength:"1" maxLength:"64" doc:"部门"`
	Posts      []string `json:"posts,omitempty" maxItems:"10" doc:"岗位"`
	Hall       string   `json:"hall,omitempty" maxLength:"64" doc:"大厅"`
	Desk       string   `json:"desk,omitempty" maxLength:"40" doc:"窗口，如 B 区 12 号窗"`
	Phone      string   `json:"phone,omitempty" maxLength:"20" doc:"手机；空着不改"`
	ValidUntil string   `json:"valid_until,omitempty" maxLength:"10" doc:"账号用到哪一天，YYYY-MM-DD；空着长期"`
	Reason
}

func (b PersonBody) edit() (auth.Edit, error) {
	e := auth.Edit{Name: b.Name, DepartmentID: b.Department, Posts: b.Posts, Hall: b.Hall, Desk: b.Desk}
	if b.ValidUntil == "" {
		return e, nil
	}
	day, err := time.ParseInLocation(time.DateOnly, b.ValidUntil, clock.Shanghai)
	if err != nil {
		words := "有效期写成 2027-12-31 这样的日期"
		return e, errs.WithFields(errs.E(errs.Invalid, "people.valid_until", words, err), errs.Field{Path: "valid_until", Message: words})
	}
	e.ValidUntil = day.AddDate(0, 0, 1) // the day itself counts
	return e, nil
}

type makeIn struct {
	Body struct {
		Login string `json:"login" maxLength:"32" pattern:"^[a-z][a-z0-9._-]{2,31}$" doc:"登录名，以后不能改"`
		PersonBody
	}
}

type editIn struct {
	PersonPath
	Body struct {
		Login string `json:"login,omitempty" maxLength:"64" doc:"不能改，写了也不看"`
		PersonBody
	}
}

func persons(api huma.API, a *app.App) {
	httpx.Register(api, people.PermRead, get("list-accounts", "/accounts", "人员清单"),
		func(ctx context.Context, in *peopleIn) (*peopleOut, error) {
			out, err := a.People(ctx, app.Ask{Q: in.Q, Department: in.Department, Role: in.Role, State: in.State, Page: in.Page, Size: in.Size})
			return &peopleOut{Body: out}, err
		})
	httpx.Register(api, people.PermRead, get("get-account", "/accounts/{id}", "一个人"),
		func(ctx context.Context, in *PersonPath) (*personOut, error) { return personOf(a.Person(ctx, in.ID)) })
	httpx.Register(api, people.PermWrite, post("make-account", "/accounts", "新建人员"),
		func(ctx context.Context, in *makeIn) (*madeOut, error) {
			e, err := in.Body.edit()
			if err != nil {
				return nil, err
			}
			return madeOf(a.Make(ctx, app.Draft{Login: in.Body.Login, Phone: in.Body.Phone, Edit: e}, in.Body.Reason.Reason))
		})
	httpx.Register(api, people.PermWrite, post("edit-account", "/accounts/{id}/edit", "改资料"),
		func(ctx context.Context, in *editIn) (*personOut, error) {
			e, err := in.Body.edit()
			if err != nil {
				return nil, err
			}
			return personOf(a.Edit(ctx, in.ID, e, in.Body.Phone, in.Body.Reason.Reason))
		})
}

type actIn struct {
	PersonPath
	Body Reason
}

type sessionIn struct {
	PersonPath
	Session string `path:"session" maxLength:"64"`
	Body    Reason
}

// acts are what is done to an account, each for a reason.
func acts(api huma.API, a *app.App) {
	one := func(perm, id, act, summary string, do func(ctx context.Context, id, reason string) (app.Person, error)) {
		httpx.Register(api, perm, post(id, "/accounts/{id}/"+act, summary), func(ctx context.Context, in *actIn) (*personOut, error) {
			return personOf(do(ctx, in.ID, in.Body.Reason))
		})
	}
	one(people.PermWrite, "disable-account", "disable", "停用账号", a.Disable)
	one(people.PermWrite, "enable-account", "enable", "启用账号", a.Enable)
	one(people.PermSession, "unlock-account", "unlock", "解锁账号", a.Unlock)
	one(people.PermSession, "reset-factor", "factor", "重置第二因素", a.ResetFactor)
	one(people.PermSession, "revoke-sessions", "sessions/revoke", "退出全部登录", func(ctx context.Context, id, reason string) (app.Person, error) {
		return a.Revoke(ctx, id, "", reason)
	})
	httpx.Register(api, people.PermSession, post("revoke-session", "/accounts/{id}/sessions/{session}/revoke", "退出一处登录"),
		func(ctx context.Context, in *sessionIn) (*personOut, error) {
			return personOf(a.Revoke(ctx, in.ID, in.Session, in.Body.Reason))
		})
	httpx.Register(api, people.PermWrite, post("reset-password", "/accounts/{id}/reset", "重置密码"),
		func(ctx context.Context, in *actIn) (*madeOut, error) {
			return madeOf(a.Reset(ctx, in.ID, in.Body.Reason))
		})
}

type grantIn struct {
	PersonPath
	Body struct {
		Role  string `json:"role" maxLength:"40"`
		Scope string `json:"scope" enum:"all,region,department,own"`
		Place string `json:"place,omitempty" maxLength:"64" doc:"区划代码或部门；全部和本人的空着"`
		Reason
	}
}

type takeIn struct {
	PersonPath
	Grant string `path:"grant" maxLength:"80"`
	Body  Reason
}

type roleOut struct{ Body app.Role }

type makeRoleIn struct {
	Body struct {
		Name        string   `json:"name" maxLength:"40" pattern:"^[a-z][a-z0-9-]{1,39}$" doc:"代码，以后不能改"`
		Title       string   `json:"title" minLength:"2" maxLength:"20"`
		Line        string   `json:"line,omitempty" enum:"business,system,security,audit" default:"business" doc:"类别，以后不能改"`
		Note        string   `json:"note,omitempty" maxLength:"100"`
		Permissions []string `json:"permissions" maxItems:"300"`
		Reason
	}
}

type changeRoleIn struct {
	Name string `path:"name" maxLength:"40"`
	Body struct {
		Add    []string `json:"add,omitempty" maxItems:"300"`
		Remove []string `json:"remove,omitempty" maxItems:"300"`
		Reason
	}
}

type dropRoleIn struct {
	Name string `path:"name" maxLength:"40"`
	Body Reason
}

// rights are roles, grants and their reasons.
func rights(api huma.API, a *app.App) {
	httpx.Register(api, people.PermRoles, get("list-roles", "/roles", "角色"),
		func(ctx context.Context, _ *struct{}) (*listOf[app.Role], error) { return rowsOf(a.Roles(ctx)) })
	httpx.Register(api, people.PermRoles, get("list-permissions", "/permissions", "权限"),
		func(ctx context.Context, _ *struct{}) (*listOf[app.Permission], error) {
			return rowsOf(a.Permissions(ctx))
		})
	httpx.Register(api, people.PermRead, get("explain-rights", "/accounts/{id}/rights", "为什么可以"),
		func(ctx context.Context, in *PersonPath) (*listOf[app.Right], error) {
			return rowsOf(a.Rights(ctx, in.ID))
		})
	httpx.Register(api, people.PermGrant, post("give-grant", "/accounts/{id}/grants", "授权"),
		func(ctx context.Context, in *grantIn) (*personOut, error) {
			return personOf(a.Give(ctx, auth.Grant{Account: in.ID, Role: in.Body.Role, Reach: actor.Reach(in.Body.Scope), Place: in.Body.Place, Reason: in.Body.Reason.Reason}))
		})
	httpx.Register(api, people.PermGrant, post("take-grant", "/accounts/{id}/grants/{grant}/take", "收回授权"),
		func(ctx context.Context, in *takeIn) (*personOut, error) {
			return personOf(a.Take(ctx, in.ID, in.Grant, in.Body.Reason))
		})
	httpx.Register(api, people.PermRole, post("make-role", "/roles", "新建角色"),
		func(ctx context.Context, in *makeRoleIn) (*roleOut, error) {
			r, err := a.PutRole(ctx, auth.Role{Name: in.Body.Name, Title: in.Body.Title, Kind: auth.RoleKind(in.Body.Line), Note: in.Body.Note, Grants: in.Body.Permissions}, in.Body.Reason.Reason)
			return &roleOut{Body: r}, err
		})
	httpx.Register(api, people.PermRole, post("change-role", "/roles/{name}/change", "改角色的权限"),
		func(ctx context.Context, in *changeRoleIn) (*roleOut, error) {
			r, err := a.ChangeRole(ctx, in.Name, in.Body.Add, in.Body.Remove, in.Body.Reason.Reason)
			return &roleOut{Body: r}, err
		})
	httpx.Register(api, people.PermRole, post("drop-role", "/roles/{name}/drop", "删除角色"),
		func(ctx context.Context, in *dropRoleIn) (*struct{}, error) {
			return nil, a.Auth.DropRole(ctx, in.Name, in.Body.Reason)
		})
}
