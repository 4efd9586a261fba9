package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/jobs"
	"tongban/central/kernel/notify"
	"tongban/central/kernel/vault"
	"tongban/central/modules/issuing"
	"tongban/central/modules/issuing/internal/store"
	"tongban/central/modules/window"
)

// Jobs of the post.
const (
	JobOrder = "issuing.order" // 下单
	JobTrack = "issuing.track" // 取轨迹
)

const feed = "post"

// errNoPost means that no post is configured.
var errNoPost = errs.E(errs.Conflict, "issuing.no_post", "还没有接上邮政，请改当面领取", nil)

// Send is what the clerk says of a parcel; what is empty is taken from the application.
type Send struct {
	Name        string `json:"name,omitempty" maxLength:"40"`
	Phone       string `json:"phone,omitempty" maxLength:"20"`
	Address     string `json:"address,omitempty" maxLength:"120"`
	Certificate string `json:"certificate,omitempty" maxLength:"60"`
	Originals   int    `json:"originals" minimum:"0" maximum:"99"`
	Copies      int    `json:"copies" minimum:"0" maximum:"99"`
}

type sealedAddress struct {
	Name    string `json:"name"`
	Phone   string `json:"phone"`
	Address string `json:"address"`
	Order   string `json:"order"`
}

// Dispatch gives the result to the post (交寄): the order is made by a job, which goes on until the post answers.
func (a *App) Dispatch(ctx context.Context, no string, version int, s Send) (Detail, error) {
	if a.Post == nil {
		return Detail{}, errNoPost
	}
	if err := a.mine(ctx, no); err != nil {
		return Detail{}, err
	}
	to, err := a.addressOf(ctx, no, s)
	if err != nil {
		return Detail{}, err
	}
	to.Order = fmt.Sprintf("%s-%d", no, version)
	text, err := json.Marshal(to)
	if err != nil {
		return Detail{}, fmt.Errorf("encode address: %w", err)
	}
	sealed, err := a.Vault.SealRow(classCase, no, string(text))
	if err != nil {
		return Detail{}, err
	}
	return a.change(ctx, no, version, "issuing.post", "", func(tx db.Tx, r *store.Record) (err error) {
		if r.State, err = issuing.Next(r.State, issuing.ActPost); err != nil {
			return err
		}
		r.Way, r.AddressSealed, r.Parcel, r.ParcelState = issuing.ByPost, sealed, "", "ordering"
		r.Certificate, r.Proof.Originals, r.Proof.Copies, r.Proof.Note = strings.TrimSpace(s.Certificate), s.Originals, s.Copies, ""
		r.Proof.To, r.Proof.Address = vault.MaskName(to.Name)+" "+vault.MaskPhone(to.Phone), vault.MaskAddress(to.Address)
		if err := a.note(ctx, tx, no, "person", "交邮政", "已下单，等邮政来取"); err != nil {
			return err
		}
		return a.Jobs.Add(ctx, tx, JobOrder, orderArgs{No: no}, jobs.Opts{Unique: no})
	})
}

func (a *App) addressOf(ctx context.Context, no string, s Send) (sealedAddress, error) {
	to := sealedAddress{Name: strings.TrimSpace(s.Name), Phone: strings.TrimSpace(s.Phone), Address: strings.TrimSpace(s.Address)}
	if to.Name == "" || to.Address == "" {
		sub, err := a.Cases.Application(ctx, no, "邮寄送达")
		if err != nil {
			return to, err
		}
		if to.Name == "" {
			to.Name = sub.Applicant.Name
		}
		if to.Address == "" {
			to.Address = sub.Applicant.Address
		}
	}
	if to.Phone == "" {
		phone, err := a.Cases.Phone(ctx, no)
		if err != nil {
			return to, err
		}
		to.Phone = phone.Reveal()
	}
	if to.Address == "" {
		return to, bad("address", "没有地址：填收件地址")
	}
	if len(to.Phone) < 7 {
		return to, bad("phone", "没有电话：投递员要联系收件人")
	}
	return to, nil
}

type orderArgs struct {
	No string `json:"no"`
}

// Order is the job that orders the parcel of a case.
func (a *App) Order(ctx context.Context, raw json.RawMessage) error {
	ctx = auth.AsSystem(ctx, "issuing.post")
	var args orderArgs
	if err := json.Unmarshal(raw, &args); err != nil {
		return jobs.Cancel(fmt.Errorf("decode order: %w", err))
	}
	var r store.Record
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		r, err = store.GetRecord(ctx, q, args.No)
		return err
	})
	if err != nil || r.State != issuing.Posted || r.Parcel != "" || a.Post == nil {
		return err
	}
	var to sealedAddress
	text, err := a.Vault.OpenRow(classCase, r.No, r.AddressSealed)
	if err != nil {
		return fmt.Errorf("open address: %w", err)
	}
	if err := json.Unmarshal([]byte(text), &to); err != nil {
		return fmt.Errorf("decode address: %w", err)
	}
	parcel, err := a.Post.Order(ctx, issuing.Order{
		ID: to.Order, Name: to.Name, Phone: vault.Phone(to.Phone), Address: vault.Address(to.Address), Office: "政务服务中心出件窗", Goods: r.ItemName,
	})
	if err != nil && !errors.Is(err, issuing.ErrOrderRefused) {
		return err
	}
	refused := err != nil
	return a.DB.Do(ctx, func(tx db.Tx) error {
		now, err := store.GetRecord(ctx, tx, r.No)
		if err != nil || now.State != issuing.Posted || now.Parcel != "" {
			return err
		}
		if refused {
			return a.backToCounter(ctx, tx, now, issuing.ActRefuse, "", "邮政没有收这一单：核对地址和电话，再寄或改当面领取")
		}
		now.Parcel, now.ParcelState = parcel, "ordered"
		if err := store.PutRecord(ctx, tx, now); err != nil {
			return err
		}
		if err := a.tellParcel(ctx, tx, now); err != nil {
			return err
		}
		return a.note(ctx, tx, r.No, "machine", "邮件单号", parcel)
	})
}

