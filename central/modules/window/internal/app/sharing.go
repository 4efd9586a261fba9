package app

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/kernel/vault"
	"tongban/central/modules/window"
	"tongban/central/modules/window/internal/store"
	"tongban/fleet/wire/matter"
)

// shareTries is how often an attachment from a phone is tried again when the clerk saved in the same moment.
const shareTries = 8

// held says what stands for the papers of a draft: the clerk's word, and where they said nothing, what the person agreed to share.
func (w working) held() map[string]Held {
	out := map[string]Held{}
	for code, h := range w.body.Shared {
		out[code] = h
	}
	for code, h := range w.body.Held {
		if h.Source == SourceScan && len(w.pagesOf(code)) == 0 && out[code].Source != "" {
			continue // the scan was taken out again
		}
		if h.Source != "" {
			out[code] = h
		}
	}
	return out
}

// unshare drops from what the clerk's page sent what only repeats a shared paper: were it kept, a revoked consent would live on there.
func (b *draftBody) unshare() {
	for code, h := range b.Held {
		if s, ok := b.Shared[code]; ok && s.Source == h.Source && s.Ref == h.Ref {
			delete(b.Held, code)
		}
	}
}

// behindOnly reports whether nobody but the applicant's phone changed the draft since a revision: what the clerk saves then overwrites
// nothing, since the two write different things.
func (w working) behindOnly(revision int) bool {
	return w.body.Base > 0 && revision >= w.body.Base && revision <= w.Revision
}

// ShareDraft implements window.Sharing.
func (a *App) ShareDraft(ctx context.Context, id string) (window.ShareDraft, error) {
	w, err := a.openDraft(ctx, id)
	if err != nil {
		return window.ShareDraft{}, err
	}
	d := window.ShareDraft{
		ID: w.ID, Item: w.Item, ItemName: w.ItemName, Office: w.item.Office, Hall: w.Hall, Window: w.Window, Region: w.Region, Department: w.Department, Handler: w.Owner,
		Name: vault.Name(w.body.Applicant.Name), IDNumber: vault.ID(w.body.Applicant.IDNumber), Phone: vault.Phone(phoneOf(w.item, w.body.Form, w.body.Told)),
	}
	for _, n := range wanted(&w.item, w.body.Answers, w.body.Agent) {
		if n.Need == matter.Exempt {
			continue
		}
		p := w.paper(n)
		d.Papers = append(d.Papers, window.SharePaper{Code: n.Code, Name: n.Name, Why: n.Why, Given: w.holds(n), Pages: len(p.Pages), Most: w.mostPages(n.Code)})
	}
	return d, nil
}

// EarlierPapers implements window.Sharing.
func (a *App) EarlierPapers(ctx context.Context, draft string) ([]window.EarlierPaper, error) {
	past, err := a.PersonPast(ctx, WhosePast{Draft: draft})
	if err != nil {
		return nil, err
	}
	out := []window.EarlierPaper{}
	for _, p := range past.Papers {
		out = append(out, window.EarlierPaper{Ref: p.Ref, CaseNo: p.CaseNo, Material: p.Material, Name: p.Name, Item: p.Item, Pages: p.Pages, At: p.at})
	}
	return out, nil
}

