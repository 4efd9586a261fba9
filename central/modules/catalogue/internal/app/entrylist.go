package app

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"tongban/central/kernel/db"
	"tongban/central/modules/catalogue"
	"tongban/central/modules/catalogue/internal/elements"
	"tongban/central/modules/catalogue/internal/store"
)

// EntryAsk is what a list of items is asked for; empty fields ask nothing.
type EntryAsk struct {
	Query, Department, Type, State, Class, Complete string
	Page, Size                                      int
}

// EntryList is one page of the items as offices see them (事项台账).
type EntryList struct {
	Total       int               `json:"total"`
	Page        int               `json:"page"`
	Size        int               `json:"size"`
	Rows        []EntryRow        `json:"rows"`
	Counts      EntryCounts       `json:"counts"`
	Departments []DepartmentCount `json:"departments"`
}

// EntryRow is one item in the list; one that has only a draft so far has version 0.
type EntryRow struct {
	Code       string `json:"code"`
	TaskCode   string `json:"task_code"`
	Name       string `json:"name"`
	Office     string `json:"office"`
	Type       string `json:"type"`
	TypeText   string `json:"type_text"`
	Version    int    `json:"version"`
	Effective  string `json:"effective"`
	Next       int    `json:"next"`
	NextFrom   string `json:"next_from"`
	State      string `json:"state" enum:"active,suspended,cancelled,planned"`
	StateText  string `json:"state_text"`
	DraftState string `json:"draft_state"`
	DraftText  string `json:"draft_text"`
	DraftBy    string `json:"draft_by"`
	DraftKind  string `json:"draft_kind"`
	Filled     int    `json:"filled"`
	Must       int    `json:"must"`
	Faults     int    `json:"faults"`
	Smart      bool   `json:"smart"`
	Themes     int    `json:"themes"`
	Running    int    `json:"running"`

	officeCode, text string
}

// EntryCounts are the numbers beside the filters.
type EntryCounts struct {
	All        int `json:"all"`
	Published  int `json:"published"`
	Planned    int `json:"planned"`
	Suspended  int `json:"suspended"`
	Cancelled  int `json:"cancelled"`
	Draft      int `json:"draft"` // 待编制 and 编制中
	Review     int `json:"review"`
	Returned   int `json:"returned"`
	Approved   int `json:"approved"`
	Incomplete int `json:"incomplete"`
	Themes     int `json:"themes"`
	Smart      int `json:"smart"`
}

// DepartmentCount is one office with how many items it has.
type DepartmentCount struct {
	Code string `json:"code"`
	Name string `json:"name"`
	N    int    `json:"n"`
}

// Entries lists items.
func (a *App) Entries(ctx context.Context, ask EntryAsk) (EntryList, error) {
	rows, err := a.entryRows(ctx)
	if err != nil {
		return EntryList{}, err
	}
	out := EntryList{Page: max(ask.Page, 1), Size: min(max(ask.Size, 1), 100), Rows: []EntryRow{}, Counts: countRows(rows), Departments: departmentsOf(rows)}
	hits := slices.DeleteFunc(rows, func(r EntryRow) bool { return !ask.takes(r) })
	if q := strings.ToLower(strings.TrimSpace(ask.Query)); q != "" {
		slices.SortStableFunc(hits, func(x, y EntryRow) int { return cmp.Compare(rank(x, q), rank(y, q)) })
	}
	out.Total = len(hits)
	from := min((out.Page-1)*out.Size, len(hits))
	out.Rows = append(out.Rows, hits[from:min(from+out.Size, len(hits))]...)
	return out, a.judgeRows(ctx, out.Rows)
}

// rank puts what is called so before what only sounds or counts like it.
func rank(r EntryRow, q string) int {
	name := strings.ToLower(r.Name)
	switch {
	case name == q || r.Code == q:
		return 0
	case strings.HasPrefix(name, q):
		return 1
	case strings.Contains(name, q):
		return 2
	}
	return 3
}

func (ask EntryAsk) takes(r EntryRow) bool {
	for word := range strings.FieldsSeq(strings.ToLower(ask.Query)) {
		if !strings.Contains(r.text, word) {
			return false
		}
	}
	if ask.Department != "" && ask.Department != r.officeCode && ask.Department != r.Office || ask.Type != "" && ask.Type != r.Type {
		return false
	}
	switch ask.State {
	case "", r.State, r.DraftState:
	case "draft":
		if r.DraftState != string(catalogue.Pending) && r.DraftState != string(catalogue.Drafting) {
			return false
		}
	default:
		return false
	}
	if ask.Class == "smart" && !r.Smart || ask.Class == "theme" && r.Themes == 0 {
		return false
	}
	return ask.Complete == "" || (ask.Complete == "yes") == (r.Filled == r.Must)
}

