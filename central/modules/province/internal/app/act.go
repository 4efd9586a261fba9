package app

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/crypto"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/jobs"
	"tongban/central/modules/province"
	"tongban/central/modules/province/internal/store"
)

// message finds one within the caller's scope.
func (a *App) message(ctx context.Context, id, perm string) (m store.Message, err error) {
	err = a.DB.View(ctx, func(q db.Query) (err error) {
		m, err = store.FindMessage(ctx, q, id)
		return err
	})
	if err == nil && !actor.From(ctx).Scope(perm).Covers(actor.Place{Region: m.Region}) {
		return m, province.ErrNone
	}
	return m, err
}

// Resend queues a message that the province refused, or that never arrived, with what the case says today (重发).
func (a *App) Resend(ctx context.Context, id, reason string) error {
	return a.person(ctx, id, province.MoveResend, "province.resend", reason)
}

// Drop takes a message out of the way (作废): what comes after it in the case can go on.
func (a *App) Drop(ctx context.Context, id, reason string) error {
	return a.person(ctx, id, province.MoveDrop, "province.drop", reason)
}

func (a *App) person(ctx context.Context, id string, by province.Move, action, reason string) error {
	m, err := a.message(ctx, id, province.PermOperate)
	if err != nil {
		return err
	}
	to, ok := m.State.Next(by)
	if !ok || m.Direction != "out" {
		return province.ErrNotNow
	}
	return a.DB.Do(ctx, func(tx db.Tx) error {
		n := m
		n.State, n.NextAt = to, db.Ms(tx.Now())
		if by == province.MoveResend {
			n.Revision, n.Attempts, n.BodySealed, n.Digest, n.SettledAt, n.Code, n.Answer = m.Revision+1, 0, "", "", 0, "", ""
		} else {
			n.SettledAt = db.Ms(tx.Now())
		}
		if ok, err := store.SaveMessage(ctx, tx, n, m.State, m.Attempts); err != nil || !ok {
			return errors.Join(err, province.ErrNotNow)
		}
		err := a.prove(ctx, tx, province.Proof{Message: m.ID, Case: m.CaseNo, Direction: "out", What: string(by), State: to, Digest: m.Digest, Facts: factsJSON(map[string]string{"by": tx.Actor().ID})})
		if err != nil {
			return err
		}
		if err := audit.Write(ctx, tx, audit.Record{Action: action, Object: m.CaseNo, Reason: reason, Detail: map[string]string{"message": m.ID}}); err != nil {
			return err
		}
		return a.Jobs.Add(ctx, tx, JobSend, nil, jobs.Opts{Unique: "send"})
	})
}

// Open shows the content of a message in the clear, with a reason that stays.
func (a *App) Open(ctx context.Context, id, reason string) (string, error) {
	m, err := a.message(ctx, id, province.PermOpen)
	if err != nil {
		return "", err
	}
	if m.BodySealed == "" {
		return "", province.ErrNone
	}
	text, err := a.Vault.OpenRow(classPayload, m.ID, m.BodySealed)
	if err != nil {
		return "", err
	}
	return text, a.DB.Do(ctx, func(tx db.Tx) error {
		return audit.Write(ctx, tx, audit.Record{Action: "province.open", Object: m.CaseNo, Reason: reason, Detail: map[string]string{"message": m.ID}})
	})
}

// Evidence makes the container of one message, which anybody can verify without us.
func (a *App) Evidence(ctx context.Context, id string) (province.Container, error) {
	m, err := a.message(ctx, id, province.PermRead)
	if err != nil {
		return province.Container{}, err
	}
	c := province.Container{Format: province.Format, Message: m.ID, Case: m.CaseNo, Title: m.Title, Made: a.Clock.Now(), Keys: map[string]string{}}
	err = a.DB.View(ctx, func(q db.Query) (err error) {
		if c.Proofs, err = store.Proofs(ctx, q, m.ID, 0, 0); err != nil || len(c.Proofs) == 0 {
			return errors.Join(err, orNone(len(c.Proofs)))
		}
		last := c.Proofs[len(c.Proofs)-1].N
		c.Links, err = store.Proofs(ctx, q, "", max(c.Proofs[0].N, last-province.MostLinks+1), last)
		return err
	})
	if err != nil {
		return c, err
	}
	if m.Receipt != "" && m.State == province.Confirmed {
		c.Receipt = &province.Receipt{}
		if err := json.Unmarshal([]byte(m.Receipt), c.Receipt); err != nil {
			return c, fmt.Errorf("decode receipt: %w", err)
		}
	}
	for _, p := range append(c.Proofs, c.Links...) {
		if c.Keys[p.Key] == "" {
			public, err := a.Vault.Provider().PublicKey(ctx, crypto.KeyID(p.Key))
			if err != nil {
				return c, err
			}
			c.Keys[p.Key] = hex.EncodeToString(public)
		}
	}
	if a.six != nil {
		c.Province = hex.EncodeToString(a.six.peer)
	}
	return c, nil
}

func orNone(n int) error {
	if n == 0 {
		return province.ErrNone
	}
	return nil
}

// SetRule says whether an item goes to the province from now on.
func (a *App) SetRule(ctx context.Context, item string, sends bool, revision int, reason string) error {
	if item != "*" {
		if _, err := a.Items.Item(ctx, item, 0); err != nil {
			return err
		}
	}
	return a.DB.Do(ctx, func(tx db.Tx) error {
		rules, err := store.Rules(ctx, tx)
		if err != nil {
			return err
		}
		r := store.Rule{Item: item, Sends: sends, Revision: revision, ByName: tx.Actor().Name, Reason: reason}
		for _, old := range rules {
			if old.Item == item || old.Item == "*" && r.Topics == "" {
				r.Topics = old.Topics
			}
		}
		if r.Topics == "" {
			return errNoRules
		}
		if err := store.PutRule(ctx, tx, r); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "province.rule", Object: item, Reason: reason, Detail: map[string]string{"sends": fmt.Sprint(sends)}})
	})
}

// errNoRules means that the shipped rules, which say when anything is sent, are not there yet.
var errNoRules = errs.E(errs.Conflict, "province.no_rules", "协同规则还没有装好，中心启动完再改", nil)
