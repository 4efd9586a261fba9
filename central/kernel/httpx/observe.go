package httpx

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"regexp"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/ids"
	"tongban/central/kernel/obs"
)

var requestShape = regexp.MustCompile(`^[A-Za-z0-9-]{8,64}$`)

// observe gives each request its id and origin, and afterwards writes one log
// line and one measurement. Paths are logged as patterns: what stands in their
// place may be about a person.
func (s *Server) observe(c *gin.Context) {
	begin := s.cfg.Clock.Now()
	id := c.GetHeader("X-Request-Id")
	if !requestShape.MatchString(id) {
		id = ids.New()
	}
	c.Header("X-Request-Id", id)
	origin := actor.Origin{Source: s.source(c.Request), Request: id}
	ctx := propagation.TraceContext{}.Extract(c.Request.Context(), propagation.HeaderCarrier(c.Request.Header))
	ctx, span := s.cfg.Tracer.Start(ctx, "request", trace.WithSpanKind(trace.SpanKindServer))
	defer span.End()
	c.Request = c.Request.WithContext(actor.WithOrigin(ctx, origin))

	c.Next()

	route := c.FullPath()
	if route == "" {
		route = "(page)"
	}
	took := s.cfg.Clock.Now().Sub(begin)
	status := c.Writer.Status()
	span.SetName(method(c.Request.Method) + " " + route)
	span.SetAttributes(attribute.String("http.route", route), attribute.Int("http.response.status_code", status), attribute.String("request", id))
	if status >= http.StatusInternalServerError {
		span.SetStatus(codes.Error, strconv.Itoa(status))
	}
	s.cfg.Metrics.Histogram("http_request_duration_seconds", "Time to answer a request.", obs.Seconds(), "method", "route", "status").
		Observe(took.Seconds(), method(c.Request.Method), route, strconv.Itoa(status))
	s.cfg.Log.InfoContext(c.Request.Context(), "request", "method", method(c.Request.Method), "route", route,
		"status", status, "ms", took.Milliseconds(), "bytes", max(c.Writer.Size(), 0),
		"actor", actor.From(c.Request.Context()).String(), "source", origin.Source, "request", id)
}

// method keeps invented methods out of metrics.
func method(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return m
	}
	return "OTHER"
}

// source is the caller's address. X-Forwarded-For counts only as far as
// trusted proxies wrote it: from the right, up to the first stranger.
func (s *Server) source(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && s.trusted(host); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		host = hop.String()
	}
	return host
}

func (s *Server) trusted(host string) bool {
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	for _, p := range s.proxies {
		if p.Contains(addr.Unmap()) {
			return true
		}
	}
	return false
}

// recoverPanics turns a panic into a 500 and a log entry with the stack; the
// value itself may quote what was submitted and passes the log's redaction.
func (s *Server) recoverPanics(c *gin.Context) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(v)
		}
		s.cfg.Log.ErrorContext(c.Request.Context(), "handler panicked", "route", c.FullPath(), "cause", toText(v), "stack", string(debug.Stack()))
		c.Abort()
		if !c.Writer.Written() {
			s.fail(c.Writer, c.Request, problemOf(http.StatusInternalServerError, "internal", errs.Internal.Words()))
		}
	}()
	c.Next()
}

func toText(v any) string {
	switch v := v.(type) {
	case error:
		return v.Error()
	case string:
		return v
	}
	return "panic"
}

// Source returns the caller's address as audit and log know it.
func Source(ctx context.Context) string { return actor.OriginFrom(ctx).Source }
