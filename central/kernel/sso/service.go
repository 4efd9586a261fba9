package sso

import (
	"context"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/emmansun/gmsm/sm3"
	"github.com/zitadel/oidc/v3/pkg/op"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/jobs"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations returns the tables of the provider.
func Migrations() db.Migrations { return db.Migrations{Name: "sso", FS: files} }

// The times of the protocol.
const (
	requestLife = 10 * time.Minute // from being sent here to being sent back
	codeLife    = time.Minute      // RFC 6749, 4.1.2 wants ten at most
	tokenLife   = 15 * time.Minute // access token, good for userinfo only
	idTokenLife = 5 * time.Minute  // the other system looks at it once, on arrival
)

// Options are what New needs.
type Options struct {
	DB     *db.DB
	Auth   *auth.Service
	Vault  auth.Vault
	Jobs   *jobs.Jobs
	Clock  clock.Clock
	Log    *slog.Logger
	Public string // base under which browsers and other systems reach us; the issuer is Public + "/sso"
	Secure bool   // the outside speaks TLS

	Province Province // another account system whose people may be ours
}

// Service is the provider.
type Service struct {
	o        Options
	issuer   string
	keys     keyRing
	provider *op.Provider
	up       *upstream // nil without a provincial account system
}

// New returns the provider and takes over telling other systems of ended
// sign-ons. Call it before the jobs start.
func New(o Options) (*Service, error) {
	s := &Service{o: o, issuer: strings.TrimSuffix(o.Public, "/") + "/sso"}
	if err := s.makeProvider(); err != nil {
		return nil, fmt.Errorf("make OpenID provider: %w", err)
	}
	if o.Province.Issuer != "" {
		var err error
		if s.up, err = newUpstream(o.Province, strings.TrimSuffix(o.Public, "/")); err != nil {
			return nil, err
		}
	}
	o.Auth.WhenEnded(s.ended)
	o.Jobs.Register(jobLeave, s.leave)
	o.Jobs.Register(jobTell, s.tell)
	o.Jobs.Register(jobKeys, s.rotate)
	o.Jobs.Every(jobKeys, 24*time.Hour, true)
	return s, nil
}

// Issuer is the name of the provider in tokens and discovery.
func (s *Service) Issuer() string { return s.issuer }

// sweep removes what is over.
func (s *Service) sweep(ctx context.Context) error {
	return s.o.DB.Do(ctx, func(tx db.Tx) error {
		now := db.Ms(tx.Now())
		var all error
		for _, what := range []string{
			`DELETE FROM sso_token WHERE expires < $1`,
			`DELETE FROM sso_request WHERE expires < $1`,
			`DELETE FROM sso_key WHERE expires < $1`,
			`DELETE FROM sso_outing WHERE expires < $1`,
		} {
			if _, err := tx.ExecContext(ctx, what, now); err != nil {
				all = errors.Join(all, fmt.Errorf("sweep: %w", err))
			}
		}
		return all
	})
}

func digest(s string) string {
	sum := sm3.Sum([]byte(s))
	return hex.EncodeToString(sum[:])
}
