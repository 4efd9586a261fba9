package app

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/check"
	"tongban/central/kernel/db"
	"tongban/central/kernel/vault"
	"tongban/central/modules/window"
	"tongban/central/modules/window/internal/store"
	"tongban/fleet/wire"
	"tongban/fleet/wire/matter"
)

// mostFound bounds each list of a search.
const mostFound = 8

// Found is what the one search box answers: persons, cases, items, and registrations in work. Everything is masked.
type Found struct {
	People []FoundPerson `json:"people"`
	Cases  []Row         `json:"cases"`
	Items  []FoundItem   `json:"items"`
	Drafts []ParkedRow   `json:"drafts"`
}

// FoundPerson is one person with their newest case.
type FoundPerson struct {
	Name     string `json:"name"`
	IDMasked string `json:"id_masked"`
	Cases    int    `json:"cases"`
	LastItem string `json:"last_item"`
	LastAt   string `json:"last_at"`
	CaseNo   string `json:"case_no"` // newest, to ask for the history by
}

// FoundItem is one item that can be applied for at a counter.
type FoundItem struct {
	Code     string `json:"code"`
	Name     string `json:"name"`
	Office   string `json:"office"`
	Handling string `json:"handling"`
	Limit    string `json:"limit"`
}

// Search looks for what was typed: a case number, an ID number, a whole name, or the name of an item, also by pinyin.
func (a *App) Search(ctx context.Context, text string) (Found, error) {
	out := Found{People: []FoundPerson{}, Cases: []Row{}, Items: []FoundItem{}, Drafts: []ParkedRow{}}
	text = strings.TrimSpace(text)
	if text == "" {
		return out, nil
	}
	cases, drafts, err := a.searchCases(ctx, text)
	if err != nil {
		return out, err
	}
	out.People = peopleOf(cases)
	if out.Cases, err = a.rows(ctx, cases[:min(len(cases), mostFound)]); err != nil {
		return out, err
	}
	for _, d := range drafts {
		if mayWork(ctx, d) {
			out.Drafts = append(out.Drafts, a.parkedRow(ctx, d))
		}
	}
	items, err := a.Items.Items(ctx)
	if err != nil {
		return out, fmt.Errorf("list items: %w", err)
	}
	add := func(it matter.Item) {
		known := slices.ContainsFunc(out.Items, func(f FoundItem) bool { return f.Code == it.Code })
		if !known && len(out.Items) < mostFound && it.Offered(matter.AtWindow) {
			out.Items = append(out.Items, FoundItem{Code: it.Code, Name: it.Name, Office: it.Office, Handling: string(it.Handling), Limit: limitText(it, it.Promise)})
		}
	}
	if i := slices.IndexFunc(items, func(it matter.Item) bool { return strings.EqualFold(it.Code, text) }); i >= 0 {
		add(items[i]) // who types a code means it
	}
	hits, _, nearest := a.index.of(items).SearchExactly(text)
	for _, h := range hits {
		if !nearest {
			add(items[h.Index])
		}
	}
	return out, nil
}

// searchCases finds by number exactly, and by a whole name: the masked names are looked up, then the sealed ones compared.
func (a *App) searchCases(ctx context.Context, typed string) (cases []store.Case, drafts []store.Draft, err error) {
	f := store.Filter{Page: 1, Size: 50, Within: actor.From(ctx).Scope(window.PermRead)}
	df := store.DraftFilter{Most: mostFound}
	name := ""
	if no, err := wire.ParseCaseNo(typed); err == nil {
		f.No = no
	} else if v := check.Verify(check.ID, typed); v.State != check.Invalid {
		f.IDBlind = a.Vault.Blind(classID, v.Normalised)
		df.IDBlind = f.IDBlind
	} else {
		if n := len([]rune(typed)); n < 2 || n > 20 {
			return nil, nil, nil
		}
		name, f.Masked, df.Name = typed, vault.MaskName(typed), vault.MaskName(typed)
	}
	err = a.DB.View(ctx, func(q db.Query) (err error) {
		if name != "" && !strings.Contains(name, "*") {
			cases, err = a.named(ctx, q, f, name)
		} else {
			cases, err = store.Some(ctx, q, f)
		}
		if err != nil || f.No != "" {
			return err
		}
		drafts, err = store.Drafts(ctx, q, df)
		return err
	})
	return cases, drafts, err
}

// mostOpened bounds how many sealed names one search opens: in a city some thousand people share a masked name.
const mostOpened = 2000

// named finds the newest cases of a whole name among those whose masked name is the same, at most f.Size.
func (a *App) named(ctx context.Context, q db.Query, f store.Filter, name string) ([]store.Case, error) {
	all := f
	all.Size = mostOpened
	sealed, err := store.SealedNames(ctx, q, all)
	if err != nil {
		return nil, err
	}
	var nos []string
	for _, s := range sealed {
		if len(nos) == f.Size {
			break
		}
		plain, err := a.Vault.OpenRow(className, s.No, s.Name)
		if err != nil {
			return nil, fmt.Errorf("open name: %w", err)
		}
		if plain == name {
			nos = append(nos, s.No)
		}
	}
	return store.ByNumbers(ctx, q, nos)
}

