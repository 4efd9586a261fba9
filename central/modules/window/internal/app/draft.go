package app

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/db"
	"tongban/central/kernel/ids"
	"tongban/central/kernel/vault"
	"tongban/central/modules/window"
	"tongban/central/modules/window/internal/store"
	"tongban/fleet/wire"
	"tongban/fleet/wire/matter"
	"tongban/fleet/wire/matter/form"
)

// draftDays is how long a draft may lie untouched before it is wiped; the retention rule "draft" says the same.
const draftDays = 7

// CounterPerson is the applicant as the counter knows them: read from a card, or typed (申请人).
type CounterPerson struct {
	Type     string `json:"type" maxLength:"20" doc:"证件种类：resident、passport…"`
	Name     string `json:"name" maxLength:"80"`
	IDNumber string `json:"id_number" maxLength:"32"`
	Sex      string `json:"sex,omitempty" maxLength:"10"`
	Nation   string `json:"nation,omitempty" maxLength:"4"`
	Birth    string `json:"birth,omitempty" maxLength:"10"`
	Address  string `json:"address,omitempty" maxLength:"200"`
	Way      string `json:"way" enum:"idcard,passport,code,typed" doc:"怎么核对的身份"`
}

// Stance is the clerk's judgement of a review point on a draft (看过).
type Stance struct {
	Point string `json:"point" maxLength:"60"`
	OK    bool   `json:"ok" doc:"符合"`
	Note  string `json:"note,omitempty" maxLength:"200"`
}

// HeldPaper says how a paper is satisfied.
type HeldPaper struct {
	Code         string `json:"code" maxLength:"60"`
	Source       string `json:"source" enum:"scan,licence,earlier,later" doc:"怎么有的"`
	Ref          string `json:"ref,omitempty" maxLength:"80" doc:"证照编号，或 办件编号/材料编码"`
	Note         string `json:"note,omitempty" maxLength:"80" doc:"来源说明"`
	OriginalSeen bool   `json:"original_seen,omitempty" doc:"看过原件"`
}

// NewDraft is what a registration begins with.
type NewDraft struct {
	Item    string         `json:"item" minLength:"1" maxLength:"40" doc:"事项编码"`
	Version int            `json:"version,omitempty" minimum:"0" maximum:"100000" doc:"0 是现行版本"`
	Hall    string         `json:"hall,omitempty" maxLength:"60" doc:"大厅名称"`
	Window  string         `json:"window,omitempty" maxLength:"20" doc:"窗口，如 B12"`
	Ticket  string         `json:"ticket,omitempty" maxLength:"20" doc:"排队号"`
	Visit   string         `json:"visit,omitempty" maxLength:"40"`
	Person  *CounterPerson `json:"applicant,omitempty"`
	Phone   string         `json:"phone,omitempty" maxLength:"20"`
	Agent   *Agent         `json:"agent,omitempty"`
	Across  string         `json:"across,omitempty" maxLength:"60" doc:"替外地收：跨域通办清单里的去向"`
}

// DraftChange is the whole of what was typed so far.
type DraftChange struct {
	Revision int               `json:"revision" minimum:"1"`
	Person   *CounterPerson    `json:"applicant,omitempty"`
	Agent    *Agent            `json:"agent,omitempty"`
	Answers  map[string]string `json:"answers"`
	Form     map[string]any    `json:"form"`
	Held     []HeldPaper       `json:"materials,omitempty" maxItems:"60"`
	Signed   []string          `json:"signed,omitempty" maxItems:"10" doc:"在纸上签了名的人"`
	Stances  []Stance          `json:"ticks,omitempty" maxItems:"80"`
}

// draftBody is what is sealed of a draft.
type draftBody struct {
	Applicant wire.Person       `json:"applicant"`
	Agent     *Agent            `json:"agent,omitempty"`
	Answers   map[string]string `json:"answers"`
	Form      map[string]any    `json:"form"`
	Held      map[string]Held   `json:"held"`
	Signed    []string          `json:"signed"`
	Stances   map[string]Stance `json:"stances"`
	Told      string            `json:"told_phone,omitempty"` // the applicant's number as they told it at the visit
	Shared    map[string]Held   `json:"shared,omitempty"`     // by material: what the applicant shared by phone
	Photos    []string          `json:"photos,omitempty"`     // pages that the applicant took by phone
	Base      int               `json:"base,omitempty"`       // revision that somebody at a counter wrote last
}

