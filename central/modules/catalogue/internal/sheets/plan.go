package sheets

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"tongban/central/modules/catalogue"
	"tongban/central/modules/catalogue/internal/elements"
	"tongban/central/modules/catalogue/internal/lint"
	"tongban/fleet/wire/matter"
)

// ItemChange is what an import would make of one item (导入预览的一行).
type ItemChange struct {
	Code    string   `json:"code"`
	Name    string   `json:"name"`
	Kind    string   `json:"kind"`    // new, changed
	Changes []string `json:"changes"` // titles of what differs
	Line    int      `json:"line"`    // of the sheet 事项
}

// Plan is what an import would do (导入预览). Nothing is done by making it. An item with one bad cell is left out as a whole.
type Plan struct {
	Entries []catalogue.Entry `json:"-"` // new and changed ones, whole
	Changes []ItemChange      `json:"changes"`
	New     int               `json:"new"`
	Changed int               `json:"changed"`
	Same    int               `json:"same"`
	Refused int               `json:"refused"` // items left out
	Bad     []BadCell         `json:"bad"`
	Broken  bool              `json:"broken"` // the file as a whole cannot be used
}

// Guard says of which items an import may not speak (导入限制). Each may be nil.
type Guard struct {
	Busy   func(code string) bool        // somebody is drafting it
	Beyond func(en catalogue.Entry) bool // it belongs to an office the caller does not act for
}

// Read works out what a spreadsheet would change. entries are the items as they stand; context is what new ones are looked at against.
func Read(raw []byte, entries []catalogue.Entry, context lint.Context, guard Guard) (Plan, error) {
	table, err := elements.Shipped()
	if err != nil {
		return Plan{}, err
	}
	r := &reader{table: table}
	pages, broken, err := r.pages(raw)
	if err != nil {
		return Plan{}, err
	}
	plan := Plan{Changes: []ItemChange{}, Broken: broken}
	if !broken {
		p := planner{reader: r, plan: &plan, pages: pages, entries: entries, context: context, guard: guard}
		if err := p.run(); err != nil {
			return Plan{}, err
		}
	}
	plan.Bad = append([]BadCell{}, r.bad...)
	return plan, nil
}

// planned is one item of the sheet on its way into the plan.
type planned struct {
	line line
	was  *catalogue.Entry // nil = new
	now  catalogue.Entry
	bad  bool
}

type planner struct {
	*reader
	plan    *Plan
	pages   map[string]*page
	entries []catalogue.Entry
	context lint.Context
	guard   Guard
	rows    []*planned
}

func (p *planner) run() error {
	for _, l := range p.pages[items].lines {
		row, err := p.item(l)
		if err != nil {
			return err
		}
		p.rows = append(p.rows, row)
	}
	for _, s := range p.table.Tables {
		if pg := p.pages[s.Title]; pg != nil {
			p.part(s, pg)
		}
	}
	p.judge()
	for _, row := range p.rows {
		p.take(row)
	}
	return nil
}

// named adds a bad cell of an item and leaves the item out.
func (p *planner) named(row *planned, element, text string) {
	row.bad = true
	p.refuse(items, p.pages[items].cell(element, row.line.no), row.line.cells[element], text)
}

// item reads the cells of one item over what it says now.
func (p *planner) item(l line) (*planned, error) {
	row := &planned{line: l}
	task := l.cells[joinKey]
	for i := range p.entries {
		if task != "" && p.entries[i].TaskCode == task || task == "" && l.cells["ITEM_CODE"] != "" && p.entries[i].Code == l.cells["ITEM_CODE"] {
			row.was = &p.entries[i]
		}
	}
	if row.was != nil {
		b, err := json.Marshal(row.was)
		if err == nil {
			err = json.Unmarshal(b, &row.now)
		}
		if err != nil {
			return nil, fmt.Errorf("copy %s: %w", row.was.Code, err)
		}
		row.now.Pinyin, row.now.Syllables = row.was.Pinyin, row.was.Syllables
	} else {
		row.now.Channels = []string{matter.AtWindow}
	}
	before := len(p.bad)
	for _, e := range p.table.Elements {
		if p.pages[items].columns[e.Name] == 0 || e.Derived {
			continue
		}
		text := l.cells[e.Name]
		if text == "" && row.was == nil && e.Kind != elements.Int {
			continue
		}
		if err := e.Set(&row.now, text); err != nil {
			p.named(row, e.Name, err.Error())
		}
	}
	if task == "" {
		p.named(row, joinKey, "实施编码要填，它是一件事的身份")
	}
	row.bad = row.bad || len(p.bad) > before || p.spoilt(l.no)
	if row.was != nil && row.now.Code != row.was.Code {
		p.named(row, "ITEM_CODE", "这个实施编码的事项简码是“"+row.was.Code+"”，简码定了就不再改")
	}
	if row.now.Code == "" && !row.bad {
		row.now.Code = p.freeCode(row.now)
	}
	p.fill(&row.now)
	return row, nil
}

