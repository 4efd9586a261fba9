package web

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/skip2/go-qrcode"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/httpx"
	"tongban/central/kernel/vault"
)

// State is where somebody stands on the way in.
type State struct {
	Step     string `json:"step" enum:"sign-in,code,enrol,password,done" doc:"还差哪一步"`
	Name     string `json:"name" doc:"谁在登录"`
	CSRF     string `json:"csrf" doc:"下面的写操作放进 X-CSRF 头"`
	Second   bool   `json:"second" doc:"已用第二因素"`
	Province string `json:"province" doc:"四川政务服务账号登录从这里开始；没有接入时为空"`
}

type stateIn struct {
	Audience string `query:"audience" enum:"staff,admin,sso" default:"sso" doc:"想进哪个控制台"`
}

type stateOut struct {
	SetCookie []*http.Cookie `header:"Set-Cookie"`
	Body      State
}

type old struct {
	Old string `cookie:"tb_sso"`
}

type passwordSignIn struct {
	old
	Body struct {
		Login     string `json:"login" minLength:"1" maxLength:"64" doc:"登录名"`
		Password  string `json:"password" minLength:"1" maxLength:"128" doc:"密码"`
		Challenge string `json:"challenge,omitempty" maxLength:"4096" doc:"验证的答案；要的时候才填"`
		Audience  string `json:"audience,omitempty" enum:"staff,admin,sso" doc:"想进哪个控制台"`
	}
}

type phoneIn struct {
	Body struct {
		Phone string `json:"phone" minLength:"11" maxLength:"11" doc:"手机号"`
	}
}

type phoneSignIn struct {
	old
	Body struct {
		Phone    string `json:"phone" minLength:"11" maxLength:"11" doc:"手机号"`
		Code     string `json:"code" minLength:"6" maxLength:"6" doc:"短信里的 6 位数字"`
		Audience string `json:"audience,omitempty" enum:"staff,admin,sso" doc:"想进哪个控制台"`
	}
}

type codeIn struct {
	Body struct {
		Code     string `json:"code" minLength:"6" maxLength:"12" doc:"动态口令或恢复码"`
		Audience string `json:"audience,omitempty" enum:"staff,admin,sso" doc:"想进哪个控制台"`
	}
}

type enrolOut struct {
	Body struct {
		Secret string `json:"secret" doc:"扫不了码时手工输入"`
		QR     string `json:"qr" doc:"二维码图片，data: 地址"`
	}
}

type confirmOut struct {
	Body struct {
		State    State    `json:"state"`
		Recovery []string `json:"recovery" nullable:"false" doc:"恢复码，只显示这一次"`
	}
}

type newPasswordIn struct {
	Body struct {
		New      string `json:"new" minLength:"10" maxLength:"128" doc:"新密码"`
		Audience string `json:"audience,omitempty" enum:"staff,admin,sso" doc:"想进哪个控制台"`
	}
}

type consoleIn struct {
	Body struct {
		Audience string `json:"audience" enum:"staff,admin" doc:"进哪个控制台"`
	}
}

// SignedOn is one place where somebody is signed on.
type SignedOn struct {
	ID       string    `json:"id"`
	Here     bool      `json:"here" doc:"就是现在这个"`
	Source   string    `json:"source" doc:"从哪个地址登录"`
	Factors  []string  `json:"factors" nullable:"false"`
	Consoles []string  `json:"consoles" nullable:"false"`
	Created  time.Time `json:"created"`
	Seen     time.Time `json:"seen"`
}

type sessionsOut struct {
	Body struct {
		Rows []SignedOn `json:"rows" nullable:"false"`
	}
}

type endIn struct {
	ID string `path:"id" maxLength:"64"`
}

// signOn are the operations with what they share.
type signOn struct {
	Options
}

