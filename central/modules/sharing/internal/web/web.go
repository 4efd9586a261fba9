// Package web is the HTTP of sharing (共享接口): typed operations that call one use case each.
package web

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/events"
	"tongban/central/kernel/httpx"
	"tongban/central/modules/sharing"
	"tongban/central/modules/sharing/internal/app"
)

const module = "sharing"

// largest bounds one picture of a paper.
const largest = 11 << 20

func get(id, path, summary string) huma.Operation {
	return huma.Operation{OperationID: module + "-" + id, Method: http.MethodGet, Path: path, Summary: summary}
}

func post(id, path, summary string) huma.Operation {
	return huma.Operation{OperationID: module + "-" + id, Method: http.MethodPost, Path: path, Summary: summary}
}

// DraftPath is the path of one registration. It is exported because huma fills in only what it can see.
type DraftPath struct {
	ID string `path:"id" maxLength:"40" doc:"登记"`
}

type shownOut struct{ Body app.Shown }

type standingOut struct{ Body app.Standing }

// Staff adds what a clerk does (工作人员).
func Staff(srv *httpx.Server, a *app.App) {
	api := srv.API(module, "staff")
	httpx.Register(api, sharing.PermOffer, post("offer-code", "/sharing/registrations/{id}/code", "出示共享码"),
		func(ctx context.Context, in *DraftPath) (*shownOut, error) {
			out, err := a.Offer(ctx, in.ID)
			return &shownOut{Body: out}, err
		})
	httpx.Register(api, sharing.PermOffer, get("show-standing", "/sharing/registrations/{id}", "共享到哪一步"),
		func(ctx context.Context, in *DraftPath) (*standingOut, error) {
			out, err := a.Standing(ctx, in.ID)
			return &standingOut{Body: out}, err
		})
	httpx.Register(api, sharing.PermOffer, post("revoke-by-word", "/sharing/registrations/{id}/revoke", "按本人当面说的撤回授权"),
		func(ctx context.Context, in *DraftPath) (*struct{}, error) { return nil, a.RevokeByWord(ctx, in.ID) })
	srv.Hear(mayHear, "sharing.")
}

// mayHear reports whether an event lies where the caller may show codes.
func mayHear(ctx context.Context, e events.Event) bool {
	at, err := events.Read[sharing.Moved](e)
	if err != nil {
		return false
	}
	return actor.From(ctx).Scope(sharing.PermOffer).Covers(actor.Place{Region: at.Region, Department: at.Department, Handler: at.Handler})
}

// KeyPath is the path of one code.
type KeyPath struct {
	Key string `path:"key" minLength:"16" maxLength:"64" doc:"二维码里的钥匙"`
}

// Phone is a phone that opened the code.
type Phone struct {
	KeyPath
	Token string `header:"Share-Token" required:"true" minLength:"16" maxLength:"64" doc:"扫码时给这部手机的令牌"`
}

type openedOut struct {
	CacheControl string `header:"Cache-Control"`
	Body         app.Opened
}

type viewOut struct {
	CacheControl string `header:"Cache-Control"`
	Body         app.View
}

type proveIn struct {
	Phone
	Body app.Proof
}

type agreeIn struct {
	Phone
	Body struct {
		Chosen []string `json:"chosen" minItems:"1" maxItems:"60" doc:"勾选的"`
	}
}

type photoIn struct {
	Phone
	Code    string `path:"code" minLength:"1" maxLength:"60" doc:"材料"`
	RawBody []byte `contentType:"application/octet-stream"`
}

// Public adds what an applicant's phone does (公众): whoever holds the key opens it once, and nothing more without a proof.
func Public(srv *httpx.Server, a *app.App) {
	api := srv.API(module, "public")
	show := func(v app.View, err error) (*viewOut, error) { return &viewOut{CacheControl: "no-store", Body: v}, err }
	at := "/sharing/codes/{key}"
	httpx.Register(api, auth.Public, httpx.Repeatable(post("open-code", at+"/open", "扫码打开")),
		func(ctx context.Context, in *KeyPath) (*openedOut, error) {
			out, err := a.Open(ctx, in.Key)
			return &openedOut{CacheControl: "no-store", Body: out}, err
		})
	httpx.Register(api, auth.Public, get("show-code", at, "看到哪一步"),
		func(ctx context.Context, in *Phone) (*viewOut, error) { return show(a.View(ctx, in.Key, in.Token)) })
	httpx.Register(api, auth.Public, httpx.Repeatable(post("send-code", at+"/message", "发验证码")),
		func(ctx context.Context, in *Phone) (*viewOut, error) { return show(a.SendCode(ctx, in.Key, in.Token)) })
	httpx.Register(api, auth.Public, httpx.Repeatable(post("prove", at+"/proof", "验证本人")),
		func(ctx context.Context, in *proveIn) (*viewOut, error) {
			return show(a.Prove(ctx, in.Key, in.Token, in.Body))
		})
	httpx.Register(api, auth.Public, httpx.Repeatable(post("look", at+"/look", "查自己的证照和以前的材料")),
		func(ctx context.Context, in *Phone) (*viewOut, error) { return show(a.Look(ctx, in.Key, in.Token)) })
	httpx.Register(api, auth.Public, httpx.Repeatable(post("agree", at+"/consent", "授权")),
		func(ctx context.Context, in *agreeIn) (*viewOut, error) {
			return show(a.Agree(ctx, in.Key, in.Token, in.Body.Chosen))
		})
	httpx.Register(api, auth.Public, httpx.Repeatable(post("refuse", at+"/refusal", "不同意")),
		func(ctx context.Context, in *Phone) (*viewOut, error) { return show(a.Refuse(ctx, in.Key, in.Token)) })
	httpx.Register(api, auth.Public, httpx.Repeatable(post("revoke", at+"/revocation", "撤回授权")),
		func(ctx context.Context, in *Phone) (*viewOut, error) { return show(a.Revoke(ctx, in.Key, in.Token)) })
	photo := post("add-photo", at+"/photos/{code}", "送一张照片") // sent twice it would be two pages
	photo.MaxBodyBytes = largest
	httpx.Register(api, auth.Public, photo,
		func(ctx context.Context, in *photoIn) (*viewOut, error) {
			return show(a.Photo(ctx, in.Key, in.Token, in.Code, in.RawBody))
		})
}
