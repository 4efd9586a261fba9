// Package web is the catalogue's HTTP side (事项目录接口): the snapshot for terminals, guides for everybody.
package web

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/httpx"
	"tongban/central/modules/catalogue/internal/app"
)

// Routes returns the function that adds the routes to a server.
func Routes(a *app.App) func(*httpx.Server) {
	return func(srv *httpx.Server) {
		srv.Raw("kiosk", http.MethodGet, "/catalogue/snapshot", auth.Self, snapshot(srv, a), httpx.Summary("事项快照"))
		pub := srv.API("catalogue", "public")
		public(pub, a)
		asking(pub, a)
		api := srv.API("catalogue", "staff")
		staff(api, a)
		exchanging(srv, api, a)
	}
}

// snapshot answers with the snapshot, or 304 when the terminal has it. It is no typed operation because it is kept ready, compressed.
func snapshot(srv *httpx.Server, a *app.App) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s, err := a.Current(r.Context())
		if err != nil {
			srv.Fail(w, r, err)
			return
		}
		etag := `"` + s.Snapshot.Version + `"`
		h := w.Header()
		h.Set("ETag", etag)
		h.Set("Cache-Control", "no-cache")
		h.Set("Vary", "Accept-Encoding")
		if strings.Contains(r.Header.Get("If-None-Match"), etag) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		h.Set("Content-Type", "application/json")
		body := s.JSON
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			body = s.Gzip
			h.Set("Content-Encoding", "gzip")
			h.Set("ETag", "W/"+etag) // two encodings, one content
		}
		_, _ = w.Write(body)
	}
}

type listIn struct {
	Q        string `query:"q" maxLength:"60" doc:"找什么：名称、别名或拼音"`
	Category string `query:"category" maxLength:"20" doc:"分类"`
}

type listOut struct{ Body app.List }

type guideIn struct {
	Code string `path:"code" maxLength:"32" doc:"事项简码"`
}

type guideOut struct{ Body app.Guide }

func public(api huma.API, a *app.App) {
	httpx.Register(api, auth.Public, huma.Operation{
		OperationID: "catalogue-list-items", Method: http.MethodGet, Path: "/catalogue/items", Summary: "能办的事项",
	}, func(ctx context.Context, in *listIn) (*listOut, error) {
		list, err := a.List(ctx, in.Q, in.Category)
		if err != nil {
			return nil, err
		}
		return &listOut{list}, nil
	})
	httpx.Register(api, auth.Public, huma.Operation{
		OperationID: "catalogue-get-guide", Method: http.MethodGet, Path: "/catalogue/items/{code}", Summary: "办事指南",
	}, func(ctx context.Context, in *guideIn) (*guideOut, error) {
		guide, err := a.Guide(ctx, in.Code)
		if err != nil {
			return nil, err
		}
		return &guideOut{guide}, nil
	})
}
