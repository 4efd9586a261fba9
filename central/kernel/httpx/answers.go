package httpx

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"time"

	"tongban/central/kernel/db"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations returns the table of kept answers.
func Migrations() db.Migrations { return db.Migrations{Name: "http", FS: files} }

// answerClass is the vault class of kept bodies: they may hold personal data.
const answerClass = "http.answer"

// answer is what was said to the first request with a key. Status 0 means
// that the act is committed and the answer not known yet.
type answer struct {
	op, hash    string
	status      int
	contentType string
	body        string
	copy        string // which copy of the program is to give it; "" is not known
	age         time.Duration
}

var errTaken = errors.New("idempotency key was claimed by another request")

// claiming makes the first db.Do of the request claim the key before anything
// else, so that a duplicate elsewhere waits for us, or we for it.
func (s *Server) claiming(ctx context.Context, k *call) context.Context {
	return db.WithFirst(ctx, func(ctx context.Context, tx db.Tx) error {
		if k.committed { // a second Do of the same request
			return nil
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO http_idempotency
			(actor, key, op, hash, status, content_type, body, at, copy) VALUES ($1, $2, $3, $4, 0, '', '', $5, $6)`,
			k.actor, k.key, k.op, k.hash, db.Ms(k.started), s.cfg.DB.CopyID())
		if db.IsUnique(err) {
			k.taken = true
			return errTaken
		}
		if err != nil {
			return fmt.Errorf("claim idempotency key: %w", err)
		}
		tx.OnCommit(func() { k.committed = true })
		return nil
	})
}

func (s *Server) lookUp(ctx context.Context, k *call) (a answer, found bool, err error) {
	var at int64
	var sealed string
	err = s.cfg.DB.View(ctx, func(q db.Query) error {
		return q.QueryRowContext(ctx, `SELECT op, hash, status, content_type, body, at, copy
			FROM http_idempotency WHERE actor = $1 AND key = $2`, k.actor, k.key).
			Scan(&a.op, &a.hash, &a.status, &a.contentType, &sealed, &at, &a.copy)
	})
	if errors.Is(err, db.ErrNoRows) {
		return answer{}, false, nil
	}
	if err != nil {
		return answer{}, false, fmt.Errorf("look up idempotency key: %w", err)
	}
	a.age = s.cfg.Clock.Now().Sub(db.FromMs(at))
	if a.body, err = s.unseal(sealed); err != nil {
		return answer{}, false, fmt.Errorf("open kept answer: %w", err)
	}
	return a, true, nil
}

// orphaned reports that the copy which was to give an answer is dead: it will
// never come.
func (s *Server) orphaned(ctx context.Context, a answer) bool {
	if a.copy == "" || a.copy == s.cfg.DB.CopyID() {
		return false
	}
	lives, err := s.cfg.DB.Lives(ctx, a.copy)
	return err == nil && !lives
}

// keepAnswer notes what is about to be sent. The caller may be gone already,
// and the act is done, so that a failure is logged and the answer still sent.
func (s *Server) keepAnswer(ctx context.Context, k *call, a answer) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	sealed, err := s.seal(a.body)
	if err == nil {
		err = s.cfg.DB.Aside(ctx, func(tx db.Side) error {
			_, err := tx.ExecContext(ctx, `INSERT INTO http_idempotency
				(actor, key, op, hash, status, content_type, body, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
				ON CONFLICT (actor, key) DO UPDATE
				SET status = excluded.status, content_type = excluded.content_type, body = excluded.body`,
				k.actor, k.key, k.op, k.hash, a.status, a.contentType, sealed, db.Ms(k.started))
			return err
		})
	}
	if err != nil {
		s.cfg.Log.WarnContext(ctx, "answer could not be kept", "operation", k.op, "cause", err.Error())
	}
}

func (s *Server) seal(body string) (string, error) {
	if s.cfg.Vault == nil || body == "" {
		return body, nil
	}
	return s.cfg.Vault.Seal(answerClass, body)
}

func (s *Server) unseal(sealed string) (string, error) {
	if s.cfg.Vault == nil || sealed == "" {
		return sealed, nil
	}
	return s.cfg.Vault.Open(answerClass, sealed)
}

func (s *Server) sweep(ctx context.Context, before time.Time) error {
	return s.cfg.DB.Do(ctx, func(tx db.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM http_idempotency WHERE at < $1`, db.Ms(before)); err != nil {
			return fmt.Errorf("sweep answers: %w", err)
		}
		return nil
	})
}