// SignOn adds the operations of the sign-on.
func SignOn(api huma.API, o Options) {
	s := signOn{o}
	op := func(id, method, path, summary string) huma.Operation {
		op := huma.Operation{OperationID: "auth-signon-" + id, Method: method, Path: path, Summary: summary}
		if method == http.MethodPost {
			op = httpx.Repeatable(op) // cookies and codes are in the answers: none is kept
		}
		return op
	}
	get, post := http.MethodGet, http.MethodPost
	httpx.Register(api, auth.Public, op("state", get, "/state", "登录到了哪一步"), s.state)
	httpx.Register(api, auth.Public, op("password", post, "/password", "账号密码登录"), s.password)
	httpx.Register(api, auth.Public, op("phone", post, "/phone", "发送短信验证码"), s.sendCode)
	httpx.Register(api, auth.Public, op("phone-sign-in", post, "/phone/sign-in", "短信验证码登录"), s.phone)
	httpx.Register(api, auth.Self, op("enrol", post, "/totp/enrol", "绑定动态口令：取得二维码"), s.enrol)
	httpx.Register(api, auth.Self, op("confirm", post, "/totp/confirm", "绑定动态口令：第一个口令"), s.confirm)
	httpx.Register(api, auth.Self, op("code", post, "/totp", "动态口令"), s.code)
	httpx.Register(api, auth.Self, op("recovery", post, "/recovery", "恢复码"), s.recovery)
	httpx.Register(api, auth.Self, op("new-password", post, "/new-password", "第一次登录或密码到期时改密码"), s.newPassword)
	httpx.Register(api, auth.Self, op("console", post, "/console", "进入控制台"), s.console)
	httpx.Register(api, auth.Self, op("logout", post, "/logout", "退出"), s.logout)
	httpx.Register(api, auth.Self, op("sessions", get, "/sessions", "我在哪些地方登录着"), s.sessions)
	httpx.Register(api, auth.Self, op("end-session", post, "/sessions/{id}/end", "结束我的一个登录"), s.endSession)
}

func (s signOn) at(ctx context.Context, sso auth.Session, audience string) (State, error) {
	if audience == "" {
		audience = auth.ForSSO
	}
	step, err := s.Auth.Next(ctx, sso, audience)
	if err != nil {
		return State{}, err
	}
	out := State{Step: string(step), Province: s.Province}
	if step != auth.StepSignIn {
		out.Name, out.CSRF, out.Second = sso.Actor.Name, sso.CSRF, len(sso.Factors) > 1
	}
	return out, nil
}

func (s signOn) state(ctx context.Context, in *stateIn) (*stateOut, error) {
	sso, _ := httpx.SessionOf(ctx)
	body, err := s.at(ctx, sso, in.Audience)
	return &stateOut{Body: body}, err
}

// opened answers with the new sign-on's cookie.
func (s signOn) opened(ctx context.Context, sso auth.Session, audience string) (*stateOut, error) {
	body, err := s.at(ctx, sso, audience)
	return &stateOut{SetCookie: s.cookie(sso), Body: body}, err
}

func (s signOn) password(ctx context.Context, in *passwordSignIn) (*stateOut, error) {
	sso, err := s.Auth.SignIn(ctx, auth.Try{Login: in.Body.Login, Password: in.Body.Password, Challenge: in.Body.Challenge, Old: in.Old})
	if err != nil {
		return nil, err
	}
	return s.opened(ctx, sso, in.Body.Audience)
}

func (s signOn) sendCode(ctx context.Context, in *phoneIn) (*struct{}, error) {
	return nil, s.Auth.SendCode(ctx, vault.Phone(in.Body.Phone))
}

func (s signOn) phone(ctx context.Context, in *phoneSignIn) (*stateOut, error) {
	sso, err := s.Auth.SignInByCode(ctx, vault.Phone(in.Body.Phone), in.Body.Code, in.Old)
	if err != nil {
		return nil, err
	}
	return s.opened(ctx, sso, in.Body.Audience)
}

