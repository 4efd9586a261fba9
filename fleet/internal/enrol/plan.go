package enrol

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/fleet"
	"tongban/fleet/internal/store"
	"tongban/fleet/wire"
)

// Spec names the place for which a code is made.
type Spec struct {
	Code   string // K-01
	Number int    // 1–899; 0 takes the digits of Code, or the next free one
	Model  string // kiosk-21; "" takes any
	Place  string
	Label  string
	Region string
	By     string // who asked, for the record
}

// Code plans a terminal and returns its one-time code, such as 7K3QD-…; nobody can read it again afterwards.
func (d *Desk) Code(ctx context.Context, s Spec) (string, error) {
	if !wire.ValidTerminal(s.Code) {
		return "", errs.E(errs.Invalid, "fleet.bad_terminal", "终端编号应为大写字母、短横和数字，例如 K-01", nil)
	}
	code := newCode()
	err := d.DB.Do(ctx, func(tx db.Tx) error {
		number, err := d.number(ctx, tx, s)
		if err != nil {
			return err
		}
		t := fleet.Terminal{Code: s.Code, Number: number, Model: s.Model, Place: s.Place, Label: s.Label, Region: s.Region}
		if err := store.Plan(ctx, tx, t); err != nil {
			return err
		}
		err = store.AddCode(ctx, tx, store.EnrolCode{
			Hash: hash(code), Terminal: s.Code, CreatedBy: s.By, ExpiresAt: d.Clock.Now().Add(codeLife),
		})
		if err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "fleet.plan", Object: s.Code, Detail: map[string]string{"place": s.Place, "label": s.Label}})
	})
	if err != nil {
		return "", fmt.Errorf("make enrolment code: %w", err)
	}
	return code, nil
}

// last is the highest number of a terminal: 900 to 999 are the counters', which make case numbers too (ADR 0004).
const last = 899

// number finds the terminal's number. A known terminal keeps its own: case numbers hang on it.
func (d *Desk) number(ctx context.Context, tx db.Tx, s Spec) (int, error) {
	known, err := store.Terminal(ctx, tx, s.Code)
	switch {
	case err == nil && (s.Number == 0 || s.Number == known.Number):
		return known.Number, nil
	case err == nil:
		return 0, errs.E(errs.Conflict, "fleet.number_fixed", fmt.Sprintf("%s 的编号是 %d，不能改动", s.Code, known.Number), nil)
	case !errors.Is(err, fleet.ErrNoSuchTerminal):
		return 0, err
	}
	if s.Number < 0 || s.Number > last {
		return 0, errs.E(errs.Invalid, "fleet.bad_number", "终端序号应在 1 到 899 之间，900 以上留给窗口", nil)
	}
	if s.Number > 0 {
		other, err := store.NumberTaken(ctx, tx, s.Number)
		if err == nil && other != "" {
			err = errs.E(errs.Conflict, "fleet.number_taken", fmt.Sprintf("序号 %d 已由 %s 使用，请换一个", s.Number, other), nil)
		}
		return s.Number, err
	}
	_, digits, _ := strings.Cut(s.Code, "-")
	first, err := strconv.Atoi(digits)
	if err != nil || first < 1 || first > last {
		first = 1
	}
	for i := range last {
		n := (first-1+i)%last + 1
		other, err := store.NumberTaken(ctx, tx, n)
		if err != nil || other == "" {
			return n, err
		}
	}
	return 0, errs.E(errs.Conflict, "fleet.numbers_used_up", "899 个终端序号都已用完，请先停用不用的终端", nil)
}

var codeText = base32.StdEncoding.WithPadding(base32.NoPadding)

// newCode returns 100 random bits as four groups of five: A–Z and 2–7, so that it can be read out and typed.
func newCode() string {
	var b [13]byte
	rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	s := codeText.EncodeToString(b[:])
	return s[0:5] + "-" + s[5:10] + "-" + s[10:15] + "-" + s[15:20]
}

// hash is how a code is kept. It is random and long, so that one round is enough. Dashes, spaces and lower case do not
// matter to whoever types.
func hash(code string) string {
	code = strings.ToUpper(strings.NewReplacer("-", "", " ", "", "－", "", "—", "").Replace(code))
	sum := sha256.Sum256([]byte("tongban-enrol\x00" + code))
	return hex.EncodeToString(sum[:])
}
