package app

import (
	"context"
	"encoding/base64"
	"fmt"

	"github.com/skip2/go-qrcode"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/kernel/ids"
	"tongban/central/modules/sharing"
	"tongban/central/modules/sharing/internal/store"
)

// Shown is a code for the screen (共享码): a picture, and what it leads to.
type Shown struct {
	URL   string `json:"url" doc:"二维码里的网址，没有个人信息"`
	QR    string `json:"qr" doc:"data: 图片"`
	Until string `json:"until"`
	Phone string `json:"phone" doc:"验证码发到哪里，脱敏"`
}

// Standing is how sharing stands with a registration.
type Standing struct {
	State     string       `json:"state" enum:",offered,opened,proved,agreed,refused,revoked,blocked,replaced,used,expired"`
	StateText string       `json:"state_text"`
	Until     string       `json:"until"`
	Papers    int          `json:"papers"`
	Photos    int          `json:"photos"`
	Consents  []ConsentRow `json:"consents"`
}

// Offer makes the code of a registration; what still waited for a phone ends. An agreement stands until it is taken back.
func (a *App) Offer(ctx context.Context, draft string) (Shown, error) {
	d, err := a.Drafts.ShareDraft(ctx, draft)
	switch {
	case err != nil:
		return Shown{}, err
	case d.IDNumber == "":
		return Shown{}, sharing.ErrNoPerson
	case d.Phone == "":
		return Shown{}, sharing.ErrNoPhone
	}
	key := ids.Key()
	url := a.Public + "/s/" + key
	png, err := qrcode.Encode(url, qrcode.Medium, 480)
	if err != nil {
		return Shown{}, fmt.Errorf("draw QR code: %w", err)
	}
	now := a.Clock.Now()
	c := store.Code{
		ID: ids.New(), Draft: draft, ItemName: d.ItemName, Region: d.Region, Department: d.Department, Handler: d.Handler, State: sharing.Offered, Version: 1,
		KeyBlind: a.keyBlind(key), PersonBlind: a.Vault.Blind(classID, string(d.IDNumber)), MadeBy: actor.From(ctx).ID, MadeAt: db.Ms(now), UntilAt: db.Ms(now.Add(openWithin)),
	}
	err = a.DB.Do(ctx, func(tx db.Tx) error {
		list, err := store.OfDraft(ctx, tx, draft)
		if err != nil {
			return err
		}
		for _, old := range list {
			if old.State, err = sharing.Next(old.State, sharing.ActReplace); err != nil {
				continue // agreed, or ended
			}
			old.EndedAt, old.OffersSealed = db.Ms(tx.Now()), ""
			if err := store.Put(ctx, tx, old); err != nil {
				return err
			}
		}
		if err := store.Add(ctx, tx, c); err != nil {
			return err
		}
		if err := audit.Write(ctx, tx, audit.Record{Action: "sharing.offer", Object: draft, Detail: map[string]string{"code": c.ID}}); err != nil {
			return err
		}
		return emit(ctx, tx, c)
	})
	return Shown{URL: url, QR: "data:image/png;base64," + base64.StdEncoding.EncodeToString(png), Until: stamp(c.UntilAt), Phone: d.Phone.String()}, err
}

// Standing shows the clerk how far the phone came.
func (a *App) Standing(ctx context.Context, draft string) (Standing, error) {
	out := Standing{Consents: []ConsentRow{}}
	if _, err := a.Drafts.ShareDraft(ctx, draft); err != nil {
		return out, err
	}
	return out, a.DB.View(ctx, func(q db.Query) error {
		list, err := store.OfDraft(ctx, q, draft)
		if err != nil || len(list) == 0 {
			return err
		}
		c := list[0]
		out.State, out.StateText, out.Until = string(c.State), c.State.Text(), stamp(c.UntilAt)
		if a.late(c) {
			out.State, out.StateText = "expired", "码过时了"
		}
		for _, c := range list {
			if c.State == sharing.Agreed {
				out.Papers += c.Papers
			}
			out.Photos += c.Photos
			consents, err := store.Consents(ctx, q, c.ID)
			if err != nil {
				return err
			}
			rows, err := consentRows(consents)
			if err != nil {
				return err
			}
			out.Consents = append(out.Consents, rows...)
		}
		return nil
	})
}

// RevokeByWord takes an agreement back because the person said so at the counter.
func (a *App) RevokeByWord(ctx context.Context, draft string) error {
	if _, err := a.Drafts.ShareDraft(ctx, draft); err != nil {
		return err
	}
	var list []store.Code
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		list, err = store.OfDraft(ctx, q, draft)
		return err
	})
	if err != nil {
		return err
	}
	done := false
	for _, c := range list {
		if c.State != sharing.Agreed {
			continue
		}
		if err := a.revoke(ctx, c, "本人当面说的，"+actor.From(ctx).Name+" 代撤"); err != nil {
			return err
		}
		done = true
	}
	if !done {
		return sharing.ErrNotNow
	}
	return nil
}

// revoke takes out what came by a code, with its pictures.
func (a *App) revoke(ctx context.Context, c store.Code, by string) (err error) {
	if c.State, err = sharing.Next(c.State, sharing.ActRevoke); err != nil {
		return err
	}
	c.Papers, c.Photos = 0, 0
	return a.Drafts.Share(ctx, c.Draft, c.ID, nil, func(ctx context.Context, tx db.Tx) error {
		if err := store.Revoke(ctx, tx, c.ID, by, db.Ms(tx.Now())); err != nil {
			return err
		}
		if err := audit.Write(ctx, tx, audit.Record{Action: "sharing.revoke", Object: c.Draft, Detail: map[string]string{"code": c.ID}}); err != nil {
			return err
		}
		return move(ctx, tx, c)
	})
}
