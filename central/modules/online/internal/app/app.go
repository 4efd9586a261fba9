// Package app holds the use cases of the online channels (线上渠道用例): proving who sends, taking in, and telling back.
package app

import (
	"context"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"log/slog"
	"net/http"
	"slices"

	"github.com/emmansun/gmsm/sm3"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/jobs"
	"tongban/central/kernel/signed"
	"tongban/central/modules/online"
	"tongban/central/modules/online/internal/store"
	"tongban/central/modules/window"
)

// Channel is one online channel as this centre speaks to it.
type Channel interface {
	Code() string
	Key() (id string, secret []byte)
	Tell(ctx context.Context, ref string, s Standing) error
}

// Cases is what is asked of the window.
type Cases interface {
	Facts(ctx context.Context, no string) (window.Facts, error)
}

// Needs is what the use cases ask of others.
type Needs struct {
	DB       *db.DB
	Clock    clock.Clock
	Log      *slog.Logger
	Jobs     *jobs.Jobs
	Intake   window.Intake
	Cases    Cases
	Channels []Channel
}

// App holds the use cases. It is safe for concurrent use.
type App struct{ Needs }

// New makes the use cases.
func New(n Needs) *App { return &App{n} }

func (a *App) channel(code string) (Channel, bool) {
	i := slices.IndexFunc(a.Channels, func(c Channel) bool { return c.Code() == code })
	if i < 0 {
		return nil, false
	}
	return a.Channels[i], true
}

// asChannel is the actor of what a channel does.
func asChannel(ctx context.Context, code string) context.Context {
	return auth.AsSystem(ctx, "online."+code)
}

// Prove checks that a request came from the channel it names, now and for the first time. Every refusal is counted, and audited once
// a minute for the same cause, so that nobody can fill the audit.
func (a *App) Prove(r *http.Request, code string, body []byte) error {
	c, there := a.channel(code)
	if !there {
		return online.ErrNoChannel
	}
	id, secret := c.Key()
	stamp, err := signed.Read(r.Header)
	if err == nil && subtle.ConstantTimeCompare([]byte(stamp.Key), []byte(id)) != 1 {
		err = signed.ErrSignature
	}
	if err == nil {
		err = signed.Check(r, r.URL.RequestURI(), secret, body, a.Clock.Now())
	}
	switch {
	case errors.Is(err, signed.ErrTime):
		return errors.Join(a.refuse(r.Context(), code, online.ErrLate), err)
	case err != nil:
		return errors.Join(a.refuse(r.Context(), code, online.ErrUnsigned), err)
	}
	ctx := db.WithFirst(asChannel(r.Context(), code), nil)
	var fresh bool
	err = a.DB.Do(ctx, func(tx db.Tx) (err error) {
		fresh, err = store.UseNonce(ctx, tx, code, stamp.Nonce, a.Clock.Now().Add(2*signed.Window))
		return err
	})
	if err == nil && !fresh {
		err = a.refuse(r.Context(), code, online.ErrReplayed)
	}
	return err
}

func (a *App) refuse(ctx context.Context, code string, refusal error) error {
	ctx = db.WithFirst(asChannel(ctx, code), nil)
	err := a.DB.Do(ctx, func(tx db.Tx) error {
		first, err := store.CountRefusal(ctx, tx, code, errs.CodeOf(refusal))
		if err != nil || !first {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "online.refused", Object: code, Detail: map[string]string{"cause": errs.CodeOf(refusal)}})
	})
	return errors.Join(refusal, err)
}

func digest(b []byte) string {
	sum := sm3.Sum(b)
	return hex.EncodeToString(sum[:])
}
