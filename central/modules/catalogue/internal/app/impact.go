package app

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"tongban/central/modules/catalogue"
	"tongban/fleet/wire/matter"
)

// Impact is what publishing a change touches (影响预览).
type Impact struct {
	Rows    []ImpactRow       `json:"rows"`
	Running catalogue.Running `json:"running"`
}

// ImpactRow is one kind of it, in words.
type ImpactRow struct {
	Kind  string `json:"kind" enum:"running,themes,terminals,guides,smart"`
	Title string `json:"title"`
	Text  string `json:"text"`
	N     int    `json:"n"`
}

// Impact says what a new version, a split or an end of an item touches.
func (a *App) Impact(ctx context.Context, code, effective string) (Impact, error) {
	e, err := a.entryAt(ctx, code, newestOrDraft)
	if err != nil {
		return Impact{}, err
	}
	running, err := a.Running(ctx, code)
	if err != nil {
		return Impact{}, err
	}
	from := "生效那天"
	if _, ok := dayStart(effective); ok {
		from = effective
	}
	out := Impact{Running: running, Rows: []ImpactRow{}}
	row := func(kind, title string, n int, some, none string) {
		text := none
		if n > 0 {
			text = some
		}
		out.Rows = append(out.Rows, ImpactRow{Kind: kind, Title: title, Text: text, N: n})
	}
	row("running", "在办件", running.Total, fmt.Sprintf("%d件正在办，%s；都按收件时的版本办完", running.Total, versionsText(running)), "没有正在办的件")

	var themes []catalogue.ThemeUse
	if a.Outside.Themes != nil {
		if themes, err = a.Outside.Themes(ctx, code); err != nil {
			return Impact{}, fmt.Errorf("ask for themes: %w", err)
		}
	}
	var names []string
	for _, t := range themes {
		names = append(names, t.Name)
	}
	row("themes", "一件事", len(themes), "“"+strings.Join(names, "”“")+"”用到它，材料和表单会跟着变", "没有一件事用到它")

	terminals := 0
	if a.Outside.Terminals != nil && e.Offered(matter.AtKiosk) {
		if terminals, err = a.Outside.Terminals(ctx); err != nil {
			return Impact{}, fmt.Errorf("ask for terminals: %w", err)
		}
	}
	row("terminals", "自助终端", terminals, fmt.Sprintf("%d台终端从%s零点起显示新版，当天不变", terminals, from), "终端上只显示指南，或没有终端")
	row("guides", "办事指南", 1, "门户、终端、窗口从"+from+"零点起同时换成新版", "")
	smart := 0
	if e.Smart != nil {
		smart = 1
	}
	row("smart", "智能审批", smart, "是智能审批事项，要点和规则要重新试跑", "不是智能审批事项")
	return out, nil
}

func versionsText(r catalogue.Running) string {
	var parts []string
	for _, v := range slices.Sorted(maps.Keys(r.Versions)) {
		parts = append(parts, fmt.Sprintf("第%d版%d件", v, r.Versions[v]))
	}
	return strings.Join(parts, "、")
}