func (s signOn) enrol(ctx context.Context, _ *struct{}) (*enrolOut, error) {
	sso, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	e, err := s.Auth.Enrol(ctx, sso)
	if err != nil {
		return nil, err
	}
	png, err := qrcode.Encode(e.URI, qrcode.Medium, 240)
	if err != nil {
		return nil, fmt.Errorf("draw QR code: %w", err)
	}
	out := &enrolOut{}
	out.Body.Secret, out.Body.QR = e.Secret, "data:image/png;base64,"+base64.StdEncoding.EncodeToString(png)
	return out, nil
}

func (s signOn) confirm(ctx context.Context, in *codeIn) (*confirmOut, error) {
	sso, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	out := &confirmOut{}
	if out.Body.Recovery, err = s.Auth.Confirm(ctx, sso, in.Body.Code); err != nil {
		return nil, err
	}
	out.Body.State, err = s.again(ctx, sso, in.Body.Audience)
	return out, err
}

func (s signOn) code(ctx context.Context, in *codeIn) (*stateOut, error) {
	return s.prove(ctx, in, s.Auth.ProveCode)
}

func (s signOn) recovery(ctx context.Context, in *codeIn) (*stateOut, error) {
	return s.prove(ctx, in, s.Auth.ProveRecovery)
}

func (s signOn) prove(ctx context.Context, in *codeIn, check func(context.Context, auth.Session, string) error) (*stateOut, error) {
	sso, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	if err := check(ctx, sso, in.Body.Code); err != nil {
		return nil, err
	}
	body, err := s.again(ctx, sso, in.Body.Audience)
	return &stateOut{Body: body}, err
}

// again is the state after something was proven.
func (s signOn) again(ctx context.Context, sso auth.Session, audience string) (State, error) {
	fresh, err := s.Auth.Find(ctx, auth.ForSSO, sso.Token)
	if err != nil {
		return State{}, err
	}
	return s.at(ctx, fresh, audience)
}

func (s signOn) newPassword(ctx context.Context, in *newPasswordIn) (*stateOut, error) {
	sso, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	if sso, err = s.Auth.OwnPassword(ctx, sso, in.Body.New); err != nil {
		return nil, err
	}
	return s.opened(ctx, sso, in.Body.Audience)
}

func (s signOn) console(ctx context.Context, in *consoleIn) (*meOut, error) {
	sso, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	session, err := s.Auth.HandOver(ctx, sso, in.Body.Audience, "")
	if err != nil {
		return nil, err
	}
	return &meOut{SetCookie: s.cookie(session), Body: s.me(ctx, session)}, nil
}

func (s signOn) logout(ctx context.Context, _ *struct{}) (*cookiesOut, error) {
	sso, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	return &cookiesOut{s.away()}, s.Auth.Logout(ctx, sso)
}

// whole is signedIn for what only a sign-on with all its steps may do.
func (s signOn) whole(ctx context.Context) (auth.Session, error) {
	sso, err := signedIn(ctx)
	if err != nil {
		return sso, err
	}
	step, err := s.Auth.Next(ctx, sso, auth.ForSSO)
	if err == nil && step != auth.StepDone {
		err = auth.ErrStep
	}
	return sso, err
}

func (s signOn) sessions(ctx context.Context, _ *struct{}) (*sessionsOut, error) {
	sso, err := s.whole(ctx)
	if err != nil {
		return nil, err
	}
	list, err := s.Auth.Sessions(ctx, sso.Actor.ID)
	if err != nil {
		return nil, err
	}
	out := &sessionsOut{}
	out.Body.Rows = []SignedOn{}
	for _, l := range list {
		out.Body.Rows = append(out.Body.Rows, SignedOn{
			ID: l.ID, Here: l.ID == sso.SignOn, Source: l.Source, Factors: l.Factors, Consoles: l.Consoles, Created: l.Created, Seen: l.Seen,
		})
	}
	return out, nil
}

func (s signOn) endSession(ctx context.Context, in *endIn) (*struct{}, error) {
	sso, err := s.whole(ctx)
	if err != nil {
		return nil, err
	}
	return nil, s.Auth.Revoke(ctx, sso.Actor.ID, in.ID, "本人结束")
}
