package app

import (
	"tongban/central/modules/catalogue"
	"tongban/central/modules/catalogue/internal/elements"
)

// Completed is how far each element is filled in over all items, and which items lack something (要素完整性).
type Completed struct {
	Rows  []ElementFill `json:"rows"`
	Items []ItemFill    `json:"items"` // those that lack something
	Total int           `json:"total"` // items
	Whole int           `json:"whole"` // items that lack nothing
}

// ElementFill is one element: of how many items it is wanted, and how many have it.
type ElementFill struct {
	Element string `json:"element"`
	Title   string `json:"title"`
	Group   string `json:"group"`
	Filled  int    `json:"filled"`
	Must    int    `json:"must"`
	Any     int    `json:"any"` // items that have it, wanted or not
}

// ItemFill is one item that lacks something.
type ItemFill struct {
	Code    string         `json:"code"`
	Name    string         `json:"name"`
	Office  string         `json:"office"`
	Missing []elements.Gap `json:"missing"`
}

func completed(entries []catalogue.Entry) (Completed, error) {
	table, err := elements.Shipped()
	if err != nil {
		return Completed{}, err
	}
	out := Completed{Rows: []ElementFill{}, Items: []ItemFill{}, Total: len(entries)}
	at := map[string]*ElementFill{}
	for _, e := range table.Elements {
		at[e.Name] = &ElementFill{Element: e.Name, Title: e.Title, Group: e.Group}
	}
	for i := range entries {
		en := &entries[i]
		for _, e := range table.Elements {
			has, wanted := e.Get(en) != "", table.Wanted(e, en)
			row := at[e.Name]
			if wanted {
				row.Must++
			}
			if has {
				row.Any++
			}
			if has && wanted {
				row.Filled++
			}
		}
		gaps := table.Missing(en)
		if len(gaps) == 0 {
			out.Whole++
			continue
		}
		out.Items = append(out.Items, ItemFill{Code: en.Code, Name: en.Name, Office: en.Office, Missing: gaps})
	}
	for _, e := range table.Elements {
		out.Rows = append(out.Rows, *at[e.Name])
	}
	return out, nil
}