// working is a draft that was opened.
type working struct {
	store.Draft
	item  matter.Item
	body  draftBody
	pages []store.DraftPage
}

// Visitor is who stands at the counter, as the hall identified them (来访人).
type Visitor struct {
	Person CounterPerson
	Phone  string
	Agent  *Agent
}

// Begin starts a registration (登记): everything that the card or the visit says is filled in.
func (a *App) Begin(ctx context.Context, n NewDraft) (DraftView, error) {
	item, err := a.Items.Item(ctx, n.Item, n.Version)
	if err != nil {
		return DraftView{}, err
	}
	if n.Person == nil && n.Visit != "" && a.Visitor != nil {
		v, err := a.Visitor(ctx, n.Visit)
		if err != nil {
			return DraftView{}, err
		}
		n.Person, n.Agent = &v.Person, v.Agent
		if n.Phone == "" {
			n.Phone = v.Phone
		}
	}
	var to window.CrossingTarget
	if n.Across != "" {
		if a.Across == nil {
			return DraftView{}, errNotAcross
		}
		if to, err = a.Across(ctx, n.Across, item.Code); err != nil {
			return DraftView{}, err
		}
	}
	who := actor.From(ctx)
	at, err := a.place(ctx, item, "", n.Hall)
	if err != nil {
		return DraftView{}, err
	}
	if n.Hall == "" && who.Region != "" {
		at.Region = who.Region
	}
	now := db.Ms(a.Clock.Now())
	w := working{item: item, Draft: store.Draft{
		ID: ids.New(), Revision: 1, State: store.DraftOpen, Item: item.Code, ItemVersion: item.Version, ItemName: item.Name, Owner: who.ID, OwnerName: who.Name,
		Hall: n.Hall, Window: n.Window, Ticket: n.Ticket, Visit: n.Visit, Region: at.Region, Department: at.Department, CreatedAt: now,
		Crossing: to.ID, CrossingName: to.Name,
	}, body: draftBody{Answers: map[string]string{}, Form: map[string]any{}, Held: map[string]Held{}, Stances: map[string]Stance{}, Agent: n.Agent, Told: strings.TrimSpace(n.Phone), Base: 1}}
	if n.Person != nil {
		w.identify(*n.Person, a.Clock.Now())
	}
	if field, ok := phoneField(item); ok && n.Phone != "" {
		w.body.Form[field] = n.Phone
	}
	if err := a.settle(&w); err != nil {
		return DraftView{}, err
	}
	err = a.DB.Do(ctx, func(tx db.Tx) error {
		if err := store.AddDraft(ctx, tx, w.Draft); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "window.draft", Object: w.ID, Detail: map[string]string{"item": w.Item, "ticket": w.Ticket}})
	})
	if err != nil {
		return DraftView{}, err
	}
	return a.draftView(w), nil
}

// phoneField is the entry that takes the telephone number.
func phoneField(item matter.Item) (string, bool) {
	for _, g := range item.Form.Groups {
		for _, f := range g.Fields {
			if f.Widget == "phone" {
				return f.Name, true
			}
		}
	}
	return "", false
}

// identify puts the applicant in, and what their card fills of the form.
func (w *working) identify(p CounterPerson, now time.Time) {
	w.body.Applicant = wire.Person{
		Type: p.Type, Name: strings.TrimSpace(p.Name), IDNumber: strings.ToUpper(strings.TrimSpace(p.IDNumber)), Sex: p.Sex, Nation: p.Nation, Birth: p.Birth,
		Address: p.Address, IdentifiedBy: p.Way, IdentifiedAt: now,
	}
	maps.Copy(w.body.Form, form.Prefill(w.item.Form, w.body.Applicant))
}