func (a *App) tellParcel(ctx context.Context, tx db.Tx, r store.Record) error {
	phone, err := a.Cases.Phone(ctx, r.No)
	if err != nil || phone == "" {
		return nil //nolint:nilerr // a parcel goes without a message too
	}
	err = a.SMS.Send(ctx, tx, phone, "case.posted", map[string]string{"no": r.No, "parcel": r.Parcel})
	if errors.Is(err, notify.ErrNumber) {
		return nil
	}
	return err
}

// Track is the job that reads what the post tells of all parcels since the last time.
func (a *App) Track(ctx context.Context, _ json.RawMessage) error {
	ctx = auth.AsSystem(ctx, "issuing.post")
	if a.Post == nil {
		return nil
	}
	for {
		var after int64
		err := a.DB.View(ctx, func(q db.Query) (err error) {
			after, err = store.Cursor(ctx, q, feed)
			return err
		})
		if err != nil {
			return err
		}
		some, err := a.Post.Events(ctx, after)
		if err != nil || len(some) == 0 {
			return err
		}
		for _, e := range some {
			if err := a.tracked(ctx, e); err != nil {
				return fmt.Errorf("parcel event %s: %w", e.ID, err)
			}
			after = max(after, e.Seq)
		}
		if err := a.DB.Do(ctx, func(tx db.Tx) error { return store.SetCursor(ctx, tx, feed, after) }); err != nil {
			return err
		}
	}
}

// tracked does one event once, however often it comes.
func (a *App) tracked(ctx context.Context, e issuing.Tracked) error {
	var r store.Record
	var had bool
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		if had, err = store.HasParcelEvent(ctx, q, e.ID); err != nil || had {
			return err
		}
		r, err = store.FindByParcel(ctx, q, e.Parcel)
		return err
	})
	if errors.Is(err, issuing.ErrNone) || had {
		return nil // not ours, or not ours any more
	}
	if err != nil {
		return err
	}
	if e.Code == "delivered" && r.State == issuing.Posted {
		return a.arrived(ctx, r, e)
	}
	return a.DB.Do(ctx, func(tx db.Tx) error {
		fresh, err := a.log(ctx, tx, r.No, e)
		if err != nil || !fresh || r.State != issuing.Posted {
			return err
		}
		switch e.Code {
		case "returned":
			return a.backToCounter(ctx, tx, r, issuing.ActReturn, "returned", "邮件退回来了："+e.Text)
		case "lost":
			return a.backToCounter(ctx, tx, r, issuing.ActLose, "lost", "邮件丢了，要补做再送："+e.Text)
		}
		r.ParcelState = e.Code
		if e.Code == "refused" {
			r.Proof.Note = "收件人拒收，邮件在往回走"
		}
		return store.PutRecord(ctx, tx, r)
	})
}

func (a *App) log(ctx context.Context, tx db.Tx, no string, e issuing.Tracked) (bool, error) {
	fresh, err := store.AddParcelEvent(ctx, tx, store.ParcelEvent{ID: e.ID, No: no, Parcel: e.Parcel, Code: e.Code, Text: e.Text, Place: e.Place, At: db.Ms(e.At), Seq: e.Seq})
	if err != nil || !fresh {
		return false, err
	}
	return true, a.note(ctx, tx, no, "machine", "邮政："+e.Text, e.Place)
}

// arrived ends a record whose parcel was signed for.
func (a *App) arrived(ctx context.Context, r store.Record, e issuing.Tracked) error {
	r.ParcelState = "delivered"
	d := window.Delivery{
		Recipient: vault.Name(r.Proof.To), IDMasked: "邮件 " + r.Parcel, Relation: "本人", Way: issuing.ByPost.Text(), Certificate: r.Certificate, Signed: "邮政签收：" + e.Text,
	}
	for label, n := range map[string]int{"正本": r.Proof.Originals, "副本": r.Proof.Copies} {
		if n > 0 {
			d.Handed = append(d.Handed, window.Fact{Label: label, Value: fmt.Sprintf("%d 份", n)})
		}
	}
	_, err := a.Papers.Deliver(ctx, r.No, d, func(ctx context.Context, tx db.Tx, _ window.Moved, doc window.Document) error {
		if fresh, err := a.log(ctx, tx, r.No, e); err != nil || !fresh {
			return errors.Join(err, issuing.ErrNotNow)
		}
		return a.ended(ctx, tx, r, issuing.ActDeliver, doc)
	})
	return err
}

// backToCounter brings a parcel that did not arrive back before the clerk.
func (a *App) backToCounter(ctx context.Context, tx db.Tx, r store.Record, act issuing.Act, parcelState, words string) (err error) {
	if r.State, err = issuing.Next(r.State, act); err != nil {
		return err
	}
	r.ParcelState, r.Proof.Note, r.Way = parcelState, words, issuing.AtCounter
	if err := store.PutRecord(ctx, tx, r); err != nil {
		return err
	}
	if err := audit.Write(ctx, tx, audit.Record{Action: "issuing." + string(act), Object: r.No}); err != nil {
		return err
	}
	return a.note(ctx, tx, r.No, "machine", "邮件没有送到", words)
}
