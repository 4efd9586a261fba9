package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"
)

const (
	listed = 300.0 // ms: a list
	times  = 5.0   // the raw query
	simple = 1000.0
	heavy  = 3000.0
)

// columns are what a list shows of a case.
const columns = `SELECT no, item_name, state, received_at, due, notice_due, name_masked, id_masked, channel, terminal, place, materials FROM window_case`

// lists are what clerks look at. The raw query is the same page of the same order, without who may see what.
func lists() []query {
	newest := ` ORDER BY received_at DESC, no DESC LIMIT 50 OFFSET `
	urgent := ` ORDER BY CASE WHEN due <> '' THEN due ELSE notice_due END, received_at, no LIMIT 50 OFFSET `
	closed := ` WHERE state IN ('refused','granted','denied','withdrawn','lapsed')`
	page := func(n int) string { return strconv.Itoa((n - 1) * 50) }
	l := func(what, path, raw string) query {
		return query{what: what, path: path, raw: raw, within: listed, ratio: times}
	}
	const glbt = "/window/inbox?tab=all&item=glbt&page="
	return []query{
		l("list, to do, first page", "/window/inbox?tab=todo", columns+` WHERE state IN ('received','notice')`+urgent+page(1)),
		l("list, accepted, first page", "/window/inbox?tab=accepted", columns+` WHERE state IN ('accepted','suspended')`+urgent+page(1)),
		l("list, accepted, page 50", "/window/inbox?tab=accepted&page=50", columns+` WHERE state IN ('accepted','suspended')`+urgent+page(50)),
		l("list, everything, first page", "/window/inbox?tab=all", columns+newest+page(1)),
		l("list, everything, page 1000", "/window/inbox?tab=all&page=1000", columns+newest+page(1000)),
		l("list, ended, first page", "/window/inbox?tab=closed", columns+closed+newest+page(1)),
		l("list, ended, page 1000", "/window/inbox?tab=closed&page=1000", columns+closed+newest+page(1000)),
		l("list, one item, first page", glbt+"1", columns+` WHERE item = 'glbt'`+newest+page(1)),
		l("list, one item, page 1000", glbt+"1000", columns+` WHERE item = 'glbt'`+newest+page(1000)),
		l("list, words of an item", "/window/inbox?tab=all&q=%E9%AB%98%E9%BE%84", columns+` WHERE item IN ('glbt')`+newest+page(1)),
		l("list, a masked name", "/window/inbox?tab=all&q=%E5%91%A8%2A", columns+` WHERE name_masked = '周*'`+newest+page(1)),
		// Names lie sealed: whoever looks for one reads those of all who share its mask.
		l("search, a whole name", "/window/search?q=%E5%91%A8%E5%B0%8F%E6%BB%A1", `SELECT no, name_sealed FROM window_case WHERE name_masked = '周*满' ORDER BY received_at DESC, no DESC LIMIT 2000`),
		l("search, an item by pinyin", "/window/search?q=gljt", ""),
		l("workbench", "/window/workbench", ""),
	}
}

// parted are the columns by which a board can be split.
var parted = map[string]string{"department": "department", "region": "region", "item": "item", "window": "at_window", "channel": "channel", "hall": "hall"}

// boards are what leaders look at: every indicator, split by everything that it can be split by, and its cases. The raw query asks the
// cases of the month for one sum of the many on a board.
func (m *meter) boards(ctx context.Context) ([]query, error) {
	month := ` FROM statistics_case WHERE closed >= '` + time.Now().Format("2006-01") + `-01'`
	b := func(what, path, raw string, within float64) query {
		return query{what: what, path: "/statistics" + path, raw: raw, leader: true, within: within}
	}
	var all struct {
		Rows []struct {
			ID string `json:"id"`
		} `json:"rows"`
	}
	if err := m.leader.Ask(ctx, http.MethodGet, "/statistics/indicators", nil, &all); err != nil {
		return nil, fmt.Errorf("list indicators: %w", err)
	}
	out := []query{b("board, all indicators", "/indicators", "", simple)}
	for _, i := range all.Rows {
		for _, by := range slices.Sorted(maps.Keys(parted)) {
			out = append(out, b("board, "+i.ID+" by "+by, "/indicators/"+i.ID+"?by="+by, `SELECT `+parted[by]+`, COUNT(*), SUM(used)`+month+` GROUP BY 1`, simple))
		}
		out = append(out, b("drill, "+i.ID, "/indicators/"+i.ID+"/cases", `SELECT no, item_name, state, received, closed, used`+month+` ORDER BY no LIMIT 50`, simple))
	}
	return append(out,
		b("windows of a day", "/windows?day="+time.Now().AddDate(0, 0, -2).Format(time.DateOnly), "", simple),
		b("levels of ratings", "/ratings", "", simple),
		b("recount of a month against the cases", "/recount", `SELECT no, item, item_name, region, department, hall, at_window, channel, state, received, accepted, closed, promised, used`+month, heavy)), nil
}
