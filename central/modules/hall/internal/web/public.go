package web

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/events"
	"tongban/central/kernel/httpx"
	"tongban/central/modules/hall"
	"tongban/central/modules/hall/internal/app"
)

// TokenPath is the path of one display.
type TokenPath struct {
	Token string `path:"token" minLength:"8" maxLength:"40" doc:"显示屏的钥匙"`
}

type displayOut struct{ Body app.Display }

// Public adds what stands on walls, and the door of the queue machine, which signs what it says (公众).
func Public(srv *httpx.Server, a *app.App, log *events.Log) {
	api := srv.API(module, "public")
	httpx.Register(api, auth.Public, get("show-display", "/hall/displays/{token}", "显示屏"),
		func(ctx context.Context, in *TokenPath) (*displayOut, error) {
			out, _, err := a.Display(ctx, in.Token)
			return &displayOut{Body: out}, err
		})
	srv.Raw("public", http.MethodGet, "/hall/displays/{token}/events", auth.Public, watch(srv, a, log), httpx.Summary("显示屏动态"))
	srv.Raw("public", http.MethodPost, "/hall/machine/events", auth.Public, reports(srv, a), httpx.MaxBody(256<<10), httpx.Summary("排队机取号事件（签名）"))
	srv.Raw("public", http.MethodGet, "/hall/machine/setup", auth.Public, setup(srv, a), httpx.Summary("排队机的类别和号段（签名）"))
}

// watch sends the whole display after everything that moves in its hall.
func watch(srv *httpx.Server, a *app.App, log *events.Log) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		token := r.PathValue("token")
		after, err := log.Last(r.Context())
		if err != nil {
			srv.Fail(w, r, err)
			return
		}
		first, hallID, err := a.Display(r.Context(), token)
		if err != nil {
			srv.Fail(w, r, err)
			return
		}
		stream, err := httpx.OpenStream(w, r)
		if errs.Coded(err) {
			srv.Fail(w, r, err)
			return
		}
		if err != nil || stream.Send(strconv.FormatInt(after, 10), "display", first) != nil {
			return // the display has gone
		}
		show(r.Context(), a, log, stream, token, hallID, after)
	}
}

func show(ctx context.Context, a *app.App, log *events.Log, stream *httpx.Stream, token, hallID string, after int64) {
	ticker := clock.System().NewTicker(15 * time.Second)
	defer ticker.Stop()
	incoming := log.Stream(ctx, after, "hall.")
	for {
		select {
		case e, open := <-incoming:
			if !open {
				return
			}
			var m hall.Moved
			if e.Decode(&m) != nil || m.Hall != hallID {
				continue
			}
			now, _, err := a.Display(ctx, token)
			if err != nil || stream.Send(strconv.FormatInt(e.Seq, 10), "display", now) != nil {
				return
			}
		case <-ticker.C():
			if stream.Beat() != nil {
				return
			}
		}
	}
}

var errShape = errs.E(errs.Invalid, "hall.machine_shape", "请求内容不符合约定，请对照排队机的约定改正", nil)

func reports(srv *httpx.Server, a *app.App) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			err = a.Proven(r, body)
		}
		var in app.Reports
		if err == nil {
			if bad := json.Unmarshal(body, &in); bad != nil {
				err = errors.Join(errShape, bad)
			}
		}
		var answers []app.Answer
		if err == nil {
			answers, err = a.TakeReports(r.Context(), in)
		}
		if err != nil {
			srv.Fail(w, r, err)
			return
		}
		reply(w, map[string]any{"results": answers})
	}
}

func setup(srv *httpx.Server, a *app.App) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var out app.MachineSetup
		err := a.Proven(r, nil)
		if err == nil {
			out, err = a.Setup(r.Context(), r.URL.Query().Get("hall"))
		}
		if err != nil {
			srv.Fail(w, r, err)
			return
		}
		reply(w, out)
	}
}

func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(v)
}
