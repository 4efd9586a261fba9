// Package web is the fleet's HTTP side (终端接口): enrolment and uploads for terminals, the list of terminals for staff.
package web

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/httpx"
	"tongban/fleet"
	"tongban/fleet/internal/ca"
	"tongban/fleet/internal/enrol"
	"tongban/fleet/internal/files"
	"tongban/fleet/internal/remote"
	"tongban/fleet/internal/service"
	"tongban/fleet/internal/store"
	"tongban/fleet/wire"
)

// Parts are what the routes lead to.
type Parts struct {
	DB      *db.DB
	Auth    *auth.Service
	Clock   clock.Clock
	Service fleet.Service
	Enrol   *enrol.Desk
	Files   *files.Desk
	Visits  *service.Desk
	Remote  *remote.Desk
	Broker  func(context.Context) error // readiness
}

// Routes returns the function that adds the routes to a server.
func Routes(p Parts) func(*httpx.Server) {
	return func(srv *httpx.Server) {
		srv.Ready("broker", p.Broker)
		srv.Authenticate("kiosk", p.terminal)
		srv.Authenticate("fleet", p.staff)
		p.kiosk(srv)
		p.list(srv)
		p.certificates(srv)
		p.admin(srv)
		p.service(srv)
		p.remote(srv)
	}
}

type enrolIn struct{ Body wire.EnrolRequest }
type enrolOut struct{ Body wire.Enrolment }

func (p Parts) kiosk(srv *httpx.Server) {
	httpx.Register(srv.API("fleet", "kiosk"), auth.Public, httpx.Repeatable(huma.Operation{
		OperationID: "fleet-enrol-terminal", Method: http.MethodPost, Path: "/enrol", Summary: "登记终端", MaxBodyBytes: 32 << 10,
	}), func(ctx context.Context, in *enrolIn) (*enrolOut, error) {
		out, err := p.Enrol.Enrol(ctx, in.Body)
		if err != nil {
			return nil, err
		}
		return &enrolOut{out}, nil
	})

	const path = "/files/{digest}"
	srv.Raw("kiosk", http.MethodHead, path, auth.Self, p.Files.Head, httpx.Summary("查询附件上传进度"))
	srv.Raw("kiosk", http.MethodPatch, path, auth.Self, p.Files.Patch, httpx.Summary("上传附件"), httpx.MaxBody(files.MaxFile+1))
}

// errStale is the answer to a certificate of ours that is not the terminal's current one.
var errStale = errs.E(errs.Unauthorised, "fleet.stale_certificate", "终端登记已经更换，请用新的登记码重新登记", nil)

// errRevoked is the answer to a terminal that was shut out.
var errRevoked = errs.E(errs.Unauthorised, "fleet.revoked", "这台终端已被停用，请联系管理员", nil)

// terminal says who a request of the kiosk audience comes from: the common name of a certificate that the listener has
// proven to be ours, when it is the one on record.
func (p Parts) terminal(r *http.Request) (auth.Actor, error) {
	if r.TLS == nil || len(r.TLS.VerifiedChains) == 0 {
		return auth.Actor{}, nil
	}
	cert := r.TLS.PeerCertificates[0]
	var row store.Row
	var shown store.Cert
	var known bool
	err := p.DB.View(r.Context(), func(q db.Query) (err error) {
		if row, err = store.Terminal(r.Context(), q, cert.Subject.CommonName); err != nil {
			return err
		}
		shown, known, err = store.CertBySerial(r.Context(), q, ca.Serial(cert))
		return err
	})
	switch {
	case err == nil && row.State == fleet.Revoked, known && shown.State == store.CertRevoked:
		return auth.Actor{}, errRevoked
	case errors.Is(err, fleet.ErrNoSuchTerminal), err == nil && (!known || shown.Terminal != row.Code || shown.Epoch != row.Epoch || !shown.Takes(p.Clock.Now())):
		return auth.Actor{}, errStale
	case err != nil:
		return auth.Actor{}, err
	}
	return p.Auth.Roles().Grant(auth.Actor{
		Kind: auth.Terminal, ID: row.Code, Name: row.Label, Desk: row.Place, Roles: []string{"terminal"},
	}), nil
}

// staff signs people in to the fleet's console by the same session as to every other. All its routes only read.
func (p Parts) staff(r *http.Request) (auth.Actor, error) {
	kept, _ := auth.CookieOf(auth.ForStaff)
	c, err := r.Cookie(kept.Name)
	if err != nil {
		return auth.Actor{}, nil //nolint:nilerr // no cookie: nobody is signed in, which is no error
	}
	s, err := p.Auth.Find(r.Context(), auth.ForStaff, c.Value)
	return s.Actor, err
}
