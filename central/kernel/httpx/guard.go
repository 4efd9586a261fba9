package httpx

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/errs"
)

type sessionKey struct{}

// SessionOf returns the browser session of the request, with its token.
func SessionOf(ctx context.Context) (auth.Session, bool) {
	s, ok := ctx.Value(sessionKey{}).(auth.Session)
	return s, ok
}

// crossOrigin refuses unsafe requests that another site started.
var crossOrigin = http.NewCrossOriginProtection()

// admit finds out who sent r and whether they may. It returns the context to
// go on with. Every route passes here, typed or raw.
func (s *Server) admit(r *http.Request, audience, perm, operation string) (context.Context, error) {
	ctx := r.Context()
	who, session, err := s.identify(r, audience)
	switch {
	case err == nil:
	case perm == auth.Public && errs.KindOf(err) == errs.Unauthorised:
		who, session = auth.Actor{}, auth.Session{} // an old cookie does not hinder signing in
	default:
		return nil, err
	}
	ctx = auth.As(ctx, who)
	if err := auth.May(ctx, perm); err != nil {
		return nil, s.refused(ctx, operation, err)
	}
	if err := s.spend(ctx, r.Method); err != nil {
		return nil, err
	}

	if session.Token != "" {
		ctx = context.WithValue(ctx, sessionKey{}, session)
	}
	if _, browser := auth.CookieOf(audience); !unsafe(r.Method) || !browser {
		return ctx, nil
	}
	if err := crossOrigin.Check(r); err != nil {
		return nil, errs.E(errs.Forbidden, "auth.cross_origin", "请从本系统的页面操作", err)
	}
	// A public operation needs no session, so that there is none to protect.
	if session.Token != "" && perm != auth.Public && !session.ValidCSRF(r.Header.Get("X-CSRF")) {
		return nil, errs.E(errs.Forbidden, "auth.csrf", "页面已过期，请刷新后再试", nil)
	}
	return ctx, nil
}

// identify asks the audience's authenticator, or looks for the session cookie
// of an audience that signs in with a browser.
func (s *Server) identify(r *http.Request, audience string) (auth.Actor, auth.Session, error) {
	s.mu.Lock()
	ask := s.authenticators[audience]
	s.mu.Unlock()
	if ask != nil {
		who, err := ask(r)
		return who, auth.Session{}, err
	}
	kept, browser := auth.CookieOf(audience)
	if !browser || s.cfg.Sessions == nil {
		return auth.Actor{}, auth.Session{}, nil
	}
	cookie, err := r.Cookie(kept.Name)
	if err != nil {
		return auth.Actor{}, auth.Session{}, nil //nolint:nilerr // no cookie: nobody is signed in, which is no error
	}
	session, err := s.cfg.Sessions.Find(r.Context(), audience, cookie.Value)
	if err != nil {
		return auth.Actor{}, auth.Session{}, fmt.Errorf("identify: %w", err)
	}
	session.Token = cookie.Value
	return session.Actor, session, nil
}

// guardOperation is admit as huma middleware: it runs before the body is
// parsed, so that who may not learns nothing about what would be valid.
func (s *Server) guardOperation(audience, perm string, limit int64) func(huma.Context, func(huma.Context)) {
	return func(hc huma.Context, next func(huma.Context)) {
		c := humagin.Unwrap(hc)
		ctx, err := s.admit(c.Request, audience, perm, hc.Operation().OperationID)
		if err != nil {
			s.fail(c.Writer, c.Request, s.public(c.Request.Context(), hc.Operation().OperationID, err))
			return
		}
		c.Request = c.Request.WithContext(ctx)
		c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, limit)
		if err := boundJSON(c.Request); err != nil {
			s.fail(c.Writer, c.Request, s.public(ctx, hc.Operation().OperationID, err))
			return
		}
		next(hc)
	}
}

// boundJSON reads a JSON body and bounds its shape, before anything is built from it.
func boundJSON(r *http.Request) error {
	if !unsafe(r.Method) || !strings.Contains(r.Header.Get("Content-Type"), "json") && r.Header.Get("Content-Type") != "" {
		return nil
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return tooLarge(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return checkJSON(body)
}

// tooLarge turns the error of a cut body into one with a sentence.
func tooLarge(err error) error {
	var cut *http.MaxBytesError
	if errors.As(err, &cut) {
		return errs.E(errs.TooLarge, "request.too_large", errs.TooLarge.Words(), err)
	}
	return errs.E(errs.Invalid, "request.unreadable", "请求没有传完，请再试一次", err)
}
