package app

import (
	"cmp"
	"context"

	"tongban/fleet/wire/matter"
)

// List is what can be applied for, for pages (事项列表).
type List struct {
	Items      []ListRow       `json:"items"`
	Categories []CategoryCount `json:"categories"`
	Total      int             `json:"total"`    // of the whole catalogue
	Searched   string          `json:"searched"` // what was searched instead of what was typed, "" when nothing was
	Hint       string          `json:"hint"`
	Nearest    bool            `json:"nearest"` // nothing found: these are the nearest
}

// ListRow is one item in a list.
type ListRow struct {
	Code     string `json:"code"`
	Name     string `json:"name"`
	Short    string `json:"short"`
	Category string `json:"category"`
	Office   string `json:"office"`
	Minutes  int    `json:"minutes"`
	Limit    string `json:"limit"` // 5个工作日
	Fee      string `json:"fee"`
	Kiosk    bool   `json:"kiosk"`  // can be applied for at a terminal
	Halted   string `json:"halted"` // why it takes nobody now, "" = it does
}

// CategoryCount is one category with what it holds.
type CategoryCount struct {
	matter.Category
	Count int `json:"count"`
}

// Guide is what one has to know before applying (办事指南).
type Guide struct {
	ListRow
	GuideMore
	Version    int           `json:"version"`
	Summary    string        `json:"summary"`
	Statutory  string        `json:"statutory"`
	Law        []matter.Law  `json:"law"`
	Conditions []string      `json:"conditions"`
	Materials  []GuidePaper  `json:"materials"`
	Notice     []matter.Para `json:"notice"`
	Uses       []string      `json:"uses"`
	Signers    []string      `json:"signers"`
	Result     matter.Result `json:"result"`
	Sample     []string      `json:"sample"` // fields the office has not confirmed yet
}

// GuidePaper is one material; When says in which case it is asked for, "" = always.
type GuidePaper struct {
	Name     string `json:"name"`
	Plain    string `json:"plain"`
	How      string `json:"how"`
	Why      string `json:"why"`
	Depends  bool   `json:"depends"` // on the applicant's answers
	ExemptBy string `json:"exempt_by"`
	Defer    int    `json:"defer_days"`
	Copies   int    `json:"copies"`
	Original bool   `json:"original"`
}

// List finds items; both arguments may be empty.
func (a *App) List(ctx context.Context, q, category string) (List, error) {
	shown, err := a.Current(ctx)
	if err != nil {
		return List{}, err
	}
	items := shown.Items
	out := List{Items: []ListRow{}, Total: len(items), Categories: a.counted(items)}
	hits, searched, hint, nearest := shown.Index.Search(q)
	out.Searched, out.Hint, out.Nearest = searched, hint, nearest
	for _, h := range hits {
		if it := items[h.Index]; category == "" || category == matter.AllKey || it.Category == category {
			out.Items = append(out.Items, rowOf(it))
		}
	}
	return out, nil
}

func (a *App) counted(items []matter.Item) []CategoryCount {
	n := map[string]int{matter.AllKey: len(items)}
	for _, it := range items {
		n[it.Category]++
	}
	out := make([]CategoryCount, len(a.categories))
	for i, c := range a.categories {
		out[i] = CategoryCount{Category: c, Count: n[c.Key]}
	}
	return out
}

// Guide returns the guide of an item in force.
func (a *App) Guide(ctx context.Context, code string) (Guide, error) {
	en, err := a.inForce(ctx, code)
	if err != nil {
		return Guide{}, err
	}
	it := en.Item
	g := Guide{
		ListRow: rowOf(it), GuideMore: moreOf(en), Version: it.Version, Summary: it.Summary, Statutory: it.Statutory.Plain(it.Handling), Law: it.Law,
		Conditions: it.Conditions, Materials: []GuidePaper{}, Notice: it.Notice, Uses: it.Uses, Signers: []string{}, Result: it.Result,
		Sample: it.Sample,
	}
	for _, m := range it.Materials {
		g.Materials = append(g.Materials, GuidePaper{
			Name: m.Name, Plain: m.Plain, How: m.How, Why: m.Why, Depends: m.When != nil || m.Exempt != nil, ExemptBy: m.ExemptBy,
			Defer: m.Defer, Copies: m.Copies, Original: m.Original,
		})
	}
	for _, s := range it.Signers {
		g.Signers = append(g.Signers, s.Label)
	}
	return g, nil
}

func rowOf(it matter.Item) ListRow {
	return ListRow{
		Code: it.Code, Name: it.Name, Short: it.Short, Category: it.Category, Office: it.Office, Minutes: it.Minutes,
		Limit: it.Promise.Plain(it.Handling), Fee: it.Fee, Kiosk: it.Offered(matter.AtKiosk), Halted: halted(it),
	}
}

func halted(it matter.Item) string {
	if it.Paused == nil {
		return ""
	}
	return cmp.Or(it.Paused.Reason, "暂停办理")
}
