package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/vault"
)

// SMS queues short messages in the act that wants them; *notify.Outbox is one.
type SMS interface {
	Send(ctx context.Context, tx db.Tx, phone vault.Phone, template string, args map[string]string) error
}

// Vault seals what only the program may read; *vault.Vault is one.
type Vault interface {
	Seal(class, plaintext string) (string, error)
	Open(class, sealed string) (string, error)
	Blind(class, plaintext string) string
}

// UseSMS sets who sends codes. Call it before the first request.
func (s *Service) UseSMS(sms SMS) { s.sms = sms }

// UseChallenge sets the challenge after failed tries. Call it before the first
// request.
func (s *Service) UseChallenge(c Challenge) { s.challenge = c }

const (
	classPhone   = "person.phone"
	codeLife     = 5 * time.Minute
	codeTries    = 5
	codeInterval = time.Minute // between two codes to one number
	codesADay    = 10          // to one number
	codesASource = 30          // an hour
)

// What a code is for. A code of one purpose is worth nothing for another.
const (
	forSignOn  = "signon"
	forCitizen = "citizen"
)

// The refusals of codes sent to phones.
var (
	errPhone     = errs.E(errs.Invalid, "auth.phone", "手机号不对，请核对后再填", nil)
	errPhoneCode = errs.E(errs.Unauthorised, "auth.phone_code", "验证码不对或已过期，请核对或重新获取", nil)
	errTooSoon   = errs.E(errs.TooMany, "auth.phone_soon", "验证码刚发过，请一分钟后再获取", nil)
	errTooMany   = errs.E(errs.TooMany, "auth.phone_many", "今天获取验证码的次数已用完，请明天再来或用别的方式登录", nil)
)

var mobile = regexp.MustCompile(`^1[3-9][0-9]{9}$`)

// SetPhone notes the phone of an account, which codes are sent to; "" takes it
// away. One number belongs to one account.
func (s *Service) SetPhone(ctx context.Context, account string, phone vault.Phone) error {
	return s.change(ctx, account, audit.Record{Action: "auth.set_phone"}, false, func(tx db.Tx) error {
		return s.putPhone(ctx, tx, account, phone)
	})
}

