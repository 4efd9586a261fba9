package app

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"tongban/central/kernel/adapter"
	"tongban/central/kernel/db"
	"tongban/central/modules/province"
	"tongban/central/modules/province/internal/store"
)

// CaseView is one case with both sides beside each other (一件的协同).
type CaseView struct {
	Standing province.Standing `json:"standing"`
	ItemName string            `json:"item_name"`
	Messages []MessageRow      `json:"messages" nullable:"false"`
	Returns  []ReturnRow       `json:"returns" nullable:"false"`
	Fields   []FieldRow        `json:"fields" nullable:"false" doc:"逐字段；省平台不通时没有"`
	Asked    bool              `json:"asked" doc:"刚问过省平台"`
}

// FieldRow is one field on both sides.
type FieldRow struct {
	Name   string `json:"name"`
	Title  string `json:"title"`
	Ours   string `json:"ours"`
	Theirs string `json:"theirs"`
	Same   bool   `json:"same"`
}

// Case shows one case and asks the province how it holds it; when that fails the rest is shown all the same.
func (a *App) Case(ctx context.Context, no string) (CaseView, error) {
	out := CaseView{Messages: []MessageRow{}, Returns: []ReturnRow{}, Fields: []FieldRow{}}
	if _, err := a.within(ctx, no, province.PermRead); err != nil {
		return out, err
	}
	var c store.Case
	err := a.DB.View(ctx, func(q db.Query) error {
		one, there, err := store.FindCase(ctx, q, no)
		if err != nil {
			return err
		}
		if !there {
			return province.ErrNone
		}
		c = one
		list, err := store.OfCase(ctx, q, no)
		if err != nil {
			return err
		}
		out.Standing, out.ItemName, out.Messages = standing(c, list), c.ItemName, out.Messages[:0]
		for _, m := range list {
			out.Messages = append(out.Messages, row(m))
		}
		returns, err := store.Returns(ctx, q, no, 50)
		out.Returns = returnRows(returns)
		return err
	})
	if err != nil || a.six == nil || c.ProvNo == "" {
		return out, err
	}
	got, err := a.query(ctx, []string{no})
	if err != nil {
		return out, nil //nolint:nilerr // the page says that the province was not asked
	}
	want, err := a.expected(ctx, c)
	if err != nil {
		return out, err
	}
	out.Asked = true
	for _, f := range a.mapping.Fields {
		ours, theirs := want[f.Name], got[no].Fields[f.Name].Value
		if ours != "" || theirs != "" {
			out.Fields = append(out.Fields, FieldRow{f.Name, f.Title, f.shown(ours, a.mapping), f.shown(clip(theirs, 400), a.mapping), ours == theirs})
		}
	}
	return out, nil
}

// ReturnRow is one thing that flowed back.
type ReturnRow struct {
	ID       string `json:"id"`
	SaidNo   string `json:"said_no"`
	CaseNo   string `json:"case_no"`
	ProvNo   string `json:"prov_no"`
	Title    string `json:"title"`
	Text     string `json:"text"`
	By       string `json:"by"`
	Licence  string `json:"licence"`
	State    string `json:"state" enum:"matched,tray,dismissed"`
	Happened string `json:"happened"`
	At       string `json:"at"`
	ByName   string `json:"by_name" doc:"谁认领或退掉"`
	Reason   string `json:"reason"`
}

func returnRows(list []store.Return) []ReturnRow {
	out := []ReturnRow{}
	for _, r := range list {
		var more map[string]string
		_ = json.Unmarshal([]byte(r.Facts), &more) // written by us; a row that cannot be read shows what it can
		licence := more["name"]
		if licence != "" {
			licence += " " + more["code"]
		}
		out = append(out, ReturnRow{
			ID: r.ID, SaidNo: r.SaidNo, CaseNo: r.CaseNo, ProvNo: r.ProvNo, Title: flowed{Kind: r.Kind, StateName: r.Words}.title(), Text: more["text"], By: more["by"], Licence: licence,
			State: r.State, Happened: stampMs(r.Happened), At: stampMs(r.At), ByName: r.ByName, Reason: r.Reason,
		})
	}
	return out
}

// Flow is what flowed back, and what was synchronised.
type Flow struct {
	Returns  []ReturnRow `json:"returns" nullable:"false"`
	Tray     int         `json:"tray"`
	LastLook string      `json:"last_look"`
}

// Flow lists what flowed back, the tray first.
func (a *App) Flow(ctx context.Context) (Flow, error) {
	out := Flow{Returns: []ReturnRow{}}
	err := a.DB.View(ctx, func(q db.Query) error {
		list, err := store.Returns(ctx, q, "", 200)
		if err != nil {
			return err
		}
		out.Returns = returnRows(list)
		if out.Tray, err = store.Tray(ctx, q); err != nil {
			return err
		}
		_, at, err := store.Cursor(ctx, q, cursorReturns)
		out.LastLook = stampMs(at)
		return err
	})
	return out, err
}

// Synced is base data, items and what they change for the catalogue.
type Synced struct {
	Findings []FindingRow `json:"findings" nullable:"false"`
	Open     int          `json:"open"`
	Entries  []EntryRow   `json:"entries" nullable:"false"`
	BaseAt   string       `json:"base_at"`
	ItemsAt  string       `json:"items_at"`
}

// FindingRow is one difference that a provincial version makes.
type FindingRow struct {
	ID      string `json:"id"`
	Code    string `json:"code"`
	Title   string `json:"title"`
	Field   string `json:"field"`
	Ours    string `json:"ours"`
	Theirs  string `json:"theirs"`
	Version int    `json:"version"`
	State   string `json:"state" enum:"open,seen"`
	At      string `json:"at"`
	By      string `json:"by"`
	Reason  string `json:"reason"`
}

