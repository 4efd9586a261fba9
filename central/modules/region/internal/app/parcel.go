package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/kernel/jobs"
	"tongban/central/kernel/vault"
	"tongban/central/modules/issuing"
	"tongban/central/modules/region"
	"tongban/central/modules/region/internal/store"
)

// Jobs of the post.
const (
	JobOrder = "region.order" // 下单
	JobTrack = "region.track" // 取轨迹
)

const postName = "post"

// PostIt gives the originals to the post (交寄): the order is made by a job, which goes on until the post answers. Where they were
// posted in another way the clerk says the number.
func (a *App) PostIt(ctx context.Context, no string, version int, parcel string) (Detail, error) {
	if parcel == "" && a.Post == nil {
		return Detail{}, region.ErrNoPost
	}
	return a.change(ctx, no, version, "region.post", "", func(tx db.Tx, c *store.Case) error {
		if _, err := region.Next(c.State, region.ActPost, c.Paper); err != nil {
			return err
		}
		if c.ParcelOrder != "" {
			return region.ErrNotNow
		}
		if parcel != "" {
			return a.posted(ctx, tx, c, parcel)
		}
		c.ParcelOrder = fmt.Sprintf("%s-%d", c.No, version)
		if err := a.here(ctx, tx, no, "交邮政", "原件寄 "+c.HomeOffice+"，已下单，等邮政来取"); err != nil {
			return err
		}
		return a.Jobs.Add(ctx, tx, JobOrder, sendArgs{No: no}, jobs.Opts{Unique: no})
	})
}

// posted is when there is a number: the papers are under way, and the home authority is told.
func (a *App) posted(ctx context.Context, tx db.Tx, c *store.Case, parcel string) (err error) {
	if c.State, err = region.Next(c.State, region.ActPost, c.Paper); err != nil {
		return err
	}
	c.ParcelOut, c.ParcelOutAt, c.ParcelOrder, c.PostedAt = parcel, "等揽收", "", db.Ms(tx.Now())
	if err := a.here(ctx, tx, c.No, "原件已交寄", "邮件号 "+parcel); err != nil {
		return err
	}
	return a.queue(ctx, tx, *c, kindParcel, "邮件单号", map[string]any{"parcel": parcel, "goods": "申请材料原件"})
}

// Order is the job that orders the parcel of a case.
func (a *App) Order(ctx context.Context, raw json.RawMessage) error {
	ctx = auth.AsSystem(ctx, "region.post")
	var args sendArgs
	if err := json.Unmarshal(raw, &args); err != nil {
		return jobs.Cancel(fmt.Errorf("decode order: %w", err))
	}
	if err := a.order(ctx, args.No); err != nil {
		return jobs.Cancel(err) // comes again with the next look
	}
	return nil
}

func (a *App) order(ctx context.Context, no string) error {
	var c store.Case
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		c, err = store.Get(ctx, q, no)
		return err
	})
	if err != nil || c.ParcelOrder == "" || a.Post == nil {
		return err
	}
	h, _, err := a.dir.find(c.Target, c.Item)
	if err != nil {
		return err
	}
	parcel, err := a.Post.Order(ctx, issuing.Order{ID: c.ParcelOrder, Name: h.Office, Phone: vault.Phone(h.Phone), Address: vault.Address(h.Address), Office: a.dir.name(c.Region) + "跨域通办窗口", Goods: "申请材料原件"})
	if err != nil && !errors.Is(err, issuing.ErrOrderRefused) {
		return err
	}
	refused := err != nil
	return a.DB.Do(ctx, func(tx db.Tx) error {
		now, err := store.Get(ctx, tx, c.No)
		if err != nil || now.ParcelOrder != c.ParcelOrder {
			return err
		}
		if refused {
			now.ParcelOrder, now.ParcelOutAt = "", "邮政没有收这一单"
			if err := a.here(ctx, tx, c.No, "邮政没有收这一单", "自己寄，再把单号填进来"); err != nil {
				return err
			}
		} else if err := a.posted(ctx, tx, &now, parcel); errors.Is(err, region.ErrNotNow) { // withdrawn or declined meanwhile
			now.ParcelOrder, now.ParcelOutAt = "", "下单时件已经往下走了，不用寄"
		} else if err != nil {
			return err
		}
		if err := store.Put(ctx, tx, now); err != nil {
			return err
		}
		return emit(ctx, tx, region.TopicMoved, now)
	})
}

// Track is the job that orders what the post has not taken yet, and reads what it tells of all parcels since the last time.
func (a *App) Track(ctx context.Context, _ json.RawMessage) error {
	ctx = auth.AsSystem(ctx, "region.post")
	var waiting []store.Case
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		waiting, err = store.Unordered(ctx, q)
		return err
	})
	for _, c := range waiting {
		err = errors.Join(err, a.order(ctx, c.No))
	}
	if err != nil {
		return jobs.Cancel(err) // the post is silent: nothing new can be read either
	}
	for a.Post != nil {
		var after int64
		err := a.DB.View(ctx, func(q db.Query) (err error) {
			after, err = store.Cursor(ctx, q, postName)
			return err
		})
		if err != nil {
			return err
		}
		some, err := a.Post.Events(ctx, after)
		if err != nil {
			return jobs.Cancel(err) // on record with the adapter; asked again soon
		}
		for _, e := range some {
			if err := a.DB.Do(ctx, func(tx db.Tx) error { return a.tracked(ctx, tx, e) }); err != nil {
				return jobs.Cancel(fmt.Errorf("parcel event %s: %w", e.ID, err))
			}
			after = max(after, e.Seq)
		}
		if len(some) == 0 {
			return nil
		}
	}
	return nil
}

func (a *App) tracked(ctx context.Context, tx db.Tx, e issuing.Tracked) error {
	if err := store.SetCursor(ctx, tx, postName, e.Seq); err != nil {
		return err
	}
	c, err := store.OfParcel(ctx, tx, e.Parcel)
	if errors.Is(err, region.ErrNone) {
		return nil // somebody else's
	}
	if err != nil {
		return err
	}
	fresh, err := store.AddStep(ctx, tx, store.Step{ID: "post:" + e.ID, No: c.No, At: db.Ms(e.At), Side: "post", Title: "邮政：" + e.Text, Text: e.Place, By: "邮政 " + e.Parcel})
	if err != nil || !fresh {
		return err
	}
	c.ParcelOutAt = e.Text
	if e.Code == "delivered" && c.ArrivedAt == 0 {
		c.ArrivedAt = db.Ms(e.At)
	}
	act := map[string]region.Act{"delivered": region.ActArrive, "lost": region.ActLose, "returned": region.ActLose}[e.Code]
	if to, err := region.Next(c.State, act, c.Paper); act != "" && err == nil {
		c.State = to
		if act == region.ActLose {
			c.ParcelOut, c.PostedAt = "", 0 // it has to go again, under another number
			c.ParcelOutAt = e.Text + "，要重寄"
		}
		if err := audit.Write(ctx, tx, audit.Record{Action: "region.parcel", Object: c.No, Detail: map[string]string{"parcel": e.Parcel, "code": e.Code}}); err != nil {
			return err
		}
	}
	if err := store.Put(ctx, tx, c); err != nil {
		return err
	}
	return emit(ctx, tx, region.TopicMoved, c)
}
