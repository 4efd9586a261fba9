package httpx

import (
	"context"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
)

// noTrespass are refusals that say nothing about the person: a stale page, a
// foreign site, a password that is to be changed first.
var noTrespass = map[string]bool{"auth.csrf": true, "auth.cross_origin": true, "auth.must_change": true}

// refused records that somebody known reached for what is not theirs (越权). It
// returns err, or the audit's own error: without the record the answer is 503,
// and nobody probes unseen.
func (s *Server) refused(ctx context.Context, operation string, err error) error {
	who := auth.Who(ctx)
	if s.cfg.DB == nil || !who.Known() || errs.KindOf(err) != errs.Forbidden || noTrespass[errs.CodeOf(err)] {
		return err
	}
	// Not part of the refused act: its idempotency key stays unclaimed.
	ctx = db.WithFirst(ctx, nil)
	kept := s.cfg.DB.Do(ctx, func(tx db.Tx) error {
		return audit.Write(ctx, tx, audit.Record{Action: "auth.refused", Object: operation, Detail: map[string]string{"code": errs.CodeOf(err)}})
	})
	if kept != nil {
		return kept
	}
	return err
}
