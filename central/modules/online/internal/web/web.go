// Package web is the HTTP side of the online channels (线上渠道接口): two doors, for what is signed.
package web

import (
	"encoding/json"
	"io"
	"net/http"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/httpx"
	"tongban/central/modules/online"
	"tongban/central/modules/online/internal/app"
)

// largest bounds one hand-in with its pictures.
const largest = 24 << 20

// Public adds the doors of the channels (线上渠道).
func Public(srv *httpx.Server, a *app.App) {
	proven := func(do func(r *http.Request, channel string, body []byte) (any, error)) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			channel := r.PathValue("channel")
			body, err := io.ReadAll(r.Body)
			if err == nil {
				err = a.Prove(r, channel, body)
			}
			var out any
			if err == nil {
				out, err = do(r, channel, body)
			}
			if err != nil {
				srv.Fail(w, r, err)
				return
			}
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
			w.Header().Set("Cache-Control", "no-store")
			_ = json.NewEncoder(w).Encode(out)
		}
	}
	srv.Raw("public", http.MethodGet, "/online/{channel}/items/{code}", auth.Public, proven(func(r *http.Request, _ string, _ []byte) (any, error) {
		return a.Item(r.Context(), r.PathValue("code"))
	}), httpx.Summary("线上渠道取事项（签名）"))
	srv.Raw("public", http.MethodPost, "/online/{channel}/submissions", auth.Public, proven(func(r *http.Request, channel string, body []byte) (any, error) {
		if len(body) == 0 {
			return nil, online.ErrShape
		}
		return a.Take(r.Context(), channel, body)
	}), httpx.MaxBody(largest), httpx.Summary("线上渠道申报（签名）"))
}
