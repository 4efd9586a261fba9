package app

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"tongban/agent/screen"
	"tongban/agent/session"
	"tongban/drivers"
	"tongban/fleet/wire"
	"tongban/fleet/wire/matter"
	"tongban/fleet/wire/matter/form"
)

// Identify begins to wait for a card: the applicant's, or with a matter in hand that of the next person who signs on their
// own card. whom names a role where the page means a certain one.
func (a *App) Identify(id, whom string) error {
	return a.with(id, session.Identify, func(v *session.Visit) error {
		if whom == "" {
			whom = nextSigner(v)
		}
		if whom != session.Applicant && !hasSigner(v, whom) {
			return problem(http.StatusUnprocessableEntity, "screen.no_signer", "这件事不需要这个人签名", nil)
		}
		if v.Person != nil && !v.Person.Confirmed {
			v.Person = nil
		}
		a.startReader(v, whom)
		return nil
	})
}

// nextSigner is whose card is wanted now.
func nextSigner(v *session.Visit) string {
	if v.Matter == nil || v.Person == nil || !v.Person.Confirmed {
		return session.Applicant
	}
	for _, s := range matter.Signers(&v.Matter.Item, v.Matter.Answers) {
		if s.OwnCard && v.Matter.Readers[s.Role] == nil {
			return s.Role
		}
	}
	return session.Applicant
}

func hasSigner(v *session.Visit, role string) bool {
	if v.Matter == nil || v.Person == nil || !v.Person.Confirmed {
		return false
	}
	for _, s := range matter.Signers(&v.Matter.Item, v.Matter.Answers) {
		if s.Role == role && s.OwnCard {
			return true
		}
	}
	return false
}

// Cancel stops waiting, and forgets a person who said “不是我”.
func (a *App) Cancel(id string) error {
	return a.with(id, session.Identify, func(v *session.Visit) error {
		a.stopReader()
		v.Reader = nil
		if v.Person != nil && !v.Person.Confirmed {
			v.Person = nil
		}
		return nil
	})
}

// Confirm is “是我”. Only now is what the card said used for anything.
func (a *App) Confirm(id string) error {
	return a.with(id, session.Identify, func(v *session.Visit) error {
		if v.Person == nil {
			return errNoPerson
		}
		if v.Person.Expired {
			return problem(http.StatusConflict, "screen.card_expired", "这个证件已经过期。请换用有效的证件，或到窗口办", nil)
		}
		v.Person.Confirmed = true
		v.Reader = nil
		a.stopReader()
		if m := v.Matter; m != nil {
			prefill(m, v.Person.Person)
		}
		return nil
	})
}

// Reveal returns the full number, which the page shows for 3 s.
func (a *App) Reveal(id string) (screen.Revealed, error) {
	var out screen.Revealed
	err := a.with(id, session.Identify, func(v *session.Visit) error {
		if v.Person == nil {
			return errNoPerson
		}
		out.ID = v.Person.IDNumber
		return nil
	})
	return out, err
}

// cardRead takes what the driver read: Bind.
func (a *App) cardRead(ctx context.Context, c drivers.IDCard) {
	now := a.o.Clock.Now()
	p := personOf(c, now)
	a.onReader(ctx, func(v *session.Visit, r *session.Reader) {
		a.o.Log.Info("card read", "hop", "Bind", "for", r.For, "type", c.Type, "elapsed_ms", c.ElapsedMS)
		if r.For != session.Applicant {
			a.signerRead(v, r, p)
			return
		}
		a.applicantRead(v, r, p)
	})
}

// applicantRead takes the applicant's card or document.
func (a *App) applicantRead(v *session.Visit, r *session.Reader, p *session.Person) {
	if v.Person != nil && v.Matter != nil && v.Person.IDNumber != p.IDNumber {
		if err := v.Drop(); err != nil { // another person must not see what the first one filled in
			a.o.Log.Error("matter was not dropped", "err", err)
		}
		v.State = session.Open
	}
	p.Confirmed = v.Person != nil && v.Person.Confirmed && v.Person.IDNumber == p.IDNumber
	v.Person = p
	r.Set(session.Read, "")
	if p.Expired {
		r.Title, r.Message = "这个证件已经过期", "可以拿回证件了。请换用有效的证件，或到窗口办。"
	}
	a.stopReader()
}

// signerRead takes the card of a second signer, who must be somebody else.
func (a *App) signerRead(v *session.Visit, r *session.Reader, p *session.Person) {
	m := v.Matter
	if m == nil {
		return
	}
	taken := v.Person != nil && v.Person.IDNumber == p.IDNumber
	for role, other := range m.Readers {
		taken = taken || role != r.For && other.IDNumber == p.IDNumber
	}
	switch {
	case taken:
		r.Say(session.Unknown, "请换签名人本人的证", "这张证的人已经在这件事里了。要签名的另一位请放自己的身份证。")
	case p.Expired:
		r.Say(session.Unknown, "这张身份证已经过期", "请换用有效的证件，或请这位签名人到窗口签。")
	default:
		p.Confirmed = true
		m.Readers[r.For] = p
		r.Say(session.Read, "读好了，请签名", "现在可以拿回身份证了。")
		a.stopReader()
		return
	}
	a.reader.lift = true // the reading stays open, and its next step is to see this card lifted
}

// personOf turns a card into the applicant (绑定).
func personOf(c drivers.IDCard, now time.Time) *session.Person {
	p := &session.Person{
		Person: wire.Person{
			Type: c.Type, Name: c.Name, IDNumber: cmp.Or(c.IDNumber, c.PermitNumber), Sex: c.Sex, Nation: c.Nation, Birth: c.Birth,
			Address: cmp.Or(c.AddressAdded, c.Address), IdentifiedBy: "idcard", IdentifiedAt: now,
		},
		ValidTo: c.ValidTo,
	}
	p.Expired = over(c.ValidTo, now)
	return p
}

// prefill puts what the card knows into the form; locked entries always say what the card says.
func prefill(m *session.Matter, p wire.Person) {
	for name, v := range form.Prefill(m.Item.Form, p) {
		if _, typed := m.Values[name]; !typed || locked(m.Item.Form, name) {
			m.Values[name] = v
		}
	}
}

func locked(f matter.Form, name string) bool {
	for _, g := range f.Groups {
		for _, x := range g.Fields {
			if x.Name == name {
				return x.Widget == "readonly" && x.Source != ""
			}
		}
	}
	return false
}
