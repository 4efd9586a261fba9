package app

import (
	"context"
	"fmt"
	"strings"
	"time"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/ids"
	"tongban/central/modules/province"
	"tongban/central/modules/sharing"
	"tongban/central/modules/sharing/internal/store"
	"tongban/central/modules/window"
)

// Look finds what the person has that could stand for papers of the matter: e-licences of the province and papers of their former
// cases. Asking the province is what they agree to by this act; nothing is attached. A library that does not answer is said, and
// the earlier papers and the camera are there all the same.
func (a *App) Look(ctx context.Context, key, token string) (View, error) {
	ctx = asPhone(ctx)
	s, err := a.session(ctx, key, token)
	if err != nil {
		return View{}, err
	}
	if s.State != sharing.Proved && s.State != sharing.Agreed && s.State != sharing.Revoked {
		return View{}, sharing.ErrNotNow
	}
	offers, said := a.licences(ctx, s)
	earlier, err := a.earlier(ctx, s.draft)
	if err != nil {
		return View{}, err
	}
	offers = append(offers, earlier...)
	if err := a.keepOffers(&s.Code, offers); err != nil {
		return View{}, err
	}
	if err := a.DB.Do(ctx, func(tx db.Tx) error { return store.Put(ctx, tx, s.Code) }); err != nil {
		return View{}, err
	}
	v, err := a.View(ctx, key, token)
	v.Library = said
	return v, err
}

// shelf is one library with what it answered.
type shelf struct {
	name string
	mark string // before the ids of its licences
	list []province.Licence
}

// licences asks the province and the city, and says in words what came of it. One that is silent hides nothing of the other.
func (a *App) licences(ctx context.Context, s session) (out []Offer, said string) {
	var shelves []shelf
	var silent []string
	why := purpose(s.draft) + "，本人手机扫码查自己的证照"
	list, err := a.Library.LicencesOf(ctx, s.Draft, string(s.draft.IDNumber), "", province.Consent{Way: "code", Purpose: why})
	if err != nil {
		a.Log.WarnContext(ctx, "the licence library did not answer", "cause", err.Error(), "code", errs.CodeOf(err))
		list, silent = nil, append(silent, "省电子证照库")
	}
	shelves = append(shelves, shelf{name: "省电子证照库", list: list})
	if a.Local != nil {
		if list, err = a.local(ctx, s, why); err != nil {
			a.Log.WarnContext(ctx, "the local licences did not answer", "cause", err.Error(), "code", errs.CodeOf(err))
			list, silent = nil, append(silent, "本地电子证照系统")
		}
		shelves = append(shelves, shelf{name: "本地电子证照系统", mark: "local:", list: list})
	}
	all, ended := 0, 0
	taken := map[string]bool{}
	for _, h := range shelves {
		all += len(h.list)
		ended += a.offersOf(h, s.draft, taken, &out)
	}
	switch {
	case len(silent) > 0 && len(out) > 0:
		return out, strings.Join(silent, "、") + "现在连不上，列的是别处查到的；也可以过一会儿再查"
	case len(silent) > 0:
		return nil, strings.Join(silent, "、") + "现在连不上，查不到证照。以前交过的材料还能选，纸的可以拍照；也可以过一会儿再查"
	case len(out) > 0:
		return out, ""
	case ended > 0:
		return nil, "您的证照过了有效期或已注销，不能代替材料"
	case all > 0:
		return nil, fmt.Sprintf("您有 %d 张电子证照，没有这件事要用的", all)
	}
	return nil, "电子证照库里没有您的证照"
}

// local asks the city's own licences; the consent is on record before anything leaves.
func (a *App) local(ctx context.Context, s session, why string) ([]province.Licence, error) {
	consent := ids.New()
	err := a.DB.Do(ctx, func(tx db.Tx) error {
		return audit.Write(ctx, tx, audit.Record{Action: "sharing.local_licences", Object: s.Draft, Reason: why, Detail: map[string]string{"code": s.ID, "consent": consent}})
	})
	if err != nil {
		return nil, err
	}
	return a.Local.Of(ctx, string(s.draft.IDNumber), consent, why)
}

// offersOf adds what of a library stands for a paper that nothing stands for yet, and counts the licences that have run out.
func (a *App) offersOf(h shelf, d window.ShareDraft, taken map[string]bool, out *[]Offer) (ended int) {
	today := a.Clock.Now().In(clock.Shanghai).Format(time.DateOnly)
	for _, p := range d.Papers {
		for _, l := range h.list {
			key := p.Code + " " + l.Name + " " + l.No
			if p.Given && p.Pages > 0 || !alike(p.Name, l.Name) || l.No != "" && taken[key] {
				continue
			}
			if l.State != "" && l.State != "有效" || len(l.To) == len(today) && l.To < today {
				ended++
				continue
			}
			taken[key] = true // both libraries hold the same licence: it is offered once
			until := l.To
			if len(until) == len(today) {
				until = "到 " + until
			}
			*out = append(*out, Offer{
				ID: "licence " + h.mark + l.ID + " " + p.Code, Code: p.Code, For: p.Name, Source: "licence", Name: l.Name, Ref: h.mark + l.ID, From: h.name + "，" + l.Office, Date: "有效期" + until,
			})
		}
	}
	return ended
}

// oldPaper is the age of an earlier paper from which the person is told that the window may want a new one.
const oldPaper = 365 * 24 * time.Hour

func (a *App) earlier(ctx context.Context, d window.ShareDraft) (out []Offer, err error) {
	list, err := a.Drafts.EarlierPapers(ctx, d.ID)
	if err != nil {
		return nil, err
	}
	for _, p := range d.Papers {
		if p.Given && p.Pages > 0 {
			continue
		}
		for _, e := range list {
			if e.Material != p.Code && e.Name != p.Name {
				continue
			}
			o := Offer{
				ID: "earlier " + e.Ref + " " + p.Code, Code: p.Code, For: p.Name, Source: "earlier", Name: e.Name, Ref: e.Ref, From: "办件 " + e.CaseNo + " 交过",
				Date: fmt.Sprintf("%s 办“%s”时交的，%d 页", e.At.In(clock.Shanghai).Format(time.DateOnly), e.Item, e.Pages),
			}
			if a.Clock.Now().Sub(e.At) > oldPaper {
				o.Warning = "超过一年了，窗口看过以后可能要您换新的"
			}
			out = append(out, o)
			break // the newest one is enough
		}
	}
	return out, nil
}

// alike reports whether a licence is what a paper asks for, by their names without brackets: the catalogue names papers as the
// public knows them.
func alike(paper, licence string) bool {
	plain := func(s string) string {
		if i := strings.IndexAny(s, "（(、"); i > 0 {
			s = s[:i]
		}
		return strings.TrimPrefix(strings.NewReplacer("申请人", "", "本人", "", "居民", "", "复印件", "", "原件", "", "有效", "", "的", "", " ", "").Replace(s), "企业")
	}
	p, l := plain(paper), plain(licence)
	return p != "" && p == l
}
