package app

import (
	"context"
	"fmt"
	"slices"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/kernel/ids"
	"tongban/central/modules/window"
	"tongban/central/modules/window/internal/store"
	"tongban/fleet/wire/matter"
)

// LargestPage bounds one scanned page.
const LargestPage = 10 << 20

// mostPages bounds the pages of one material where the item says nothing.
const mostPages = 20

// pageTypes are the pictures a page may be.
var pageTypes = []string{"image/jpeg", "image/png", "application/pdf"}

// keepFile encrypts a page with a key of its own and puts it among the blobs.
func (a *App) keepFile(ctx context.Context, plain []byte, types []string, at store.File) (store.File, error) {
	f, err := a.encrypted(ctx, plain, types)
	if err != nil {
		return at, err
	}
	at.AddedBy, at.AddedAt = actor.From(ctx).Name, db.Ms(a.Clock.Now())
	return a.file(f, ids.New(), at)
}

// CodeAuthority is the paper by which somebody acts for the applicant (授权委托书).
const CodeAuthority = "authority"

// AddDraftPage takes in one page of a material of a draft.
func (a *App) AddDraftPage(ctx context.Context, id, material string, plain []byte) (DraftView, error) {
	w, err := a.openDraft(ctx, id)
	if err != nil {
		return DraftView{}, err
	}
	most := w.mostPages(material)
	if most == 0 {
		return DraftView{}, wrong("material", "这个事项没有要这份材料")
	}
	have := 0
	for _, p := range w.pages {
		if p.Material == material && p.Role == "" {
			have++
		}
	}
	if have >= most {
		return DraftView{}, wrong("material", fmt.Sprintf("这份材料最多 %d 页", most))
	}
	f, err := a.keepFile(ctx, plain, pageTypes, store.File{CaseNo: id, Material: material})
	if err != nil {
		return DraftView{}, err
	}
	if h := w.body.Held[material]; h.Source != SourceScan {
		w.body.Held[material] = Held{Source: SourceScan, OriginalSeen: h.OriginalSeen}
	}
	return a.withPage(ctx, w, store.DraftPage{File: f}, nil)
}

// mostPages is how many pages a material may have, 0 where the item does not know it.
func (w working) mostPages(material string) int {
	if material == CodeAuthority {
		return mostPages
	}
	for _, m := range w.item.Materials {
		if m.Code == material {
			return max(m.MaxPages, 1)
		}
	}
	return 0
}

// AddDraftSignature takes in a signature from the pad; a new one replaces that of the same role.
func (a *App) AddDraftSignature(ctx context.Context, id, role string, plain []byte) (DraftView, error) {
	w, err := a.openDraft(ctx, id)
	if err != nil {
		return DraftView{}, err
	}
	if !slices.ContainsFunc(matter.Signers(&w.item, w.body.Answers), func(s matter.Signer) bool { return s.Role == role }) {
		return DraftView{}, wrong("role", "这个事项不用这个人签名")
	}
	f, err := a.keepFile(ctx, plain, []string{"image/png"}, store.File{CaseNo: id})
	if err != nil {
		return DraftView{}, err
	}
	w.body.Signed = slices.DeleteFunc(w.body.Signed, func(r string) bool { return r == role })
	w.pages = slices.DeleteFunc(w.pages, func(p store.DraftPage) bool { return p.Role == role })
	return a.withPage(ctx, w, store.DraftPage{File: f, Role: role}, func(tx db.Tx) error {
		return store.DropDraftPages(ctx, tx, id, "", role)
	})
}

func (a *App) withPage(ctx context.Context, w working, p store.DraftPage, before func(tx db.Tx) error) (DraftView, error) {
	w.pages = append(w.pages, p)
	return a.saveDraft(ctx, w, func(tx db.Tx) error {
		if before != nil {
			if err := before(tx); err != nil {
				return err
			}
		}
		return store.AddDraftPage(ctx, tx, p)
	})
}

// DropDraftPage takes a page out again.
func (a *App) DropDraftPage(ctx context.Context, id, page string) (DraftView, error) {
	w, err := a.openDraft(ctx, id)
	if err != nil {
		return DraftView{}, err
	}
	w.pages = slices.DeleteFunc(w.pages, func(p store.DraftPage) bool { return p.ID == page })
	return a.saveDraft(ctx, w, func(tx db.Tx) error { return store.DropDraftPages(ctx, tx, id, page, "") })
}

// DraftPage opens one page of a draft. Looking at a paper is kept in the audit.
func (a *App) DraftPage(ctx context.Context, id, page string) (Picture, error) {
	w, err := a.openDraft(ctx, id)
	if err != nil {
		return Picture{}, err
	}
	for _, p := range w.pages {
		if p.ID != page {
			continue
		}
		err := a.DB.Do(ctx, func(tx db.Tx) error {
			return audit.Write(ctx, tx, audit.Record{Action: "window.look_page", Object: id, Detail: map[string]string{"file": page}})
		})
		if err != nil {
			return Picture{}, err
		}
		plain, err := a.decrypt(ctx, p.File)
		return Picture{MIME: p.MIME, Bytes: plain}, err
	}
	return Picture{}, store.ErrNoDraft
}

// AddPage takes in a page that came after the hand-in: a supplement, or a paper that was to come later.
func (a *App) AddPage(ctx context.Context, no, material string, plain []byte) (Page, error) {
	l, err := a.load(ctx, no)
	if err != nil {
		return Page{}, err
	}
	if err := within(ctx, window.PermRegister, l.Case); err != nil {
		return Page{}, err
	}
	if !l.State.Open() {
		return Page{}, window.ErrNotNow
	}
	if nameOf(l, material) == "" {
		return Page{}, wrong("material", "这个办件没有要过这份材料")
	}
	n := 0
	for _, p := range l.pages {
		if p.Material == material {
			n++
		}
	}
	if n >= mostPages {
		return Page{}, wrong("material", fmt.Sprintf("这份材料最多 %d 页", mostPages))
	}
	f, err := a.keepFile(ctx, plain, pageTypes, store.File{CaseNo: no, Material: material, Ord: n + 1, Source: SourceScan})
	if err != nil {
		return Page{}, err
	}
	err = a.DB.Do(ctx, func(tx db.Tx) error {
		if err := store.AddPage(ctx, tx, f); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "window.add_page", Object: no, Detail: map[string]string{"material": material, "file": f.ID}})
	})
	return Page{ID: f.ID, URL: staff + "/cases/" + no + "/pages/" + f.ID}, err
}
