package web

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/kernel/httpx"
	"tongban/central/modules/catalogue"
	"tongban/central/modules/catalogue/internal/app"
	"tongban/central/modules/catalogue/internal/elements"
)

type elementsOut struct{ Body elements.Table }

type papersIn struct {
	Q    string `query:"q" maxLength:"60" doc:"材料名称里的字"`
	Page int    `query:"page" minimum:"1" maximum:"100000" default:"1"`
	Size int    `query:"size" minimum:"1" maximum:"100" default:"50"`
}

type papersOut struct{ Body app.PaperList }

// tables adds what the pages are drawn from, and which items ask for a paper.
func tables(api huma.API, a *app.App) {
	httpx.Register(api, catalogue.PermRead, get("list-elements", "/elements", "要素表"), func(context.Context, *struct{}) (*elementsOut, error) {
		t, err := elements.Shipped()
		if err != nil {
			return nil, err
		}
		return &elementsOut{*t}, nil
	})
	httpx.Register(api, catalogue.PermRead, get("list-materials", "/materials", "材料和要它的事项"), func(ctx context.Context, in *papersIn) (*papersOut, error) {
		out, err := a.Papers(ctx, in.Q, in.Page, in.Size)
		return &papersOut{out}, err
	})
}
