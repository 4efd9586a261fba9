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

// lists are what clerks look at. Raw are the statements of the same page in the same order, without who may see what: its rows, how many
// there are (counted as far as the page counts), and the numbers on the tabs.
func lists() []query {
	const (
		newest  = ` ORDER BY received_at DESC, no DESC`
		urgent  = ` ORDER BY CASE WHEN due <> '' THEN due ELSE notice_due END, received_at, no`
		counted = 10_000
		size    = 50
	)
	midnight := strconv.FormatInt(time.Now().Truncate(24*time.Hour).UnixMilli(), 10)
	numbers := []string{
		`SELECT state, COUNT(*), COUNT(CASE WHEN seen_by = '' THEN 1 END) FROM window_case WHERE state IN ('received', 'notice', 'accepted', 'suspended') GROUP BY state`,
		`SELECT COUNT(*) FROM window_case WHERE received_at >= ` + midnight,
		`SELECT COUNT(*) FROM window_case WHERE closed_at >= ` + midnight,
	}
	l := func(what, ask, where, order string, page int) query {
		if page > 1 {
			what, ask = what+", page "+strconv.Itoa(page), ask+"&page="+strconv.Itoa(page)
		}
		raw := append([]string{
			columns + where + order + fmt.Sprintf(` LIMIT %d OFFSET %d`, size, (page-1)*size),
			fmt.Sprintf(`SELECT COUNT(*) FROM (SELECT 1 FROM window_case%s LIMIT %d) AS counted`, where, max(counted, (page+1)*size)+1),
		}, numbers...)
		return query{what: "list, " + what, path: "/window/inbox?" + ask, raw: raw, within: listed, ratio: times}
	}
	s := func(what, path string, raw ...string) query {
		return query{what: what, path: "/window/" + path, raw: raw, within: listed, ratio: times}
	}
	return []query{
		l("to do", "tab=todo", ` WHERE state IN ('received','notice')`, urgent, 1),
		l("accepted", "tab=accepted", ` WHERE state IN ('accepted','suspended')`, urgent, 1),
		l("accepted", "tab=accepted", ` WHERE state IN ('accepted','suspended')`, urgent, 50),
		l("everything", "tab=all", ``, newest, 1),
		l("everything", "tab=all", ``, newest, 1000),
		l("ended", "tab=closed", ` WHERE state IN ('refused','granted','denied','withdrawn','lapsed')`, newest, 1),
		l("ended", "tab=closed", ` WHERE state IN ('refused','granted','denied','withdrawn','lapsed')`, newest, 1000),
		l("one item", "tab=all&item=glbt", ` WHERE item = 'glbt'`, newest, 1),
		l("one item", "tab=all&item=glbt", ` WHERE item = 'glbt'`, newest, 1000),
		l("words of an item", "tab=all&q=%E9%AB%98%E9%BE%84", ` WHERE item IN ('glbt')`, newest, 1),
		l("a masked name", "tab=all&q=%E5%91%A8%2A", ` WHERE name_masked LIKE '周*%'`, newest, 1),
		// Names lie sealed: whoever looks for one reads those of all who share its mask.
		s("search, a whole name", "search?q=%E5%91%A8%E5%B0%8F%E6%BB%A1", `SELECT no, name_sealed FROM window_case WHERE name_masked = '周*满'`+newest+` LIMIT 2000`),
		s("search, an item by pinyin", "search?q=gljt"),
		s("workbench", "workbench", numbers...),
	}
}

// parted are the columns by which a board can be split.
var parted = map[string]string{"department": "department", "region": "region", "item": "item", "window": "at_window", "channel": "channel", "hall": "hall"}

// boards are what leaders look at: every indicator, split by everything that it can be split by, and its cases. The raw query asks the
// cases of the month for one sum of the many on a board.
func (m *meter) boards(ctx context.Context) ([]query, error) {
	month := ` FROM statistics_case WHERE closed >= '` + time.Now().Format("2006-01") + `-01'`
	b := func(what, path, raw string, within float64) query {
		q := query{what: what, path: "/statistics" + path, leader: true, within: within}
		if raw != "" {
			q.raw = []string{raw}
		}
		return q
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
		var one struct {
			Indicator struct {
				By string `json:"by"`
			} `json:"indicator"`
		}
		if err := m.leader.Ask(ctx, http.MethodGet, "/statistics/indicators/"+i.ID, nil, &one); err != nil {
			return nil, fmt.Errorf("indicator %s: %w", i.ID, err)
		}
		if one.Indicator.By == "rated" || one.Indicator.By == "ticket" {
			continue // there are no cases behind it
		}
		out = append(out, b("drill, "+i.ID, "/indicators/"+i.ID+"/cases", `SELECT no, item_name, state, received, closed, used`+month+` ORDER BY no LIMIT 50`, simple))
	}
	return append(out,
		b("windows of a day", "/windows?day="+time.Now().AddDate(0, 0, -2).Format(time.DateOnly), "", simple),
		b("levels of ratings", "/ratings", "", simple),
		b("recount of a month against the cases", "/recount", `SELECT no, item, item_name, region, department, hall, at_window, channel, state, received, accepted, closed, promised, used`+month, heavy)), nil
}
