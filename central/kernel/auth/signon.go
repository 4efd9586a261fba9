package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/httpx/challenge"
	"tongban/central/kernel/ids"
)

// What can be proven at the sign-on (认证因素), named as in RFC 8176 where it has
// a name.
const (
	ByPassword = "pwd"
	ByPhone    = "sms" // a code sent to the phone of the account
	ByTOTP     = "otp" // a code of the authenticator, RFC 6238
	ByRecovery = "rec" // one of the codes written down for the day the phone is lost
	ByProvince = "fed" // another account system has proven it
)

// Step is what a sign-on still asks for (登录步骤).
type Step string

// The steps, in the order in which they are asked.
const (
	StepSignIn   Step = "sign-in"  // nobody is signed on
	StepCode     Step = "code"     // a code of the authenticator
	StepEnrol    Step = "enrol"    // the account needs an authenticator and has none
	StepPassword Step = "password" // the password was made by somebody else, or is too old
	StepDone     Step = "done"
)

// Try is one attempt to sign in by password.
type Try struct {
	Login, Password string
	Challenge       string // answer to the challenge that is asked after some failures
	Old             string // token of the sign-on cookie that came along
}

// Challenge makes guessing dear (验证): work that must be done before a password
// is looked at, once some were wrong. *challenge.Service is one.
type Challenge interface {
	Check(ctx context.Context, purpose, solution string, keys ...string) error
	Failed(ctx context.Context, purpose string, keys ...string) error
	Passed(ctx context.Context, purpose string, keys ...string) error
}

const challengeFor = "sign-in"

// SignIn checks a password and signs the person on. What Next then says must
// follow before the sign-on opens anything. The sign-on that Old names ends, or
// goes on under a new token when it is the same person's.
func (s *Service) SignIn(ctx context.Context, t Try) (Session, error) {
	login, source := normal(t.Login), actor.OriginFrom(ctx).Source
	if s.challenge != nil {
		if err := s.challenge.Check(ctx, challengeFor, t.Challenge, challenge.Keys(ctx, login)...); err != nil {
			return Session{}, err
		}
	}
	if err := s.claimTry(ctx, login, source); err != nil {
		return Session{}, err
	}
	a, kept, err := s.account(ctx, `login = $1`, login)
	if err != nil && !errors.Is(err, db.ErrNoRows) {
		return Session{}, fmt.Errorf("load account: %w", err)
	}
	if now := s.clock.Now(); !a.Open(now) || !a.PasswordUntil.IsZero() && !now.Before(a.PasswordUntil) {
		kept = ""
	}
	ok, err := s.hasher.check(ctx, kept, t.Password)
	if err != nil {
		return Session{}, fmt.Errorf("check password: %w", err)
	}
	if s.challenge != nil {
		verdict, keys := s.challenge.Passed, []string{challenge.Who(login)}
		if !ok {
			verdict, keys = s.challenge.Failed, challenge.Keys(ctx, login)
		}
		if err := verdict(ctx, challengeFor, keys...); err != nil {
			return Session{}, err
		}
	}
	if !ok {
		return Session{}, s.denied(ctx, a, login)
	}
	return s.signOn(ctx, a, []string{ByPassword}, t.Old, func(tx db.Tx) error { return s.forgive(ctx, tx, login, source) })
}

// SignInAs signs on an account that somebody else has vouched for, such as the
// provincial account system.
func (s *Service) SignInAs(ctx context.Context, account, factor, old string) (Session, error) {
	a, err := s.Get(ctx, account)
	if err != nil {
		return Session{}, err
	}
	if !a.Open(s.clock.Now()) {
		return Session{}, errDenied
	}
	return s.signOn(ctx, a, []string{factor}, old, nil)
}

