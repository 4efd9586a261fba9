package app

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/events"
	"tongban/central/kernel/ids"
	"tongban/central/kernel/vault"
	"tongban/central/modules/window"
	"tongban/central/modules/window/internal/store"
	"tongban/fleet/wire"
	"tongban/fleet/wire/matter"
	"tongban/fleet/wire/matter/form"
)

// errAcross keeps a registration for another region from becoming a case here: its clock is not ours.
var errAcross = errs.E(errs.Conflict, "window.across", "这份登记是替外地收的，请按“送办理地”，不在本窗口受理", nil)

// errNotAcross is the other way round.
var errNotAcross = errs.E(errs.Conflict, "window.not_across", "这份登记是本窗口的事项，不送外地", nil)

// HandAcross implements window.Crossing.
func (a *App) HandAcross(ctx context.Context, draft string, revision int, also func(ctx context.Context, tx db.Tx, a window.Across) error) (window.Across, error) {
	w, err := a.openDraft(ctx, draft)
	if err != nil {
		return window.Across{}, err
	}
	if w.Crossing == "" {
		return window.Across{}, errNotAcross
	}
	if revision != w.Revision {
		return window.Across{}, window.ErrDraftChanged
	}
	if err := a.ready(w, false); err != nil { // whether it fulfils the law is decided over there; form and identity are ours
		return window.Across{}, err
	}
	s, err := a.submission(w)
	if err != nil {
		return window.Across{}, err
	}
	if err := a.addEarlier(ctx, w, &s); err != nil {
		return window.Across{}, err
	}
	out := window.Across{
		Draft: w.ID, Target: w.Crossing, Item: w.Item, ItemName: w.ItemName, ItemVersion: w.ItemVersion, Agent: w.body.Agent != nil, CheckCode: s.CheckCode,
		Phone: vault.Phone(phoneOf(w.item, w.body.Form, w.body.Told)), Hall: w.Hall, Window: w.Window, Ticket: w.Ticket, Region: w.Region, Department: w.Department,
		Clerk: w.Owner, ClerkName: w.OwnerName,
	}
	held := w.held()
	for _, code := range sorted(held) {
		if h := held[code]; h.Source == SourceLicence {
			out.Stands = append(out.Stands, window.SharedPaper{Code: code, Source: h.Source, Ref: h.Ref, Note: h.Note})
		}
	}
	err = a.DB.Do(ctx, func(tx db.Tx) (err error) {
		if out.No, err = a.counterNo(ctx, tx, w.Window); err != nil {
			return err
		}
		s.CaseNo = out.No
		out.Submission = s
		if err := also(ctx, tx, out); err != nil {
			return err
		}
		if n, err := store.DropDrafts(ctx, tx, []string{w.ID}); err != nil || n == 0 {
			return errors.Join(err, window.ErrNoSuchDraft)
		}
		return audit.Write(ctx, tx, audit.Record{Action: "window.hand_across", Object: out.No, Detail: map[string]string{"draft": w.ID, "target": w.Crossing}})
	})
	return out, err
}

// addEarlier puts the pages of earlier cases that stand for a paper into what is handed across.
func (a *App) addEarlier(ctx context.Context, w working, s *wire.Submission) error {
	pages, err := a.earlierPages(ctx, w)
	if err != nil {
		return err
	}
	at := map[string]int{}
	for _, p := range pages {
		key, err := a.Vault.OpenRow(classKey, keyRow(p), p.KeySealed)
		if err != nil {
			return fmt.Errorf("open file key: %w", err)
		}
		i, there := at[p.Material]
		if !there {
			i = len(s.Materials)
			at[p.Material] = i
			s.Materials = append(s.Materials, wire.Material{Code: p.Material})
		}
		s.Materials[i].Pages = append(s.Materials[i].Pages, wire.File{Digest: p.Digest, Size: p.Size, MIME: p.MIME, Key: []byte(key)})
	}
	return nil
}

// PaperNames implements window.Crossing.
func (a *App) PaperNames(ctx context.Context, code string, version int) (map[string]string, error) {
	item, err := a.versions.of(ctx, code, version)
	if err != nil {
		return nil, err
	}
	out := map[string]string{CodeAuthority: authority.Name}
	for _, m := range item.Materials {
		out[m.Code] = m.Name
	}
	return out, nil
}

// TakeAcross implements window.Crossing.
func (a *App) TakeAcross(ctx context.Context, tx db.Tx, r window.Forwarded, at time.Time) (string, error) {
	item, err := a.Items.Item(ctx, r.Item, 0)
	if err != nil {
		return "", err
	}
	s := r.Submission
	s.Item, s.ItemVersion, s.SubmittedAt = item.Code, item.Version, at
	s.CheckCode, s.LookupKey = checkCode(), ids.Key()
	if err := a.fits(item, s); err != nil {
		return "", err
	}
	if err := a.filesAreHere(ctx, s); err != nil {
		return "", err
	}
	place, err := a.place(ctx, item, "", "")
	if err != nil {
		return "", err
	}
	if s.CaseNo, err = a.counterNo(ctx, tx, "region "+r.Region); err != nil {
		return "", err
	}
	c, err := a.newCase(application{Submission: s}, item, wire.Envelope{ID: "region:" + r.ID}, Origin{Place: r.From}, db.Ms(at))
	if err != nil {
		return "", err
	}
	c.Channel, c.Region, c.Department = window.ChannelRegion, place.Region, place.Department
	if err := store.Add(ctx, tx, c); err != nil {
		return "", err
	}
	if err := a.keepPapers(ctx, tx, c.No, s); err != nil {
		return "", err
	}
	if err := awaitLater(ctx, tx, item, s); err != nil {
		return "", err
	}
	if err := store.Tell(ctx, tx, store.Entry{ID: ids.New(), CaseNo: c.No, At: c.ReceivedAt, Kind: "machine", Title: "外地代收转来", Note: r.From + "，对方编号 " + r.ID, Actor: r.From}); err != nil {
		return "", err
	}
	if err := audit.Write(ctx, tx, audit.Record{Action: "window.receive", Object: c.No, Detail: map[string]string{"region": r.Region, "their_no": r.ID}}); err != nil {
		return "", err
	}
	if err := a.orderReceipt(ctx, tx, c.No); err != nil {
		return "", err
	}
	return c.No, events.Emit(ctx, tx, events.Event{Topic: window.TopicReceived, Key: c.No, Data: movedOf(c, tx.Now())})
}

// fits checks what another region sent by the rules of every hand-in.
func (a *App) fits(item matter.Item, s wire.Submission) error {
	if extra := item.Unlisted(s); len(extra) > 0 {
		return errs.E(errs.Invalid, wire.CodeInvalid, "有事项字段清单之外的个人信息："+strings.Join(extra, "、"), nil)
	}
	if why := incomplete(item, s); why != "" {
		return errs.E(errs.Invalid, wire.CodeInvalid, why, nil)
	}
	wrong := append(form.CheckItem(&item, s.Answers, s.Form), form.Differs(item.Form, s.Form, s.Applicant)...)
	if len(wrong) > 0 {
		return errs.E(errs.Invalid, wire.CodeInvalid, fmt.Sprintf("表单有 %d 处不符合要求：%s", len(wrong), wrong[0].Message), nil)
	}
	return nil
}
