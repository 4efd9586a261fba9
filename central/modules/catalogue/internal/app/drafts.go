package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/events"
	"tongban/central/kernel/ids"
	"tongban/central/modules/catalogue"
	"tongban/central/modules/catalogue/internal/store"
	"tongban/fleet/wire/matter"
)

// Start is how a draft begins (开始编制).
type Start struct {
	Code   string
	Kind   string           // change, new, claim, import, split, merge
	Entry  *catalogue.Entry // nil = the newest version
	Reason string
	Day    string // planned, YYYY-MM-DD or ""
}

// StartDraft opens a draft of an item, from its newest version or from the entry given. An item has one at a time.
func (a *App) StartDraft(ctx context.Context, s Start) (Draft, error) {
	d, err := a.begin(ctx, s)
	if err != nil {
		return Draft{}, err
	}
	if err := a.within(ctx, d); err != nil {
		return Draft{}, err
	}
	err = a.DB.Do(ctx, func(tx db.Tx) error { return a.open(ctx, tx, d) })
	if err != nil {
		return Draft{}, err
	}
	return a.Draft(ctx, s.Code)
}

// begin makes the row of a new draft.
func (a *App) begin(ctx context.Context, s Start) (store.Draft, error) {
	d := store.Draft{Code: s.Code, Kind: s.Kind, State: catalogue.Drafting, Reason: s.Reason, Effective: s.Day}
	var head store.Head
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		head, err = store.HeadOf(ctx, q, s.Code)
		if errors.Is(err, store.ErrNone) {
			return nil
		}
		d.Base = head.Version
		if err == nil && s.Entry == nil {
			var row store.Row
			if row, err = store.Get(ctx, q, s.Code, head.Version, 0); err == nil {
				d.Body = row.Body
			}
		}
		return err
	})
	if err != nil {
		return d, fmt.Errorf("load item: %w", err)
	}
	if s.Entry == nil && head.Version == 0 {
		return d, unknown(s.Code, 0)
	}
	if d.Base == 0 || s.Kind == "import" {
		d.State = catalogue.Pending
	}
	if s.Kind == "change" || s.Kind == "new" {
		d.State = catalogue.Drafting
	}
	e, err := draftEntry(d)
	if s.Entry != nil {
		e, err = *s.Entry, nil
	}
	if err != nil {
		return d, err
	}
	return d, a.carry(ctx, &d, e)
}

// carry puts an entry into the row of its draft, and finds where that belongs.
func (a *App) carry(ctx context.Context, d *store.Draft, e catalogue.Entry) error {
	e.Version, e.Paused, e.Pinyin, e.Syllables = 0, nil, "", nil
	body, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("encode draft: %w", err)
	}
	d.Body, d.Name = string(body), e.Name
	if a.Offices == nil {
		return nil
	}
	department, _, err := a.Offices.FindDepartment(ctx, e.OfficeCode, e.Office)
	if err != nil {
		return fmt.Errorf("find department: %w", err)
	}
	d.Department, d.Region = department.ID, department.Region
	return nil
}

// open keeps a new draft and tells of it, in the transaction of the caller.
func (a *App) open(ctx context.Context, tx db.Tx, d store.Draft) error {
	who := tx.Actor()
	d.ID, d.Revision = ids.New(), 1
	d.Author, d.AuthorName, d.Started, d.Changed = who.ID, who.Name, db.Ms(tx.Now()), db.Ms(tx.Now())
	if d.State == catalogue.Drafting {
		d.Hands = who.ID
	}
	err := store.AddDraft(ctx, tx, d)
	if db.IsUnique(err) {
		return errs.E(errs.Conflict, errs.CodeOf(errDraftOpen), "事项“"+d.Name+"”已经有人在编制，请打开那份草案", err)
	}
	if err != nil {
		return err
	}
	return a.toldDraft(ctx, tx, d, "catalogue.draft", d.State.Text(), d.Reason)
}

// toldDraft writes what others learn of an act on a draft.
func (a *App) toldDraft(ctx context.Context, tx db.Tx, d store.Draft, action, title, note string) error {
	who := tx.Actor()
	by := who.Name
	if by == "" {
		by = who.ID
	}
	err := store.Tell(ctx, tx, store.Told{ID: ids.New(), Draft: d.ID, At: db.Ms(tx.Now()), Actor: by, Title: title, Note: note})
	if err != nil {
		return err
	}
	if action != "" {
		err = audit.Write(ctx, tx, audit.Record{
			Action: action, Object: d.Code, Reason: note, Detail: map[string]string{"draft": d.ID, "state": string(d.State), "revision": fmt.Sprint(d.Revision)},
		})
		if err != nil {
			return err
		}
	}
	return events.Emit(ctx, tx, events.Event{Topic: catalogue.TopicDraft, Key: d.Code, Data: catalogue.Moved{Code: d.Code, State: d.State}})
}

