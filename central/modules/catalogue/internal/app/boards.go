package app

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"tongban/central/modules/catalogue"
	"tongban/central/modules/catalogue/internal/lint"
)

// FindingList is what the check says of the whole catalogue (检查).
type FindingList struct {
	Rows   []lint.Finding `json:"rows"`
	Total  int            `json:"total"`
	Counts FindingCounts  `json:"counts"`
}

// FindingCounts is how many of each kind there are.
type FindingCounts struct {
	Fault   int `json:"fault"`
	Warning int `json:"warning"`
}

// maxFindings bounds one page of findings.
const maxFindings = 500

// Findings checks all items together.
func (a *App) Findings(ctx context.Context, severity, department, q string) (FindingList, error) {
	books, err := a.books(ctx)
	if err != nil {
		return FindingList{}, err
	}
	entries := books.all()
	office := map[string]*catalogue.Entry{}
	for i := range entries {
		office[entries[i].Code] = &entries[i]
	}
	out := FindingList{Rows: []lint.Finding{}}
	for _, f := range lint.Check(entries, a.checked) {
		en := office[f.Item]
		if department != "" && (en == nil || en.OfficeCode != department && en.Office != department) || q != "" && !strings.Contains(f.Item+f.Name+f.Text, q) {
			continue
		}
		if f.Severity == lint.Fault {
			out.Counts.Fault++
		} else {
			out.Counts.Warning++
		}
		if severity == "" || string(f.Severity) == severity {
			out.Total++
			if len(out.Rows) < maxFindings {
				out.Rows = append(out.Rows, f)
			}
		}
	}
	return out, nil
}

// Completeness counts over all items.
func (a *App) Completeness(ctx context.Context, department string) (Completed, error) {
	books, err := a.books(ctx)
	if err != nil {
		return Completed{}, err
	}
	entries := slices.DeleteFunc(books.all(), func(e catalogue.Entry) bool {
		return department != "" && e.OfficeCode != department && e.Office != department
	})
	return completed(entries)
}

// MaterialList is every paper with the items that ask for it (事项材料关系).
type MaterialList struct {
	Rows  []MaterialUse `json:"rows"`
	Total int           `json:"total"`
}

// MaterialUse is one paper.
type MaterialUse struct {
	Name  string         `json:"name"`
	Names []string       `json:"names"` // other writings of it
	N     int            `json:"n"`     // items that ask for it
	Items []MaterialItem `json:"items"`
}

// MaterialItem is one item that asks for it.
type MaterialItem struct {
	Code     string `json:"code"`
	Name     string `json:"name"`
	Material string `json:"material"` // its code in the item
	Written  string `json:"written"`
}

// maxMaterials bounds one page of papers.
const maxMaterials = 200

// Materials lists papers by how many items ask for them.
func (a *App) Materials(ctx context.Context, q string) (MaterialList, error) {
	books, err := a.books(ctx)
	if err != nil {
		return MaterialList{}, err
	}
	by := map[string]*MaterialUse{}
	for _, en := range books.all() {
		for _, m := range en.Materials {
			key := a.checked.Same.Normal(m.Name)
			u := by[key]
			if u == nil {
				u = &MaterialUse{Name: m.Name, Names: []string{}, Items: []MaterialItem{}}
				by[key] = u
			}
			if m.Name != u.Name && !slices.Contains(u.Names, m.Name) {
				u.Names = append(u.Names, m.Name)
			}
			u.N++
			u.Items = append(u.Items, MaterialItem{Code: en.Code, Name: en.Name, Material: m.Code, Written: m.Name})
		}
	}
	out := MaterialList{Rows: []MaterialUse{}}
	for _, key := range slices.Sorted(maps.Keys(by)) {
		u := by[key]
		if q == "" || strings.Contains(u.Name, q) || slices.ContainsFunc(u.Names, func(n string) bool { return strings.Contains(n, q) }) {
			out.Rows = append(out.Rows, *u)
		}
	}
	slices.SortStableFunc(out.Rows, func(x, y MaterialUse) int { return cmp.Compare(y.N, x.N) })
	out.Total = len(out.Rows)
	out.Rows = out.Rows[:min(len(out.Rows), maxMaterials)]
	return out, nil
}
