package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"

	"tongban/agent/app"
	"tongban/agent/screen"
)

// none is the body of a call that says nothing.
type none struct{}

// calls lists every call that changes something. What a function returns besides an error is the answer; nil is the state.
func (s *server) calls(mux *http.ServeMux) {
	a := s.app
	post(s, mux, "visit/start", func(ctx context.Context, _ string, _ none) (any, error) { return nil, a.Start(ctx) })
	post(s, mux, "visit/touch", func(_ context.Context, id string, _ none) (any, error) { return nil, a.Stay(id) })
	post(s, mux, "visit/prefs", func(_ context.Context, id string, in screen.Prefs) (any, error) { return nil, a.SetPrefs(id, in) })
	post(s, mux, "visit/say", func(_ context.Context, id string, in screen.Say) (any, error) { return nil, a.Say(id, in) })
	post(s, mux, "visit/sound", func(_ context.Context, id string, in screen.Sound) (any, error) { return nil, a.SetSound(id, in) })
	post(s, mux, "visit/help", func(ctx context.Context, id string, _ none) (any, error) { return nil, a.Help(ctx, id) })
	post(s, mux, "visit/end", func(ctx context.Context, id string, in screen.EndVisit) (any, error) {
		return nil, a.Finish(ctx, id, reasonOf(in.Reason))
	})
	post(s, mux, "identify/start", func(_ context.Context, id string, in screen.StartIdentify) (any, error) {
		return nil, a.Identify(id, in.For)
	})
	post(s, mux, "identify/document", func(ctx context.Context, id string, in screen.Document) (any, error) {
		return nil, a.Document(ctx, id, in)
	})
	post(s, mux, "identify/cancel", func(_ context.Context, id string, _ none) (any, error) { return nil, a.Cancel(id) })
	post(s, mux, "identify/confirm", func(_ context.Context, id string, _ none) (any, error) { return nil, a.Confirm(id) })
	post(s, mux, "identify/reveal", func(_ context.Context, id string, _ none) (any, error) { return a.Reveal(id) })
	post(s, mux, "matter/choose", func(_ context.Context, id string, in screen.Choose) (any, error) { return nil, a.Choose(id, in.Item) })
	post(s, mux, "matter/leave", func(_ context.Context, id string, _ none) (any, error) { return nil, a.Leave(id) })
	post(s, mux, "matter/consent", func(_ context.Context, id string, _ none) (any, error) { return nil, a.Consent(id) })
	post(s, mux, "matter/answer", func(_ context.Context, id string, in screen.Answer) (any, error) { return nil, a.Answer(id, in) })
	post(s, mux, "matter/form", func(_ context.Context, id string, in screen.Entries) (any, error) { return nil, a.Entries(id, in) })
	post(s, mux, "matter/capture", func(ctx context.Context, id string, in screen.Shoot) (any, error) { return a.Capture(ctx, id, in) })
	post(s, mux, "matter/keep", func(_ context.Context, id string, in screen.Keep) (any, error) { return nil, a.KeepPage(id, in) })
	post(s, mux, "matter/drop", func(_ context.Context, id string, in screen.Keep) (any, error) { return nil, a.DropPage(id, in) })
	post(s, mux, "matter/defer", func(_ context.Context, id string, in screen.Defer) (any, error) { return nil, a.Defer(id, in) })
	post(s, mux, "matter/sign", func(_ context.Context, id string, in screen.Sign) (any, error) { return nil, a.Sign(id, in) })
	post(s, mux, "matter/unsign", func(_ context.Context, id string, in screen.Unsign) (any, error) { return nil, a.Unsign(id, in) })
	post(s, mux, "matter/pen", func(_ context.Context, id string, _ none) (any, error) { return nil, a.Pen(id) })
	post(s, mux, "matter/submit", func(ctx context.Context, id string, _ none) (any, error) { return nil, a.Submit(ctx, id) })
	post(s, mux, "slip/answer", func(ctx context.Context, id string, in screen.SlipAnswer) (any, error) {
		return nil, a.AnswerSlip(ctx, id, in)
	})
	post(s, mux, "slip/print", func(ctx context.Context, id string, _ none) (any, error) { return nil, a.PrintAgain(ctx, id) })
	post(s, mux, "guide/print", func(ctx context.Context, id string, in screen.Choose) (any, error) {
		return nil, a.PrintGuide(ctx, id, in)
	})
	post(s, mux, "service/open", func(ctx context.Context, _ string, in screen.OpenService) (any, error) {
		return nil, a.OpenService(ctx, in.Code)
	})
	post(s, mux, "service/test", func(_ context.Context, _ string, in screen.TestDevice) (any, error) {
		return nil, a.TestDevice(in.Kind)
	})
	post(s, mux, "service/trace", func(_ context.Context, _ string, in screen.TraceDevice) (any, error) {
		return nil, a.TraceDevice(in.Kind)
	})
	post(s, mux, "service/touch", func(_ context.Context, _ string, in screen.TouchResult) (any, error) {
		return nil, a.TouchTested(in)
	})
	post(s, mux, "service/volume", func(ctx context.Context, _ string, in screen.SetVolume) (any, error) {
		return nil, a.SetVolume(ctx, in.Percent)
	})
	post(s, mux, "service/control", func(ctx context.Context, _ string, in screen.SetControl) (any, error) {
		return nil, a.SetControl(ctx, in)
	})
	post(s, mux, "service/automatic", func(ctx context.Context, _ string, _ none) (any, error) { return nil, a.AutomaticCamera(ctx) })
	post(s, mux, "service/brightness", func(ctx context.Context, _ string, in screen.SetBrightness) (any, error) {
		return nil, a.SetBrightness(ctx, in.Percent)
	})
	post(s, mux, "service/untrace", func(context.Context, string, none) (any, error) { return nil, a.StopTrace() })
	post(s, mux, "service/stop", func(context.Context, string, none) (any, error) { return nil, a.StopTest() })
	post(s, mux, "service/again", func(context.Context, string, none) (any, error) { return nil, a.CheckAgain() })
	post(s, mux, "service/loaded", func(ctx context.Context, _ string, in screen.TestDevice) (any, error) {
		return nil, a.LoadedPaper(ctx, in.Kind)
	})
	post(s, mux, "service/finish", func(ctx context.Context, _ string, _ none) (any, error) { return nil, a.FinishService(ctx) })
	post(s, mux, "service/print", func(ctx context.Context, _ string, _ none) (any, error) { return nil, a.PrintService(ctx) })
	post(s, mux, "service/close", func(ctx context.Context, _ string, _ none) (any, error) { return nil, a.CloseService(ctx) })
	s.installation(mux)
	post(s, mux, "rate", func(ctx context.Context, id string, in screen.Rate) (any, error) { return nil, a.Rate(ctx, id, in) })
}

