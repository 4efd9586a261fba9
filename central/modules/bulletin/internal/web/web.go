// Package web is the HTTP of the bulletin (资讯接口): terminals fetch it, staff publish and withdraw.
package web

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/httpx"
	"tongban/central/modules/bulletin"
	"tongban/central/modules/bulletin/internal/app"
	"tongban/fleet/wire"
)

type listOut struct {
	Body struct {
		Rows []app.Row `json:"rows" nullable:"false"`
	}
}

// CodePath names an entry. It is exported because huma fills in only what it can see.
type CodePath struct {
	Code string `path:"code" maxLength:"40" pattern:"^[a-z0-9-]{3,40}$"`
}

type publishIn struct {
	CodePath
	Body struct {
		Kind   string `json:"kind" enum:"news,service"`
		Title  string `json:"title" minLength:"4" maxLength:"40"`
		Body   string `json:"body" minLength:"4" maxLength:"600"`
		Source string `json:"source" minLength:"2" maxLength:"40"`
		On     string `json:"on" maxLength:"10" pattern:"^\\d{4}-\\d{2}-\\d{2}$"`
		Phone  string `json:"phone" required:"false" maxLength:"20"`
		Place  string `json:"place" required:"false" maxLength:"40"`
		Hours  string `json:"hours" required:"false" maxLength:"40"`
	}
}

type withdrawIn struct {
	CodePath
	Body struct {
		Reason string `json:"reason" minLength:"2" maxLength:"200"`
	}
}

// Routes adds the routes.
func Routes(srv *httpx.Server, a *app.App) {
	srv.Raw("kiosk", http.MethodGet, "/bulletin", auth.Self, func(w http.ResponseWriter, r *http.Request) {
		b, err := a.Current(r.Context())
		if err != nil {
			srv.Fail(w, r, err)
			return
		}
		etag := `"` + b.Version + `"`
		w.Header().Set("ETag", etag)
		w.Header().Set("Cache-Control", "no-cache")
		if strings.Contains(r.Header.Get("If-None-Match"), etag) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(b)
	}, httpx.Summary("终端取资讯和便民服务"))
	api := srv.API("bulletin", "staff")
	httpx.Register(api, bulletin.PermRead, huma.Operation{OperationID: "bulletin-list", Method: http.MethodGet, Path: "/bulletin/entries", Summary: "资讯和便民服务"},
		func(ctx context.Context, _ *struct{}) (*listOut, error) {
			out := &listOut{}
			var err error
			out.Body.Rows, err = a.List(ctx)
			return out, err
		})
	httpx.Register(api, bulletin.PermWrite, huma.Operation{OperationID: "bulletin-publish", Method: http.MethodPut, Path: "/bulletin/entries/{code}", Summary: "发布资讯或便民服务"},
		func(ctx context.Context, in *publishIn) (*struct{}, error) {
			b := in.Body
			return nil, a.Publish(ctx, wire.BulletinEntry{Code: in.Code, Kind: b.Kind, Title: b.Title, Body: b.Body, Source: b.Source, On: b.On, Phone: b.Phone, Place: b.Place, Hours: b.Hours})
		})
	httpx.Register(api, bulletin.PermWrite, huma.Operation{OperationID: "bulletin-withdraw", Method: http.MethodPost, Path: "/bulletin/entries/{code}/withdraw", Summary: "撤下资讯或便民服务"},
		func(ctx context.Context, in *withdrawIn) (*struct{}, error) {
			return nil, a.Withdraw(ctx, in.Code, in.Body.Reason)
		})
}
