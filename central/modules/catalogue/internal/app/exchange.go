package app

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/modules/catalogue"
	"tongban/central/modules/catalogue/internal/sheets"
	"tongban/central/modules/catalogue/internal/store"
)

var (
	errNoSheet  = errs.E(errs.Invalid, "catalogue.no_sheet", "这不是能读的表格，请上传由本系统导出的 .xlsx 文件，不超过 8 MB", nil)
	errNoUpload = errs.E(errs.NotFound, "catalogue.no_upload", "这份表格已经导入过，或者放得太久了，请重新上传", nil)
	errBadFile  = errs.E(errs.Invalid, "catalogue.bad_sheet", "表格的结构不对，一项也没有导入，请按列出的问题改好再传", nil)
)

// keepUploads is how long a spreadsheet waits between preview and import.
const keepUploads = 24 * time.Hour

// Preview is what an import would do, with the token by which it is done (导入预览).
type Preview struct {
	Token string `json:"token"`
	sheets.Plan
}

// Imported is what an import did (导入结果).
type Imported struct {
	Made    int `json:"made"`    // new items, to be drafted
	Changed int `json:"changed"` // drafts of items that are there
	Same    int `json:"same"`
	Refused int `json:"refused"`
}

// Export returns items as a spreadsheet with national field names (导出实施清单), all of a department or of everybody, and records it.
func (a *App) Export(ctx context.Context, ask EntryAsk) ([]byte, error) {
	books, err := a.books(ctx)
	if err != nil {
		return nil, err
	}
	picked := slices.DeleteFunc(books.all(), func(e catalogue.Entry) bool {
		return ask.Department != "" && e.OfficeCode != ask.Department && e.Office != ask.Department || ask.Type != "" && e.National.TaskType != ask.Type ||
			ask.Class == "smart" && e.Smart == nil
	})
	raw, err := sheets.Write(picked)
	if err != nil {
		return nil, err
	}
	err = a.DB.Do(ctx, func(tx db.Tx) error {
		return audit.Write(ctx, tx, audit.Record{Action: "catalogue.export", Object: "实施清单", Detail: map[string]string{"items": fmt.Sprint(len(picked)), "department": ask.Department}})
	})
	return raw, err
}

// PreviewImport says what a spreadsheet would change and keeps it for the import. Nothing else is changed.
func (a *App) PreviewImport(ctx context.Context, name string, raw []byte) (Preview, error) {
	plan, err := a.sheetPlan(ctx, raw)
	if err != nil {
		return Preview{}, err
	}
	owner := actor.From(ctx).ID
	sum := sha256.Sum256(append([]byte(owner+"\n"), raw...))
	p := Preview{Token: hex.EncodeToString(sum[:16]), Plan: plan}
	if plan.Broken {
		p.Token = ""
		return p, nil
	}
	err = a.DB.Do(ctx, func(tx db.Tx) error {
		return store.KeepUpload(ctx, tx, store.Upload{
			Token: p.Token, Owner: owner, Name: name, Body: base64.StdEncoding.EncodeToString(raw), Created: db.Ms(tx.Now()),
		}, db.Ms(tx.Now().Add(-keepUploads)))
	})
	return p, err
}

// sheetPlan reads a spreadsheet against the items as they stand. An item whose draft is open counts as its draft: the same spreadsheet again
// changes nothing, and another one does not run over somebody's work.
func (a *App) sheetPlan(ctx context.Context, raw []byte) (sheets.Plan, error) {
	books, err := a.books(ctx)
	if err != nil {
		return sheets.Plan{}, err
	}
	entries := slices.Clone(books.all())
	var drafts []store.Draft
	err = a.DB.View(ctx, func(q db.Query) (err error) {
		drafts, err = store.OpenDrafts(ctx, q)
		return err
	})
	if err != nil {
		return sheets.Plan{}, fmt.Errorf("load drafts: %w", err)
	}
	busy := map[string]bool{}
	for _, d := range drafts {
		e, err := draftEntry(d)
		if err != nil {
			return sheets.Plan{}, err
		}
		busy[d.Code] = true
		if i := slices.IndexFunc(entries, func(x catalogue.Entry) bool { return x.Code == d.Code }); i >= 0 {
			entries[i] = e
		} else {
			entries = append(entries, e)
		}
	}
	plan, err := sheets.Read(raw, entries, a.checked, sheets.Guard{
		Busy:   func(code string) bool { return busy[code] },
		Beyond: func(e catalogue.Entry) bool { return a.mayImport(ctx, e) != nil },
	})
	if errors.Is(err, sheets.ErrNoSheet) {
		return plan, errs.E(errs.KindOf(errNoSheet), errs.CodeOf(errNoSheet), errs.MessageOf(errNoSheet), err)
	}
	return plan, err
}

// mayImport refuses what lies outside the caller's departments and regions.
func (a *App) mayImport(ctx context.Context, e catalogue.Entry) error {
	var d store.Draft
	if err := a.carry(ctx, &d, e); err != nil {
		return err
	}
	if !actor.From(ctx).Scope(catalogue.PermPublish).Covers(actor.Place{Region: d.Region, Department: d.Department}) {
		return errBeyond
	}
	return nil
}

// Import makes drafts of what the spreadsheet of a preview adds and changes, all in one transaction (导入). It is read once more: what
// changed in between counts.
func (a *App) Import(ctx context.Context, token string) (Imported, error) {
	var up store.Upload
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		up, err = store.FindUpload(ctx, q, token, actor.From(ctx).ID)
		return err
	})
	if errors.Is(err, store.ErrNone) {
		return Imported{}, errNoUpload
	}
	if err != nil {
		return Imported{}, err
	}
	raw, err := base64.StdEncoding.DecodeString(up.Body)
	if err != nil {
		return Imported{}, fmt.Errorf("decode upload: %w", err)
	}
	plan, err := a.sheetPlan(ctx, raw)
	if err != nil {
		return Imported{}, err
	}
	if plan.Broken {
		return Imported{}, errBadFile
	}
	drafts := make([]store.Draft, len(plan.Entries))
	for i := range plan.Entries {
		e := plan.Entries[i]
		if drafts[i], err = a.begin(ctx, Start{Code: e.Code, Kind: "import", Entry: &e, Reason: "导入：" + up.Name}); err != nil {
			return Imported{}, fmt.Errorf("begin draft of %s: %w", e.Code, err)
		}
	}
	err = a.DB.Do(ctx, func(tx db.Tx) error {
		for _, d := range drafts {
			if err := a.open(ctx, tx, d); err != nil {
				return err
			}
		}
		if err := store.DropUpload(ctx, tx, token); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "catalogue.import", Object: up.Name, Detail: map[string]string{
			"new": fmt.Sprint(plan.New), "changed": fmt.Sprint(plan.Changed), "same": fmt.Sprint(plan.Same), "refused": fmt.Sprint(plan.Refused), "sheet": token,
		}})
	})
	if err != nil {
		return Imported{}, err
	}
	return Imported{Made: plan.New, Changed: plan.Changed, Same: plan.Same, Refused: plan.Refused}, nil
}
