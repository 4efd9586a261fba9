package web

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/kernel/httpx"
	"tongban/central/modules/catalogue"
	"tongban/central/modules/catalogue/internal/app"
	"tongban/central/modules/catalogue/internal/elements"
)

// ElementTable is as much of the table of elements as a page draws itself from.
type ElementTable struct {
	Groups   []ElementGroup                  `json:"groups"`
	Elements []elements.Element              `json:"elements"`
	Codes    map[string][]elements.CodeValue `json:"codes"`
}

// ElementGroup is one group of it.
type ElementGroup struct {
	Key   string `json:"key"`
	Title string `json:"title"`
}

type elementsOut struct{ Body ElementTable }

type papersIn struct {
	Q    string `query:"q" maxLength:"60" doc:"材料名称里的字"`
	Page int    `query:"page" minimum:"1" maximum:"100000" default:"1"`
	Size int    `query:"size" minimum:"1" maximum:"100" default:"50"`
}

type papersOut struct{ Body app.PaperList }

type completedOut struct{ Body app.Completed }

type findingsIn struct {
	Q        string `query:"q" maxLength:"60" doc:"事项名或问题里的字"`
	Severity string `query:"severity" enum:",fault,warning"`
	Page     int    `query:"page" minimum:"1" maximum:"100000" default:"1"`
	Size     int    `query:"size" minimum:"1" maximum:"100" default:"50"`
}

type findingsOut struct{ Body app.FindingList }

// tables adds what the pages are drawn from, and which items ask for a paper.
func tables(api huma.API, a *app.App) {
	httpx.Register(api, catalogue.PermRead, get("list-elements", "/elements", "要素表"), func(context.Context, *struct{}) (*elementsOut, error) {
		t, err := elements.Shipped()
		if err != nil {
			return nil, err
		}
		out := ElementTable{Elements: t.Elements, Codes: map[string][]elements.CodeValue{}}
		for _, g := range t.Groups {
			out.Groups = append(out.Groups, ElementGroup(g))
		}
		for name, codes := range t.Codes {
			out.Codes[name] = codes
		}
		return &elementsOut{out}, nil
	})
	httpx.Register(api, catalogue.PermRead, get("list-materials", "/materials", "材料和要它的事项"), func(ctx context.Context, in *papersIn) (*papersOut, error) {
		out, err := a.Papers(ctx, in.Q, in.Page, in.Size)
		return &papersOut{out}, err
	})
	httpx.Register(api, catalogue.PermRead, get("get-completeness", "/completeness", "要素完整度"), func(ctx context.Context, _ *struct{}) (*completedOut, error) {
		out, err := a.Completeness(ctx)
		return &completedOut{out}, err
	})
	httpx.Register(api, catalogue.PermRead, get("list-findings", "/findings", "检查结果"), func(ctx context.Context, in *findingsIn) (*findingsOut, error) {
		out, err := a.Findings(ctx, in.Q, in.Severity, in.Page, in.Size)
		return &findingsOut{out}, err
	})
}
