package app

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/kernel/ids"
	"tongban/central/kernel/notify"
	"tongban/central/modules/sharing"
	"tongban/central/modules/sharing/internal/store"
	"tongban/central/modules/window"
)

// View is what the phone shows. Papers and offers come only after the proof.
type View struct {
	State     string       `json:"state" enum:"opened,proved,agreed,refused,revoked,used"`
	StateText string       `json:"state_text"`
	Item      string       `json:"item"`
	Office    string       `json:"office"`
	Place     string       `json:"place" doc:"哪个大厅几号窗口"`
	Person    string       `json:"person" doc:"申请人，脱敏"`
	Phone     string       `json:"phone" doc:"验证码发到哪里，脱敏"`
	Purpose   string       `json:"purpose"`
	Wording   string       `json:"wording" doc:"告知文本的版本"`
	Sent      bool         `json:"sent" doc:"验证码发过了，还有效"`
	TriesLeft int          `json:"tries_left"`
	Papers    []Wanted     `json:"papers"`
	Offers    []Offer      `json:"offers"`
	Library   string       `json:"library" doc:"证照库有没有查到，怎么办"`
	Asked     bool         `json:"asked" doc:"证照和以前的材料查过了"`
	Chosen    []string     `json:"chosen" doc:"已授权的"`
	Consents  []ConsentRow `json:"consents"`
}

// Wanted is one paper of the matter.
type Wanted struct {
	Code  string `json:"code"`
	Name  string `json:"name"`
	Why   string `json:"why"`
	Given bool   `json:"given"`
	Pages int    `json:"pages"`
	Most  int    `json:"most"`
}

// Opened is the first answer: its token is the phone's alone.
type Opened struct {
	Token string `json:"token" doc:"只给第一部扫码的手机，后面每一步都要"`
	View  View   `json:"view"`
}

// Open takes the code for this phone (扫码). A second phone is refused.
func (a *App) Open(ctx context.Context, key string) (Opened, error) {
	ctx = asPhone(ctx)
	token := ids.Key()
	err := a.DB.Do(ctx, func(tx db.Tx) error {
		c, err := store.ByKey(ctx, tx, a.keyBlind(key))
		switch {
		case err != nil:
			return err
		case a.late(c), c.State == sharing.Replaced:
			return sharing.ErrExpired
		case c.State != sharing.Offered:
			return sharing.ErrUsed
		}
		c.State = sharing.Opened
		c.TokenBlind, c.UntilAt = a.tokenBlind(c.ID, token), db.Ms(tx.Now().Add(workWithin))
		if err := move(ctx, tx, c); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "sharing.open", Object: c.Draft, Detail: map[string]string{"code": c.ID}})
	})
	if errors.Is(err, sharing.ErrNotNow) { // two phones at once: the other one was first
		err = sharing.ErrUsed
	}
	if err != nil {
		return Opened{}, err
	}
	v, err := a.View(ctx, key, token)
	return Opened{Token: token, View: v}, err
}

// View shows the phone where it stands.
func (a *App) View(ctx context.Context, key, token string) (View, error) {
	s, err := a.session(ctx, key, token)
	if errors.Is(err, window.ErrNoSuchDraft) && s.State == sharing.Used {
		return View{State: string(s.State), StateText: s.State.Text(), Item: s.ItemName, Papers: []Wanted{}, Offers: []Offer{}, Chosen: []string{}, Consents: []ConsentRow{}}, nil
	}
	if err != nil {
		return View{}, err
	}
	return a.view(ctx, s)
}

func (a *App) view(ctx context.Context, s session) (View, error) {
	d := s.draft
	v := View{
		State: string(s.State), StateText: s.State.Text(), Item: d.ItemName, Office: d.Office, Place: strings.TrimSpace(d.Hall + " " + d.Window), Person: d.Name.String(),
		Phone: d.Phone.String(), Purpose: purpose(d), Wording: sharing.Wording, Sent: s.CodeUntil > db.Ms(a.Clock.Now()), TriesLeft: mostTries - s.Tries,
		Papers: []Wanted{}, Offers: []Offer{}, Chosen: []string{}, Consents: []ConsentRow{},
	}
	if s.State == sharing.Opened {
		return v, nil
	}
	for _, p := range d.Papers {
		v.Papers = append(v.Papers, Wanted(p))
	}
	offers, err := a.offers(s.Code)
	if err != nil {
		return v, err
	}
	v.Asked = s.OffersSealed != ""
	v.Offers = append(v.Offers, offers...)
	err = a.DB.View(ctx, func(q db.Query) error {
		list, err := store.Consents(ctx, q, s.ID)
		if err == nil {
			v.Consents, err = consentRows(list)
		}
		return err
	})
	if err != nil || s.State != sharing.Agreed {
		return v, err
	}
	for _, c := range v.Consents {
		if c.RevokedAt != "" {
			continue
		}
		for _, o := range offers {
			for _, w := range c.What {
				if w.Code == o.Code && w.Source == o.Source && w.Name == o.Name && w.From == o.From {
					v.Chosen = append(v.Chosen, o.ID)
				}
			}
		}
	}
	return v, nil
}

