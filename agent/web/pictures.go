package web

import (
	"net/http"
	"strings"

	"github.com/skip2/go-qrcode"

	"tongban/agent/app"
	"tongban/agent/screen"
)

// pictures serves what the page reads: lists, progress, camera, pages, signatures and codes.
func (s *server) pictures(mux *http.ServeMux) {
	a := s.app
	get := func(pattern string, f func(r *http.Request) (any, error)) {
		mux.HandleFunc("GET "+pattern, func(w http.ResponseWriter, r *http.Request) {
			out, err := f(r)
			if err != nil {
				s.problem(w, r, err)
				return
			}
			s.json(w, http.StatusOK, out)
		})
	}
	get("/api/items", func(r *http.Request) (any, error) {
		q := r.URL.Query()
		return a.Items(app.Find{Query: q.Get("q"), Category: q.Get("category"), Office: q.Get("office"), Frequent: q.Get("frequent") == "1", Exact: q.Get("exact") == "1"})
	})
	get("/api/bulletin", func(*http.Request) (any, error) { return a.Bulletin(), nil })
	get("/api/items/{code}", func(r *http.Request) (any, error) { return a.Item(r.PathValue("code")) })
	get("/api/progress", func(r *http.Request) (any, error) {
		q := r.URL.Query()
		return a.Progress(r.Context(), q.Get("case_no"), q.Get("check_code"))
	})
	get("/api/pen", func(*http.Request) (any, error) { return a.PenInk(), nil })
	get("/api/camera/preview", func(r *http.Request) (any, error) { return a.Preview(r.Context()) })

	image := func(pattern, mime string, f func(r *http.Request) ([]byte, error)) {
		mux.HandleFunc("GET "+pattern, func(w http.ResponseWriter, r *http.Request) {
			out, err := f(r)
			if err != nil {
				s.problem(w, r, err)
				return
			}
			w.Header().Set("Content-Type", mime)
			_, _ = w.Write(out)
		})
	}
	image("/api/camera/frame", "image/jpeg", func(*http.Request) ([]byte, error) { return a.Frame() })
	image("/api/pages/{file}", "image/jpeg", func(r *http.Request) ([]byte, error) {
		return a.PagePicture(strings.TrimSuffix(r.PathValue("file"), ".jpg"))
	})
	image("/api/signatures/{file}", "image/png", func(r *http.Request) ([]byte, error) {
		return a.SignaturePicture(strings.TrimSuffix(r.PathValue("file"), ".png"))
	})
	image("/api/qr", "image/png", s.qr)
	image("/api/service/trace", "text/plain; charset=utf-8", func(*http.Request) ([]byte, error) {
		text, err := a.ServiceTape()
		return []byte(text), err
	})
	image("/api/service/picture", "image/jpeg", func(r *http.Request) ([]byte, error) { return a.ServicePicture(r.URL.Query().Get("id")) })
	image("/api/service/qr", "image/png", func(*http.Request) ([]byte, error) {
		text, err := a.ServiceLeaflet()
		if err != nil {
			return nil, err
		}
		return qrcode.Encode(text, qrcode.Low, -8) // much text: the lowest redundancy keeps the modules large
	})
}

// qr draws links of the centre only: the page cannot be made to show a code that leads elsewhere.
func (s *server) qr(r *http.Request) ([]byte, error) {
	text := r.URL.Query().Get("text")
	base := s.app.Public()
	if base == "" || len(text) > 200 || !strings.HasPrefix(text, strings.TrimSuffix(base, "/")+"/") {
		return nil, &app.Problem{Status: http.StatusUnprocessableEntity, Problem: screen.Problem{Code: "screen.qr", Message: "这个码现在打不开"}}
	}
	return qrcode.Encode(text, qrcode.Medium, -12) // twelve dots a module: the page scales it down without blur
}
