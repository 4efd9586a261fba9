package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/check"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/vault"
	"tongban/central/modules/issuing"
	"tongban/central/modules/issuing/internal/store"
	"tongban/central/modules/window"
)

const (
	wrongCodes = 8                // in tryPause, then nothing is looked up
	tryPause   = 10 * time.Minute //
	maxSign    = 512 << 10
)

// errNotHim keeps a result from a stranger.
var errNotHim = errs.E(errs.Conflict, "issuing.not_applicant", "这张证不是申请人的。代领的请按“代领”，看委托书", nil)

// FindByCode finds what waits under a pick-up code and notes that it was shown. Wrong ones are counted for each caller.
func (a *App) FindByCode(ctx context.Context, code string) (Detail, error) {
	who := actor.From(ctx).String()
	now := a.Clock.Now()
	since := db.Ms(now.Add(-tryPause))
	var out Detail
	var wrong bool
	err := a.DB.Do(ctx, func(tx db.Tx) error {
		n, err := store.Tries(ctx, tx, who, since)
		if err != nil {
			return err
		}
		if n >= wrongCodes {
			return issuing.ErrTries
		}
		code = strings.ReplaceAll(code, " ", "")
		r, err := store.Record{}, issuing.ErrNone
		if wellFormed(code) {
			r, err = store.FindByCode(ctx, tx, a.Vault.Blind(classSlip, "pickup "+code))
		}
		if err == nil && !actor.From(ctx).Scope(issuing.PermIssue).Covers(r.At()) {
			err = issuing.ErrNone
		}
		if errors.Is(err, issuing.ErrNone) {
			wrong = true
			return errors.Join(store.Try(ctx, tx, who, db.Ms(now), since), audit.Write(ctx, tx, audit.Record{Action: "issuing.wrong_code", Object: who}))
		}
		if err != nil {
			return err
		}
		if r.Proof.CodeAt == 0 {
			r.Proof.CodeAt, r.Proof.CodeNote = db.Ms(now), ""
			if err := store.PutRecord(ctx, tx, r); err != nil {
				return err
			}
			r.Version++
		}
		if err := audit.Write(ctx, tx, audit.Record{Action: "issuing.code", Object: r.No}); err != nil {
			return err
		}
		out, err = a.detail(ctx, tx, r)
		return err
	})
	if err == nil && wrong {
		err = issuing.ErrCode
	}
	return out, err
}

// change loads a record that waits, lets f change it, and keeps it with its audit.
func (a *App) change(ctx context.Context, no string, version int, action, reason string, f func(tx db.Tx, r *store.Record) error) (Detail, error) {
	var out Detail
	err := a.DB.Do(ctx, func(tx db.Tx) error {
		r, err := see(ctx, tx, no)
		if err != nil {
			return err
		}
		if err := within(ctx, issuing.PermIssue, r.At()); err != nil {
			return err
		}
		if r.Version != version {
			return issuing.ErrChanged
		}
		if !r.State.Waits() {
			return issuing.ErrNotNow
		}
		if err := f(tx, &r); err != nil {
			return err
		}
		if err := store.PutRecord(ctx, tx, r); err != nil {
			return err
		}
		r.Version++
		if err := audit.Write(ctx, tx, audit.Record{Action: action, Object: no, Reason: reason}); err != nil {
			return err
		}
		out, err = a.detail(ctx, tx, r)
		return err
	})
	return out, err
}

// mine refuses a record that the caller may not work on, before anything of the person is opened.
func (a *App) mine(ctx context.Context, no string) error {
	return a.DB.View(ctx, func(q db.Query) error {
		r, err := see(ctx, q, no)
		if err != nil {
			return err
		}
		if !r.State.Waits() {
			return issuing.ErrNotNow
		}
		return within(ctx, issuing.PermIssue, r.At())
	})
}

// WithoutCode goes on without a pick-up code, with the reason.
func (a *App) WithoutCode(ctx context.Context, no string, version int, reason string) (Detail, error) {
	if len([]rune(strings.TrimSpace(reason))) < 2 {
		return Detail{}, bad("reason", "写一句为什么没有取件码，如“手机没带”")
	}
	return a.change(ctx, no, version, "issuing.without_code", reason, func(tx db.Tx, r *store.Record) error {
		r.Proof.CodeAt, r.Proof.CodeNote = db.Ms(tx.Now()), strings.TrimSpace(reason)
		return nil
	})
}

// Resend sends a new code; the old one no longer counts.
func (a *App) Resend(ctx context.Context, no string, version int) (Detail, error) {
	return a.change(ctx, no, version, "issuing.resend", "", func(tx db.Tx, r *store.Record) error {
		r.Proof.CodeAt, r.Proof.CodeNote = 0, ""
		return a.sendCode(ctx, tx, r)
	})
}

// Recipient is who stands at the counter.
type Recipient struct {
	Relation  string `json:"relation" enum:"self,agent" doc:"本人或受托人"`
	Name      string `json:"name" minLength:"1" maxLength:"40"`
	IDNumber  string `json:"id_number" minLength:"5" maxLength:"30"`
	By        string `json:"by" enum:"card,typed" doc:"读卡，或看证件输入"`
	Authority string `json:"authority,omitempty" maxLength:"80" doc:"代领：委托书的编号或日期"`
}

