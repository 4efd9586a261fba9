package design

import (
	"fmt"
	"math"
	"slices"

	"tongban/central/modules/forms"
)

// A4 in millimetres, and the smallest things on it.
const (
	pageWidth  = 210.0
	pageHeight = 297.0
	maxPages   = 20
	hair       = 0.05
	leastRow   = 4.0
	leastCol   = 3.0
	maxSpan    = 1000 // more columns or rows than a sheet has room for
)

var kinds = []string{
	forms.KindTitle, forms.KindText, forms.KindField, forms.KindTable, forms.KindSignature, forms.KindSeal, forms.KindQR,
	forms.KindHeader, forms.KindFooter, forms.KindLine,
}

// Page returns width and height of the paper's page.
func Page(p forms.Paper) (w, h float64) {
	if p.Landscape {
		return pageHeight, pageWidth
	}
	return pageWidth, pageHeight
}

// paper checks the sheet: everything inside, nothing over another, every field somewhere.
func (c *checker) paper() {
	p := c.d.Paper
	c.wrong(p.Size != "A4", "paper", "纸是A4")
	c.wrong(p.Pages < 1 || p.Pages > maxPages, "paper", "页数是1到%d", maxPages)
	w, h := Page(p)
	seen := map[string]bool{}
	placed := map[string]bool{}
	if len(p.Blocks) > maxSpan {
		c.wrong(true, "paper", "版面块太多了")
		return
	}
	for i, b := range p.Blocks {
		where := "paper." + b.ID
		c.wrong(b.ID == "" || seen[b.ID], where, "版面块编号是空的或重复了")
		seen[b.ID] = true
		c.wrong(!slices.Contains(kinds, b.Kind), where, "没有“%s”这种版面块", b.Kind)
		c.wrong(b.Page < 1 || b.Page > p.Pages, where, "在第%d页，纸只有%d页", b.Page, p.Pages)
		bad := !finite(b.X, b.Y, b.W, b.H) || b.W <= 0 || b.H < 0 || b.H == 0 && b.Kind != forms.KindLine
		c.wrong(bad, where, "大小不对")
		c.wrong(!bad && (b.X < -hair || b.Y < -hair || b.X+b.W > w+hair || b.Y+b.H > h+hair), where, "有一部分在纸外面")
		c.wrong(b.Size != 0 && (b.Size < 6 || b.Size > 72), where, "字号是6到72磅")
		for _, other := range p.Blocks[:i] {
			c.wrong(onSamePage(b, other) && overlap(b, other), where, "和“%s”重叠", other.ID)
		}
		c.block(where, b, placed)
	}
	for _, f := range fieldsOf(c.d.Screens) {
		c.wrong(!placed[f.Name], "schema."+f.Name, "“%s”没有放到纸上", f.Label)
		for _, column := range f.Columns {
			c.wrong(placed[f.Name] && !placed[f.Name+"/"+column.Name], "schema."+f.Name+"."+column.Name, "“%s”这一列没有放到纸上", column.Label)
		}
	}
}

func (c *checker) block(where string, b forms.Block, placed map[string]bool) {
	switch b.Kind {
	case forms.KindField:
		c.wrong(c.schema.Properties[b.Field] == nil, where, "没有“%s”这一项", b.Field)
		placed[b.Field] = true
	case forms.KindSignature:
		c.wrong(b.Signer == "", where, "签名没有写是谁签")
	case forms.KindTable:
		c.table(where, b, placed)
	}
}

