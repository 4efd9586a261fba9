// Package web is the HTTP of the one-thing themes (一件事接口): for everybody what a matter needs, for staff how it is made up.
package web

import (
	"bytes"
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/httpx"
	"tongban/central/kernel/sheet"
	"tongban/central/modules/onething"
	"tongban/central/modules/onething/internal/app"
)

// Routes returns the function that adds the routes to a server.
func Routes(a *app.App) func(*httpx.Server) {
	return func(srv *httpx.Server) {
		public(srv.API("onething", "public"), a)
		staff(srv.API("onething", "staff"), a)
	}
}

type out[T any] struct{ Body T }

func answer[T any](v T, err error) (*out[T], error) { return &out[T]{Body: v}, err }

func get(audience, id, path, summary string) huma.Operation {
	return huma.Operation{OperationID: "onething-" + audience + id, Method: http.MethodGet, Path: "/onething/" + path, Summary: summary}
}

// Row is a theme in a list.
type Row struct {
	Code     string `json:"code"`
	Name     string `json:"name"`
	Object   string `json:"object"`
	Stage    string `json:"stage"`
	Summary  string `json:"summary"`
	Lead     string `json:"lead"`
	Items    int    `json:"items"`
	Complete bool   `json:"complete"`
}

// List is all themes.
type List struct {
	Themes []Row `json:"themes"`
	Total  int   `json:"total"`
}

type listIn struct {
	Q string `query:"q" maxLength:"60" doc:"找什么：名称、别名"`
}

// CodePath names a theme; huma fills embedded inputs only where they are exported.
type CodePath struct {
	Code string `path:"code" maxLength:"32" doc:"主题编码"`
}

type bundleIn struct {
	CodePath
	Answers []string `query:"answer,explode" maxItems:"60" doc:"已答的：问题=选项，事项自己的问题写 事项.问题=选项"`
}

func list(a *app.App) func(context.Context, *listIn) (*out[List], error) {
	return func(ctx context.Context, in *listIn) (*out[List], error) {
		themes, err := a.Themes(ctx)
		if err != nil {
			return nil, err
		}
		l := List{Themes: []Row{}, Total: len(themes)}
		for _, t := range themes {
			if found(t, in.Q) {
				l.Themes = append(l.Themes, Row{t.Code, t.Name, t.Object, t.Stage, t.Summary, t.Lead, len(t.Items), t.Complete})
			}
		}
		return &out[List]{l}, nil
	}
}

func found(t onething.Theme, q string) bool {
	return q == "" || strings.Contains(t.Name+" "+t.Summary+" "+t.Stage+" "+t.Lead+" "+t.Code+" "+strings.Join(t.Keywords, " "), q)
}

func bundle(a *app.App) func(context.Context, *bundleIn) (*out[onething.Bundle], error) {
	return func(ctx context.Context, in *bundleIn) (*out[onething.Bundle], error) {
		answers := map[string]string{}
		for _, s := range in.Answers {
			q, v, ok := strings.Cut(s, "=")
			if !ok || len(s) > 120 {
				return nil, errs.E(errs.Invalid, "onething.bad_answer", "答案的写法不对，应为“问题=选项”", nil)
			}
			answers[q] = v
		}
		return answer(a.Bundle(ctx, in.Code, answers))
	}
}

func public(api huma.API, a *app.App) {
	httpx.Register(api, auth.Public, get("", "list-themes", "themes", "一件事主题"), list(a))
	httpx.Register(api, auth.Public, get("", "show-bundle", "themes/{code}/bundle", "一件事要办什么、带什么"), bundle(a))
}

func staff(api huma.API, a *app.App) {
	httpx.Register(api, onething.PermRead, get("staff-", "list-themes", "themes", "一件事主题"), list(a))
	httpx.Register(api, onething.PermRead, get("staff-", "show-theme", "themes/{code}", "主题详情与覆盖"),
		func(ctx context.Context, in *CodePath) (*out[app.Detail], error) {
			return answer(a.Detail(ctx, in.Code))
		})
	httpx.Register(api, onething.PermRead, get("staff-", "show-bundle", "themes/{code}/bundle", "当申请人试一遍"), bundle(a))
	httpx.Register(api, onething.PermRead, get("staff-", "export-themes", "table", "导出一件事清单"), table(a))
}

type tableIn struct {
	Format string `query:"format" enum:"xlsx,csv" default:"xlsx"`
}

type tableOut struct {
	Type string `header:"Content-Type"`
	Name string `header:"Content-Disposition"`
	Body []byte
}

func table(a *app.App) func(context.Context, *tableIn) (*tableOut, error) {
	return func(ctx context.Context, in *tableIn) (*tableOut, error) {
		rows, err := a.Table(ctx)
		if err != nil {
			return nil, err
		}
		var b bytes.Buffer
		format := sheet.Format(in.Format)
		w, err := sheet.New(&b, format, "一件事清单")
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			if err := w.Row(r...); err != nil {
				return nil, err
			}
		}
		if err := w.Close(); err != nil {
			return nil, err
		}
		return &tableOut{Type: format.ContentType(), Name: `attachment; filename="themes.` + in.Format + `"`, Body: b.Bytes()}, nil
	}
}