// post registers one call: strict body, Idempotency-Key, X-Visit.
func post[In any](s *server, mux *http.ServeMux, name string, f func(ctx context.Context, visit string, in In) (any, error)) {
	limit := int64(maxBody)
	switch name {
	case "matter/sign":
		limit = maxSign
	case photoCall:
		limit = maxPhoto
	}
	mux.HandleFunc("POST /api/"+name, func(w http.ResponseWriter, r *http.Request) {
		key, visit := r.Header.Get("Idempotency-Key"), r.Header.Get("X-Visit")
		if len(key) < 8 || len(key) > 64 {
			s.problem(w, r, &app.Problem{Status: http.StatusBadRequest, Problem: screen.Problem{Code: "screen.no_key", Message: "这一步没有办成，请再按一次"}})
			return
		}
		var in In
		text, err := decode(r, limit, &in)
		if err != nil {
			s.problem(w, r, err)
			return
		}
		// The citizen's deed does not depend on the page staying: a reload in the middle must not leave it half done.
		ctx := context.WithoutCancel(r.Context())
		sum := sha256.Sum256([]byte(name + "\x00" + visit + "\x00" + text))
		out, err := s.app.Once(key, hex.EncodeToString(sum[:]), func() (any, error) { return f(ctx, visit, in) })
		if err != nil {
			s.problem(w, r, err)
			return
		}
		if out == nil {
			out = s.app.State()
		}
		s.json(w, http.StatusOK, out)
	})
}

// reasonOf keeps the log free of what a page may send.
func reasonOf(s string) string {
	switch s {
	case "finished", "left", "timeout":
		return s
	}
	return "other"
}