// putPhone is SetPhone inside another act, which also records it.
func (s *Service) putPhone(ctx context.Context, tx db.Tx, account string, phone vault.Phone) error {
	if phone == "" {
		return s.set(ctx, tx, account, `phone_sealed = '', phone_blind = ''`)
	}
	if !mobile.MatchString(phone.Reveal()) {
		return errPhone
	}
	sealed, err := s.vault.Seal(classPhone, phone.Reveal())
	if err != nil {
		return err
	}
	blind := s.vault.Blind(classPhone, phone.Reveal())
	var n int
	err = tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM auth_account WHERE phone_blind = $1 AND id <> $2`, blind, account).Scan(&n)
	if err != nil {
		return fmt.Errorf("look up phone: %w", err)
	}
	if n > 0 {
		return errs.E(errs.Conflict, "auth.phone_taken", "这个手机号已经在另一个账号上", nil)
	}
	return s.set(ctx, tx, account, `phone_sealed = $3, phone_blind = $4`, sealed, blind)
}

// Phone returns the phone of an account, "" when it has none. The caller has
// asked May, and masks it.
func (s *Service) Phone(ctx context.Context, account string) (vault.Phone, error) {
	var sealed string
	err := s.db.View(ctx, func(q db.Query) error {
		return q.QueryRowContext(ctx, `SELECT phone_sealed FROM auth_account WHERE id = $1`, account).Scan(&sealed)
	})
	if err != nil || sealed == "" {
		return "", orNoAccount(err)
	}
	plain, err := s.vault.Open(classPhone, sealed)
	return vault.Phone(plain), err
}

// SendCode sends a sign-on code to a phone when an account has it. The answer
// is the same when none has.
func (s *Service) SendCode(ctx context.Context, phone vault.Phone) error {
	return s.sendCode(ctx, forSignOn, phone, func(tx db.Tx, blind string) (bool, error) {
		a, err := one(ctx, tx, `phone_blind = $1`, blind)
		if errs.KindOf(err) == errs.NotFound {
			return false, nil
		}
		return err == nil && a.Open(s.clock.Now()), err
	})
}

// sendCode makes a code, keeps its digest and sends it where wanted says so.
func (s *Service) sendCode(ctx context.Context, purpose string, phone vault.Phone, wanted func(db.Tx, string) (bool, error)) error {
	if !mobile.MatchString(phone.Reveal()) {
		return errPhone
	}
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return fmt.Errorf("make code: %w", err)
	}
	code := fmt.Sprintf("%06d", n)
	blind := s.vault.Blind(classPhone, phone.Reveal())
	var refused error
	err = s.db.Do(ctx, func(tx db.Tx) error {
		refused = nil
		for _, w := range []struct {
			key    string
			limit  int
			length time.Duration
			err    error
		}{
			{digest("sms-minute\x00" + blind), 1, codeInterval, errTooSoon},
			{digest("sms-day\x00" + blind), codesADay, 24 * time.Hour, errTooMany},
			{digest("sms-source\x00" + actor.OriginFrom(ctx).Source), codesASource, time.Hour, errTooMany},
		} {
			ok, err := s.window(ctx, tx, w.key, w.limit, w.length)
			if err != nil {
				return err
			}
			if !ok {
				refused = w.err // counted all the same
				return nil
			}
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO auth_code (key, code, tries, expires) VALUES ($1, $2, 0, $3)
			ON CONFLICT (key) DO UPDATE SET code = excluded.code, tries = 0, expires = excluded.expires`,
			codeKey(purpose, blind), s.vault.Blind("auth.code", purpose+blind+code), db.Ms(tx.Now().Add(codeLife)))
		if err != nil {
			return fmt.Errorf("keep code: %w", err)
		}
		send, err := wanted(tx, blind)
		if err != nil || !send || s.sms == nil {
			return err
		}
		return s.sms.Send(ctx, tx, phone, "signon.code", map[string]string{"code": code, "minutes": fmt.Sprint(int(codeLife.Minutes()))})
	})
	return errors.Join(err, refused)
}

func codeKey(purpose, blind string) string { return digest(purpose + "\x00" + blind) }

// useCode uses a code up. A try counts before the code is looked at, and a
// right code is worth nothing the second time.
func (s *Service) useCode(ctx context.Context, purpose, blind, code string) error {
	ok := false
	err := s.db.Do(ctx, func(tx db.Tx) error {
		ok = false
		var kept string
		err := tx.QueryRowContext(ctx, `UPDATE auth_code SET tries = tries + 1 WHERE key = $1 AND tries < $2 AND expires > $3 RETURNING code`,
			codeKey(purpose, blind), codeTries, db.Ms(tx.Now())).Scan(&kept)
		if errors.Is(err, db.ErrNoRows) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("use code: %w", err)
		}
		given := s.vault.Blind("auth.code", purpose+blind+code)
		if ok = subtle.ConstantTimeCompare([]byte(kept), []byte(given)) == 1; !ok {
			return nil
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM auth_code WHERE key = $1`, codeKey(purpose, blind))
		return err
	})
	if err != nil {
		return err
	}
	if !ok {
		return errPhoneCode
	}
	return nil
}

// SignInByCode signs on the account whose phone got the code.
func (s *Service) SignInByCode(ctx context.Context, phone vault.Phone, code, old string) (Session, error) {
	blind := s.vault.Blind(classPhone, phone.Reveal())
	err := s.useCode(ctx, forSignOn, blind, code)
	if err == nil {
		var a Account
		if a, _, err = s.account(ctx, `phone_blind = $1`, blind); err == nil && a.Open(s.clock.Now()) {
			return s.signOn(ctx, a, []string{ByPhone}, old, nil)
		}
		if err == nil || errors.Is(err, db.ErrNoRows) {
			err = errPhoneCode
		}
	}
	if errs.KindOf(err) != errs.Unauthorised {
		return Session{}, err
	}
	return Session{}, errors.Join(err, s.db.Do(ctx, func(tx db.Tx) error {
		return audit.Write(ctx, tx, audit.Record{Action: "auth.login_denied", Object: "phone:" + blind[:12]})
	}))
}