// settle seals what was typed and counts what is met.
func (a *App) settle(w *working) error {
	text, err := json.Marshal(w.body)
	if err != nil {
		return fmt.Errorf("encode draft: %w", err)
	}
	if w.BodySealed, err = a.Vault.SealRow(classBody, w.ID, string(text)); err != nil {
		return fmt.Errorf("seal draft: %w", err)
	}
	w.NameMasked, w.IDBlind = vault.MaskName(w.body.Applicant.Name), ""
	if w.body.Applicant.IDNumber != "" {
		w.IDBlind = a.Vault.Blind(classID, w.body.Applicant.IDNumber)
	}
	r := a.review(*w)
	w.Done, w.Total = r.done, r.total
	w.UpdatedAt = db.Ms(a.Clock.Now())
	w.ExpiresOn = a.today().AddDays(draftDays).String()
	return nil
}

// mayWork says who may see a draft and go on with it: its owner, and whoever leads the windows where it lies.
func mayWork(ctx context.Context, d store.Draft) bool {
	who := actor.From(ctx)
	return d.Owner == who.ID || who.Can(window.PermRenotice) && who.Scope(window.PermRenotice).Covers(d.At())
}

// openDraft loads a draft for one who may work on it.
func (a *App) openDraft(ctx context.Context, id string) (working, error) {
	var w working
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		if w.Draft, err = store.GetDraft(ctx, q, id); err != nil {
			return err
		}
		if !mayWork(ctx, w.Draft) {
			return store.ErrNoDraft
		}
		w.pages, err = store.DraftPages(ctx, q, id)
		return err
	})
	if err != nil {
		return w, err
	}
	text, err := a.Vault.OpenRow(classBody, w.ID, w.BodySealed)
	if err != nil {
		return w, fmt.Errorf("open draft %s: %w", id, err)
	}
	if err := json.Unmarshal([]byte(text), &w.body); err != nil {
		return w, fmt.Errorf("decode draft %s: %w", id, err)
	}
	if w.item, err = a.Items.Item(ctx, w.Item, w.ItemVersion); err != nil {
		return w, fmt.Errorf("load item of draft: %w", err)
	}
	return w, nil
}

// Draft shows a registration.
func (a *App) Draft(ctx context.Context, id string) (DraftView, error) {
	w, err := a.openDraft(ctx, id)
	if err != nil {
		return DraftView{}, err
	}
	return a.draftView(w), nil
}

// Save keeps what was typed (自动保存). Answers of questions that are not asked any more are dropped with the entries they
// asked for.
func (a *App) Save(ctx context.Context, id string, c DraftChange) (DraftView, error) {
	w, err := a.openDraft(ctx, id)
	if err != nil {
		return DraftView{}, err
	}
	if c.Revision != w.Revision && !w.behindOnly(c.Revision) {
		return DraftView{}, window.ErrDraftChanged
	}
	w.body.Answers = matter.Prune(&w.item, c.Answers)
	w.body.Form = map[string]any{}
	for name, v := range c.Form {
		if v != nil && v != "" {
			w.body.Form[name] = v
		}
	}
	w.body.Agent = c.Agent
	if c.Person != nil {
		before := w.body.Applicant.IDNumber
		w.identify(*c.Person, a.Clock.Now())
		if before != w.body.Applicant.IDNumber {
			w.body.Shared = nil // what one person shared is not for another
		}
	}
	w.body.Held, w.body.Stances = map[string]Held{}, map[string]Stance{}
	for _, h := range c.Held {
		if h.Note == byPhone {
			h.Note = "" // follows from the pages
		}
		w.body.Held[h.Code] = Held{Source: h.Source, Ref: h.Ref, Note: h.Note, OriginalSeen: h.OriginalSeen}
	}
	w.body.unshare()
	for _, s := range c.Stances {
		w.body.Stances[s.Point] = s
	}
	w.body.Signed = c.Signed
	return a.saveDraft(ctx, w)
}