// EntryRow is one line of base data at its newest version.
type EntryRow struct {
	Kind    string `json:"kind" enum:"region,department,dictionary,item"`
	Code    string `json:"code"`
	Name    string `json:"name"`
	Parent  string `json:"parent"`
	Version int    `json:"version"`
	Valid   bool   `json:"valid"`
	At      string `json:"at"`
}

// Synced shows what was synchronised.
func (a *App) Synced(ctx context.Context) (Synced, error) {
	out := Synced{Findings: []FindingRow{}, Entries: []EntryRow{}}
	err := a.DB.View(ctx, func(q db.Query) error {
		out.Findings, out.Entries, out.Open = out.Findings[:0], out.Entries[:0], 0
		list, err := store.Findings(ctx, q, 300)
		if err != nil {
			return err
		}
		for _, f := range list {
			if f.State == "open" {
				out.Open++
			}
			out.Findings = append(out.Findings, FindingRow{f.ID, f.Code, f.Title, f.Field, f.Ours, f.Theirs, f.Version, f.State, stampMs(f.At), f.ByName, f.Reason})
		}
		entries, err := store.Entries(ctx, q, "", 500)
		if err != nil {
			return err
		}
		for _, e := range entries {
			out.Entries = append(out.Entries, EntryRow{e.Kind, e.Code, e.Name, e.Parent, e.Version, e.Valid, stampMs(e.At)})
		}
		for name, to := range map[string]*string{"base": &out.BaseAt, "items": &out.ItemsAt} {
			_, at, err := store.Cursor(ctx, q, name)
			if err != nil {
				return err
			}
			*to = stampMs(at)
		}
		return nil
	})
	return out, err
}

// System is one of the six and how it is now.
type System struct {
	Name     string `json:"name"`
	Title    string `json:"title"`
	What     string `json:"what"`
	State    string `json:"state" enum:"off,ok,down,trying,stopped"`
	Today    int64  `json:"today"`
	Failed   int64  `json:"failed"`
	MsMax    int64  `json:"ms_max"`
	HealthAt string `json:"health_at"`
}

// Systems is the six with the rules of what goes there.
type Systems struct {
	Rows  []System  `json:"rows" nullable:"false"`
	Rules []RuleRow `json:"rules" nullable:"false"`
}

// RuleRow is the rule of one item; Item "*" holds for all that have none.
type RuleRow struct {
	Item     string   `json:"item"`
	Name     string   `json:"name"`
	Sends    bool     `json:"sends"`
	Topics   []string `json:"topics" nullable:"false" doc:"哪些环节推"`
	Own      bool     `json:"own" doc:"有自己的规则"`
	Revision int      `json:"revision"`
	By       string   `json:"by"`
	At       string   `json:"at"`
}

var whats = map[string]string{
	sysAcceptance: "申报信息、状态、回流、对账", sysBase: "区划、部门、字典", sysItems: "省里的事项和版本", sysMaterials: "读、存申请人的材料", sysSeal: "给文书盖章、验章", sysLicences: "经本人同意读证照",
}

// Systems shows the six.
func (a *App) Systems(ctx context.Context) (Systems, error) {
	out := Systems{Rows: []System{}, Rules: []RuleRow{}}
	states, err := a.Adapters.States(ctx)
	if err != nil {
		return out, err
	}
	midnight := a.Clock.Now()
	for _, d := range declared {
		s := System{Name: d.Name, Title: d.Title, What: whats[d.Name], State: "off"}
		if a.six != nil {
			s.State = "ok"
			st, there := states[d.Name]
			switch {
			case !there:
			case !st.Enabled:
				s.State = "stopped"
			case st.Breaker == adapter.Open:
				s.State = "down"
			case st.Breaker == adapter.Half:
				s.State = "trying"
			case st.Health == "down":
				s.State = "down"
			}
			s.HealthAt = stamp(st.HealthAt)
			days, err := a.Adapters.Days(ctx, d.Name, midnight)
			if err != nil {
				return out, err
			}
			for _, day := range days {
				s.Today, s.Failed, s.MsMax = s.Today+day.Calls, s.Failed+day.Failed, max(s.MsMax, day.MsMax)
			}
		}
		out.Rows = append(out.Rows, s)
	}
	items, err := a.Items.Items(ctx)
	if err != nil {
		return out, err
	}
	err = a.DB.View(ctx, func(q db.Query) error {
		rules, err := store.Rules(ctx, q)
		if err != nil {
			return err
		}
		out.Rules = out.Rules[:0]
		own := map[string]bool{}
		var all RuleRow
		for _, r := range rules {
			one := RuleRow{Item: r.Item, Name: "没有单独规则的全部事项", Sends: r.Sends, Topics: []string{}, Own: r.Item != "*", Revision: r.Revision, By: r.ByName, At: stampMs(r.At)}
			var topics []string
			if err := json.Unmarshal([]byte(r.Topics), &topics); err != nil {
				return fmt.Errorf("decode rule of %s: %w", r.Item, err)
			}
			for _, t := range topics {
				one.Topics = append(one.Topics, a.mapping.Titles[t])
			}
			for _, i := range items {
				if i.Code == r.Item {
					one.Name = i.Name
				}
			}
			if r.Item == "*" {
				all = one
				continue
			}
			own[r.Item] = true
			out.Rules = append(out.Rules, one)
		}
		for _, i := range items {
			if !own[i.Code] {
				out.Rules = append(out.Rules, RuleRow{Item: i.Code, Name: i.Name, Sends: all.Sends, Topics: all.Topics})
			}
		}
		out.Rules = slices.Insert(out.Rules, 0, all)
		return nil
	})
	return out, err
}
