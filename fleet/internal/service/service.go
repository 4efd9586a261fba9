// Package service is the centre's side of a field technician's visit (现场维护): it gives out the codes that open a terminal,
// takes the results, and reads a result code that somebody tells on the telephone.
package service

import (
	"context"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/x509"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/events"
	"tongban/fleet"
	"tongban/fleet/internal/store"
	"tongban/fleet/wire"
)

// Desk gives out codes and takes results.
type Desk struct {
	DB     *db.DB
	Clock  clock.Clock
	Centre *ecdh.PrivateKey
}

// tries is how many numbers are drawn for one code: of the 65,536 of a minute nearly all must be taken for all of them to be.
const tries = 64

// Issue makes a code for one terminal; reason is the work order, so that the record says why somebody was sent. The code
// is in the answer alone.
func (d *Desk) Issue(ctx context.Context, terminal, reason string) (fleet.ServiceCode, error) {
	if strings.TrimSpace(reason) == "" {
		return fleet.ServiceCode{}, errs.E(errs.Invalid, "fleet.no_reason", "请写明为什么去现场，例如工单号", nil)
	}
	var out fleet.ServiceCode
	err := d.DB.Do(ctx, func(tx db.Tx) error {
		row, key, err := d.Key(ctx, tx, terminal)
		if err != nil {
			return err
		}
		pass := wire.ServicePass{At: tx.Now().UTC().Truncate(time.Minute)}
		for try, taken := 0, true; taken; try++ {
			if try == tries {
				return errs.E(errs.TooMany, "fleet.service_codes", "这台终端这一分钟里发的维护码太多了，请过一分钟再发", nil)
			}
			var b [2]byte
			rand.Read(b[:]) // never fails: crypto/rand ends the program instead
			pass.Nonce = binary.BigEndian.Uint16(b[:])
			taken, err = store.AddServiceCode(ctx, tx, store.ServiceCode{Terminal: terminal, Epoch: row.Epoch, Pass: pass, MadeBy: actor.From(ctx).ID, Reason: reason})
			if err != nil {
				return err
			}
		}
		out = fleet.ServiceCode{Terminal: terminal, Code: pass.Code(key), Until: pass.Until()}
		return audit.Write(ctx, tx, audit.Record{Action: "fleet.service_code", Object: terminal, Detail: map[string]string{
			"number": strconv.Itoa(int(pass.Nonce)), "until": pass.Until().Format(time.RFC3339), "reason": reason,
		}})
	})
	if err != nil {
		return fleet.ServiceCode{}, fmt.Errorf("make service code: %w", err)
	}
	return out, nil
}

// Key is the secret shared with the terminal as it is enrolled now.
func (d *Desk) Key(ctx context.Context, q db.Query, terminal string) (store.Row, []byte, error) {
	row, err := store.Terminal(ctx, q, terminal)
	if err != nil {
		return row, nil, err
	}
	if row.State != fleet.Active || row.Public == nil {
		return row, nil, fleet.ErrNotEnrolled
	}
	parsed, err := x509.ParsePKIXPublicKey(row.Public)
	if err != nil {
		return row, nil, fmt.Errorf("read terminal key: %w", err)
	}
	pub, ok := parsed.(*ecdsa.PublicKey)
	if !ok {
		return row, nil, errors.New("read terminal key: not an ECDSA key")
	}
	point, err := pub.ECDH()
	if err != nil {
		return row, nil, fmt.Errorf("read terminal key: %w", err)
	}
	key, err := wire.ServiceKey(d.Centre, point, terminal, row.Epoch)
	return row, key, err
}

// Accept implements fleet.Acceptor for wire.KindDiagnosis.
func (d *Desk) Accept(ctx context.Context, tx db.Tx, env wire.Envelope, from fleet.Terminal, body []byte) (string, error) {
	var in wire.Diagnosis
	if err := json.Unmarshal(body, &in); err != nil {
		return "", errs.E(errs.Invalid, wire.CodeInvalid, "诊断结果读不出来，请升级终端程序", err)
	}
	if in.Worst.Word() == "" || in.Faults < 0 {
		return "", errs.E(errs.Invalid, wire.CodeInvalid, "诊断结果不完整，请升级终端程序", fmt.Errorf("worst %q, %d faults", in.Worst, in.Faults))
	}
	if err := store.AddDiagnosis(ctx, tx, env.ID, from.Code, in); err != nil {
		return "", err
	}
	err := audit.Write(ctx, tx, audit.Record{Action: "fleet.diagnose", Object: from.Code, Detail: map[string]string{
		"number": strconv.Itoa(int(in.Pass)), "faults": strconv.Itoa(in.Faults), "worst": string(in.Worst),
	}})
	if err != nil {
		return "", err
	}
	return "", events.Emit(ctx, tx, events.Event{Topic: fleet.EventDiagnosed, Key: from.Code, Data: fleet.Diagnosed{Terminal: from.Code, Faults: in.Faults, Worst: in.Worst}})
}

// shown is how many results a list holds at most.
const shown = 200

// List returns the newest results, of one terminal or of all.
func (d *Desk) List(ctx context.Context, terminal string) (out []fleet.Diagnosis, err error) {
	err = d.DB.View(ctx, func(q db.Query) error {
		out, err = store.Diagnoses(ctx, q, terminal, shown)
		return err
	})
	return out, err
}

// Read checks a result code that a technician tells: the terminal may be without a network for days.
func (d *Desk) Read(ctx context.Context, terminal, code string) (out fleet.Result, err error) {
	err = d.DB.View(ctx, func(q db.Query) error {
		_, key, err := d.Key(ctx, q, terminal)
		if err != nil {
			return err
		}
		o, err := wire.ReadOutcome(key, code)
		if err != nil {
			return fmt.Errorf("%w: %w", fleet.ErrWrongResult, err)
		}
		out.Outcome = o
		if out.Reason, _, err = store.ServiceReason(ctx, q, terminal, o.Nonce); err != nil {
			return err
		}
		out.Arrived, err = store.HasDiagnosis(ctx, q, terminal, o.Nonce, d.Clock.Now().Add(-24*time.Hour))
		return err
	})
	return out, err
}