// saveDraft writes a draft that was changed.
func (a *App) saveDraft(ctx context.Context, w working, also ...func(tx db.Tx) error) (DraftView, error) {
	w.body.Base = w.Revision + 1
	if err := a.settle(&w); err != nil {
		return DraftView{}, err
	}
	err := a.DB.Do(ctx, func(tx db.Tx) error {
		if err := store.SaveDraft(ctx, tx, w.Draft); err != nil {
			return err
		}
		for _, f := range also {
			if err := f(tx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return DraftView{}, err
	}
	w.Revision++
	return a.draftView(w), nil
}

// Park puts a registration on the shelf (暂存).
func (a *App) Park(ctx context.Context, id string, revision int, reason string) (DraftView, error) {
	return a.shelve(ctx, id, "window.park", reason, func(w *working) error {
		if revision != w.Revision {
			return window.ErrDraftChanged
		}
		w.State, w.Reason = store.DraftParked, reason
		return nil
	})
}

// Resume takes a registration from the shelf; who resumes it works on it from now on.
func (a *App) Resume(ctx context.Context, id string) (DraftView, error) {
	return a.shelve(ctx, id, "window.unpark", "", func(w *working) error {
		who := actor.From(ctx)
		w.State, w.Owner, w.OwnerName = store.DraftOpen, who.ID, who.Name
		return nil
	})
}

// HandOver gives a registration to a colleague (转交).
func (a *App) HandOver(ctx context.Context, id, to, reason string) error {
	account, who, err := a.Staff.Person(ctx, to)
	if err != nil || !who.Can(window.PermRegister) {
		return wrong("to", "这个人不能接手登记，请重新选")
	}
	_, err = a.shelve(ctx, id, "window.hand_over", reason, func(w *working) error {
		if !who.Scope(window.PermRegister).Covers(actor.Place{Region: w.Region, Department: w.Department, Handler: to}) {
			return wrong("to", "这份登记不在这个人的大厅，请重新选")
		}
		w.State, w.Owner, w.OwnerName, w.Reason = store.DraftParked, account.ID, account.Name, reason
		return nil
	})
	return err
}

// shelve changes where a draft stands, with its line in the audit.
func (a *App) shelve(ctx context.Context, id, action, reason string, change func(*working) error) (DraftView, error) {
	w, err := a.openDraft(ctx, id)
	if err != nil {
		return DraftView{}, err
	}
	if err := change(&w); err != nil {
		return DraftView{}, err
	}
	return a.saveDraft(ctx, w, func(tx db.Tx) error {
		return audit.Write(ctx, tx, audit.Record{Action: action, Object: id, Reason: reason, Detail: map[string]string{"owner": w.Owner}})
	})
}

// Discard wipes a registration, with the reason (放弃).
func (a *App) Discard(ctx context.Context, id, reason string) error {
	if _, err := a.openDraft(ctx, id); err != nil {
		return err
	}
	return a.DB.Do(ctx, func(tx db.Tx) error {
		if _, err := store.DropDrafts(ctx, tx, []string{id}); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "window.discard", Object: id, Reason: reason})
	})
}

// Drafts implements window.Service.
func (a *App) Drafts(ctx context.Context, before time.Time, most int) (out []window.Draft, err error) {
	out = []window.Draft{}
	err = a.DB.View(ctx, func(q db.Query) error {
		drafts, err := store.Drafts(ctx, q, store.DraftFilter{Before: db.Ms(before), Most: min(max(most, 1), mostUnended)})
		for _, d := range drafts {
			out = append(out, window.Draft{ID: d.ID, Item: d.Item, ItemName: d.ItemName, Region: d.Region, Handler: d.Owner, Since: fromMs(d.CreatedAt)})
		}
		return err
	})
	return out, err
}

// daysLeft counts natural days until a date.
func (a *App) daysLeft(day string) int {
	until, err := calendar.ParseDate(day)
	if err != nil {
		return 0
	}
	return a.today().DaysUntil(until)
}

// Handovers lists who may take a registration over.
func (a *App) Handovers(ctx context.Context, id string) ([]Colleague, error) {
	w, err := a.openDraft(ctx, id)
	if err != nil {
		return nil, err
	}
	return a.colleagues(ctx, []string{"clerk", "supervisor"}, func(who actor.Actor) bool {
		return who.Can(window.PermRegister) && who.Scope(window.PermRegister).Covers(actor.Place{Region: w.Region, Department: w.Department, Handler: who.ID})
	})
}

// sorted returns the keys of a map in order.
func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
