package sso

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/op"

	"tongban/central/kernel/db"
	"tongban/central/kernel/ids"
)

const (
	classKey = "sso.key"
	jobKeys  = "sso.keys"
	signDays = 90 * 24 * time.Hour // a key signs this long
	keepDays = 7 * 24 * time.Hour  // and can be checked with for so much longer
	nextDays = 2 * 24 * time.Hour  // the next one is published before it signs: others keep our keys for a day
)

// key is one signing key (签名密钥).
type key struct {
	id      string
	private *rsa.PrivateKey
	created time.Time
}

// SignatureAlgorithm, Key and ID make key what the library signs with.
func (k key) SignatureAlgorithm() jose.SignatureAlgorithm { return jose.RS256 }
func (k key) Key() any                                    { return k.private }
func (k key) ID() string                                  { return k.id }

// published is the public half.
type published struct{ key }

func (p published) Algorithm() jose.SignatureAlgorithm { return jose.RS256 }
func (p published) Use() string                        { return "sig" }
func (p published) Key() any                           { return &p.private.PublicKey }

// keyRing remembers opened keys, whose unsealing costs.
type keyRing struct {
	mu   sync.Mutex
	open map[string]*rsa.PrivateKey
}

// all returns the keys that can still be checked with, newest first.
func (s *Service) all(ctx context.Context) ([]key, error) {
	type row struct {
		id, sealed string
		created    int64
	}
	var rows []row
	err := s.o.DB.View(ctx, func(q db.Query) error {
		rows = rows[:0]
		r, err := q.QueryContext(ctx, `SELECT id, private, created FROM sso_key WHERE expires > $1 ORDER BY created DESC, id DESC`, db.Ms(s.o.Clock.Now()))
		if err != nil {
			return err
		}
		defer func() { _ = r.Close() }()
		for r.Next() {
			var one row
			if err := r.Scan(&one.id, &one.sealed, &one.created); err != nil {
				return err
			}
			rows = append(rows, one)
		}
		return r.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("load signing keys: %w", err)
	}
	out := make([]key, 0, len(rows))
	for _, r := range rows {
		private, err := s.unseal(r.id, r.sealed)
		if err != nil {
			return nil, err
		}
		out = append(out, key{r.id, private, db.FromMs(r.created)})
	}
	return out, nil
}

func (s *Service) unseal(id, sealed string) (*rsa.PrivateKey, error) {
	s.keys.mu.Lock()
	defer s.keys.mu.Unlock()
	if k := s.keys.open[id]; k != nil {
		return k, nil
	}
	text, err := s.o.Vault.Open(classKey, sealed)
	if err != nil {
		return nil, err
	}
	der, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("decode signing key: %w", err)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, fmt.Errorf("parse signing key: %w", err)
	}
	private, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("signing key %s is a %T", id, parsed)
	}
	if s.keys.open == nil {
		s.keys.open = map[string]*rsa.PrivateKey{}
	}
	s.keys.open[id] = private
	return private, nil
}

// signing is the key that signs now: the newest that others have had time to
// fetch, or the only one there is. A fresh centre makes its first.
func (s *Service) signing(ctx context.Context) (key, error) {
	keys, err := s.all(ctx)
	if err != nil {
		return key{}, err
	}
	if len(keys) == 0 {
		if err := s.add(ctx); err != nil {
			return key{}, err
		}
		if keys, err = s.all(ctx); err != nil {
			return key{}, err
		}
	}
	for _, k := range keys {
		if s.o.Clock.Now().Sub(k.created) >= nextDays {
			return k, nil
		}
	}
	return keys[len(keys)-1], nil
}

// add makes a key, unless there is a young one.
func (s *Service) add(ctx context.Context) error {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return fmt.Errorf("make signing key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return fmt.Errorf("encode signing key: %w", err)
	}
	sealed, err := s.o.Vault.Seal(classKey, base64.StdEncoding.EncodeToString(der))
	if err != nil {
		return err
	}
	return s.o.DB.Do(ctx, func(tx db.Tx) error {
		var newest int64
		if err := tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(created), 0) FROM sso_key`).Scan(&newest); err != nil {
			return fmt.Errorf("look up signing keys: %w", err)
		}
		if newest > db.Ms(tx.Now().Add(-signDays)) {
			return nil // another copy was faster
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO sso_key (id, private, created, expires) VALUES ($1, $2, $3, $4)`,
			ids.New(), sealed, db.Ms(tx.Now()), db.Ms(tx.Now().Add(nextDays+signDays+keepDays)))
		if err != nil {
			return fmt.Errorf("keep signing key: %w", err)
		}
		return nil
	})
}

// rotate is the daily look at the keys: the next one is made in time. It also
// sweeps what is over.
func (s *Service) rotate(ctx context.Context, _ json.RawMessage) error {
	keys, err := s.all(ctx)
	if err != nil {
		return err
	}
	if len(keys) == 0 || s.o.Clock.Now().Sub(keys[0].created) >= signDays {
		if err := s.add(ctx); err != nil {
			return err
		}
	}
	return s.sweep(ctx)
}

// SigningKey implements op.AuthStorage.
func (s storage) SigningKey(ctx context.Context) (op.SigningKey, error) { return s.signing(ctx) }

// SignatureAlgorithms implements op.AuthStorage.
func (s storage) SignatureAlgorithms(context.Context) ([]jose.SignatureAlgorithm, error) {
	return []jose.SignatureAlgorithm{jose.RS256}, nil
}

// KeySet implements op.AuthStorage.
func (s storage) KeySet(ctx context.Context) ([]op.Key, error) {
	if _, err := s.signing(ctx); err != nil { // a fresh centre has one to show
		return nil, err
	}
	keys, err := s.all(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]op.Key, 0, len(keys))
	for _, k := range keys {
		out = append(out, published{k})
	}
	return out, nil
}
