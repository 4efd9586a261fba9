package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/ids"
	"tongban/central/modules/region"
	"tongban/central/modules/region/internal/store"
)

// change moves a case by the caller's right, with its line in the audit, and answers with what it is then.
func (a *App) change(ctx context.Context, no string, version int, action, reason string, do func(tx db.Tx, c *store.Case) error) (Detail, error) {
	err := a.DB.Do(ctx, func(tx db.Tx) error {
		c, err := mine(ctx, tx, no, version)
		if err != nil {
			return err
		}
		if err := do(tx, &c); err != nil {
			return err
		}
		if err := store.Put(ctx, tx, c); err != nil {
			return err
		}
		if err := audit.Write(ctx, tx, audit.Record{Action: action, Object: no, Reason: reason, Detail: map[string]string{"state": string(c.State)}}); err != nil {
			return err
		}
		return emit(ctx, tx, region.TopicMoved, c)
	})
	if err != nil {
		return Detail{}, err
	}
	return a.Show(ctx, no)
}

// pageTypes are what a page may be.
var pageTypes = []string{"image/jpeg", "image/png", "application/pdf"}

const (
	largestPage = 10 << 20
	mostExtra   = 20
)

func bad(path, words string) error {
	return errs.WithFields(errs.E(errs.Invalid, "region.incomplete", words, nil), errs.Field{Path: path, Message: words})
}

// AddPage takes in a page that the home authority asked for (补正材料).
func (a *App) AddPage(ctx context.Context, no string, version int, name string, plain []byte) (Detail, error) {
	if mime := http.DetectContentType(plain); len(plain) == 0 || len(plain) > largestPage || !slices.Contains(pageTypes, mime) {
		return Detail{}, errs.E(errs.Invalid, "region.page", "这一页读不出来：只收 JPEG、PNG 图片和 PDF，每页不超过 10 MB", nil)
	}
	f, err := a.keepFile(ctx, plain)
	if err != nil {
		return Detail{}, err
	}
	return a.change(ctx, no, version, "region.page", "", func(_ db.Tx, c *store.Case) error {
		if c.State != region.Correcting {
			return region.ErrNotNow
		}
		b, err := a.openBody(*c)
		if err != nil {
			return err
		}
		if len(b.Extra) >= mostExtra {
			return bad("page", fmt.Sprintf("补正最多 %d 页", mostExtra))
		}
		b.Extra = append(b.Extra, extraPage{ID: ids.New(), Name: name, File: f})
		c.BodySealed, err = a.sealBody(c.No, b)
		return err
	})
}

// Supplement sends what was missing (补正送出).
func (a *App) Supplement(ctx context.Context, no string, version int, note string) (Detail, error) {
	return a.change(ctx, no, version, "region.supplement", note, func(tx db.Tx, c *store.Case) (err error) {
		if c.State, err = region.Next(c.State, region.ActSupplement, c.Paper); err != nil {
			return err
		}
		b, err := a.openBody(*c)
		if err != nil {
			return err
		}
		fresh := 0
		for _, e := range b.Extra {
			if !e.Sent {
				fresh++
			}
		}
		if fresh == 0 && strings.TrimSpace(note) == "" {
			return bad("note", "补了什么：扫进补正的材料，或者写明怎么改的")
		}
		c.Gaps, c.GapsDue = "", ""
		if err := a.here(ctx, tx, no, "补正收齐，送办理地", strings.TrimSpace(fmt.Sprintf("%d 页 %s", fresh, note))); err != nil {
			return err
		}
		return a.queue(ctx, tx, *c, kindSupplement, "送补正", map[string]any{"note": note, "paper": c.Paper})
	})
}

// Withdraw takes it back because the applicant wants so (撤回).
func (a *App) Withdraw(ctx context.Context, no string, version int, reason string) (Detail, error) {
	return a.change(ctx, no, version, "region.withdraw", reason, func(tx db.Tx, c *store.Case) (err error) {
		if c.State, err = region.Next(c.State, region.ActWithdraw, c.Paper); err != nil {
			return err
		}
		c.EndedAt = db.Ms(tx.Now())
		if err := a.here(ctx, tx, no, "申请人撤回", reason); err != nil {
			return err
		}
		return a.queue(ctx, tx, *c, kindWithdraw, "告诉办理地撤回", map[string]any{"reason": reason})
	})
}

// Hand gives the result to the applicant (交申请人).
func (a *App) Hand(ctx context.Context, no string, version int, to, signed string) (Detail, error) {
	return a.change(ctx, no, version, "region.hand", "", func(tx db.Tx, c *store.Case) (err error) {
		if c.State, err = region.Next(c.State, region.ActHand, c.Paper); err != nil {
			return err
		}
		c.EndedAt = db.Ms(tx.Now())
		return a.here(ctx, tx, no, "结果交申请人", to+"领取，"+signed)
	})
}

// Receive says that the result lies at the window though nobody told so (结果到了).
func (a *App) Receive(ctx context.Context, no string, version int) (Detail, error) {
	return a.change(ctx, no, version, "region.land", "", func(tx db.Tx, c *store.Case) (err error) {
		if c.State, err = region.Next(c.State, region.ActLand, c.Paper); err != nil {
			return err
		}
		c.LandedAt, c.ParcelBackAt = db.Ms(tx.Now()), "窗口收到"
		if err := a.here(ctx, tx, no, "窗口收到结果", c.Result); err != nil {
			return err
		}
		return a.sms(ctx, tx, *c, "region.landed")
	})
}

// FinishPart says that our part of a joint matter is done (本地部分办好).
func (a *App) FinishPart(ctx context.Context, no string, version int, note string) (Detail, error) {
	return a.change(ctx, no, version, "region.part", note, func(tx db.Tx, c *store.Case) error {
		if c.State != region.Accepted {
			return region.ErrNotNow
		}
		done, err := store.FinishPart(ctx, tx, no, a.dir.Here.Code, db.Ms(tx.Now()))
		if err == nil && !done {
			err = region.ErrNotNow
		}
		if err != nil {
			return err
		}
		if err := a.here(ctx, tx, no, "本地部分办好", note); err != nil {
			return err
		}
		return a.queue(ctx, tx, *c, kindPart, "本地部分办好", map[string]any{"text": note, "region": a.dir.Here.Code})
	})
}

// Resend lets a letter go again that the other side sent back, with what is so now.
func (a *App) Resend(ctx context.Context, no string, version int) (Detail, error) {
	return a.change(ctx, no, version, "region.resend", "", func(tx db.Tx, c *store.Case) error {
		m, some, err := store.NextMessage(ctx, tx, no)
		if err != nil {
			return err
		}
		to, ok := m.State.Next(region.Resend)
		if !some || !ok {
			return region.ErrNotNow
		}
		n := m
		n.State, n.Revision, n.BodySealed, n.Digest, n.Attempts, n.NextAt, n.SettledAt, n.Answer = to, m.Revision+1, "", "", 0, db.Ms(tx.Now()), 0, ""
		if ours, err := store.SaveMessage(ctx, tx, n, m.State, m.Attempts); err != nil || !ours {
			return errors.Join(err, region.ErrChanged)
		}
		if err := a.here(ctx, tx, no, "重送："+m.Title, ""); err != nil {
			return err
		}
		return a.wake(ctx, tx, no)
	})
}