// spoilt says whether a formula or the like was found in the line before it was read.
func (p *planner) spoilt(no int) bool {
	suffix := fmt.Sprint(no)
	return slices.ContainsFunc(p.bad, func(b BadCell) bool {
		return b.Sheet == items && strings.TrimLeft(b.Cell, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == suffix
	})
}

// fill sets what every item has and no spreadsheet says.
func (p *planner) fill(en *catalogue.Entry) {
	if en.Icon != "" {
		return
	}
	for _, c := range p.context.Categories {
		if c.Key == en.Category {
			en.Icon = c.Icon
		}
	}
}

// freeCode makes a short code of the base code for an item that brings none.
func (p *planner) freeCode(en catalogue.Entry) string {
	tail := strings.ToLower(en.National.CatalogCode)
	if len(tail) > 10 {
		tail = tail[len(tail)-10:]
	}
	code := "x" + tail
	for n := 2; p.taken(code); n++ {
		code = fmt.Sprintf("x%d%s", n, tail[min(1, len(tail)):])
	}
	return code
}

func (p *planner) taken(code string) bool {
	return slices.ContainsFunc(p.entries, func(e catalogue.Entry) bool { return e.Code == code }) ||
		slices.ContainsFunc(p.rows, func(r *planned) bool { return r.now.Code == code })
}

// part reads the rows of one part and gives each item its own; an item of the sheet 事项 without rows here has none.
func (p *planner) part(s elements.Sub, pg *page) {
	type at struct {
		line line
		row  elements.Row
	}
	of := map[string][]at{}
	for _, l := range pg.lines {
		task := l.cells[joinKey]
		if task == "" || !slices.ContainsFunc(p.rows, func(r *planned) bool { return r.line.cells[joinKey] == task }) {
			p.refuse(pg.name, pg.cell(joinKey, l.no), task, "“事项”表里没有这个实施编码，请核对")
			continue
		}
		of[task] = append(of[task], at{l, l.cells})
	}
	for _, row := range p.rows {
		mine := of[row.line.cells[joinKey]]
		cells := make([]elements.Row, len(mine))
		for i, m := range mine {
			cells[i] = m.row
		}
		s.SetRows(&row.now, cells, func(i int, e elements.Element, err error) {
			row.bad = true
			p.refuse(pg.name, pg.cell(e.Name, mine[i].line.no), mine[i].row[e.Name], err.Error())
		})
	}
}

// judge looks at the codes of all items together, as they would stand after the import: a wrong check digit and a code that is taken
// keep an item out, everything else may be mended in the draft.
func (p *planner) judge() {
	first := map[string]int{}
	for _, row := range p.rows {
		for _, element := range []string{joinKey, "ITEM_CODE", "CATALOG_CODE", "TASK_NAME"} {
			value := row.line.cells[element]
			if value == "" {
				continue
			}
			if before := first[element+value]; before > 0 {
				title := map[string]string{joinKey: "实施编码", "ITEM_CODE": "事项简码", "CATALOG_CODE": "基本编码", "TASK_NAME": "事项名称"}[element]
				p.named(row, element, fmt.Sprintf("%s和第%d行重复，请改成各自的", title, before))
				break
			}
			first[element+value] = row.line.no
		}
	}
	after := slices.Clone(p.entries)
	for _, row := range p.rows {
		if i := slices.IndexFunc(after, func(e catalogue.Entry) bool { return e.Code == row.now.Code }); i >= 0 && row.was != nil {
			after[i] = row.now
		} else if !row.bad {
			after = append(after, row.now)
		}
	}
	for _, f := range lint.Codes(after, p.context) {
		for _, row := range p.rows {
			if !row.bad && row.now.Code == f.Item {
				p.named(row, p.column(f.Path), f.Text)
			}
		}
	}
}

// column is the element in whose column a finding is shown.
func (p *planner) column(element string) string {
	if p.pages[items].columns[element] > 0 {
		return element
	}
	return joinKey
}

func (p *planner) take(row *planned) {
	if row.bad {
		p.plan.Refused++
		return
	}
	c := ItemChange{Code: row.now.Code, Name: row.now.Name, Kind: "new", Changes: []string{}, Line: row.line.no}
	if row.was != nil {
		c.Kind, c.Changes = "changed", p.differences(row.was, &row.now)
		if len(c.Changes) == 0 {
			p.plan.Same++
			return
		}
	}
	switch {
	case p.guard.Busy != nil && p.guard.Busy(row.now.Code):
		p.named(row, joinKey, "这个事项有人正在编制，等那份草案发布或放弃后再导入")
	case p.guard.Beyond != nil && p.guard.Beyond(row.now):
		p.named(row, joinKey, "这个事项不归您管，请由它的部门导入")
	}
	switch {
	case row.bad:
		p.plan.Refused++
		return
	case row.was != nil:
		p.plan.Changed++
	default:
		p.plan.New++
	}
	p.plan.Changes = append(p.plan.Changes, c)
	p.plan.Entries = append(p.plan.Entries, row.now)
}

// differences are the titles of what differs between two entries, as far as a spreadsheet says it.
func (p *planner) differences(a, b *catalogue.Entry) []string {
	out := []string{}
	for _, e := range p.table.Elements {
		if !e.Derived && e.Get(a) != e.Get(b) {
			out = append(out, e.Title)
		}
	}
	for _, s := range p.table.Tables {
		x, y := s.Rows(a), s.Rows(b)
		same := slices.EqualFunc(x, y, func(r, q elements.Row) bool {
			return !slices.ContainsFunc(s.Elements, func(e elements.Element) bool { return r[e.Name] != q[e.Name] })
		})
		if !same {
			out = append(out, s.Title)
		}
	}
	return out
}
