// Package web is signing on, in and out over HTTP (登录接口): the sign-on's own
// operations below /sso/, and those that every console has.
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

// Options are what the operations need.
type Options struct {
	Auth     *auth.Service
	Today    func(ctx context.Context) Today // from the calendar; nil leaves only the zero day
	Secure   bool                            // the outside speaks TLS
	Province string                          // where the provincial sign-in begins; "" when there is none
}

// Me is who is signed in at a console.
type Me struct {
	Name        string   `json:"name"`
	Desk        string   `json:"desk" doc:"窗口，如 B 区 12 号窗"`
	Department  string   `json:"department"`
	Roles       []string `json:"roles" nullable:"false"`
	Permissions []string `json:"permissions" nullable:"false"`
	MustChange  bool     `json:"must_change" doc:"密码是别人给的或已过期，只能先改密码"`
	CSRF        string   `json:"csrf" doc:"每个写操作放进 X-CSRF 头"`
	Idle        int      `json:"idle_seconds" doc:"多少秒不用就自动退出"`
	Today       Today    `json:"today"`
}

type meOut struct {
	SetCookie []*http.Cookie `header:"Set-Cookie"`
	Body      Me
}

type logoutIn struct {
	Everywhere bool `query:"everywhere" doc:"在所有地方退出"`
}

type cookiesOut struct {
	SetCookie []*http.Cookie `header:"Set-Cookie"`
}

type passwordIn struct {
	Body struct {
		Old string `json:"old" minLength:"1" maxLength:"128" doc:"现在的密码"`
		New string `json:"new" minLength:"10" maxLength:"128" doc:"新密码"`
	}
}

// Console adds what every console has: who am I, out, and a new password. None
// of them keeps its answer: answers carry session cookies, and repeating them
// does no harm.
func Console(api huma.API, audience string, o Options) {
	id := "auth-"
	if audience != auth.ForStaff {
		id += audience + "-"
	}
	httpx.Register(api, auth.Self, huma.Operation{
		OperationID: id + "get-me", Method: http.MethodGet, Path: "/auth/me", Summary: "当前登录的人",
	}, func(ctx context.Context, _ *struct{}) (*meOut, error) {
		session, err := signedIn(ctx)
		if err != nil {
			return nil, err
		}
		return &meOut{Body: o.me(ctx, session)}, nil
	})

	httpx.Register(api, auth.Self, httpx.Repeatable(huma.Operation{
		OperationID: id + "logout", Method: http.MethodPost, Path: "/auth/logout", Summary: "退出（所有控制台和已登录的其他系统）",
		DefaultStatus: http.StatusNoContent,
	}), func(ctx context.Context, in *logoutIn) (*cookiesOut, error) {
		session, err := signedIn(ctx)
		if err != nil {
			return nil, err
		}
		if in.Everywhere {
			err = o.Auth.LogoutAll(ctx, session.Actor.ID)
		} else {
			err = o.Auth.Logout(ctx, session)
		}
		if err != nil {
			return nil, err
		}
		return &cookiesOut{o.away()}, nil
	})

	httpx.Register(api, auth.Self, httpx.Repeatable(huma.Operation{
		OperationID: id + "change-password", Method: http.MethodPost, Path: "/auth/password", Summary: "修改密码（随后重新登录）",
		DefaultStatus: http.StatusNoContent,
	}), func(ctx context.Context, in *passwordIn) (*cookiesOut, error) {
		if err := o.Auth.ChangePassword(ctx, in.Body.Old, in.Body.New); err != nil {
			return nil, err
		}
		return &cookiesOut{o.away()}, nil
	})
}

func signedIn(ctx context.Context) (auth.Session, error) {
	session, ok := httpx.SessionOf(ctx)
	if !ok {
		return auth.Session{}, errs.E(errs.Unauthorised, "auth.signed_out", "请先登录", nil)
	}
	return session, nil
}

func (o Options) me(ctx context.Context, s auth.Session) Me {
	m := Me{
		Name: s.Actor.Name, Desk: s.Actor.Desk, Department: s.Actor.Department, MustChange: s.Actor.MustChange,
		Roles: orEmpty(s.Actor.Roles), Permissions: orEmpty(s.Actor.Permissions()), CSRF: s.CSRF,
		Idle: int(o.Auth.Idle(s.For).Seconds()),
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

// cookie holds the token of a session in the browser.
func (o Options) cookie(s auth.Session) []*http.Cookie {
	c, _ := auth.CookieOf(s.For)
	return []*http.Cookie{c.Holding(s.Token, o.Secure)}
}

// away takes every cookie of ours away: what they open is over.
func (o Options) away() (out []*http.Cookie) {
	for _, audience := range []string{auth.ForStaff, auth.ForAdmin, auth.ForSSO} {
		c, _ := auth.CookieOf(audience)
		out = append(out, c.Holding("", o.Secure))
	}
	return out
}
