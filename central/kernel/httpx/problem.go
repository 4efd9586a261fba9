package httpx

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/errs"
)

// Problem is every error answer (RFC 9457, application/problem+json). It never
// repeats a submitted value.
type Problem struct {
	Type    string       `json:"type" doc:"错误类型，urn:tongban:error:<code>"`
	Title   string       `json:"title" doc:"HTTP 状态的名称"`
	Status  int          `json:"status" doc:"HTTP 状态码"`
	Detail  string       `json:"detail" doc:"给人看的一句话，说该怎么办"`
	Code    string       `json:"code" doc:"稳定的错误代码，module.what"`
	Fields  []errs.Field `json:"fields,omitempty" doc:"逐项的错误"`
	Request string       `json:"request,omitempty" doc:"请求编号，报修时提供"`
}

// Error is for logs.
func (p *Problem) Error() string { return p.Code }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType implements huma.ContentTypeFilter.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders implements huma.HeadersError: when to try again.
func (p *Problem) GetHeaders() http.Header {
	switch {
	case p.Status == http.StatusTooManyRequests, p.Status == http.StatusServiceUnavailable:
		return http.Header{"Retry-After": {"5"}}
	case p.Code == codeRunning:
		return http.Header{"Retry-After": {"1"}}
	}
	return nil
}

func problemOf(status int, code, detail string) *Problem {
	return &Problem{
		Type: "urn:tongban:error:" + code, Title: http.StatusText(status), Status: status,
		Detail: detail, Code: code,
	}
}

// public turns an error of a handler into what the caller sees; the chain goes
// to the log, once, here at the edge.
func (s *Server) public(ctx context.Context, operation string, err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	kind, code := errs.KindOf(err), errs.CodeOf(err)
	log := s.cfg.Log.InfoContext
	switch {
	case ctx.Err() != nil && !errs.Coded(err):
		kind, code = errs.Unavailable, "canceled"
	case kind == errs.Internal:
		log = s.cfg.Log.ErrorContext
	case kind == errs.Unavailable:
		log = s.cfg.Log.WarnContext
	}
	origin := actor.OriginFrom(ctx)
	log(ctx, "operation refused", "operation", operation, "code", code, "kind", kind.String(),
		"actor", actor.From(ctx).String(), "request", origin.Request, "cause", err.Error())

	p = problemOf(kind.Status(), code, errs.MessageOf(err))
	p.Fields, p.Request = errs.Fields(err), origin.Request
	if kind == errs.Internal && !errs.Coded(err) {
		p.Detail = errs.Internal.Words()
	}
	return p
}

// fail writes a problem outside of huma.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, p *Problem) {
	if p.Request == "" {
		p.Request = actor.OriginFrom(r.Context()).Request
	}
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	for name, values := range p.GetHeaders() {
		h[name] = values
	}
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p)
}

// own are the errors that huma itself finds, before any handler.
var own = map[int]struct{ code, detail string }{
	http.StatusBadRequest:            {"request.malformed", "请求的内容读不懂，请刷新页面后再试"},
	http.StatusNotAcceptable:         {"request.not_acceptable", "没有您要的格式"},
	http.StatusRequestTimeout:        {"request.timeout", "请求传得太慢，请检查网络后再试"},
	http.StatusRequestEntityTooLarge: {"request.too_large", "提交的内容太大，请减少后再试"},
	http.StatusUnsupportedMediaType:  {"request.media_type", "请求的格式不对，请刷新页面后再试"},
	http.StatusUnprocessableEntity:   {"request.invalid", "填写的内容有误，请按提示改正"},
}

// newProblem replaces huma.NewError: same shape, Chinese, no values.
func newProblem(status int, msg string, details ...error) huma.StatusError {
	if status == 0 {
		return &Problem{} // huma asks for the type, for the document
	}
	o, ok := own[status]
	if !ok {
		kind := errs.Internal
		for k := errs.Internal; k <= errs.Unavailable; k++ {
			if k.Status() == status {
				kind = k
			}
		}
		o.code, o.detail = kind.String(), kind.Words()
	}
	p := problemOf(status, o.code, o.detail)
	_ = msg // English and sometimes about our insides
	for _, d := range details {
		var detail *huma.ErrorDetail
		if errors.As(d, &detail) {
			p.Fields = append(p.Fields, errs.Field{Path: fieldPath(detail.Location), Message: chinese(detail.Message)})
		}
	}
	return p
}

// fieldPath shortens a location that huma gives, which for an unknown property
// ends in a name the caller chose.
func fieldPath(location string) string {
	if len(location) > 120 {
		location = location[:120]
	}
	return strings.ToValidUTF8(location, "")
}
