package app

import (
	"context"
	"strings"

	"tongban/central/modules/catalogue/internal/lint"
)

// FindingList is one page of what the check finds over the whole list (检查结果).
type FindingList struct {
	Total  int            `json:"total"`
	Rows   []lint.Finding `json:"rows"`
	Counts FindingCounts  `json:"counts"`
}

// FindingCounts counts all of them.
type FindingCounts struct {
	Fault   int `json:"fault"`
	Warning int `json:"warning"`
}

// Findings lists what the check finds; the whole list is checked once for each state of the catalogue.
func (a *App) Findings(ctx context.Context, q, severity string, page, size int) (FindingList, error) {
	books, err := a.books(ctx)
	if err != nil {
		return FindingList{}, err
	}
	books.once.Do(func() { books.found = lint.Check(books.all(), a.checked) })
	out := FindingList{Rows: []lint.Finding{}}
	hits := []lint.Finding{}
	for _, f := range books.found {
		if f.Severity == lint.Fault {
			out.Counts.Fault++
		} else {
			out.Counts.Warning++
		}
		if (severity == "" || severity == string(f.Severity)) && strings.Contains(f.Name+"\n"+f.Item+"\n"+f.Text, strings.TrimSpace(q)) {
			hits = append(hits, f)
		}
	}
	out.Total = len(hits)
	from := min((max(page, 1)-1)*size, len(hits))
	out.Rows = append(out.Rows, hits[from:min(from+size, len(hits))]...)
	return out, nil
}

// Completeness is how far each element is filled in over the items (完整度).
func (a *App) Completeness(ctx context.Context) (Completed, error) {
	books, err := a.books(ctx)
	if err != nil {
		return Completed{}, err
	}
	return completed(books.all())
}
