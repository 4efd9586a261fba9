package auth

import (
	"context"
	"crypto/rand"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
)

//go:embed factors.yaml
var factorsYAML []byte

// factorPolicy says whose password alone is not enough.
type factorPolicy struct {
	Always []string `yaml:"always"` // roles
}

func readFactors() (p factorPolicy, err error) {
	if err = yaml.UnmarshalWithOptions(factorsYAML, &p, yaml.DisallowUnknownField()); err != nil {
		err = fmt.Errorf("read factors: %w", err)
	}
	return p, err
}

// needsSecond reports whether one of roles asks for a second factor.
func (s *Service) needsSecond(roles []string) bool {
	return slices.ContainsFunc(roles, func(r string) bool {
		return slices.Contains(s.factors.Always, r) || slices.Contains(s.limits.SecondFactor, r)
	})
}

const classTOTP = "auth.totp"

// The refusals of the second factor.
var (
	errCode  = errs.E(errs.Invalid, "auth.code", "动态口令不对或已经用过，请等下一个再填", nil)
	errTries = errs.E(errs.TooMany, "auth.code_locked", "动态口令错误次数太多，请 15 分钟后再试", nil)
)

// HasSecondFactor reports whether an account has an authenticator in use.
func (s *Service) HasSecondFactor(ctx context.Context, account string) (bool, error) {
	var n int
	err := s.db.View(ctx, func(q db.Query) error {
		return q.QueryRowContext(ctx, `SELECT COUNT(*) FROM auth_totp WHERE account = $1 AND confirmed > 0`, account).Scan(&n)
	})
	if err != nil {
		return false, fmt.Errorf("look up second factor: %w", err)
	}
	return n > 0, nil
}

// Enrolment is what the owner's authenticator must be told, once.
type Enrolment struct {
	Secret string // base32
	URI    string // otpauth://…, for a QR code
}

// Enrol makes the secret of a new authenticator for whoever is signed on. It
// counts only after Confirm; an authenticator in use is not replaced by this.
func (s *Service) Enrol(ctx context.Context, sso Session) (Enrolment, error) {
	raw := make([]byte, totpSecret)
	rand.Read(raw)
	secret := base32Plain.EncodeToString(raw)
	sealed, err := s.vault.Seal(classTOTP, secret)
	if err != nil {
		return Enrolment{}, err
	}
	var login string
	err = s.db.Do(As(ctx, sso.Actor), func(tx db.Tx) error {
		a, err := one(ctx, tx, `id = $1`, sso.Actor.ID)
		if err != nil {
			return err
		}
		login = a.Login
		res, err := tx.ExecContext(ctx, `INSERT INTO auth_totp (account, secret, confirmed, step) VALUES ($1, $2, 0, 0)
			ON CONFLICT (account) DO UPDATE SET secret = excluded.secret WHERE auth_totp.confirmed = 0`, a.ID, sealed)
		if err != nil {
			return fmt.Errorf("keep authenticator: %w", err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errs.E(errs.Conflict, "auth.has_totp", "已经绑定过动态口令；换手机请安全管理员先解绑", err)
		}
		return audit.Write(ctx, tx, audit.Record{Action: "auth.totp_begin", Object: a.ID})
	})
	if err != nil {
		return Enrolment{}, err
	}
	return Enrolment{Secret: secret, URI: totpURI(secret, login)}, nil
}

// Confirm takes the first code of a new authenticator, and returns the codes
// for the day it is lost. From now on it is asked at every sign-on; this one has
// proven it.
func (s *Service) Confirm(ctx context.Context, sso Session, code string) (recovery []string, err error) {
	for range 10 {
		recovery = append(recovery, recoveryCode())
	}
	err = s.prove(ctx, sso, ByTOTP, func(tx db.Tx) error {
		if err := s.useTOTP(ctx, tx, sso.Actor.ID, code, false); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE auth_totp SET confirmed = $1 WHERE account = $2 AND confirmed = 0`, db.Ms(tx.Now()), sso.Actor.ID)
		if err != nil {
			return fmt.Errorf("confirm authenticator: %w", err)
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM auth_recovery WHERE account = $1`, sso.Actor.ID); err != nil {
			return fmt.Errorf("forget recovery codes: %w", err)
		}
		for _, c := range recovery {
			_, err := tx.ExecContext(ctx, `INSERT INTO auth_recovery (account, code) VALUES ($1, $2)`, sso.Actor.ID, s.recoveryDigest(sso.Actor.ID, c))
			if err != nil {
				return fmt.Errorf("keep recovery codes: %w", err)
			}
		}
		return audit.Write(ctx, tx, audit.Record{Action: "auth.totp_enrol", Object: sso.Actor.ID})
	})
	if err != nil {
		return nil, err
	}
	return recovery, nil
}

// ProveCode takes a code of the authenticator, each time step once.
func (s *Service) ProveCode(ctx context.Context, sso Session, code string) error {
	return s.prove(ctx, sso, ByTOTP, func(tx db.Tx) error { return s.useTOTP(ctx, tx, sso.Actor.ID, code, true) })
}

