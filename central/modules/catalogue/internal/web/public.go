package web

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/httpx"
	"tongban/central/modules/catalogue/internal/app"
	"tongban/fleet/wire/matter/form"
)

type askIn struct {
	Code string `path:"code" maxLength:"32" doc:"事项简码"`
	Body struct {
		Answers map[string]string `json:"answers" doc:"答过的问题，按编号"`
	}
}

type askOut struct{ Body app.Asked }

type filledIn struct {
	Code string `path:"code" maxLength:"32" doc:"事项简码"`
	Body struct {
		Answers map[string]string `json:"answers"`
		Values  map[string]any    `json:"values"`
	}
}

type filledOut struct {
	Body struct {
		Errors []form.FieldError `json:"errors"`
	}
}

// asking adds what anybody may ask of a guide without saying who they are. Both change nothing and keep nothing.
func asking(api huma.API, a *app.App) {
	httpx.Register(api, auth.Public, httpx.Repeatable(huma.Operation{
		OperationID: "catalogue-ask-guide", Method: http.MethodPost, Path: "/catalogue/items/{code}/ask", Summary: "情形引导：答到这里，还问什么、要什么", MaxBodyBytes: 16 << 10,
	}), func(ctx context.Context, in *askIn) (*askOut, error) {
		asked, err := a.Ask(ctx, in.Code, in.Body.Answers)
		if err != nil {
			return nil, err
		}
		return &askOut{asked}, nil
	})
	httpx.Register(api, auth.Public, httpx.Repeatable(huma.Operation{
		OperationID: "catalogue-check-filled", Method: http.MethodPost, Path: "/catalogue/items/{code}/check", Summary: "核对填好的表", MaxBodyBytes: 256 << 10,
	}), func(ctx context.Context, in *filledIn) (*filledOut, error) {
		faults, err := a.CheckFilled(ctx, in.Code, in.Body.Answers, in.Body.Values)
		if err != nil {
			return nil, err
		}
		out := &filledOut{}
		out.Body.Errors = faults
		return out, nil
	})
}
