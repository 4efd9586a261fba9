package web

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/httpx"
	"tongban/central/modules/window/internal/app"
	"tongban/fleet/wire"
)

// CodePath is the path of one paper.
type CodePath struct {
	Code string `path:"code" minLength:"8" maxLength:"12" doc:"验证码"`
}

type verifiedOut struct{ Body app.Verified }

type keyIn struct {
	Key string `path:"key" minLength:"16" maxLength:"64" doc:"小票二维码里的钥匙"`
}

type progressOut struct{ Body wire.Progress }

// Public adds what anybody may ask (公众): whether a paper is true, and how the case of a slip stands.
func Public(srv *httpx.Server, a *app.App) {
	api := srv.API(module, "public")
	httpx.Register(api, auth.Public, get("verify-document", "/window/documents/{code}", "文书核验"),
		func(ctx context.Context, in *CodePath) (*verifiedOut, error) {
			v, err := a.VerifyCode(ctx, in.Code)
			return &verifiedOut{Body: v}, err
		})
	httpx.Register(api, auth.Public, get("show-progress", "/window/progress/{key}", "扫小票看进度"),
		func(ctx context.Context, in *keyIn) (*progressOut, error) {
			p, err := a.ProgressByKey(ctx, in.Key)
			return &progressOut{Body: p}, err
		})
	httpx.Register(api, auth.Public, httpx.Repeatable(huma.Operation{
		OperationID: "window-verify-file", Method: http.MethodPost, Path: "/window/documents/{code}/file", Summary: "文书文件核验",
		MaxBodyBytes: 8 << 20,
	}), func(ctx context.Context, in *fileIn) (*verifiedOut, error) {
		v, err := a.VerifyFile(ctx, in.RawBody, in.Code)
		return &verifiedOut{Body: v}, err
	})
}

type fileIn struct {
	CodePath
	RawBody []byte `contentType:"application/pdf"`
}

type askIn struct{ Body wire.ProgressQuery }

type askOut struct{ Body wire.ProgressAnswer }

// Kiosk adds what a terminal asks (自助终端), proven by its certificate.
func Kiosk(srv *httpx.Server, a *app.App) {
	api := srv.API(module, "kiosk")
	httpx.Register(api, auth.Self, httpx.Repeatable(post("ask-progress", "/window/progress", "进度查询")),
		func(ctx context.Context, in *askIn) (*askOut, error) {
			cases, err := a.Progress(ctx, in.Body)
			return &askOut{Body: wire.ProgressAnswer{Cases: cases}}, err
		})
}
