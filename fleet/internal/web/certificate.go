package web

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/httpx"
	"tongban/fleet"
	"tongban/fleet/internal/ca"
	"tongban/fleet/internal/store"
	"tongban/fleet/wire"
)

// certificates adds what a terminal asks about its own certificate. The routes are raw because they need to know which
// certificate the connection shows.
func (p Parts) certificates(srv *httpx.Server) {
	const path = "/certificate"
	answer := func(w http.ResponseWriter, r *http.Request, v any, err error) {
		if err != nil {
			srv.Fail(w, r, err)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		_ = json.NewEncoder(w).Encode(v)
	}
	srv.Raw("kiosk", http.MethodGet, path, auth.Self, func(w http.ResponseWriter, r *http.Request) {
		s, err := p.Enrol.State(r.Context(), auth.Who(r.Context()).ID, shownSerial(r))
		answer(w, r, s, err)
	}, httpx.Summary("终端证书状态"))
	srv.Raw("kiosk", http.MethodPost, path, auth.Self, func(w http.ResponseWriter, r *http.Request) {
		var in wire.RenewRequest
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			srv.Fail(w, r, errs.E(errs.Invalid, "fleet.bad_csr", "证书申请不对，请升级终端程序", err))
			return
		}
		e, err := p.Enrol.Renew(r.Context(), auth.Who(r.Context()).ID, in)
		answer(w, r, e, err)
	}, httpx.Summary("更换终端证书"), httpx.MaxBody(32<<10))
	srv.Raw("kiosk", http.MethodPut, path, auth.Self, func(w http.ResponseWriter, r *http.Request) {
		err := p.Enrol.Confirm(r.Context(), auth.Who(r.Context()).ID, shownSerial(r))
		answer(w, r, struct{}{}, err)
	}, httpx.Summary("确认新证书"), httpx.MaxBody(1<<10))
}

// shownSerial is of the certificate that the connection shows; terminal has proven that there is one.
func shownSerial(r *http.Request) string {
	if r.TLS == nil || len(r.TLS.PeerCertificates) == 0 {
		return ""
	}
	return ca.Serial(r.TLS.PeerCertificates[0])
}

// certificateRow is the certificate of one terminal, as the management console shows it.
type certificateRow struct {
	Terminal  string `json:"terminal"`
	Place     string `json:"place"`
	Serial    string `json:"serial"`
	NotBefore string `json:"not_before"`
	NotAfter  string `json:"not_after"`
	DaysLeft  int    `json:"days_left"`
	State     string `json:"state" enum:"valid,renewing,expiring,expired,replaced,revoked"`
	RevokedAt string `json:"revoked_at,omitempty"`
	RevokedBy string `json:"revoked_by,omitempty"`
	Reason    string `json:"reason,omitempty"`
	LastSeen  string `json:"last_seen_at,omitempty"`
}

type certificatesIn struct {
	All bool `query:"all" doc:"也列出换下的"`
}

type certificatesOut struct {
	Body struct {
		Rows []certificateRow `json:"rows"`
	}
}

type revokeIn struct {
	Terminal string `path:"terminal" maxLength:"20"`
	Body     struct {
		Reason string `json:"reason" minLength:"2" maxLength:"200" doc:"为什么"`
	}
}

// admin adds what the management console may do with certificates.
func (p Parts) admin(srv *httpx.Server) {
	api := srv.API("fleet", "admin")
	httpx.Register(api, fleet.PermRead, huma.Operation{
		OperationID: "fleet-list-certificates", Method: http.MethodGet, Path: "/fleet/certificates", Summary: "终端证书",
	}, func(ctx context.Context, in *certificatesIn) (*certificatesOut, error) {
		out := &certificatesOut{}
		out.Body.Rows = []certificateRow{}
		err := p.DB.View(ctx, func(q db.Query) error {
			certs, err := store.Certificates(ctx, q, "")
			if err != nil {
				return err
			}
			terminals, err := store.Terminals(ctx, q)
			if err != nil {
				return err
			}
			by := map[string]store.Row{}
			for _, t := range terminals {
				by[t.Code] = t
			}
			for _, c := range certs {
				if c.State != store.CertReplaced || in.All {
					out.Body.Rows = append(out.Body.Rows, certificateOf(c, by[c.Terminal], p.Clock.Now()))
				}
			}
			return nil
		})
		return out, err
	})
	httpx.Register(api, fleet.PermRevoke, huma.Operation{
		OperationID: "fleet-revoke-certificate", Method: http.MethodPost, Path: "/fleet/certificates/{terminal}/revoke", Summary: "吊销终端证书",
	}, func(ctx context.Context, in *revokeIn) (*struct{}, error) {
		return nil, p.Enrol.Revoke(ctx, in.Terminal, in.Body.Reason)
	})
	httpx.Register(api, fleet.PermRevoke, huma.Operation{
		OperationID: "fleet-renew-certificate", Method: http.MethodPost, Path: "/fleet/certificates/{terminal}/renew", Summary: "要求终端更换证书",
	}, func(ctx context.Context, in *revokeIn) (*struct{}, error) {
		return nil, p.Enrol.WantRenewal(ctx, in.Terminal, in.Body.Reason)
	})
}

// expiring is how long before its end a certificate is marked: terminals renew theirs with four months left.
const expiring = 30 * 24 * time.Hour

func certificateOf(c store.Cert, t store.Row, now time.Time) certificateRow {
	left := c.Until.Sub(now)
	r := certificateRow{
		Terminal: c.Terminal, Place: t.Place + " " + t.Label, Serial: c.Serial, NotBefore: c.From.Format(time.RFC3339), NotAfter: c.Until.Format(time.RFC3339),
		DaysLeft: max(int(left.Hours()/24), 0), State: "valid", Reason: c.Reason,
	}
	if !t.LastSeen.IsZero() {
		r.LastSeen = t.LastSeen.Format(time.RFC3339)
	}
	switch {
	case c.State == store.CertRevoked:
		r.State, r.RevokedAt, r.RevokedBy = "revoked", c.EndedAt.Format(time.RFC3339), c.EndedBy
	case c.State == store.CertReplaced:
		r.State = "replaced"
	case left <= 0:
		r.State = "expired"
	case c.State == store.CertNext:
		r.State = "renewing"
	case left < expiring:
		r.State = "expiring"
	}
	return r
}