// signOn writes the sign-on. more is done in the same act.
func (s *Service) signOn(ctx context.Context, a Account, factors []string, old string, more func(db.Tx) error) (Session, error) {
	ctx = As(ctx, a.actor())
	out := Session{Token: token(), CSRF: token(), For: ForSSO, Factors: factors}
	proven, err := json.Marshal(factors)
	if err != nil {
		return Session{}, fmt.Errorf("encode factors: %w", err)
	}
	err = s.db.Do(ctx, func(tx db.Tx) (err error) {
		now := tx.Now()
		out.Expires, out.Seen = now.Add(s.limits.SignOn), now
		if out.Actor, err = s.actorOf(ctx, tx, a); err != nil {
			return err
		}
		out.SignOn = ids.New()
		if old != "" {
			if err := s.replace(ctx, tx, digest(old), a.ID, &out); err != nil {
				return err
			}
		}
		if more != nil {
			if err := more(tx); err != nil {
				return err
			}
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO auth_signon (id, token, account, csrf, factors, source, created, seen, expires)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8)
			ON CONFLICT (id) DO UPDATE SET token = excluded.token, csrf = excluded.csrf, factors = excluded.factors,
				source = excluded.source, created = excluded.created, seen = excluded.seen, expires = excluded.expires`,
			out.SignOn, digest(out.Token), a.ID, out.CSRF, string(proven), actor.OriginFrom(ctx).Source, db.Ms(now), db.Ms(out.Expires))
		if err != nil {
			return fmt.Errorf("insert sign-on: %w", err)
		}
		return audit.Write(ctx, tx, audit.Record{Action: "auth.login", Object: a.ID, Detail: map[string]string{"factor": factors[0], "signon": out.SignOn}})
	})
	if err != nil {
		return Session{}, err
	}
	return out, nil
}

// replace ends the sign-on of another person under the old token; the same
// person's goes on, so that other systems they are in stay theirs.
func (s *Service) replace(ctx context.Context, tx db.Tx, old, account string, out *Session) error {
	var id, whose string
	err := tx.QueryRowContext(ctx, `SELECT id, account FROM auth_signon WHERE token = $1`, old).Scan(&id, &whose)
	switch {
	case errors.Is(err, db.ErrNoRows):
		return nil
	case err != nil:
		return fmt.Errorf("find old sign-on: %w", err)
	case whose == account:
		out.SignOn = id
		return nil
	}
	_, err = s.endSignOns(ctx, tx, `id = $1`, id)
	return err
}

// findSignOn is Find for the sign-on's own audience.
func (s *Service) findSignOn(ctx context.Context, token string) (Session, error) {
	out := Session{For: ForSSO}
	var row scanned
	var factors string
	var created, seen, expires int64
	err := s.db.View(ctx, func(q db.Query) error {
		err := q.QueryRowContext(ctx, `SELECT s.id, s.csrf, s.factors, s.created, s.seen, s.expires, `+accountColumns+`
			FROM auth_signon s JOIN auth_account a ON a.id = s.account WHERE s.token = $1`, digest(token)).
			Scan(append([]any{&out.SignOn, &out.CSRF, &factors, &created, &seen, &expires}, row.fields()...)...)
		if err != nil {
			return err
		}
		a, err := row.account()
		if err == nil && !a.Open(s.clock.Now()) {
			err = db.ErrNoRows
		}
		if err != nil {
			return err
		}
		out.Actor, err = s.actorOf(ctx, q, a)
		return err
	})
	if errors.Is(err, db.ErrNoRows) {
		return Session{}, errSignedOut
	}
	if err != nil {
		return Session{}, fmt.Errorf("find sign-on: %w", err)
	}
	if err := json.Unmarshal([]byte(factors), &out.Factors); err != nil {
		return Session{}, fmt.Errorf("decode factors: %w", err)
	}
	out.Proven, out.Seen, out.Expires = db.FromMs(created), db.FromMs(seen), db.FromMs(expires)
	if !s.clock.Now().Before(out.Expires) {
		return Session{}, errSignedOut
	}
	return out, nil
}

// second reports whether a second factor was proven after the first.
func (s Session) second() bool {
	return slices.Contains(s.Factors, ByTOTP) || slices.Contains(s.Factors, ByRecovery)
}

// Next says what a sign-on still needs before it opens audience. A sign-on that
// nobody has used for the audience's idle time counts for nothing: whoever left
// a console open long ago is not signed in to it again by it.
func (s *Service) Next(ctx context.Context, sso Session, audience string) (Step, error) {
	if sso.SignOn == "" || !s.clock.Now().Before(sso.Seen.Add(s.Idle(audience))) {
		return StepSignIn, nil
	}
	step, err := s.factorStep(ctx, sso, audience)
	if err == nil && step == StepDone && sso.Actor.MustChange {
		step = StepPassword
	}
	return step, err
}

func (s *Service) factorStep(ctx context.Context, sso Session, audience string) (Step, error) {
	if sso.second() || s.limits.OneFactor {
		return StepDone, nil
	}
	has, err := s.HasSecondFactor(ctx, sso.Actor.ID)
	if err != nil {
		return "", err
	}
	switch {
	case has:
		return StepCode, nil
	case audience == ForAdmin, s.needsSecond(sso.Actor.Roles):
		return StepEnrol, nil
	}
	return StepDone, nil
}

// ErrStep is the answer to whoever tries to open a console before all steps of
// the sign-on are done.
var ErrStep = errs.E(errs.Unauthorised, "auth.step", "登录还没有完成，请把剩下的步骤做完", nil)

// HandOver opens the session of a console for whoever is signed on; old is the
// console's own cookie, whose session ends. A password that must be changed
// hands over a session that can do nothing else.
func (s *Service) HandOver(ctx context.Context, sso Session, audience, old string) (Session, error) {
	if audience != ForStaff && audience != ForAdmin {
		return Session{}, errs.E(errs.Invalid, "auth.audience", "没有这个控制台", nil)
	}
	step, err := s.Next(ctx, sso, audience)
	if err != nil {
		return Session{}, err
	}
	if step != StepDone && step != StepPassword {
		return Session{}, ErrStep
	}
	out := Session{Token: token(), CSRF: token(), Actor: sso.Actor, For: audience, SignOn: sso.SignOn, Factors: sso.Factors}
	out.id = digest(out.Token)
	err = s.db.Do(As(ctx, sso.Actor), func(tx db.Tx) error {
		now := tx.Now()
		out.Expires = earlier(now.Add(s.limits.Absolute), sso.Expires)
		// One browser has one session of a console: the one before is out of reach.
		_, err := tx.ExecContext(ctx, `DELETE FROM auth_session WHERE id = $1 OR signon = $2 AND audience = $3`, digest(old), sso.SignOn, audience)
		if err != nil {
			return fmt.Errorf("end old session: %w", err)
		}
		// The sign-on may have ended meanwhile; its row decides.
		res, err := tx.ExecContext(ctx, `UPDATE auth_signon SET seen = $1 WHERE id = $2`, db.Ms(now), sso.SignOn)
		if err != nil {
			return fmt.Errorf("touch sign-on: %w", err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errSignedOut
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO auth_session (id, account, audience, signon, csrf, created, seen, expires)
			VALUES ($1, $2, $3, $4, $5, $6, $6, $7)`, out.id, sso.Actor.ID, audience, sso.SignOn, out.CSRF, db.Ms(now), db.Ms(out.Expires))
		if err != nil {
			return fmt.Errorf("insert session: %w", err)
		}
		return audit.Write(ctx, tx, audit.Record{Action: "auth.enter", Object: sso.Actor.ID, Detail: map[string]string{"console": audience, "signon": sso.SignOn}})
	})
	if err != nil {
		return Session{}, err
	}
	return out, nil
}

