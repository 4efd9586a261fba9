package httpx

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"tongban/central/kernel/auth"
)

// RawOption tunes one raw route.
type RawOption func(*rawRoute)

type rawRoute struct {
	maxBody int64
	summary string
}

// MaxBody sets the largest request body in bytes; 32 MiB otherwise.
func MaxBody(n int64) RawOption { return func(r *rawRoute) { r.maxBody = n } }

// Summary names the route in the permission matrix.
func Summary(text string) RawOption { return func(r *rawRoute) { r.summary = text } }

// Raw adds a handler outside the document, for what is no JSON: event streams,
// PDF, pictures, uploads. It obeys the same rules of sign-in, permission and
// CSRF; path is below the audience's prefix, with {name} for r.PathValue.
// Repeating an upload must do no harm, since raw routes keep no answers.
//
// Signed-in callers have no time limit, so that long streams and slow uploads
// work; r.Context() ends when they leave, or, for a stream opened with
// OpenStream, when the server stops.
func (s *Server) Raw(audience, method, path, perm string, h http.HandlerFunc, opts ...RawOption) {
	checkPermission(perm, "raw route "+path)
	route := rawRoute{maxBody: 32 << 20}
	for _, o := range opts {
		o(&route)
	}
	full := Prefix(audience) + path
	s.note(Operation{
		ID: method + " " + full, Audience: audience, Method: method, Path: full,
		Module: strings.SplitN(strings.TrimPrefix(path, "/"), "/", 2)[0], Permission: perm, Summary: route.summary, Raw: true,
	})

	s.engine.Handle(method, ginPath(full), func(c *gin.Context) {
		ctx, err := s.admit(c.Request, audience, perm, method+" "+full)
		if err != nil {
			s.fail(c.Writer, c.Request, s.public(c.Request.Context(), method+" "+full, err))
			return
		}
		if perm != auth.Public {
			control := http.NewResponseController(c.Writer)
			_ = control.SetReadDeadline(time.Time{})
			_ = control.SetWriteDeadline(time.Time{})
		}
		c.Header("Content-Security-Policy", filePolicy)

		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		c.Request = c.Request.WithContext(context.WithValue(ctx, streamKey{}, streamEnd{s.run.draining, cancel, s.limits}))
		c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, route.maxBody)
		for _, p := range c.Params {
			if len(p.Value) > maxPathValue {
				s.fail(c.Writer, c.Request, problemOf(http.StatusNotFound, "request.no_such_path", "没有这个地址"))
				return
			}
			c.Request.SetPathValue(p.Key, strings.TrimPrefix(p.Value, "/"))
		}
		h(c.Writer, c.Request)
	})
}

// maxPathValue bounds one {name} of a raw route, in bytes.
const maxPathValue = 1024

// Fail writes err as a raw handler's answer: the problem to the caller, the
// chain to the log. Nothing may have been written before.
func (s *Server) Fail(w http.ResponseWriter, r *http.Request, err error) {
	s.fail(w, r, s.public(r.Context(), r.Method+" "+r.Pattern, err))
}

// ginPath turns {name} into :name and {name...} into *name.
func ginPath(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		name, ok := strings.CutPrefix(p, "{")
		if !ok {
			continue
		}
		name = strings.TrimSuffix(name, "}")
		if rest, ok := strings.CutSuffix(name, "..."); ok {
			parts[i] = "*" + rest
		} else {
			parts[i] = ":" + name
		}
	}
	return strings.Join(parts, "/")
}