func peopleOf(cases []store.Case) []FoundPerson {
	out := []FoundPerson{}
	at := map[string]int{}
	for _, c := range cases {
		if i, ok := at[c.IDBlind]; ok {
			out[i].Cases++
			continue
		}
		if len(out) == mostFound || c.IDBlind == "" {
			continue
		}
		at[c.IDBlind] = len(out)
		out = append(out, FoundPerson{Name: c.NameMasked, IDMasked: c.IDMasked, Cases: 1, LastItem: c.ItemName, LastAt: stamp(c.ReceivedAt), CaseNo: c.No})
	}
	return out
}

// WhosePast names a person without putting a number into an address: by a case, by a registration, or by the number itself.
type WhosePast struct {
	CaseNo   string `json:"case_no,omitempty" maxLength:"24"`
	Draft    string `json:"draft,omitempty" maxLength:"40"`
	IDNumber string `json:"id_number,omitempty" maxLength:"32"`
}

// Past is what a person brought before.
type Past struct {
	Name     string         `json:"name"`
	IDMasked string         `json:"id_masked"`
	Cases    []PastCase     `json:"cases"`
	Papers   []EarlierPaper `json:"papers"`
}

// PastCase is one earlier case, with what was missing or why it failed.
type PastCase struct {
	Row
	Failed string `json:"failed"`
}

// EarlierPaper is one paper that was handed in before and can stand for one now.
type EarlierPaper struct {
	Ref      string `json:"ref"` // for materials[].ref
	CaseNo   string `json:"case_no"`
	Material string `json:"material"`
	Name     string `json:"name"`
	Item     string `json:"item"`
	At       string `json:"at"`
	Pages    int    `json:"pages"`
	at       time.Time
}

// mostPast bounds how far back papers are looked for.
const mostPast = 12

// PersonPast shows a person's earlier cases where the caller may read them. The look is kept in the audit.
func (a *App) PersonPast(ctx context.Context, whose WhosePast) (Past, error) {
	out := Past{Cases: []PastCase{}, Papers: []EarlierPaper{}}
	blind, err := a.whose(ctx, whose)
	if err != nil || blind == "" {
		return out, err
	}
	var cases []store.Case
	err = a.DB.Do(ctx, func(tx db.Tx) (err error) {
		if cases, err = store.ByPerson(ctx, tx, blind); err != nil {
			return err
		}
		object := whose.CaseNo + whose.Draft
		if object == "" {
			object = "person"
		}
		return audit.Write(ctx, tx, audit.Record{Action: "window.person", Object: object, Detail: map[string]string{"cases": fmt.Sprint(len(cases))}})
	})
	if err != nil {
		return out, err
	}
	may := actor.From(ctx).Scope(window.PermRead)
	cases = slices.DeleteFunc(cases, func(c store.Case) bool { return !may.Covers(c.At()) })
	rows, err := a.rows(ctx, cases)
	if err != nil {
		return out, err
	}
	for i, c := range cases {
		out.Name, out.IDMasked = c.NameMasked, c.IDMasked
		past := PastCase{Row: rows[i]}
		if i < mostPast {
			if err := a.lookBack(ctx, c, &past, &out); err != nil {
				return out, err
			}
		}
		out.Cases = append(out.Cases, past)
	}
	return out, nil
}

// lookBack reads what failed in one earlier case, and which papers it holds.
func (a *App) lookBack(ctx context.Context, c store.Case, past *PastCase, out *Past) error {
	item, err := a.Items.Item(ctx, c.Item, c.ItemVersion)
	if err != nil {
		return fmt.Errorf("load item of %s: %w", c.No, err)
	}
	var pages []store.File
	var history []store.Entry
	err = a.DB.View(ctx, func(q db.Query) (err error) {
		if pages, err = store.Pages(ctx, q, c.No); err != nil {
			return err
		}
		history, err = store.History(ctx, q, c.No)
		return err
	})
	if err != nil {
		return err
	}
	past.Failed = failed(c, history)
	n := map[string]int{}
	for _, p := range pages {
		n[p.Material]++
	}
	for _, m := range item.Materials {
		if n[m.Code] > 0 {
			out.Papers = append(out.Papers, EarlierPaper{
				Ref: c.No + "/" + m.Code, CaseNo: c.No, Material: m.Code, Name: m.Name, Item: c.ItemName, At: stamp(c.ReceivedAt), Pages: n[m.Code], at: fromMs(c.ReceivedAt),
			})
		}
	}
	return nil
}

// failed says what was missing or refused, newest first, "" when nothing was.
func failed(c store.Case, history []store.Entry) string {
	bad := []string{window.Noticed.Text(), window.ActRenotice.Text(), window.Refused.Text(), window.Denied.Text(), window.ActLapse.Text(), window.ActWithdraw.Text()}
	for _, e := range history {
		if slices.Contains(bad, e.Title) {
			if _, why, ok := strings.Cut(e.Note, "；"); ok {
				return e.Title + "：" + why
			}
			return e.Title
		}
	}
	return ""
}

// whose finds the person, "" when nothing names one.
func (a *App) whose(ctx context.Context, w WhosePast) (string, error) {
	switch {
	case w.IDNumber != "":
		return a.Vault.Blind(classID, strings.ToUpper(strings.TrimSpace(w.IDNumber))), nil
	case w.Draft != "":
		d, err := a.openDraft(ctx, w.Draft)
		return d.IDBlind, err
	case w.CaseNo != "":
		var c store.Case
		err := a.DB.View(ctx, func(q db.Query) (err error) {
			c, err = see(ctx, q, w.CaseNo)
			return err
		})
		return c.IDBlind, err
	}
	return "", wrong("case_no", "写明是谁：办件编号、登记或证件号")
}
