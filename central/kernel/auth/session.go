package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
)

// touchAfter is how old the note of the last request may be before it is
// written again: one write a minute instead of one a request.
const touchAfter = time.Minute

// Session is one person signed in at one browser (会话). The database knows
// only a digest of the token, so that whoever reads it cannot sign in.
type Session struct {
	Token   string // secret, 256 random bits; only Login fills it
	CSRF    string // to be sent back as X-CSRF with every unsafe request
	Actor   Actor
	For     string    // the audience it opens, and no other
	Expires time.Time // absolute end
	Seen    time.Time // last request that was noted
	Proven  time.Time // when the first factor was given; of a sign-on only
	SignOn  string    // id of the sign-on it came of
	Factors []string  // what was proven; of a sign-on only

	id string
}

func token() string {
	b := make([]byte, 32)
	rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

// errSignedOut is the answer to a token that is unknown or over.
var errSignedOut = errs.E(errs.Unauthorised, "auth.signed_out", "登录已失效，请重新登录", nil)

// Find returns the session of a token, or an Unauthorised error when it is
// unknown, of another audience, idle too long, over, or its account is closed.
func (s *Service) Find(ctx context.Context, audience, token string) (Session, error) {
	if token == "" || len(token) > 128 {
		return Session{}, errSignedOut
	}
	switch audience {
	case ForSSO:
		return s.findSignOn(ctx, token)
	case ForCitizen:
		return s.FindCitizen(ctx, token)
	}
	out := Session{id: digest(token), For: audience}
	seen, expires, err := s.read(ctx, &out)
	if errors.Is(err, db.ErrNoRows) {
		return Session{}, errSignedOut
	}
	if err != nil {
		return Session{}, fmt.Errorf("find session: %w", err)
	}

	now := s.clock.Now()
	out.Expires, out.Seen = db.FromMs(expires), db.FromMs(seen)
	if !now.Before(out.Expires) || !now.Before(out.Seen.Add(s.Idle(audience))) {
		return Session{}, errSignedOut
	}
	if now.Sub(out.Seen) >= touchAfter {
		s.touch(ctx, now,
			mark{`UPDATE auth_session SET seen = $1 WHERE id = $2 AND seen < $1`, out.id},
			mark{`UPDATE auth_signon SET seen = $1 WHERE id = $2 AND seen < $1`, out.SignOn})
	}
	return out, nil
}

// read fills in the session of out.id with who holds it. Each request of a console asks this: it is one statement.
func (s *Service) read(ctx context.Context, out *Session) (seen, expires int64, err error) {
	var row scanned
	var version int64
	var grants []Grant
	err = s.db.Glance(ctx, func(q db.Query) error {
		return each(ctx, q, `SELECT s.csrf, s.signon, s.seen, s.expires, `+accountColumns+`, (SELECT n FROM auth_version WHERE id = 1), g.role, g.scope, g.place
			FROM auth_session s JOIN auth_account a ON a.id = s.account LEFT JOIN auth_grant g ON g.account = a.id
			WHERE s.id = $1 AND s.audience = $2 ORDER BY g.at, g.role`, func(scan func(...any) error) error {
			var role, scope, place sql.NullString // of an account without grants
			fields := append([]any{&out.CSRF, &out.SignOn, &seen, &expires}, row.fields()...)
			if err := scan(append(fields, &version, &role, &scope, &place)...); err != nil {
				return err
			}
			if role.Valid {
				grants = append(grants, Grant{Role: role.String, Reach: actor.Reach(scope.String), Place: place.String})
			}
			return nil
		}, out.id, out.For)
	})
	if err != nil {
		return 0, 0, err
	}
	a, err := row.account()
	if row.ID == "" || err == nil && !a.Open(s.clock.Now()) {
		return 0, 0, db.ErrNoRows
	}
	if err != nil {
		return 0, 0, err
	}
	r, err := s.rightsAt(ctx, version)
	if err != nil {
		return 0, 0, err
	}
	out.Actor = s.actorWith(r, a, grants)
	return seen, expires, nil
}

// mark is a statement that notes the last request in one row, and that row.
type mark struct{ statement, id string }

// touch notes the last request. It is no part of the request's own act and takes no turn among the writers: on a busy morning the
// notes of thousands of consoles would wait for them, and their requests with them. A failure only lets the session end earlier, and
// the next request tries again; while two are trying nobody else does.
func (s *Service) touch(ctx context.Context, now time.Time, marks ...mark) {
	select {
	case s.touching <- struct{}{}:
		defer func() { <-s.touching }()
	default:
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 250*time.Millisecond)
	defer cancel()
	err := s.db.Aside(ctx, func(tx db.Side) error {
		for _, m := range marks {
			if _, err := tx.ExecContext(ctx, m.statement, db.Ms(now), m.id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.log.WarnContext(ctx, "session could not be touched", "cause", err.Error())
	}
}

// ValidCSRF compares in constant time.
func (s Session) ValidCSRF(sent string) bool {
	return sent != "" && subtle.ConstantTimeCompare([]byte(sent), []byte(s.CSRF)) == 1
}
