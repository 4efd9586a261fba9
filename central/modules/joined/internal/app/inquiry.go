package app

import (
	"context"
	"errors"
	"net/http"

	"tongban/central/kernel/signed"
	"tongban/central/modules/joined"
	"tongban/fleet/wire"
)

// InquiryKey is the key by which inquiry machines (查询机) sign what they ask.
type InquiryKey struct {
	ID     string
	Secret []byte
}

// Proven checks that a request came from an inquiry machine. Asking again changes nothing, so that no nonce has to be remembered.
func (a *App) Proven(r *http.Request, body []byte) error {
	if a.Inquiry == nil {
		return joined.ErrUnsigned
	}
	stamp, err := signed.Read(r.Header)
	if err == nil && stamp.Key != a.Inquiry.ID {
		err = signed.ErrSignature
	}
	if err == nil {
		err = signed.Check(r, r.URL.RequestURI(), a.Inquiry.Secret, body, a.Clock.Now())
	}
	if err != nil {
		return errors.Join(joined.ErrUnsigned, err)
	}
	return nil
}

// Inquire answers an inquiry machine: the one case whose number and check code of the slip somebody has typed. A person's other
// cases are never shown on it: it stands in a public hall.
func (a *App) Inquire(ctx context.Context, no, code string) (wire.ProgressAnswer, error) {
	cases, err := a.Cases.Progress(ctx, wire.ProgressQuery{CaseNo: no, CheckCode: code})
	return wire.ProgressAnswer{Cases: cases}, err
}
