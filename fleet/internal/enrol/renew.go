package enrol

import (
	"bytes"
	"context"
	"crypto/x509"
	"fmt"
	"strings"
	"time"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/events"
	"tongban/fleet"
	"tongban/fleet/internal/ca"
	"tongban/fleet/internal/store"
	"tongban/fleet/wire"
)

// renewal is when a certificate is changed: with a third of its life left. The centre decides by its own clock; what a
// terminal believes the time to be plays no part.
func renewal(c store.Cert) time.Time { return c.Until.Add(-c.Until.Sub(c.From) / 3) }

// State tells a terminal how the certificate that it shows stands.
func (d *Desk) State(ctx context.Context, code, serial string) (out wire.CertificateState, err error) {
	err = d.DB.View(ctx, func(q db.Query) error {
		c, known, err := store.CertBySerial(ctx, q, serial)
		if err != nil {
			return err
		}
		if !known || c.Terminal != code {
			return fleet.ErrNotEnrolled
		}
		wanted, err := store.RenewalWanted(ctx, q, code)
		out = wire.CertificateState{
			Serial: serial, Until: c.Until, Confirm: c.State == store.CertNext,
			Due: c.State == store.CertActive && (wanted || d.Clock.Now().After(renewal(c))),
		}
		return err
	})
	return out, err
}

// Renew signs a certificate for a fresh key of a terminal that shows a current one. The old one stays valid until the
// terminal confirms the new. Asking again with the same key gives the same answer; with another key the earlier answer is
// worth nothing.
func (d *Desk) Renew(ctx context.Context, code string, req wire.RenewRequest) (wire.Enrolment, error) {
	pub, err := ca.CheckRequest(req.CSR)
	if err != nil {
		return wire.Enrolment{}, errs.E(errs.Invalid, "fleet.bad_csr", "证书申请不对，请升级终端程序", err)
	}
	der, err := x509.MarshalPKIXPublicKey(pub)
	if err != nil {
		return wire.Enrolment{}, fmt.Errorf("encode key: %w", err)
	}
	var row store.Row
	var next store.Cert
	var line string
	err = d.DB.Do(ctx, func(tx db.Tx) error {
		if row, err = store.Terminal(ctx, tx, code); err != nil {
			return err
		}
		certs, err := store.Certificates(ctx, tx, code)
		if err != nil {
			return err
		}
		var present store.Cert
		next = store.Cert{}
		for _, c := range certs {
			switch {
			case c.State == store.CertNext && bytes.Equal(c.Public, der):
				next = c
			case c.State == store.CertActive:
				present = c
			}
		}
		wanted, err := store.RenewalWanted(ctx, tx, code)
		switch {
		case err != nil:
			return err
		case present.Serial == "":
			return fleet.ErrNotEnrolled
		case next.Serial != "":
			return nil // the answer was lost on the way
		case bytes.Equal(present.Public, der):
			return errs.E(errs.Invalid, "fleet.same_key", "新证书要用新的密钥", nil)
		case !wanted && !d.Clock.Now().After(renewal(present)):
			return fleet.ErrNotDue
		}
		signed, err := d.Keys.IssueTerminal(code, row.Epoch, pub, d.Clock.Now())
		if err != nil {
			return err
		}
		next = store.Cert{PEM: string(signed.PEM), Public: signed.Public, Certificate: fleet.Certificate{
			Serial: signed.Serial, Terminal: code, Epoch: row.Epoch, Until: signed.Until, State: store.CertNext,
		}}
		if err := store.EndCerts(ctx, tx, code, store.CertReplaced, code, "never used", store.CertNext); err != nil {
			return err
		}
		if err := store.AddCert(ctx, tx, next); err != nil {
			return err
		}
		if line, err = store.Line(ctx, tx, code); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "fleet.renew", Object: code, Detail: map[string]string{"serial": next.Serial, "replaces": present.Serial}})
	})
	if err != nil {
		return wire.Enrolment{}, fmt.Errorf("renew certificate: %w", err)
	}
	if line != "" {
		d.tell(ctx, code, line)
	}
	at := d.Addresses()
	return wire.Enrolment{
		Terminal: row.Code, Number: row.Number, Epoch: row.Epoch, Place: row.Place, Label: row.Label, Cert: next.PEM,
		CA: string(d.Keys.RootPEM), CentreKey: d.Keys.Centre.PublicKey().Bytes(), Broker: at.Broker, Web: at.Web, Public: at.Public,
	}, nil
}