type sealedRecipient struct {
	Name     string `json:"name"`
	IDNumber string `json:"id_number"`
}

// Identify compares who came with the applicant (核对领取人).
func (a *App) Identify(ctx context.Context, no string, version int, p Recipient) (Detail, error) {
	p.Name, p.IDNumber = strings.TrimSpace(p.Name), strings.ToUpper(strings.TrimSpace(p.IDNumber))
	if p.Relation == "agent" && len([]rune(strings.TrimSpace(p.Authority))) < 2 {
		return Detail{}, bad("authority", "代领要看委托书：填委托书的编号或日期")
	}
	if len(p.IDNumber) == 18 && check.Verify("id", p.IDNumber).State == check.Invalid {
		return Detail{}, bad("id_number", "身份证号不对，请再看一遍")
	}
	if err := a.mine(ctx, no); err != nil {
		return Detail{}, err
	}
	sub, err := a.Cases.Application(ctx, no, "核对领取人")
	if err != nil {
		return Detail{}, err
	}
	him := strings.EqualFold(sub.Applicant.IDNumber, p.IDNumber) && sub.Applicant.Name == p.Name
	if p.Relation == "self" && !him {
		return Detail{}, errNotHim
	}
	text, err := json.Marshal(sealedRecipient{p.Name, p.IDNumber})
	if err != nil {
		return Detail{}, fmt.Errorf("encode recipient: %w", err)
	}
	sealed, err := a.Vault.SealRow(classCase, no, string(text))
	if err != nil {
		return Detail{}, err
	}
	return a.change(ctx, no, version, "issuing.identify", "", func(tx db.Tx, r *store.Record) error {
		if r.Proof.CodeAt == 0 {
			return bad("code", "先核对取件码")
		}
		r.RecipientSealed = sealed
		r.Proof.Recipient, r.Proof.RecipientID = vault.MaskName(p.Name), vault.MaskID(p.IDNumber)
		r.Proof.Relation, r.Proof.By, r.Proof.Authority, r.Proof.IdentifiedAt = p.Relation, p.By, strings.TrimSpace(p.Authority), db.Ms(tx.Now())
		// another person has read and signed nothing yet
		r.Proof.Read, r.Proof.ReadAt, r.Proof.Signed, r.Proof.SignedAt, r.SignatureSealed = nil, 0, "", 0, ""
		return nil
	})
}

// lines are what is read together.
var lines = []string{"名称", "地址", "项目", "有效期", "份数"}

// Read notes what was read together (一起看一遍).
func (a *App) Read(ctx context.Context, no string, version int, what []string) (Detail, error) {
	if len(what) < 2 {
		return Detail{}, bad("lines", "至少一起看过两项")
	}
	for _, w := range what {
		if !slices.Contains(lines, w) {
			return Detail{}, bad("lines", "没有这一项："+w)
		}
	}
	return a.change(ctx, no, version, "issuing.read", "", func(tx db.Tx, r *store.Record) error {
		if r.Proof.IdentifiedAt == 0 {
			return bad("recipient", "先核对是谁来领")
		}
		r.Proof.Read, r.Proof.ReadAt = what, db.Ms(tx.Now())
		return nil
	})
}

// SignOnPaper notes that the recipient signs the printed proof.
func (a *App) SignOnPaper(ctx context.Context, no string, version int) (Detail, error) {
	return a.change(ctx, no, version, "issuing.sign", "", func(tx db.Tx, r *store.Record) error {
		if r.Proof.ReadAt == 0 {
			return bad("read", "先一起看一遍，再签收")
		}
		r.Proof.Signed, r.Proof.SignedAt, r.SignatureDigest, r.SignatureSealed = "paper", db.Ms(tx.Now()), "", ""
		return nil
	})
}

// Sign keeps the picture of the recipient's signature.
func (a *App) Sign(ctx context.Context, no string, version int, png []byte) (Detail, error) {
	if len(png) > maxSign || !bytes.HasPrefix(png, []byte("\x89PNG\r\n\x1a\n")) {
		return Detail{}, bad("signature", "签名图要 PNG，不超过 512 KB")
	}
	if err := a.mine(ctx, no); err != nil {
		return Detail{}, err
	}
	digest, sealed, _, err := a.keep(ctx, no, png)
	if err != nil {
		return Detail{}, err
	}
	return a.change(ctx, no, version, "issuing.sign", "", func(tx db.Tx, r *store.Record) error {
		if r.Proof.ReadAt == 0 {
			return bad("read", "先一起看一遍，再签收")
		}
		r.Proof.Signed, r.Proof.SignedAt, r.SignatureDigest, r.SignatureSealed = "pad", db.Ms(tx.Now()), digest, sealed
		return nil
	})
}

