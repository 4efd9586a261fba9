package web

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/kernel/httpx"
	"tongban/central/modules/bulletin"
	"tongban/central/modules/bulletin/internal/app"
)

// Names are short: two of them stand side by side on a terminal in the large type.
type addColumnIn struct {
	Body struct {
		Name string `json:"name" minLength:"2" maxLength:"8"`
		Kind string `json:"kind" enum:"news,service" doc:"显示在哪里：政务资讯、便民服务"`
	}
}

type renameColumnIn struct {
	CodePath
	Body struct {
		Name string `json:"name" minLength:"2" maxLength:"8"`
	}
}

type orderIn struct {
	Body struct {
		Codes []string `json:"codes" minItems:"1" maxItems:"100" doc:"全部栏目，按要的顺序"`
	}
}

func columns(api huma.API, a *app.App) {
	httpx.Register(api, bulletin.PermWrite, post("add-column", "/columns", "加栏目"), func(ctx context.Context, in *addColumnIn) (*codeOut, error) {
		out := &codeOut{}
		var err error
		out.Body.Code, err = a.AddColumn(ctx, in.Body.Name, in.Body.Kind)
		return out, err
	})
	httpx.Register(api, bulletin.PermWrite, post("order-columns", "/columns/order", "排栏目的顺序"), func(ctx context.Context, in *orderIn) (*struct{}, error) {
		return nil, a.OrderColumns(ctx, in.Body.Codes)
	})
	httpx.Register(api, bulletin.PermWrite, post("rename-column", "/columns/{code}/rename", "栏目改名"), func(ctx context.Context, in *renameColumnIn) (*struct{}, error) {
		return nil, a.RenameColumn(ctx, in.Code, in.Body.Name)
	})
	httpx.Register(api, bulletin.PermWrite, post("close-column", "/columns/{code}/off", "停用栏目"), func(ctx context.Context, in *reasonIn) (*struct{}, error) {
		return nil, a.SwitchColumn(ctx, in.Code, false, in.Body.Reason)
	})
	httpx.Register(api, bulletin.PermWrite, post("open-column", "/columns/{code}/on", "启用栏目"), func(ctx context.Context, in *CodePath) (*struct{}, error) {
		return nil, a.SwitchColumn(ctx, in.Code, true, "")
	})
}
