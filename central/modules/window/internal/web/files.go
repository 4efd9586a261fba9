package web

import (
	"context"
	"net/http"
	"strconv"

	"tongban/central/kernel/httpx"
	"tongban/central/modules/window"
	"tongban/central/modules/window/internal/app"
)

// files adds the pictures and papers of cases. They are never cached: each look is an act of its own.
func files(srv *httpx.Server, a *app.App) {
	open := func(path, summary string, find func(context.Context, *http.Request) (app.Picture, error)) {
		srv.Raw("staff", http.MethodGet, path, window.PermRead, func(w http.ResponseWriter, r *http.Request) {
			p, err := find(r.Context(), r)
			if err != nil {
				srv.Fail(w, r, err)
				return
			}
			w.Header().Set("Content-Type", p.MIME)
			w.Header().Set("Content-Length", strconv.Itoa(len(p.Bytes)))
			w.Header().Set("Cache-Control", "no-store")
			_, _ = w.Write(p.Bytes) // the other end may have left
		}, httpx.Summary(summary))
	}
	open("/window/cases/{no}/pages/{id}", "材料的一页", func(ctx context.Context, r *http.Request) (app.Picture, error) {
		return a.Page(ctx, r.PathValue("no"), r.PathValue("id"))
	})
	open("/window/cases/{no}/signatures/{role}", "签名", func(ctx context.Context, r *http.Request) (app.Picture, error) {
		return a.Signature(ctx, r.PathValue("no"), r.PathValue("role"))
	})
	open("/window/documents/{id}/pdf", "文书", func(ctx context.Context, r *http.Request) (app.Picture, error) {
		return a.Paper(ctx, r.PathValue("id"))
	})
}