// Signature opens the picture.
func (a *App) Signature(ctx context.Context, no string) ([]byte, error) {
	var r store.Record
	err := a.DB.Do(ctx, func(tx db.Tx) (err error) {
		if r, err = see(ctx, tx, no); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "issuing.look_signature", Object: no})
	})
	if err != nil {
		return nil, err
	}
	return a.open(ctx, no, r.SignatureDigest, r.SignatureSealed)
}

// Hand is what is handed over.
type Hand struct {
	Way         issuing.Way `json:"way" enum:"counter,electronic" doc:"当面，或只要电子证"`
	Certificate string      `json:"certificate,omitempty" maxLength:"60" doc:"证书编号"`
	Originals   int         `json:"originals" minimum:"0" maximum:"99" doc:"正本份数"`
	Copies      int         `json:"copies" minimum:"0" maximum:"99" doc:"副本份数"`
}

// Hand hands the result over (交付): the proof of delivery is made, the code no longer counts, the person may rate.
func (a *App) Hand(ctx context.Context, no string, version int, h Hand) (Detail, error) {
	if h.Way == issuing.Electronic {
		h.Originals, h.Copies = 0, 0 // the proof must not say that paper changed hands
	}
	r, err := a.mayHand(ctx, no, version, h)
	if err != nil {
		return Detail{}, err
	}
	d, err := a.delivery(r, h)
	if err != nil {
		return Detail{}, err
	}
	_, err = a.Papers.Deliver(ctx, no, d, func(ctx context.Context, tx db.Tx, _ window.Moved, doc window.Document) error {
		return a.ended(ctx, tx, r, issuing.ActHand, doc)
	})
	if err != nil {
		return Detail{}, err
	}
	return a.Show(ctx, no)
}

// mayHand checks what must be proven and returns the record as it will be.
func (a *App) mayHand(ctx context.Context, no string, version int, h Hand) (r store.Record, err error) {
	err = a.DB.View(ctx, func(q db.Query) error {
		r, err = see(ctx, q, no)
		return err
	})
	if err != nil {
		return r, err
	}
	if err := within(ctx, issuing.PermIssue, r.At()); err != nil {
		return r, err
	}
	if r.Version != version {
		return r, issuing.ErrChanged
	}
	if _, err := issuing.Next(r.State, issuing.ActHand); err != nil {
		return r, err
	}
	if h.Way == issuing.AtCounter {
		for _, s := range steps(r) {
			if !s.Done {
				return r, bad(s.ID, "还差一步：“"+s.Title+"”")
			}
		}
		if h.Originals+h.Copies == 0 && h.Certificate == "" {
			return r, bad("originals", "写明交了几份")
		}
	}
	r.Way, r.Certificate, r.Proof.Originals, r.Proof.Copies = h.Way, strings.TrimSpace(h.Certificate), h.Originals, h.Copies
	return r, nil
}

// delivery is what the proof says.
func (a *App) delivery(r store.Record, h Hand) (window.Delivery, error) {
	d := window.Delivery{Way: h.Way.Text(), Certificate: r.Certificate, Relation: "本人", Signed: signedText(r.Proof.Signed)}
	if h.Originals > 0 {
		d.Handed = append(d.Handed, window.Fact{Label: "正本", Value: fmt.Sprintf("%d 份", h.Originals)})
	}
	if h.Copies > 0 {
		d.Handed = append(d.Handed, window.Fact{Label: "副本", Value: fmt.Sprintf("%d 份", h.Copies)})
	}
	if h.Way == issuing.Electronic {
		d.Recipient, d.IDMasked, d.Signed = vault.Name(r.Applicant), "电子送达", "已发到本人账号和手机"
		return d, nil
	}
	var p sealedRecipient
	text, err := a.Vault.OpenRow(classCase, r.No, r.RecipientSealed)
	if err != nil {
		return d, fmt.Errorf("open recipient: %w", err)
	}
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		return d, fmt.Errorf("decode recipient: %w", err)
	}
	d.Recipient, d.IDMasked = vault.Name(p.Name), vault.MaskID(p.IDNumber)
	if r.Proof.Relation == "agent" {
		d.Relation = "受托人"
	}
	return d, nil
}

// ended moves a record to its end, in the transaction of the proof of delivery, and asks for a rating.
func (a *App) ended(ctx context.Context, tx db.Tx, r store.Record, act issuing.Act, doc window.Document) (err error) {
	if r.State, err = issuing.Next(r.State, act); err != nil {
		return err
	}
	r.EndedAt, r.CodeBlind, r.DocumentID, r.Proof.Note = db.Ms(tx.Now()), "", doc.ID, ""
	if err := store.PutRecord(ctx, tx, r); err != nil {
		return err
	}
	err = audit.Write(ctx, tx, audit.Record{Action: "issuing." + string(act), Object: r.No, Detail: map[string]string{"way": string(r.Way), "document": doc.No, "certificate": r.Certificate}})
	if err != nil {
		return err
	}
	if err := emit(ctx, tx, issuing.TopicIssued, r.No, told(r, tx.Now())); err != nil {
		return err
	}
	return a.askByMessage(ctx, tx, r)
}