// entryRows are all items and, after them, what has only a draft so far.
func (a *App) entryRows(ctx context.Context) ([]EntryRow, error) {
	books, err := a.books(ctx)
	if err != nil {
		return nil, err
	}
	var drafts []store.Draft
	err = a.DB.View(ctx, func(q db.Query) (err error) {
		drafts, err = store.OpenDrafts(ctx, q)
		return err
	})
	if err != nil {
		return nil, err
	}
	themes, running, err := a.touched(ctx)
	if err != nil {
		return nil, err
	}
	table, err := elements.Shipped()
	if err != nil {
		return nil, err
	}
	rows := make([]EntryRow, 0, len(books.entries)+len(drafts))
	at := map[string]int{}
	for i := range books.entries {
		r := &books.entries[i]
		row := rowOfEntry(table, &r.Entry)
		row.Version, row.Effective, row.Filled, row.Must, row.text = r.row.Version, dayOr(r.row.Effective), r.filled, r.must, r.text
		row.State, row.StateText = r.state()
		if row.Next = r.next; r.next > 0 {
			row.NextFrom = day(r.nextFrom)
		}
		row.Themes, row.Running = themes[r.Code], running[r.Code]
		at[r.Code] = len(rows)
		rows = append(rows, row)
	}
	for _, d := range drafts {
		i, ok := at[d.Code]
		if !ok {
			e, err := draftEntry(d)
			if err != nil {
				return nil, err
			}
			row := rowOfEntry(table, &e)
			row.State, row.StateText, row.text = "planned", "还没有发布", strings.ToLower(d.Name+"\n"+d.Code)
			row.Filled, row.Must = table.Filled(&e)
			i = len(rows)
			rows = append(rows, row)
		}
		rows[i].DraftState, rows[i].DraftText, rows[i].DraftBy, rows[i].DraftKind = string(d.State), d.State.Text(), d.AuthorName, d.Kind
	}
	return rows, nil
}

// touched is how many themes and running cases each item has.
func (a *App) touched(ctx context.Context) (themes, running map[string]int, err error) {
	if ask := a.Outside.ThemesByItem; ask != nil {
		if themes, err = ask(ctx); err != nil {
			return nil, nil, fmt.Errorf("ask for themes: %w", err)
		}
	}
	if ask := a.Outside.RunningByItem; ask != nil {
		if running, err = ask(ctx); err != nil {
			return nil, nil, fmt.Errorf("ask for running cases: %w", err)
		}
	}
	return themes, running, nil
}

func rowOfEntry(table *elements.Table, e *catalogue.Entry) EntryRow {
	typeText := e.National.TaskType
	if el, ok := table.Find("TASK_TYPE"); ok {
		typeText = el.Words(e)
	}
	return EntryRow{
		Code: e.Code, TaskCode: e.TaskCode, Name: e.Name, Office: e.Office, Type: e.National.TaskType, TypeText: typeText, Smart: e.Smart != nil, officeCode: e.OfficeCode,
	}
}

func dayOr(ms int64) string {
	if ms == 0 {
		return ""
	}
	return day(ms)
}

func countRows(rows []EntryRow) EntryCounts {
	n := EntryCounts{All: len(rows)}
	one := func(n *int, yes bool) {
		if yes {
			*n++
		}
	}
	for _, r := range rows {
		one(&n.Published, r.State == string(catalogue.Active))
		one(&n.Planned, r.State == "planned")
		one(&n.Suspended, r.State == string(catalogue.Suspended))
		one(&n.Cancelled, r.State == string(catalogue.Cancelled))
		one(&n.Draft, r.DraftState == string(catalogue.Pending) || r.DraftState == string(catalogue.Drafting))
		one(&n.Review, r.DraftState == string(catalogue.Reviewing))
		one(&n.Returned, r.DraftState == string(catalogue.Returned))
		one(&n.Approved, r.DraftState == string(catalogue.Approved))
		one(&n.Incomplete, r.Filled < r.Must)
		one(&n.Themes, r.Themes > 0)
		one(&n.Smart, r.Smart)
	}
	return n
}

func departmentsOf(rows []EntryRow) []DepartmentCount {
	out, at := []DepartmentCount{}, map[string]int{}
	for _, r := range rows {
		i, ok := at[r.Office]
		if !ok {
			i = len(out)
			at[r.Office] = i
			out = append(out, DepartmentCount{Code: r.officeCode, Name: r.Office})
		}
		out[i].N++
	}
	slices.SortFunc(out, func(x, y DepartmentCount) int { return cmp.Or(cmp.Compare(y.N, x.N), strings.Compare(x.Name, y.Name)) })
	return out
}