func (c *checker) table(where string, b forms.Block, placed map[string]bool) {
	if len(b.Columns) == 0 || len(b.Rows) == 0 || len(b.Columns) > maxSpan || len(b.Rows) > maxSpan {
		c.wrong(true, where, "表格没有行或列，或者太多了")
		return
	}
	wide, high := 0.0, 0.0
	for _, w := range b.Columns {
		c.wrong(w < leastCol, where, "有一列窄于%g毫米", leastCol)
		wide += w
	}
	for i, r := range b.Rows {
		c.wrong(r.H < leastRow, where, "第%d行矮于%g毫米", i+1, leastRow)
		c.wrong(r.Lines < 0 || r.Lines > 60 || r.Lines > 1 && r.Repeat == "", where, "第%d行的行数不对", i+1)
		high += r.H * float64(max(r.Lines, 1))
	}
	c.wrong(math.Abs(wide-b.W) > 0.1, where, "列宽加起来是%.1f毫米，表宽是%.1f毫米", wide, b.W)
	c.wrong(math.Abs(high-b.H) > 0.1, where, "行高加起来是%.1f毫米，表高是%.1f毫米", high, b.H)

	taken := map[[2]int]bool{}
	for i, r := range b.Rows {
		lines := c.schema.Properties[r.Repeat]
		if r.Repeat != "" {
			c.wrong(lines == nil || shapeOf(lines) != "rows", where, "第%d行重复的“%s”不是重复行", i+1, r.Repeat)
			placed[r.Repeat] = true
		}
		for j, cell := range r.Cells {
			at := fmt.Sprintf("%s.%d.%d", where, i, j)
			across, down := min(max(cell.ColSpan, 1), maxSpan), min(max(cell.RowSpan, 1), maxSpan)
			c.wrong(cell.Col < 0 || cell.Col+across > len(b.Columns) || i+down > len(b.Rows), at, "格子伸到表外了")
			c.wrong(r.Repeat != "" && down > 1, at, "重复行的格子不能竖着合并")
			for y := i; y < min(i+down, len(b.Rows)); y++ {
				c.wrong(y > i && b.Rows[y].Repeat != "", at, "格子压住了重复行")
				for x := max(cell.Col, 0); x < min(max(cell.Col, 0)+across, len(b.Columns)); x++ {
					c.wrong(taken[[2]int{x, y}], at, "格子重叠了")
					taken[[2]int{x, y}] = true
				}
			}
			c.cell(at, r.Repeat, lines, cell, placed)
		}
	}
}

func (c *checker) cell(at, repeat string, lines *property, cell forms.Cell, placed map[string]bool) {
	c.wrong(cell.Size != 0 && (cell.Size < 6 || cell.Size > 72), at, "字号是6到72磅")
	if cell.Field == "" {
		return
	}
	if repeat == "" {
		p := c.schema.Properties[cell.Field]
		c.wrong(p == nil, at, "没有“%s”这一项", cell.Field)
		c.wrong(p != nil && shapeOf(p) == "rows", at, "重复行要放在重复的行里")
		placed[cell.Field] = true
		return
	}
	known := lines != nil && lines.Items != nil && lines.Items.Properties[cell.Field] != nil
	c.wrong(!known, at, "重复行里没有“%s”这一列", cell.Field)
	placed[repeat+"/"+cell.Field] = true
}

func onSamePage(a, b forms.Block) bool {
	every := func(k string) bool { return k == forms.KindHeader || k == forms.KindFooter }
	return a.Page == b.Page || every(a.Kind) || every(b.Kind)
}

func overlap(a, b forms.Block) bool {
	return a.X < b.X+b.W-hair && b.X < a.X+a.W-hair && a.Y < b.Y+b.H-hair && b.Y < a.Y+a.H-hair
}

func finite(values ...float64) bool {
	return !slices.ContainsFunc(values, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) || math.Abs(v) > 1e4 })
}

// Sheet returns only what is wrong with the paper itself and would keep it from being drawn.
func Sheet(d forms.Design, lib Library) []forms.Fault {
	c := &checker{d: d, lib: lib}
	if settled, err := Settle(d); err == nil {
		c.d = settled
	}
	c.schema = propertiesOf(c.d.Schema)
	c.paper()
	var out []forms.Fault
	for _, f := range c.faults {
		if len(f.Where) >= 5 && f.Where[:5] == "paper" {
			out = append(out, f)
		}
	}
	return out
}

// Unplaced reports whether an entry of the form stands nowhere on the paper.
func Unplaced(d forms.Design) bool {
	c := &checker{d: d, schema: propertiesOf(d.Schema)}
	c.paper()
	for _, f := range c.faults {
		if len(f.Where) > 7 && f.Where[:7] == "schema." {
			return true
		}
	}
	return false
}
