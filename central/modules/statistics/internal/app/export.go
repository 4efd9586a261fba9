package app

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/sheet"
)

// Export returns a board as a table that says what it is: the numbers with their formula, population, time and who took them (导出).
func (a *App) Export(ctx context.Context, id string, q Ask, format sheet.Format) ([]byte, error) {
	b, err := a.Board(ctx, id, q)
	if err != nil {
		return nil, err
	}
	who := actor.From(ctx)
	err = a.DB.Do(ctx, func(tx db.Tx) error {
		return audit.Write(ctx, tx, audit.Record{Action: "statistics.export", Object: id, Detail: map[string]string{"from": b.From, "to": b.To, "by": b.By, "rows": strconv.Itoa(len(b.Bars))}})
	})
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	w, err := sheet.New(&out, format, b.Indicator.Title)
	if err != nil {
		return nil, err
	}
	rows := [][]string{
		{"指标", b.Indicator.Title, words(b.Line.Value, b.Indicator.Unit)},
		{"算法", b.Indicator.Formula, fmt.Sprintf("%d ÷ %d", b.Over, b.Of)},
		{"算谁", b.Indicator.Population, ""},
		{"时间", b.From + " 至 " + b.To, fmt.Sprintf("口径第 %d 版，%s 起", b.Indicator.Version, b.Indicator.Since)},
		{"导出", who.Name, a.Clock.Now().In(clock.Shanghai).Format(time.DateTime)},
		{},
		{map[string]string{"department": "部门", "region": "区划", "item": "事项", "window": "窗口", "channel": "渠道", "hall": "大厅"}[b.By], "值", "分子", "分母", "比上月"},
	}
	for _, bar := range b.Bars {
		rows = append(rows, []string{bar.Label, words(bar.Value, b.Indicator.Unit), strconv.FormatInt(bar.Over, 10), strconv.FormatInt(bar.Of, 10), words(bar.Delta, b.Indicator.Unit)})
	}
	for _, row := range rows {
		if err := w.Row(row...); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// words is a value as a person reads it, with its unit.
func words(v *float64, unit string) string {
	switch {
	case v == nil:
		return ""
	case unit == "count":
		return strconv.FormatFloat(*v, 'f', 0, 64)
	}
	return strconv.FormatFloat(*v, 'f', 1, 64) + map[string]string{"percent": "%", "days": " 工作日", "minutes": " 分", "per_case": " 份/件"}[unit]
}
