// Package enrol makes a machine in a hall into a known terminal (终端登记): an administrator makes a one-time code for a
// place, the technician types it there, the machine sends it with the key that it has just made and gets its certificate.
//
// Every enrolment raises the terminal's epoch. From that moment the certificate, the signature and the envelopes of the
// earlier one are worth nothing, so that a stolen or copied disk is shut out by enrolling the place again.
package enrol

import (
	"context"
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/events"
	"tongban/fleet"
	"tongban/fleet/internal/ca"
	"tongban/fleet/internal/store"
	"tongban/fleet/wire"
)

// codeLife is how long a one-time code may be used.
const codeLife = 7 * 24 * time.Hour

// admitWait bounds the wait for the broker to hear of a new certificate; the terminal's first try may then be refused
// once, and the next round of the roll brings it in.
const admitWait = 2 * time.Second

// seqMargin is left free when a terminal is enrolled again on the same day: its old disk may hold, and its printer may
// have given out, numbers that never arrived here.
const seqMargin = 100

// What people are told.
var (
	errBadCode  = errs.E(errs.Forbidden, "fleet.bad_code", "登记码不对或已过期，请核对，或向管理员要一个新的", nil)
	errCodeUsed = errs.E(errs.Conflict, "fleet.code_used", "这个登记码已经用过，请向管理员要一个新的", nil)
)

// Addresses are what a terminal is told of the centre.
type Addresses struct{ Broker, Web, Public string }

// Desk enrols terminals.
type Desk struct {
	DB        *db.DB
	Clock     clock.Clock
	Log       *slog.Logger
	Keys      *ca.Keys
	Addresses func() Addresses
	// Admit lets exactly this certificate of the terminal connect to the broker.
	Admit func(ctx context.Context, code, serial string) error
}

// Enrol trades a one-time code for a certificate. Asking again with the same code and the same key, because the answer
// was lost, gives the same answer; with another key it is refused.
func (d *Desk) Enrol(ctx context.Context, req wire.EnrolRequest) (wire.Enrolment, error) {
	pub, err := ca.CheckRequest(req.CSR)
	if err != nil {
		return wire.Enrolment{}, errs.E(errs.Invalid, "fleet.bad_csr", "证书申请不对，请升级终端程序后再登记", err)
	}
	key, err := keyHash(pub)
	if err != nil {
		return wire.Enrolment{}, err
	}
	h := hash(req.Code)

	// A guess must not cost a turn to write.
	err = d.DB.View(ctx, func(q db.Query) error {
		_, found, err := store.Code(ctx, q, h)
		if err == nil && !found {
			err = errBadCode
		}
		return err
	})
	if err != nil {
		return wire.Enrolment{}, fmt.Errorf("enrol terminal: %w", err)
	}

	var row store.Row
	var seq int
	err = d.DB.Do(ctx, func(tx db.Tx) error {
		var err error
		if row, err = d.enrol(ctx, tx, h, key, pub, req); err != nil {
			return err
		}
		seq, err = d.caseSeq(ctx, tx, row)
		return err
	})
	if err != nil {
		return wire.Enrolment{}, fmt.Errorf("enrol terminal: %w", err)
	}
	d.admit(ctx, row)

	at := d.Addresses()
	return wire.Enrolment{
		Terminal: row.Code, Number: row.Number, Epoch: row.Epoch, Place: row.Place, Label: row.Label,
		Cert: row.CertPEM, CA: string(d.Keys.RootPEM), CentreKey: d.Keys.Centre.PublicKey().Bytes(),
		Broker: at.Broker, Web: at.Web, Public: at.Public, CaseSeq: seq,
	}, nil
}

func (d *Desk) enrol(ctx context.Context, tx db.Tx, h, key string, pub *ecdsa.PublicKey, req wire.EnrolRequest) (store.Row, error) {
	code, found, err := store.Code(ctx, tx, h)
	if err != nil {
		return store.Row{}, err
	}
	if !found {
		return store.Row{}, errBadCode
	}
	row, err := store.Terminal(ctx, tx, code.Terminal)
	if err != nil {
		return store.Row{}, err
	}
	switch {
	case !code.UsedAt.IsZero() && code.UsedKey == key && code.Epoch == row.Epoch:
		return row, nil // the answer was lost on the way
	case !code.UsedAt.IsZero():
		return store.Row{}, errCodeUsed
	case d.Clock.Now().After(code.ExpiresAt):
		return store.Row{}, errBadCode
	case row.Model != "" && row.Model != req.Model:
		return store.Row{}, errs.E(errs.Conflict, "fleet.wrong_model", "这个登记码是给另一种型号的终端的，请核对摆放位置", fmt.Errorf("want %q", row.Model))
	}

	cert, err := d.Keys.IssueTerminal(row.Code, row.Epoch+1, pub, d.Clock.Now())
	if err != nil {
		return store.Row{}, err
	}
	row.Epoch++
	row.Hardware = req.Hardware
	row.CertPEM, row.CertSerial, row.CertUntil, row.Public = string(cert.PEM), cert.Serial, cert.Until, cert.Public
	if err := store.Enrol(ctx, tx, row); err != nil {
		return store.Row{}, err
	}
	if err := store.UseCode(ctx, tx, h, key, row.Epoch); err != nil {
		return store.Row{}, err
	}
	err = audit.Write(ctx, tx, audit.Record{Action: "fleet.enrol", Object: row.Code, Detail: map[string]string{
		"epoch": strconv.Itoa(row.Epoch), "serial": row.CertSerial, "hardware": row.Hardware,
	}})
	if err != nil {
		return store.Row{}, err
	}
	return row, events.Emit(ctx, tx, events.Event{Topic: fleet.EventEnrolled, Key: row.Code, Data: fleet.Enrolled{Terminal: row.Code, Epoch: row.Epoch}})
}

// caseSeq is the count that the terminal goes on from today, so that no number is given out twice.
func (d *Desk) caseSeq(ctx context.Context, tx db.Tx, row store.Row) (int, error) {
	day := d.Clock.Now().In(clock.Shanghai)
	last, err := store.LastCase(ctx, tx, row.Code, fmt.Sprintf("MY%s-%03d-", day.Format("060102"), row.Number))
	if err != nil {
		return 0, err
	}
	seq := 0
	if parts := strings.Split(last, "-"); len(parts) == 4 {
		if seq, err = strconv.Atoi(parts[2]); err != nil {
			return 0, fmt.Errorf("read kept case number: %w", err)
		}
	}
	if row.Epoch > 1 {
		seq = min(seq+seqMargin, 9999)
	}
	return seq, nil
}

// admit tells the broker at once; the round that keeps the roll does it again anyway.
func (d *Desk) admit(ctx context.Context, row store.Row) {
	if d.Admit == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, admitWait)
	defer cancel()
	if err := d.Admit(ctx, row.Code, row.CertSerial); err != nil {
		d.Log.WarnContext(ctx, "broker does not know the new certificate yet", "terminal", row.Code, "cause", err.Error())
	}
}

func keyHash(pub *ecdsa.PublicKey) (string, error) {
	der, err := x509.MarshalPKIXPublicKey(pub)
	if err != nil {
		return "", fmt.Errorf("encode key: %w", err)
	}
	sum := sha256.Sum256(der)
	return hex.EncodeToString(sum[:]), nil
}
