package web

import (
	"context"
	"net/http"

	"tongban/agent/screen"
)

// photoCall carries a picture that was brought; the page has made it small before.
const photoCall = "install/photo"

// installation lists the calls of the check-list.
func (s *server) installation(mux *http.ServeMux) {
	a := s.app
	post(s, mux, "install/answer", func(ctx context.Context, _ string, in screen.InstallAnswer) (any, error) {
		return nil, a.AnswerPoint(ctx, in)
	})
	post(s, mux, photoCall, func(ctx context.Context, _ string, in screen.InstallShot) (any, error) {
		return nil, a.ShootPoint(ctx, in)
	})
	post(s, mux, "install/drop", func(ctx context.Context, _ string, in screen.InstallDrop) (any, error) {
		return nil, a.DropPhoto(ctx, in)
	})
	post(s, mux, "install/read", func(_ context.Context, _ string, in screen.InstallRead) (any, error) { return nil, a.ReadPoint(in) })
	post(s, mux, "install/stop", func(context.Context, string, none) (any, error) { return nil, a.StopRead() })
	post(s, mux, "install/sign", func(ctx context.Context, _ string, _ none) (any, error) { return nil, a.SignInstallation(ctx) })
	post(s, mux, "install/restart", func(ctx context.Context, _ string, _ none) (any, error) { return nil, a.RestartInstallation(ctx) })
	post(s, mux, "install/print", func(ctx context.Context, _ string, _ none) (any, error) { return nil, a.PrintInstallation(ctx) })
	mux.HandleFunc("GET /api/install/photo", func(w http.ResponseWriter, r *http.Request) {
		out, err := a.InstallPicture(r.URL.Query().Get("digest"))
		if err != nil {
			s.problem(w, r, err)
			return
		}
		w.Header().Set("Content-Type", "image/jpeg")
		_, _ = w.Write(out)
	})
}
