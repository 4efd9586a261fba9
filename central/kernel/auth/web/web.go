// Package web is signing in and out over HTTP (登录接口).
package web

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/httpx"
)

// Today is the day as the console shows it (今天).
type Today struct {
	Date      string `json:"date" doc:"北京时间的日期，YYYY-MM-DD"`
	Workday   bool   `json:"workday" doc:"是否工作日"`
	Published bool   `json:"published" doc:"本年工作日历是否已公布"`
	Text      string `json:"text" doc:"一句话，如 11月26日 星期四 工作日"`
}

// Options are what Mount needs.
type Options struct {
	Auth   *auth.Service
	For    string                          // the audience, auth.ForStaff or auth.ForAdmin
	Today  func(ctx context.Context) Today // from the calendar; nil leaves only the zero day
	Secure bool                            // the outside speaks TLS
}

// Me is who is signed in.
type Me struct {
	Name        string   `json:"name"`
	Desk        string   `json:"desk" doc:"窗口，如 B 区 12 号窗"`
	Department  string   `json:"department"`
	Roles       []string `json:"roles" nullable:"false"`
	Permissions []string `json:"permissions" nullable:"false"`
	CSRF        string   `json:"csrf" doc:"每个写操作放进 X-CSRF 头"`
	Today       Today    `json:"today"`
}

type loginIn struct {
	Staff string `cookie:"tb_session"`
	Admin string `cookie:"tb_admin"`
	Body  struct {
		Login    string `json:"login" minLength:"1" maxLength:"64" doc:"登录名"`
		Password string `json:"password" minLength:"1" maxLength:"128" doc:"密码"`
	}
}

func (in *loginIn) old(audience string) string {
	if audience == auth.ForAdmin {
		return in.Admin
	}
	return in.Staff
}

type meOut struct {
	SetCookie []*http.Cookie `header:"Set-Cookie"`
	Body      Me
}

type logoutIn struct {
	Everywhere bool `query:"everywhere" doc:"在所有地方退出"`
}

type logoutOut struct {
	SetCookie []*http.Cookie `header:"Set-Cookie"`
}

type passwordIn struct {
	Body struct {
		Old string `json:"old" minLength:"1" maxLength:"128" doc:"现在的密码"`
		New string `json:"new" minLength:"10" maxLength:"128" doc:"新密码"`
	}
}

// Mount adds the operations of signing in to one audience. None of them keeps
// its answer: answers carry session cookies, and repeating them does no harm.
func Mount(api huma.API, o Options) {
	id := "auth-"
	if o.For != auth.ForStaff {
		id += o.For + "-"
	}
	httpx.Register(api, auth.Public, httpx.Repeatable(huma.Operation{
		OperationID: id + "login", Method: http.MethodPost, Path: "/auth/login", Summary: "登录",
	}), func(ctx context.Context, in *loginIn) (*meOut, error) {
		session, err := o.Auth.LoginTo(ctx, o.For, in.Body.Login, in.Body.Password, in.old(o.For))
		if err != nil {
			return nil, err
		}
		return &meOut{SetCookie: o.cookie(session.Token), Body: o.me(ctx, session)}, nil
	})

	httpx.Register(api, auth.Self, huma.Operation{
		OperationID: id + "get-me", Method: http.MethodGet, Path: "/auth/me", Summary: "当前登录的人",
	}, func(ctx context.Context, _ *struct{}) (*meOut, error) {
		session, ok := httpx.SessionOf(ctx)
		if !ok {
			return nil, errs.E(errs.Unauthorised, "auth.signed_out", "请先登录", nil)
		}
		return &meOut{Body: o.me(ctx, session)}, nil
	})

	httpx.Register(api, auth.Self, httpx.Repeatable(huma.Operation{
		OperationID: id + "logout", Method: http.MethodPost, Path: "/auth/logout", Summary: "退出",
		DefaultStatus: http.StatusNoContent,
	}), func(ctx context.Context, in *logoutIn) (*logoutOut, error) {
		session, ok := httpx.SessionOf(ctx)
		if !ok {
			return nil, errs.E(errs.Unauthorised, "auth.signed_out", "请先登录", nil)
		}
		err := o.Auth.Logout(ctx, session.Token)
		if err == nil && in.Everywhere {
			err = o.Auth.LogoutAll(ctx, session.Actor.ID)
		}
		if err != nil {
			return nil, err
		}
		return &logoutOut{SetCookie: o.cookie("")}, nil
	})

	httpx.Register(api, auth.Self, httpx.Repeatable(huma.Operation{
		OperationID: id + "change-password", Method: http.MethodPost, Path: "/auth/password", Summary: "修改密码（随后重新登录）",
		DefaultStatus: http.StatusNoContent,
	}), func(ctx context.Context, in *passwordIn) (*logoutOut, error) {
		if err := o.Auth.ChangePassword(ctx, in.Body.Old, in.Body.New); err != nil {
			return nil, err
		}
		return &logoutOut{SetCookie: o.cookie("")}, nil
	})
}

func (o Options) me(ctx context.Context, s auth.Session) Me {
	m := Me{
		Name: s.Actor.Name, Desk: s.Actor.Desk, Department: s.Actor.Department,
		Roles: orEmpty(s.Actor.Roles), Permissions: orEmpty(s.Actor.Permissions()), CSRF: s.CSRF,
	}
	if o.Today != nil {
		m.Today = o.Today(ctx)
	}
	return m
}

func orEmpty(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

func (o Options) cookie(token string) []*http.Cookie {
	c, _ := auth.CookieOf(o.For)
	return []*http.Cookie{c.Holding(token, o.Secure)}
}
