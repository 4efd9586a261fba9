package web

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/kernel/httpx"
	"tongban/central/modules/window"
	"tongban/central/modules/window/internal/app"
)

type pinsOut struct{ Body app.Pins }

type pinsIn struct {
	Body struct {
		Pins []app.Pin `json:"pins" maxItems:"20"`
	}
}

// pins adds the quick entries of the caller (直接进入).
func pins(api huma.API, a *app.App) {
	httpx.Register(api, window.PermRead, get("list-pins", "/window/pins", "我的直接进入"),
		func(ctx context.Context, _ *struct{}) (*pinsOut, error) {
			out, err := a.MyPins(ctx)
			return &pinsOut{Body: out}, err
		})
	httpx.Register(api, window.PermRead, huma.Operation{
		OperationID: "window-keep-pins", Method: http.MethodPut, Path: "/window/pins", Summary: "存我的直接进入",
	}, func(ctx context.Context, in *pinsIn) (*pinsOut, error) {
		if err := a.KeepPins(ctx, in.Body.Pins); err != nil {
			return nil, err
		}
		out, err := a.MyPins(ctx)
		return &pinsOut{Body: out}, err
	})
}