func purpose(d window.ShareDraft) string { return "办理“" + d.ItemName + "”" }

// SendCode sends the short message that proves the phone to be the one told at the visit.
func (a *App) SendCode(ctx context.Context, key, token string) (View, error) {
	ctx = asPhone(ctx)
	s, err := a.session(ctx, key, token)
	if err != nil {
		return View{}, err
	}
	now := a.Clock.Now()
	switch {
	case s.State != sharing.Opened:
		return View{}, sharing.ErrNotNow
	case s.Sends >= mostSends, s.SentAt > 0 && now.Sub(db.FromMs(s.SentAt)) < sendEvery:
		return View{}, sharing.ErrOften
	}
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return View{}, fmt.Errorf("make code: %w", err)
	}
	code := fmt.Sprintf("%06d", n)
	s.CodeBlind, s.CodeUntil, s.SentAt = a.codeBlind(s.ID, code), db.Ms(now.Add(codeGood)), db.Ms(now)
	s.Sends++
	err = a.DB.Do(ctx, func(tx db.Tx) error {
		if err := store.Put(ctx, tx, s.Code); err != nil {
			return err
		}
		return a.SMS.Send(ctx, tx, s.draft.Phone, "share.code", map[string]string{"code": code, "minutes": "5"})
	})
	if errors.Is(err, notify.ErrNumber) {
		return View{}, sharing.ErrNoPhone
	}
	if err != nil {
		return View{}, err
	}
	return a.View(ctx, key, token)
}

// Proof is what the person types.
type Proof struct {
	Code string `json:"code" minLength:"6" maxLength:"6" doc:"短信验证码"`
	Tail string `json:"tail" minLength:"4" maxLength:"4" doc:"证件号后四位"`
}

// Prove takes the proof (验证本人). A wrong one counts, whichever half was wrong; the fifth ends the code.
func (a *App) Prove(ctx context.Context, key, token string, p Proof) (View, error) {
	ctx = asPhone(ctx)
	s, err := a.session(ctx, key, token)
	if err != nil {
		return View{}, err
	}
	if s.State != sharing.Opened {
		return View{}, sharing.ErrNotNow
	}
	number := strings.ToUpper(string(s.draft.IDNumber))
	right := same(s.CodeBlind, a.codeBlind(s.ID, p.Code)) && s.CodeUntil > db.Ms(a.Clock.Now())
	right = same(number[max(0, len(number)-4):], strings.ToUpper(p.Tail)) && right
	act := sharing.ActProve
	var refusal error
	if !right {
		s.Tries++
		refusal = sharing.ErrWrong
		if act = ""; s.Tries >= mostTries {
			act, refusal = sharing.ActBlock, sharing.ErrBlocked
		}
	}
	if act != "" {
		if s.State, err = sharing.Next(s.State, act); err != nil {
			return View{}, err
		}
		s.CodeBlind, s.CodeUntil = "", 0 // good once
	}
	if act == sharing.ActBlock {
		s.EndedAt = db.Ms(a.Clock.Now())
	}
	err = a.DB.Do(ctx, func(tx db.Tx) error {
		if err := move(ctx, tx, s.Code); err != nil {
			return err
		}
		if refusal != nil {
			return audit.Write(ctx, tx, audit.Record{Action: "sharing.wrong_proof", Object: s.Draft, Detail: map[string]string{"code": s.ID, "tries": fmt.Sprint(s.Tries)}})
		}
		return audit.Write(ctx, tx, audit.Record{Action: "sharing.prove", Object: s.Draft, Detail: map[string]string{"code": s.ID}})
	})
	if err != nil || refusal != nil {
		return View{}, errors.Join(refusal, err)
	}
	return a.View(ctx, key, token)
}

// how says by what the person was proved, for the record.
const how = "申请人手机扫码，短信验证码和证件号后四位"

// Agree attaches what the person ticked (授权). It replaces what they agreed to before.
func (a *App) Agree(ctx context.Context, key, token string, chosen []string) (View, error) {
	ctx = asPhone(ctx)
	s, err := a.session(ctx, key, token)
	if err != nil {
		return View{}, err
	}
	if s.State, err = sharing.Next(s.State, sharing.ActAgree); err != nil {
		return View{}, err
	}
	papers, what, err := a.pick(s, chosen)
	if err != nil {
		return View{}, err
	}
	s.Papers = len(papers)
	err = a.Drafts.Share(ctx, s.Draft, s.ID, papers, func(ctx context.Context, tx db.Tx) error {
		photos, err := photosOf(ctx, tx, s.ID)
		if err != nil {
			return err
		}
		if err := store.Revoke(ctx, tx, s.ID, "本人重新选了", db.Ms(tx.Now())); err != nil {
			return err
		}
		return a.record(ctx, tx, s, append(what, photos...))
	})
	if err != nil {
		return View{}, err
	}
	return a.View(ctx, key, token)
}