// Confirm makes the certificate that a terminal shows its only one: it has it safely on its disk and uses it.
func (d *Desk) Confirm(ctx context.Context, code, serial string) error {
	line := ""
	err := d.DB.Do(ctx, func(tx db.Tx) error {
		c, known, err := store.CertBySerial(ctx, tx, serial)
		if err != nil {
			return err
		}
		switch {
		case !known || c.Terminal != code:
			return fleet.ErrNotEnrolled
		case c.State == store.CertActive:
			return nil
		case c.State != store.CertNext:
			return fleet.ErrNotEnrolled
		}
		if err := store.EndCerts(ctx, tx, code, store.CertReplaced, code, "", store.CertActive); err != nil {
			return err
		}
		if err := store.Activate(ctx, tx, c); err != nil {
			return err
		}
		line = serial
		return audit.Write(ctx, tx, audit.Record{Action: "fleet.confirm_certificate", Object: code, Detail: map[string]string{"serial": serial}})
	})
	if err != nil {
		return fmt.Errorf("confirm certificate: %w", err)
	}
	if line != "" {
		d.tell(ctx, code, line)
	}
	return nil
}

// Revoke shuts a terminal out: its certificates are worth nothing from now on, live connections are cut, and what it still
// sends is refused. Only a new enrolment lets it in again.
func (d *Desk) Revoke(ctx context.Context, code, reason string) error {
	reason = strings.TrimSpace(reason)
	if reason == "" {
		return errs.E(errs.Invalid, "fleet.no_reason", "请写明吊销的原因", nil)
	}
	err := d.DB.Do(ctx, func(tx db.Tx) error {
		row, err := store.Terminal(ctx, tx, code)
		if err != nil {
			return err
		}
		if row.State != fleet.Active {
			return fleet.ErrNotEnrolled
		}
		by := tx.Actor().Name
		if by == "" {
			by = tx.Actor().ID
		}
		if err := store.EndCerts(ctx, tx, code, store.CertRevoked, by, reason, store.CertActive, store.CertNext, store.CertReplaced); err != nil {
			return err
		}
		if err := store.Shut(ctx, tx, code); err != nil {
			return err
		}
		if err := audit.Write(ctx, tx, audit.Record{Action: "fleet.revoke", Object: code, Reason: reason, Detail: map[string]string{"serial": row.CertSerial}}); err != nil {
			return err
		}
		return events.Emit(ctx, tx, events.Event{Topic: fleet.EventRevoked, Key: code, Data: fleet.RevokedTerminal{Terminal: code}})
	})
	if err != nil {
		return fmt.Errorf("revoke terminal: %w", err)
	}
	d.tell(ctx, code, "")
	return nil
}

// WantRenewal asks a terminal for a new certificate; it hears of it when it asks next.
func (d *Desk) WantRenewal(ctx context.Context, code, reason string) error {
	err := d.DB.Do(ctx, func(tx db.Tx) error {
		row, err := store.Terminal(ctx, tx, code)
		if err != nil {
			return err
		}
		if row.State != fleet.Active {
			return fleet.ErrNotEnrolled
		}
		if err := store.WantRenewal(ctx, tx, code); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "fleet.ask_renewal", Object: code, Reason: reason})
	})
	if err != nil {
		return fmt.Errorf("ask for renewal: %w", err)
	}
	return nil
}

// tell lets the broker know at once; the round that keeps the roll does it again anyway.
func (d *Desk) tell(ctx context.Context, code, line string) {
	if d.Admit == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, admitWait)
	defer cancel()
	if err := d.Admit(ctx, code, line); err != nil && d.Log != nil {
		d.Log.WarnContext(ctx, "broker does not know of the change yet", "terminal", code, "cause", err.Error())
	}
}