// ProveRecovery takes a recovery code, each once.
func (s *Service) ProveRecovery(ctx context.Context, sso Session, code string) error {
	return s.prove(ctx, sso, ByRecovery, func(tx db.Tx) error {
		res, err := tx.ExecContext(ctx, `DELETE FROM auth_recovery WHERE account = $1 AND code = $2`, sso.Actor.ID, s.recoveryDigest(sso.Actor.ID, code))
		if err != nil {
			return fmt.Errorf("use recovery code: %w", err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errs.E(errs.Invalid, "auth.recovery", "恢复码不对或已经用过", err)
		}
		return audit.Write(ctx, tx, audit.Record{Action: "auth.recovery_used", Object: sso.Actor.ID})
	})
}

// prove counts the try first, in an act of its own, and then adds the factor to
// the sign-on.
func (s *Service) prove(ctx context.Context, sso Session, factor string, check func(db.Tx) error) error {
	ctx = As(ctx, sso.Actor)
	key := digest("code\x00" + sso.Actor.ID)
	var full bool
	err := s.db.Do(ctx, func(tx db.Tx) (err error) {
		_, full, err = s.count(ctx, tx, counter{key, s.limits.Failures}, sso.Actor.ID)
		return err
	})
	if err != nil {
		return err
	}
	if full {
		return errTries
	}

	err = s.db.Do(ctx, func(tx db.Tx) error {
		if err := check(tx); err != nil {
			return err
		}
		var kept string
		if err := tx.QueryRowContext(ctx, `SELECT factors FROM auth_signon WHERE id = $1`, sso.SignOn).Scan(&kept); err != nil {
			return errSignedOut
		}
		var factors []string
		if err := decode(kept, &factors); err != nil {
			return err
		}
		if !slices.Contains(factors, factor) {
			factors = append(factors, factor)
		}
		text, err := json.Marshal(factors)
		if err != nil {
			return fmt.Errorf("encode factors: %w", err)
		}
		_, err = tx.ExecContext(ctx, `UPDATE auth_signon SET factors = $1, seen = $2 WHERE id = $3`, string(text), db.Ms(tx.Now()), sso.SignOn)
		if err != nil {
			return fmt.Errorf("add factor: %w", err)
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM auth_try WHERE key = $1`, key); err != nil {
			return fmt.Errorf("forgive tries: %w", err)
		}
		return audit.Write(ctx, tx, audit.Record{Action: "auth.factor", Object: sso.Actor.ID, Detail: map[string]string{"factor": factor, "signon": sso.SignOn}})
	})
	if errs.KindOf(err) == errs.Invalid {
		return errors.Join(err, s.deniedCode(ctx, sso))
	}
	return err
}

func (s *Service) deniedCode(ctx context.Context, sso Session) error {
	return s.db.Do(ctx, func(tx db.Tx) error {
		return audit.Write(ctx, tx, audit.Record{Action: "auth.factor_denied", Object: sso.Actor.ID})
	})
}

// useTOTP uses up the step of a code.
func (s *Service) useTOTP(ctx context.Context, tx db.Tx, account, code string, confirmed bool) error {
	var sealed string
	var at, last int64
	err := tx.QueryRowContext(ctx, `SELECT secret, confirmed, step FROM auth_totp WHERE account = $1`, account).Scan(&sealed, &at, &last)
	if errors.Is(err, db.ErrNoRows) || err == nil && confirmed != (at > 0) {
		return errCode
	}
	if err != nil {
		return fmt.Errorf("load authenticator: %w", err)
	}
	secret, err := s.vault.Open(classTOTP, sealed)
	if err != nil {
		return err
	}
	raw, err := base32Plain.DecodeString(secret)
	if err != nil {
		return fmt.Errorf("decode secret: %w", err)
	}
	step, ok := matchTOTP(raw, strings.ReplaceAll(code, " ", ""), s.clock.Now(), last)
	if !ok {
		return errCode
	}
	res, err := tx.ExecContext(ctx, `UPDATE auth_totp SET step = $1 WHERE account = $2 AND step < $1`, step, account)
	if err != nil {
		return fmt.Errorf("use step: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return errCode
	}
	return nil
}

// ResetSecondFactor takes an account's authenticator away, as when the phone is
// lost, and ends its sign-ons. The caller has asked May.
func (s *Service) ResetSecondFactor(ctx context.Context, account, reason string) error {
	return s.change(ctx, account, audit.Record{Action: "auth.totp_reset", Reason: reason}, true, func(tx db.Tx) error {
		for _, what := range []string{`DELETE FROM auth_totp WHERE account = $1`, `DELETE FROM auth_recovery WHERE account = $1`} {
			if _, err := tx.ExecContext(ctx, what, account); err != nil {
				return fmt.Errorf("take authenticator away: %w", err)
			}
		}
		return nil
	})
}

func (s *Service) recoveryDigest(account, code string) string {
	plain := strings.ToLower(strings.NewReplacer("-", "", " ", "").Replace(code))
	return s.vault.Blind("auth.recovery", account+"\x00"+plain)
}

// recoveryCode is ten letters and digits that can be told apart on paper, some
// 49 bits.
func recoveryCode() string {
	const letters = "abcdefghjkmnpqrstuvwxyz23456789"
	var b strings.Builder
	for b.Len() < 11 {
		var c [1]byte
		rand.Read(c[:])
		if int(c[0]) >= 256-256%len(letters) {
			continue
		}
		if b.Len() == 5 {
			b.WriteByte('-')
		}
		b.WriteByte(letters[int(c[0])%len(letters)])
	}
	return b.String()
}

func decode(text string, into any) error {
	if err := json.Unmarshal([]byte(text), into); err != nil {
		return fmt.Errorf("decode: %w", err)
	}
	return nil
}
