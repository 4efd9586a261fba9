package challenge

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/vault"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations returns the tables of the puzzles.
func Migrations() db.Migrations { return db.Migrations{Name: "challenge", FS: files} }

// The answers of Check. Pages look at the codes: both mean "fetch a puzzle, solve it, ask again".
var (
	// ErrRequired means that this caller must solve a puzzle first.
	ErrRequired = errs.E(errs.TooMany, "challenge.required", "尝试次数较多，正在做安全验证，请稍候", nil)
	// ErrUnsolved means that the solution is wrong, too easy by now, expired or used.
	ErrUnsolved = errs.E(errs.TooMany, "challenge.unsolved", "安全验证已过期，请再试一次", nil)
)

// Free is how many failures nobody pays for.
const Free = 3

// forget is how long after the last failure the count starts anew.
const forget = 15 * time.Minute

// Options are what New needs.
type Options struct {
	DB    *db.DB
	Vault *vault.Vault // its blind key signs puzzles and hides whom failures are counted for
	Clock clock.Clock
}

// Verifier is what a sign-in or a look-up asks. *Service is one.
//
// keys say for whom failures count, such as "login:zhou" and "source:192.0.2.7"; the worst one decides. purpose is a short
// word of lower-case letters and dashes, such as "sign-in".
type Verifier interface {
	// Check returns nil where no key has failed Free times, or where solution solves a puzzle that is hard enough for the
	// failures so far; else ErrRequired or ErrUnsolved. A solution counts once, whatever happens after.
	Check(ctx context.Context, purpose, solution string, keys ...string) error
	// Failed counts one failure for each key.
	Failed(ctx context.Context, purpose string, keys ...string) error
	// Passed forgets the failures of these keys: give those that the success proves, such as the login, not the address.
	Passed(ctx context.Context, purpose string, keys ...string) error
	// Puzzle returns what these keys must solve now; Bits is 0 where nothing is asked.
	Puzzle(ctx context.Context, purpose string, keys ...string) (Puzzle, error)
}

// Service is the challenge over one database. It is safe for concurrent use.
type Service struct{ o Options }

var _ Verifier = (*Service)(nil)

// New returns the challenge.
func New(o Options) *Service { return &Service{o: o} }

var purposeShape = regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)

// Puzzle implements Verifier.
func (s *Service) Puzzle(ctx context.Context, purpose string, keys ...string) (Puzzle, error) {
	if !purposeShape.MatchString(purpose) {
		return Puzzle{}, errs.E(errs.Invalid, "challenge.purpose", "没有这种验证，请刷新页面", nil)
	}
	difficulty, err := s.difficulty(ctx, purpose, keys)
	if err != nil {
		return Puzzle{}, err
	}
	return s.puzzle(purpose, difficulty, s.o.Clock.Now()), nil
}

// Check implements Verifier.
func (s *Service) Check(ctx context.Context, purpose, solution string, keys ...string) error {
	need, err := s.difficulty(ctx, purpose, keys)
	if err != nil || need == 0 {
		return err
	}
	if solution == "" {
		return ErrRequired
	}
	got, err := s.check(purpose, solution, s.o.Clock.Now())
	if err != nil {
		return errors.Join(ErrUnsolved, err)
	}
	if got.bits < need {
		return errors.Join(ErrUnsolved, fmt.Errorf("solved %d bits, by now %d are asked", got.bits, need))
	}
	return s.use(ctx, got)
}

// use makes a solution count once, over all copies of the centre.
func (s *Service) use(ctx context.Context, got solved) error {
	return s.o.DB.Do(db.WithFirst(ctx, nil), func(tx db.Tx) error {
		r, err := tx.ExecContext(ctx, `INSERT INTO challenge_used (id, until) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING`,
			short(got.id), db.Ms(got.until))
		if err != nil {
			return fmt.Errorf("use puzzle: %w", err)
		}
		if n, err := r.RowsAffected(); err != nil || n == 0 {
			return errors.Join(ErrUnsolved, errors.New("puzzle was used"))
		}
		return nil
	})
}

// Failed implements Verifier.
func (s *Service) Failed(ctx context.Context, purpose string, keys ...string) error {
	return s.o.DB.Do(db.WithFirst(ctx, nil), func(tx db.Tx) error {
		now := tx.Now()
		for _, who := range s.hidden(keys) {
			_, err := tx.ExecContext(ctx, `INSERT INTO challenge_failure (purpose, who, count, at) VALUES ($1, $2, 1, $3)
				ON CONFLICT (purpose, who) DO UPDATE
				SET count = CASE WHEN challenge_failure.at < $4 THEN 1 ELSE challenge_failure.count + 1 END, at = excluded.at`,
				purpose, who, db.Ms(now), db.Ms(now.Add(-forget)))
			if err != nil {
				return fmt.Errorf("count failure: %w", err)
			}
		}
		return nil
	})
}

// Passed implements Verifier.
func (s *Service) Passed(ctx context.Context, purpose string, keys ...string) error {
	return s.o.DB.Do(db.WithFirst(ctx, nil), func(tx db.Tx) error {
		for _, who := range s.hidden(keys) {
			if _, err := tx.ExecContext(ctx, `DELETE FROM challenge_failure WHERE purpose = $1 AND who = $2`, purpose, who); err != nil {
				return fmt.Errorf("forget failures: %w", err)
			}
		}
		return nil
	})
}

// difficulty is how many bits the worst of keys must find: none for the first failures, then one more for each.
func (s *Service) difficulty(ctx context.Context, purpose string, keys []string) (int, error) {
	worst := 0
	since := db.Ms(s.o.Clock.Now().Add(-forget))
	err := s.o.DB.View(ctx, func(q db.Query) error {
		for _, who := range s.hidden(keys) {
			var n int
			err := q.QueryRowContext(ctx, `SELECT count FROM challenge_failure WHERE purpose = $1 AND who = $2 AND at >= $3`,
				purpose, who, since).Scan(&n)
			if err != nil && !errors.Is(err, db.ErrNoRows) {
				return fmt.Errorf("look up failures: %w", err)
			}
			worst = max(worst, n)
		}
		return nil
	})
	if err != nil || worst < Free {
		return 0, err
	}
	return min(lowest+worst-Free, highest), nil
}

// hidden turns keys into their blind indexes, in one order: two acts that count the same keys never wait for each other.
func (s *Service) hidden(keys []string) []string {
	out := make([]string, 0, len(keys))
	for _, k := range keys {
		out = append(out, s.o.Vault.Blind("challenge.who", k))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Sweep removes what has expired.
func (s *Service) Sweep(ctx context.Context) error {
	return s.o.DB.Do(ctx, func(tx db.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM challenge_used WHERE until < $1`, db.Ms(tx.Now())); err != nil {
			return fmt.Errorf("sweep puzzles: %w", err)
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM challenge_failure WHERE at < $1`, db.Ms(tx.Now().Add(-forget))); err != nil {
			return fmt.Errorf("sweep failures: %w", err)
		}
		return nil
	})
}

// Keys are the usual keys of a request: who is being tried ("" where nobody is named) and the address it comes from. The
// page's puzzle is made for the same keys.
func Keys(ctx context.Context, who string) []string {
	keys := []string{"source:" + actor.OriginFrom(ctx).Source}
	if who = Who(who); who != "" {
		keys = append(keys, who)
	}
	return keys
}

// Who is the key of a login or the like, to be forgotten after a success.
func Who(name string) string {
	if name = strings.ToLower(strings.TrimSpace(name)); name == "" {
		return ""
	}
	return "who:" + name
}
