package app

import (
	"cmp"
	"context"
	"slices"
	"strings"
)

// PaperList is one page of the papers that items ask for (材料与事项的关系), those of most items first.
type PaperList struct {
	Total int        `json:"total"`
	Rows  []PaperRow `json:"rows"`
}

// PaperRow is one paper under its official name.
type PaperRow struct {
	Name  string     `json:"name"`
	Names []string   `json:"names"` // the plain names people read
	N     int        `json:"n"`     // items
	Items []PaperUse `json:"items"`
}

// PaperUse is one item that asks for a paper.
type PaperUse struct {
	Code     string `json:"code"`
	Name     string `json:"name"`
	Material string `json:"material"`
	Need     string `json:"need"`
}

// Papers lists the papers whose name holds q, each with the items that ask for it.
func (a *App) Papers(ctx context.Context, q string, page, size int) (PaperList, error) {
	books, err := a.books(ctx)
	if err != nil {
		return PaperList{}, err
	}
	at, rows := map[string]int{}, []PaperRow{}
	for i := range books.entries {
		e := &books.entries[i]
		for _, m := range e.Materials {
			if !strings.Contains(m.Name+"\n"+m.Plain, strings.TrimSpace(q)) {
				continue
			}
			n, ok := at[m.Name]
			if !ok {
				n = len(rows)
				at[m.Name] = n
				rows = append(rows, PaperRow{Name: m.Name, Names: []string{m.Name}, Items: []PaperUse{}})
			}
			need := "都要"
			if m.When != nil || m.Exempt != nil {
				need = "看情形"
			}
			rows[n].Items = append(rows[n].Items, PaperUse{Code: e.Code, Name: e.Name, Material: m.Code, Need: need})
			rows[n].N = len(rows[n].Items)
		}
	}
	slices.SortStableFunc(rows, func(x, y PaperRow) int { return cmp.Or(y.N-x.N, strings.Compare(x.Name, y.Name)) })
	from := min((max(page, 1)-1)*size, len(rows))
	return PaperList{Total: len(rows), Rows: rows[from:min(from+size, len(rows))]}, nil
}
