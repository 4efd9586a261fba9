package web

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/kernel/httpx"
	"tongban/central/modules/catalogue"
	"tongban/central/modules/catalogue/internal/app"
	"tongban/central/modules/catalogue/internal/sheets"
)

type previewIn struct {
	Body struct {
		Name string `json:"name" minLength:"1" maxLength:"120" doc:"文件名"`
		Data string `json:"data" minLength:"1" maxLength:"11500000" doc:"文件内容，base64"`
	}
}

type previewOut struct{ Body app.Preview }

type commitIn struct {
	Body struct {
		Token string `json:"token" minLength:"32" maxLength:"32"`
	}
}

type commitOut struct{ Body app.Imported }

// exchanging adds the spreadsheets.
func exchanging(srv *httpx.Server, api huma.API, a *app.App) {
	preview := post("preview-import", "/import/preview", "导入预览")
	preview.MaxBodyBytes = 12 << 20
	httpx.Register(api, catalogue.PermPublish, preview, func(ctx context.Context, in *previewIn) (*previewOut, error) {
		raw, err := base64.StdEncoding.DecodeString(in.Body.Data)
		if err != nil {
			raw = nil // no spreadsheet either
		}
		out, err := a.PreviewImport(ctx, in.Body.Name, raw)
		return &previewOut{out}, err
	})
	httpx.Register(api, catalogue.PermPublish, post("commit-import", "/import/commit", "导入"), func(ctx context.Context, in *commitIn) (*commitOut, error) {
		out, err := a.Import(ctx, in.Body.Token)
		return &commitOut{out}, err
	})
	srv.Raw("staff", http.MethodGet, "/catalogue/export", catalogue.PermRead, func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		raw, err := a.Export(r.Context(), app.EntryAsk{Department: q.Get("department"), Type: q.Get("type"), Class: q.Get("class")})
		if err != nil {
			srv.Fail(w, r, err)
			return
		}
		w.Header().Set("Content-Type", sheets.ContentType)
		w.Header().Set("Content-Disposition", "attachment; filename*=UTF-8''"+"%E5%AE%9E%E6%96%BD%E6%B8%85%E5%8D%95.xlsx")
		w.Header().Set("Content-Length", fmt.Sprint(len(raw)))
		_, _ = w.Write(raw)
	}, httpx.Summary("导出实施清单"))
}