// photosOf are the pictures that stand when somebody chooses anew: what follows takes the place of what was agreed to before.
func photosOf(ctx context.Context, q db.Query, code string) (out []Agreed, err error) {
	list, err := store.Consents(ctx, q, code)
	if err != nil {
		return nil, err
	}
	rows, err := consentRows(list)
	for _, r := range rows {
		for _, w := range r.What {
			if r.RevokedAt == "" && w.Source == "photo" {
				out = append(out, w)
			}
		}
	}
	return out, err
}

// pick finds what was ticked among what was offered: one for each paper.
func (a *App) pick(s session, chosen []string) (papers []window.SharedPaper, what []Agreed, err error) {
	offers, err := a.offers(s.Code)
	if err != nil {
		return nil, nil, err
	}
	byID, taken := map[string]Offer{}, map[string]bool{}
	for _, o := range offers {
		byID[o.ID] = o
	}
	for _, id := range chosen {
		o, ok := byID[id]
		if !ok || taken[o.Code] {
			return nil, nil, sharing.ErrChosen
		}
		taken[o.Code] = true
		papers = append(papers, window.SharedPaper{Code: o.Code, Source: o.Source, Ref: o.Ref, Note: o.From + "，本人手机授权"})
		what = append(what, Agreed{Code: o.Code, Paper: o.For, Source: o.Source, Name: o.Name, From: o.From})
	}
	if len(papers) == 0 {
		return nil, nil, sharing.ErrChosen
	}
	return papers, what, nil
}

func (a *App) record(ctx context.Context, tx db.Tx, s session, what []Agreed) error {
	text, err := json.Marshal(what)
	if err != nil {
		return fmt.Errorf("encode consent: %w", err)
	}
	c := store.Consent{ID: ids.New(), Code: s.ID, Purpose: purpose(s.draft), What: string(text), How: how, Wording: sharing.Wording, At: db.Ms(tx.Now())}
	if err := store.AddConsent(ctx, tx, c); err != nil {
		return err
	}
	if err := audit.Write(ctx, tx, audit.Record{Action: "sharing.agree", Object: s.Draft, Detail: map[string]string{"code": s.ID, "consent": c.ID, "papers": fmt.Sprint(len(what))}}); err != nil {
		return err
	}
	return move(ctx, tx, s.Code)
}

// Refuse ends it without sharing anything (不同意). Pictures that were sent go too.
func (a *App) Refuse(ctx context.Context, key, token string) (View, error) {
	ctx = asPhone(ctx)
	s, err := a.session(ctx, key, token)
	if err != nil {
		return View{}, err
	}
	if s.State, err = sharing.Next(s.State, sharing.ActRefuse); err != nil {
		return View{}, err
	}
	s.Photos, s.OffersSealed, s.EndedAt = 0, "", db.Ms(a.Clock.Now())
	err = a.Drafts.Share(ctx, s.Draft, s.ID, nil, func(ctx context.Context, tx db.Tx) error {
		if err := store.Revoke(ctx, tx, s.ID, "本人不同意", db.Ms(tx.Now())); err != nil {
			return err
		}
		if err := audit.Write(ctx, tx, audit.Record{Action: "sharing.refuse", Object: s.Draft, Detail: map[string]string{"code": s.ID}}); err != nil {
			return err
		}
		return move(ctx, tx, s.Code)
	})
	if err != nil {
		return View{}, err
	}
	return a.View(ctx, key, token)
}

// Revoke takes the agreement back (撤回授权), as long as the matter is not handed in.
func (a *App) Revoke(ctx context.Context, key, token string) (View, error) {
	ctx = asPhone(ctx)
	s, err := a.session(ctx, key, token)
	if err != nil {
		return View{}, err
	}
	if err := a.revoke(ctx, s.Code, "本人在手机上撤的"); err != nil {
		return View{}, err
	}
	return a.View(ctx, key, token)
}

// Photo takes a picture of a paper (拍照上传). Sending it is agreeing to it.
func (a *App) Photo(ctx context.Context, key, token, material string, picture []byte) (View, error) {
	ctx = asPhone(ctx)
	s, err := a.session(ctx, key, token)
	if err != nil {
		return View{}, err
	}
	if s.State, err = sharing.Next(s.State, sharing.ActAgree); err != nil {
		return View{}, err
	}
	name := ""
	for _, p := range s.draft.Papers {
		if p.Code == material {
			name = p.Name
		}
	}
	s.Photos++
	err = a.Drafts.SharePhoto(ctx, s.Draft, material, picture, func(ctx context.Context, tx db.Tx) error {
		return a.record(ctx, tx, s, []Agreed{{Code: material, Paper: name, Source: "photo", Name: "手机拍的照片", From: "申请人手机"}})
	})
	if err != nil {
		return View{}, err
	}
	return a.View(ctx, key, token)
}