// within refuses to edit what lies outside the caller's departments and regions.
func (a *App) within(ctx context.Context, d store.Draft) error {
	if !actor.From(ctx).Scope(catalogue.PermEdit).Covers(actor.Place{Region: d.Region, Department: d.Department}) {
		return errBeyond
	}
	return nil
}

// NewItem is what a new item begins with.
type NewItem struct {
	Name, Code         string
	Office, OfficeCode string
	CatalogCode        string // of the basic list, "" = none
	TaskType, UseLevel string
	Reason             string
}

// Add starts the draft of a new item (新增).
func (a *App) Add(ctx context.Context, n NewItem) (Draft, error) {
	e := blank(n)
	if e.Office == "" {
		e.Office = actor.From(ctx).Department
	}
	books, err := a.books(ctx)
	if err != nil {
		return Draft{}, err
	}
	if e.Code == "" {
		e.Code = freeCode(books, e.Name)
	}
	if books.find(e.Code) != nil || slices.ContainsFunc(books.entries, func(r record) bool { return r.Name == e.Name }) {
		return Draft{}, errTaken
	}
	return a.StartDraft(ctx, Start{Code: e.Code, Kind: "new", Entry: &e, Reason: n.Reason})
}

// blank is an entry with nothing but its name and body; lists are empty, so that pages need not ask.
func blank(n NewItem) catalogue.Entry {
	e := catalogue.Entry{Item: matter.Item{
		Code: n.Code, Name: strings.TrimSpace(n.Name), Office: n.Office, OfficeCode: n.OfficeCode, Handling: matter.Promised,
		Statutory: matter.Limit{Days: 20, Unit: matter.Working}, Promise: matter.Limit{Days: 20, Unit: matter.Working},
		Channels: []string{matter.AtWindow}, Form: matter.Form{Schema: json.RawMessage(`{"type":"object","additionalProperties":false,"properties":{}}`)},
	}}
	e.National.CatalogCode, e.National.TaskType, e.National.UseLevel = n.CatalogCode, n.TaskType, n.UseLevel
	if len(n.OfficeCode) == 18 && n.UseLevel != "" && n.CatalogCode != "" {
		e.TaskCode = n.OfficeCode + n.UseLevel + n.CatalogCode
	}
	return e
}

// freeCode makes a short code from the initials of a name, with a number where it is taken.
func freeCode(books *ledger, name string) string {
	initials := strings.ToLower(withPinyin(matter.Item{Name: name}).Pinyin)
	var b strings.Builder
	for _, c := range initials {
		if (c >= 'a' && c <= 'z') || b.Len() > 0 && c >= '0' && c <= '9' {
			b.WriteRune(c)
		}
	}
	stem := b.String()
	if len(stem) < 2 {
		stem = "xm"
	}
	stem = stem[:min(len(stem), 9)]
	for n := 1; ; n++ {
		code := stem
		if n > 1 {
			code = fmt.Sprintf("%s%d", stem, n)
		}
		if books.find(code) == nil {
			return code
		}
	}
}

// SaveDraft keeps the whole entry as it stands on the screen; revision says which one it was made of.
func (a *App) SaveDraft(ctx context.Context, code string, revision int, e catalogue.Entry, effective string) (Draft, error) {
	if e.Code != code {
		return Draft{}, errOtherItem
	}
	if _, ok := dayStart(effective); effective != "" && !ok {
		return Draft{}, errBadDay
	}
	err := a.move(ctx, code, revision, catalogue.ActSave, "", func(_ db.Tx, d *store.Draft) error {
		if err := a.carry(ctx, d, e); err != nil {
			return err
		}
		d.Effective = effective
		if who := actor.From(ctx).ID; !slices.Contains(strings.Fields(d.Hands), who) {
			d.Hands = strings.TrimSpace(d.Hands + " " + who)
		}
		return a.within(ctx, *d) // nobody hands an item to an office she may not edit for
	})
	if err != nil {
		return Draft{}, err
	}
	return a.Draft(ctx, code)
}

func draftEntry(d store.Draft) (catalogue.Entry, error) {
	var e catalogue.Entry
	if d.Body == "" {
		return e, nil
	}
	if err := json.Unmarshal([]byte(d.Body), &e); err != nil {
		return e, fmt.Errorf("decode draft of %s: %w", d.Code, err)
	}
	return e, nil
}