// OwnPassword replaces a password that must be changed, without asking for it
// again: it was given when signing on. The other sign-ons of the account end;
// this one goes on under a new token.
func (s *Service) OwnPassword(ctx context.Context, sso Session, password string) (Session, error) {
	step, err := s.Next(ctx, sso, ForSSO)
	if err != nil {
		return Session{}, err
	}
	if step != StepPassword {
		return Session{}, ErrStep
	}
	a, err := s.Get(ctx, sso.Actor.ID)
	if err != nil {
		return Session{}, err
	}
	err = s.newPassword(As(ctx, sso.Actor), a, password, audit.Record{Action: "auth.change_password"}, false)
	if err != nil {
		return Session{}, err
	}
	if a, err = s.Get(ctx, a.ID); err != nil {
		return Session{}, err
	}
	return s.signOn(ctx, a, sso.Factors, "", nil)
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// Person returns an account with what it may do right now, for other systems
// that ask about whom they know by its id.
func (s *Service) Person(ctx context.Context, account string) (a Account, who Actor, err error) {
	err = s.db.View(ctx, func(q db.Query) (err error) {
		if a, err = one(ctx, q, `id = $1`, account); err != nil {
			return err
		}
		who, err = s.actorOf(ctx, q, a)
		return err
	})
	if err == nil && !a.Open(s.clock.Now()) {
		err = errNoAccount
	}
	return a, who, err
}

// Idle is how long a session of an audience may lie unused.
func (s *Service) Idle(audience string) time.Duration {
	switch audience {
	case ForAdmin:
		return s.limits.AdminIdle
	}
	return s.limits.Idle
}
