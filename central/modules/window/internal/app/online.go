package app

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/blobs"
	"tongban/central/kernel/check"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/events"
	"tongban/central/kernel/ids"
	"tongban/central/modules/window"
	"tongban/central/modules/window/internal/store"
	"tongban/fleet/wire"
	"tongban/fleet/wire/matter"
)

// byChannel is how a channel's applicant was identified: by the channel, with the real name it holds (实名).
const byChannel = "channel"

// OnlineItem implements window.Intake.
func (a *App) OnlineItem(ctx context.Context, code string) (matter.Item, error) {
	item, err := a.Items.Item(ctx, code, 0)
	if errs.KindOf(err) == errs.NotFound {
		return item, errs.E(errs.Invalid, wire.CodeUnknownItem, "没有这个事项，请核对编码", err)
	}
	if err != nil {
		return item, err
	}
	if item.Paused != nil || !item.Offered(matter.AtWeb) {
		return item, errs.E(errs.Invalid, "window.not_online", "这个事项现在不能在网上办，请到窗口或者自助终端", nil)
	}
	return item, nil
}

// TakeOnline implements window.Intake.
func (a *App) TakeOnline(ctx context.Context, in window.Online, also func(ctx context.Context, tx db.Tx, no string) error) (string, error) {
	item, err := a.OnlineItem(ctx, in.Submission.Item)
	if err != nil {
		return "", err
	}
	s := in.Submission
	if s.ItemVersion != 0 && s.ItemVersion != item.Version {
		return "", errs.E(errs.Conflict, "window.item_version", fmt.Sprintf("事项已改到第 %d 版，请按新的重新填", item.Version), nil)
	}
	if v := check.Verify(check.ID, s.Applicant.IDNumber); v.State == check.Invalid {
		return "", errs.E(errs.Invalid, wire.CodeInvalid, "申请人的身份证号校验不过", nil)
	}
	if err := a.timely(s); err != nil {
		return "", err
	}
	s.ItemVersion, s.CheckCode, s.LookupKey = item.Version, checkCode(), ids.Key()
	s.Applicant.IdentifiedBy, s.Applicant.IdentifiedAt = byChannel, s.SubmittedAt
	if err := a.attach(ctx, &s, in.Pages); err != nil {
		return "", err
	}
	if err := fits(item, s); err != nil {
		return "", err
	}
	at, err := a.place(ctx, item, in.Region, "")
	if err != nil {
		return "", err
	}
	var no string
	err = a.DB.Do(ctx, func(tx db.Tx) (err error) {
		if s.CaseNo, err = a.counterNo(ctx, tx, in.Channel); err != nil {
			return err
		}
		c, err := a.newCase(application{s, extra{Told: in.Phone}}, item, wire.Envelope{ID: ids.New()}, Origin{Place: in.Place}, db.Ms(tx.Now()))
		if err != nil {
			return err
		}
		c.Channel, c.Region, c.Department = in.Channel, at.Region, at.Department
		if err := a.keepOnline(ctx, tx, c, item, s, in); err != nil {
			return err
		}
		no = c.No
		return also(ctx, tx, no)
	})
	return no, err
}

func (a *App) keepOnline(ctx context.Context, tx db.Tx, c store.Case, item matter.Item, s wire.Submission, in window.Online) error {
	if err := store.Add(ctx, tx, c); err != nil {
		return err
	}
	if err := a.keepPapers(ctx, tx, c.No, s); err != nil {
		return err
	}
	if err := awaitLater(ctx, tx, item, s); err != nil {
		return err
	}
	if err := store.Tell(ctx, tx, store.Entry{ID: ids.New(), CaseNo: c.No, At: c.ReceivedAt, Kind: "person", Title: "收件登记", Note: in.Place + "，本人，实名", Actor: "申请人"}); err != nil {
		return err
	}
	if err := audit.Write(ctx, tx, audit.Record{Action: "window.receive", Object: c.No, Detail: map[string]string{"channel": in.Channel}}); err != nil {
		return err
	}
	if err := a.orderReceipt(ctx, tx, c.No); err != nil {
		return err
	}
	return events.Emit(ctx, tx, events.Event{Topic: window.TopicReceived, Key: c.No, Data: movedOf(c, tx.Now())})
}

// attach encrypts the pictures and puts them where the submission names them.
func (a *App) attach(ctx context.Context, s *wire.Submission, pages []window.OnlinePage) error {
	for i := range s.Materials {
		s.Materials[i].Pages = nil
	}
	for i := range s.Signatures {
		s.Signatures[i].Image = wire.File{}
	}
	for _, p := range pages {
		types := pageTypes
		if p.Role != "" {
			types = []string{"image/png"}
		}
		f, err := a.encrypted(ctx, p.Data, types)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(s.Materials, func(m wire.Material) bool { return m.Code == p.Material })
		signer := slices.IndexFunc(s.Signatures, func(g wire.Signature) bool { return g.Role == p.Role })
		switch {
		case p.Role != "" && signer >= 0:
			s.Signatures[signer].Image = f
		case p.Role == "" && at >= 0:
			s.Materials[at].Pages = append(s.Materials[at].Pages, f)
		default:
			return wrong("pages", "有一页不知道是哪份材料、谁的签名")
		}
	}
	return nil
}

// encrypted puts a picture among the blobs, under a key of its own.
func (a *App) encrypted(ctx context.Context, plain []byte, types []string) (wire.File, error) {
	mime := http.DetectContentType(plain)
	if len(plain) == 0 || len(plain) > LargestPage || !slices.Contains(types, mime) {
		return wire.File{}, errs.E(errs.Invalid, "window.page", "这一页读不出来：只收 JPEG、PNG 图片和 PDF，每页不超过 10 MB", fmt.Errorf("page of type %s with %d bytes", mime, len(plain)))
	}
	cipher, key, err := wire.Encrypt(plain)
	if err != nil {
		return wire.File{}, err
	}
	digest := blobs.Of(cipher)
	if _, err := a.Blobs.Put(ctx, bytes.NewReader(cipher), digest); err != nil {
		return wire.File{}, fmt.Errorf("keep page: %w", err)
	}
	return wire.File{Digest: string(digest), Size: int64(len(cipher)), MIME: mime, Key: key}, nil
}

// mostLate is how long before now a hand-in may have been made: a channel that was cut off sends what waited.
const mostLate = 7 * 24 * time.Hour

// timely refuses a hand-in of long ago or of tomorrow.
func (a *App) timely(s wire.Submission) error {
	if late := a.Clock.Now().Sub(s.SubmittedAt); late > mostLate || late < -5*time.Minute {
		return errs.E(errs.Invalid, wire.CodeInvalid, "申报时间不对：超过 7 天的，请申请人重新提交", nil)
	}
	return nil
}
