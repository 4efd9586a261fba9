package web

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/kernel/httpx"
	"tongban/central/modules/catalogue"
	"tongban/central/modules/catalogue/internal/app"
)

type adjustIn struct {
	CodePath
	Body struct {
		Reason string `json:"reason" minLength:"4" maxLength:"500"`
		From   string `json:"from" minLength:"10" maxLength:"10" doc:"从这一天零点起，YYYY-MM-DD"`
	}
}

type splitIn struct {
	CodePath
	Body struct {
		Reason string `json:"reason" minLength:"4" maxLength:"500"`
		From   string `json:"from" minLength:"10" maxLength:"10"`
		Into   []struct {
			Code string `json:"code,omitempty" maxLength:"12" pattern:"^([a-z][a-z0-9]{1,11})?$"`
			Name string `json:"name" minLength:"2" maxLength:"60"`
		} `json:"into" minItems:"2" maxItems:"10"`
	}
}

type mergeIn struct {
	CodePath
	Body struct {
		Reason string   `json:"reason" minLength:"4" maxLength:"500"`
		From   string   `json:"from" minLength:"10" maxLength:"10"`
		With   []string `json:"with" minItems:"1" maxItems:"10" doc:"一起并进去的事项"`
		Code   string   `json:"code,omitempty" maxLength:"12" pattern:"^([a-z][a-z0-9]{1,11})?$"`
		Name   string   `json:"name" minLength:"2" maxLength:"60" doc:"合并后的名称"`
	}
}

func adjusting(api huma.API, a *app.App) {
	one := func(op catalogue.Operation, summary string) {
		httpx.Register(api, catalogue.PermPublish, post(string(op)+"-item", "/items/{code}/"+string(op), summary), func(ctx context.Context, in *adjustIn) (*detailOut, error) {
			out, err := a.Adjust(ctx, in.Code, app.Adjustment{Op: op, Reason: in.Body.Reason, From: in.Body.From})
			return &detailOut{out}, err
		})
	}
	one(catalogue.OpSuspend, "暂停事项")
	one(catalogue.OpResume, "恢复事项")
	one(catalogue.OpCancel, "取消事项")
	httpx.Register(api, catalogue.PermPublish, post("split-item", "/items/{code}/split", "拆分事项"), func(ctx context.Context, in *splitIn) (*detailOut, error) {
		var into []app.Part
		for _, p := range in.Body.Into {
			into = append(into, app.Part{Code: p.Code, Name: p.Name})
		}
		out, err := a.Split(ctx, in.Code, into, in.Body.Reason, in.Body.From)
		return &detailOut{out}, err
	})
	httpx.Register(api, catalogue.PermPublish, post("merge-items", "/items/{code}/merge", "合并事项"), func(ctx context.Context, in *mergeIn) (*detailOut, error) {
		out, err := a.Merge(ctx, append([]string{in.Code}, in.Body.With...), app.Part{Code: in.Body.Code, Name: in.Body.Name}, in.Body.Reason, in.Body.From)
		return &detailOut{out}, err
	})
}

type basicIn struct {
	Q     string `query:"q" maxLength:"60"`
	State string `query:"state" enum:",open,claimed"`
}

type basicOut struct{ Body app.BasicList }

type claimIn struct {
	Code string `path:"code" maxLength:"12" doc:"基本编码"`
	Body struct {
		Office     string `json:"office,omitempty" maxLength:"60" doc:"空为自己的部门"`
		OfficeCode string `json:"office_code,omitempty" maxLength:"18"`
	}
}

func basic(api huma.API, a *app.App) {
	httpx.Register(api, catalogue.PermRead, get("list-basic", "/basic", "基本目录"), func(ctx context.Context, in *basicIn) (*basicOut, error) {
		out, err := a.Basic(ctx, in.Q, in.State)
		return &basicOut{out}, err
	})
	httpx.Register(api, catalogue.PermEdit, post("claim-basic", "/basic/{code}/claim", "认领"), func(ctx context.Context, in *claimIn) (*draftOut, error) {
		out, err := a.Claim(ctx, in.Code, in.Body.Office, in.Body.OfficeCode)
		return &draftOut{out}, err
	})
}