// Share implements window.Sharing.
func (a *App) Share(ctx context.Context, draft, consent string, papers []window.SharedPaper, also func(ctx context.Context, tx db.Tx) error) error {
	return a.fromPhone(ctx, draft, also, func(w *working) (func(tx db.Tx) error, error) {
		shared := map[string]Held{}
		for code, h := range w.body.Shared {
			if h.Consent != consent {
				shared[code] = h
			}
		}
		for _, p := range papers {
			if w.mostPages(p.Code) == 0 || p.Source != SourceLicence && p.Source != SourceEarlier {
				return nil, wrong("materials", "这个事项没有要这份材料")
			}
			shared[p.Code] = Held{Source: p.Source, Ref: p.Ref, Note: p.Note, Consent: consent}
			if h := w.body.Held[p.Code]; h.Source == SourceLater {
				delete(w.body.Held, p.Code) // it was to come later, and is here now
			}
		}
		w.body.Shared = shared
		var photos []string
		if len(papers) == 0 { // taken back as a whole
			photos, w.body.Photos = w.body.Photos, nil
			w.pages = slices.DeleteFunc(w.pages, func(p store.DraftPage) bool { return slices.Contains(photos, p.ID) })
		}
		detail := map[string]string{"consent": consent, "papers": fmt.Sprint(len(papers))}
		return func(tx db.Tx) error {
			for _, id := range photos {
				if err := store.DropDraftPages(ctx, tx, draft, id, ""); err != nil {
					return err
				}
			}
			return audit.Write(ctx, tx, audit.Record{Action: "window.share", Object: draft, Detail: detail})
		}, nil
	})
}

// SharePhoto implements window.Sharing.
func (a *App) SharePhoto(ctx context.Context, draft, material string, picture []byte, also func(ctx context.Context, tx db.Tx) error) error {
	f, err := a.keepFile(ctx, picture, []string{"image/jpeg", "image/png"}, store.File{CaseNo: draft, Material: material})
	if err != nil {
		return err
	}
	return a.fromPhone(ctx, draft, also, func(w *working) (func(tx db.Tx) error, error) {
		most := w.mostPages(material)
		if most == 0 {
			return nil, wrong("material", "这个事项没有要这份材料")
		}
		if n := len(w.pagesOf(material)); n >= most {
			return nil, wrong("material", fmt.Sprintf("这份材料最多 %d 页", most))
		}
		p := store.DraftPage{File: f}
		w.pages = append(w.pages, p)
		w.body.Photos = append(w.body.Photos, f.ID)
		if h := w.body.Held[material]; h.Source == SourceLater {
			delete(w.body.Held, material)
		}
		delete(w.body.Shared, material) // the picture is what they want to show
		return func(tx db.Tx) error {
			if err := store.AddDraftPage(ctx, tx, p); err != nil {
				return err
			}
			return audit.Write(ctx, tx, audit.Record{Action: "window.share_photo", Object: draft, Detail: map[string]string{"material": material, "file": f.ID}})
		}, nil
	})
}

// fromPhone changes a draft beside the clerk who works on it.
func (a *App) fromPhone(ctx context.Context, draft string, also func(ctx context.Context, tx db.Tx) error, change func(w *working) (func(tx db.Tx) error, error)) error {
	for range shareTries {
		w, err := a.openDraft(ctx, draft)
		if err != nil {
			return err
		}
		write, err := change(&w)
		if err != nil {
			return err
		}
		if err := a.settle(&w); err != nil {
			return err
		}
		err = a.DB.Do(ctx, func(tx db.Tx) error {
			if err := store.SaveDraft(ctx, tx, w.Draft); err != nil {
				return err
			}
			if err := write(tx); err != nil || also == nil {
				return err
			}
			return also(ctx, tx)
		})
		if !errors.Is(err, window.ErrDraftChanged) {
			return err
		}
	}
	return window.ErrDraftChanged
}

// pagesOf are the pages of one material.
func (w working) pagesOf(material string) []store.DraftPage {
	return slices.DeleteFunc(slices.Clone(w.pages), func(p store.DraftPage) bool { return p.Material != material || p.Role != "" })
}

// photographed lists the materials of which every page is a picture that the applicant took.
func (w working) photographed() []string {
	var out []string
	for _, p := range w.pages {
		if p.Role != "" || slices.Contains(out, p.Material) {
			continue
		}
		if !slices.ContainsFunc(w.pagesOf(p.Material), func(o store.DraftPage) bool { return !slices.Contains(w.body.Photos, o.ID) }) {
			out = append(out, p.Material)
		}
	}
	return out
}
