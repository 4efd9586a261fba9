// Package web is the HTTP of the bulletin (资讯接口): terminals fetch it, editors write, publish and withdraw, and keep its columns.
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
)

type boardOut struct{ Body app.Board }

// CodePath names an entry or a column. It is exported because huma fills in only what it can see.
type CodePath struct {
	Code string `path:"code" maxLength:"40" pattern:"^[a-z0-9-]{3,40}$"`
}

type writeIn struct {
	Body struct {
		Column string `json:"column" maxLength:"40"`
		app.Text
	}
}

type editIn struct {
	CodePath
	Body struct {
		Column string `json:"column" maxLength:"40"`
		Seq    int64  `json:"seq" minimum:"1" maximum:"9007199254740991" doc:"读到的 seq"`
		app.Text
	}
}

type reasonIn struct {
	CodePath
	Body struct {
		Reason string `json:"reason" minLength:"2" maxLength:"200"`
	}
}

type codeOut struct {
	Body struct {
		Code string `json:"code"`
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
	httpx.Register(api, bulletin.PermRead, huma.Operation{OperationID: "bulletin-list", Method: http.MethodGet, Path: "/bulletin/entries", Summary: "资讯和便民服务，连同栏目"},
		func(ctx context.Context, _ *struct{}) (*boardOut, error) {
			b, err := a.Board(ctx)
			return &boardOut{b}, err
		})
	httpx.Register(api, bulletin.PermWrite, post("write", "/entries", "写一条"), func(ctx context.Context, in *writeIn) (*codeOut, error) {
		out := &codeOut{}
		var err error
		out.Body.Code, err = a.Write(ctx, in.Body.Column, in.Body.Text)
		return out, err
	})
	httpx.Register(api, bulletin.PermWrite, post("edit", "/entries/{code}/edit", "改一条"), func(ctx context.Context, in *editIn) (*struct{}, error) {
		return nil, a.Edit(ctx, in.Code, in.Body.Seq, in.Body.Column, in.Body.Text)
	})
	httpx.Register(api, bulletin.PermWrite, post("publish", "/entries/{code}/publish", "发布"), func(ctx context.Context, in *CodePath) (*struct{}, error) {
		return nil, a.Publish(ctx, in.Code)
	})
	httpx.Register(api, bulletin.PermWrite, post("withdraw", "/entries/{code}/withdraw", "撤下"), func(ctx context.Context, in *reasonIn) (*struct{}, error) {
		return nil, a.Withdraw(ctx, in.Code, in.Body.Reason)
	})
	httpx.Register(api, bulletin.PermWrite, post("restore", "/entries/{code}/restore", "放回"), func(ctx context.Context, in *reasonIn) (*struct{}, error) {
		return nil, a.Restore(ctx, in.Code, in.Body.Reason)
	})
	columns(api, a)
}

func post(id, path, summary string) huma.Operation {
	return huma.Operation{OperationID: "bulletin-" + id, Method: http.MethodPost, Path: "/bulletin" + path, Summary: summary}
}
