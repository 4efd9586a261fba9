package counter

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"tongban/drivers"
)

// none is the body of a call that says nothing.
type none struct{}

const (
	maxBody  = 64 << 10
	maxPrint = 48 << 20 // a PDF, in base64
)

// waiting says for how long a page waits for a person.
type waiting struct {
	Wait int `json:"wait"` // seconds
}

func (d *Desk) calls() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v1/hello", func(w http.ResponseWriter, r *http.Request) {
		answer(w, http.StatusOK, map[string]any{"desk": d.o.Desk, "version": d.o.Version, "paired": d.paired(r) == nil})
	})
	open(d, mux, "pair", func(_ context.Context, in struct {
		Code    string `json:"code"`
		Session string `json:"session"`
	}) (any, error) {
		if len(in.Session) < 16 || len(in.Session) > 128 {
			return nil, problem(http.StatusBadRequest, "invalidData", "请重新登录再配对")
		}
		token, err := d.pairs.pair(in.Code, in.Session)
		if err != nil {
			d.o.Log.Warn("pairing refused", "err", err)
			d.pad.changed()
			return nil, err
		}
		d.pad.wipe() // the new clerk sees nothing of the one before
		d.o.Log.Info("console paired")
		return map[string]string{"token": token}, nil
	})
	open(d, mux, "pair/ask", func(context.Context, none) (any, error) {
		d.pairs.ask()
		d.pad.changed()
		return nil, nil
	})
	call(d, mux, "unpair", maxBody, func(context.Context, none) (any, error) {
		d.pairs.end()
		d.pad.wipe()
		return nil, nil
	})
	call(d, mux, "devices", maxBody, func(context.Context, none) (any, error) { return d.health(), nil })
	call(d, mux, "card", maxBody, func(ctx context.Context, in waiting) (any, error) { return d.readCard(ctx, in) })
	call(d, mux, "document", maxBody, func(ctx context.Context, in waiting) (any, error) { return d.readDocument(ctx, in) })
	call(d, mux, "barcode", maxBody, func(ctx context.Context, in waiting) (any, error) { return d.readCode(ctx, in) })
	call(d, mux, "preview", maxBody, func(ctx context.Context, _ none) (any, error) { return d.preview(ctx) })
	call(d, mux, "scan", maxBody, func(ctx context.Context, _ none) (any, error) { return d.scan(ctx) })
	call(d, mux, "print", maxPrint, d.print)
	call(d, mux, "slip", maxBody, d.slip)
	call(d, mux, "pad/show", maxBody, d.padShow)
	call(d, mux, "pad/sign", maxBody, d.padSign)
	call(d, mux, "pad/rate", maxBody, d.padRate)
	call(d, mux, "end", maxBody, func(context.Context, none) (any, error) { d.pad.wipe(); return nil, nil })
	mux.HandleFunc("/api/v1/", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusNotFound, problem(0, "noCall", "外设桥没有这个功能，可能要升级"))
	})
	return mux
}

// call registers a call of the console that is paired.
func call[In any](d *Desk, mux *http.ServeMux, name string, limit int64, f func(ctx context.Context, in In) (any, error)) {
	handle(d, mux, name, limit, d.paired, f)
}

// open registers a call of a console that is not paired yet.
func open[In any](d *Desk, mux *http.ServeMux, name string, f func(ctx context.Context, in In) (any, error)) {
	handle(d, mux, name, maxBody, func(*http.Request) error { return nil }, f)
}

func handle[In any](d *Desk, mux *http.ServeMux, name string, limit int64, may func(*http.Request) error, f func(ctx context.Context, in In) (any, error)) {
	mux.HandleFunc("POST /api/v1/"+name, func(w http.ResponseWriter, r *http.Request) {
		var in In
		err := may(r)
		if err == nil {
			err = decode(r, limit, &in)
		}
		var out any
		if err == nil {
			out, err = f(r.Context(), in) // a page that goes away cancels what it asked for
		}
		if err != nil {
			p := asProblem(err)
			d.o.Log.Info("call refused", "call", name, "code", p.Code, "reason", p.Reason)
			answer(w, p.Status, p)
			return
		}
		answer(w, http.StatusOK, out)
	})
}

func asProblem(err error) *Problem {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	return problem(http.StatusInternalServerError, string(drivers.CodeInternalError), "外设桥出错了，请再试一次；还不行就找维护人员")
}

// patience bounds how long a page waits.
func (d *Desk) patience(ctx context.Context, seconds, usual int) (context.Context, context.CancelFunc) {
	if seconds <= 0 {
		seconds = usual
	}
	return context.WithTimeout(ctx, time.Duration(min(seconds, longest))*time.Second)
}

// short refuses a text that no screen of ours sends.
func short(most int, texts ...string) error {
	for _, t := range texts {
		if utf8.RuneCountInString(t) > most || strings.ContainsRune(t, 0) {
			return problem(http.StatusBadRequest, string(drivers.CodeInvalidData), "文字太长了")
		}
	}
	return nil
}

func (d *Desk) padShow(_ context.Context, in struct {
	Title string   `json:"title"`
	Lines []string `json:"lines"`
}) (any, error) {
	if err := errors.Join(short(80, in.Title), short(200, in.Lines...)); err != nil || len(in.Lines) > 40 {
		return nil, problem(http.StatusBadRequest, string(drivers.CodeInvalidData), "文字太长了")
	}
	d.pad.show(in.Title, in.Lines)
	return nil, nil
}

func (d *Desk) padSign(ctx context.Context, in struct {
	Title string `json:"title"`
	Text  string `json:"text"` // what is signed
	Who   string `json:"who"`
	Wait  int    `json:"wait"`
}) (any, error) {
	if err := errors.Join(short(80, in.Title, in.Who), short(2000, in.Text)); err != nil {
		return nil, err
	}
	ctx, cancel := d.patience(ctx, in.Wait, 120)
	defer cancel()
	v := view{Kind: padSign, Title: in.Title, Text: in.Text, Who: in.Who, Pad: d.pen.There()}
	a, err := d.pad.ask(ctx, v, d.beginPen)
	if err != nil {
		return nil, err
	}
	return map[string]any{"png": a.Picture}, nil
}

func (d *Desk) padRate(ctx context.Context, in struct {
	Question string `json:"question"`
	Wait     int    `json:"wait"`
}) (any, error) {
	if err := short(120, in.Question); err != nil {
		return nil, err
	}
	ctx, cancel := d.patience(ctx, in.Wait, 60)
	defer cancel()
	a, err := d.pad.ask(ctx, view{Kind: padRate, Title: in.Question}, nil)
	if err != nil {
		return nil, err
	}
	return map[string]any{"level": a.Level}, nil
}
