package design

import (
	"fmt"
	"math"

	"tongban/central/modules/forms"
	"tongban/fleet/wire/matter"
)

// Measures of the paper that is laid out by program, in millimetres.
const (
	edge      = 20.0 // left and right
	topEdge   = 20.0
	bottom    = pageHeight - 20 // tables end here
	labelWide = 30.0
	valueWide = 55.0
	rowHigh   = 9.0
	lineHigh  = 5.5 // of a second line in a row
	charWide  = 3.7 // a Chinese character in 10.5 pt
	qrSize    = 18.0
	usable    = pageWidth - 2*edge
)

// drawing is a paper in the making.
type drawing struct {
	paper forms.Paper
	y     float64
	table *forms.Block // the one that rows are added to
	tall  float64
	left  *forms.Row // half-filled row
	rules property
}

// Draw lays out a plain A4 paper for a form nobody has drawn one for (自动排版): title, number, a table of labels and fields two
// to a row, repeated lines with their heads, statement and signature, and room for the office. It is a beginning for the
// designer, and good enough to sign.
func Draw(d forms.Design) forms.Paper {
	w := &drawing{
		paper: forms.Paper{Size: "A4", Pages: 1, Margin: forms.Margin{Top: topEdge, Right: edge, Bottom: edge, Left: edge}, Blocks: []forms.Block{}},
		rules: propertiesOf(d.Schema),
	}
	w.head(d.Title)
	for _, g := range d.Screens {
		for _, f := range g.Fields {
			if f.Widget == "rows" {
				w.lines(f)
			} else {
				w.field(f)
			}
		}
	}
	w.ending()
	return w.paper
}

func (w *drawing) block(b forms.Block) *forms.Block {
	b.ID = fmt.Sprintf("b%d", len(w.paper.Blocks)+1)
	if b.Page == 0 {
		b.Page = w.paper.Pages
	}
	w.paper.Blocks = append(w.paper.Blocks, b)
	return &w.paper.Blocks[len(w.paper.Blocks)-1]
}

func (w *drawing) head(title string) {
	w.block(forms.Block{Kind: forms.KindHeader, X: edge, Y: 10, W: usable - qrSize - 4, H: 6, Text: "绵阳市 · " + title, Size: 9})
	w.block(forms.Block{Kind: forms.KindFooter, X: edge, Y: pageHeight - 14, W: usable, H: 6, Text: "请用黑色字迹填写，涂改处按手印", Size: 9})
	w.block(forms.Block{Kind: forms.KindQR, X: pageWidth - edge - qrSize, Y: 8, W: qrSize, H: qrSize})
	w.block(forms.Block{Kind: forms.KindTitle, X: edge, Y: 28, W: usable, H: 11, Text: title, Size: 18, Bold: true, Align: "center"})
	w.block(forms.Block{Kind: forms.KindText, X: edge, Y: 41, W: usable / 2, H: 6, Text: "编号：{case_no}"})
	w.block(forms.Block{Kind: forms.KindText, X: edge + usable/2, Y: 41, W: usable / 2, H: 6, Text: "填表日期：      年    月    日", Align: "right"})
	w.y = 48
}

// open begins a table with these columns, or goes on with the present one.
func (w *drawing) open(columns ...float64) {
	if w.table == nil {
		w.table = &forms.Block{Kind: forms.KindTable, X: edge, Y: w.y, W: usable, Page: w.paper.Pages, Columns: columns}
		w.tall = 0
	}
}

func (w *drawing) grid() { w.open(labelWide, valueWide, labelWide, valueWide) }

// shut ends the present table.
func (w *drawing) shut() {
	w.flush()
	if w.table == nil {
		return
	}
	t := *w.table
	w.table = nil
	if len(t.Rows) == 0 {
		return
	}
	t.H = w.tall
	w.block(t)
	w.y = t.Y + t.H
}

// room turns the page where so much does not fit any more.
func (w *drawing) room(h float64) {
	at := w.y
	if w.table != nil {
		at = w.table.Y + w.tall
	}
	if at+h <= bottom {
		return
	}
	columns := []float64(nil)
	if w.table != nil {
		columns = w.table.Columns
	}
	w.shut()
	w.paper.Pages++
	w.y = 30
	if columns != nil {
		w.open(columns...)
	}
}

func (w *drawing) add(r forms.Row) {
	w.table.Rows = append(w.table.Rows, r)
	w.tall += r.H * float64(max(r.Lines, 1))
}

// flush adds a row of which only the left half was needed.
func (w *drawing) flush() {
	if w.left == nil {
		return
	}
	r := *w.left
	w.left = nil
	r.Cells[1].ColSpan = 3
	w.room(r.H)
	w.grid()
	w.add(r)
}

func (w *drawing) field(f matter.Field) {
	p := w.rules.Properties[f.Name]
	if p == nil {
		return
	}
	label := forms.Cell{Text: f.Label, Head: true, Align: "center"}
	value := forms.Cell{Field: f.Name}
	high := rowHigh + float64(folds(float64(runes(f.Label))*charWide, labelWide-4)-1)*lineHigh
	if wide, lines := w.wide(f, p); wide {
		w.flush()
		high = max(high, rowHigh+float64(lines-1)*lineHigh)
		w.room(high)
		w.grid()
		value.Col, value.ColSpan = 1, 3
		w.add(forms.Row{H: high, Cells: []forms.Cell{label, value}})
		return
	}
	value.Col = 1
	if w.left == nil {
		w.left = &forms.Row{H: high, Cells: []forms.Cell{label, value}}
		return
	}
	r := *w.left
	w.left = nil
	label.Col, value.Col = 2, 3
	r.Cells = append(r.Cells, label, value)
	r.H = max(r.H, high)
	w.room(r.H)
	w.grid()
	w.add(r)
}

// wide reports whether a field takes the whole width, and how many lines it needs there.
func (w *drawing) wide(f matter.Field, p *property) (bool, int) {
	full := usable - labelWide - 4
	switch {
	case f.Widget == "area":
		return true, min(2+p.MaxLength/100, 6)
	case len(f.Options) > 0 && f.Widget != "district":
		total := 0.0
		for _, o := range f.Options {
			total += optionWide(o.Label)
		}
		return total > valueWide-4, folds(total, full)
	case p.MaxLength > 24:
		return true, folds(float64(min(p.MaxLength, 60))*charWide, full)
	}
	return false, 1
}

func optionWide(label string) float64 { return float64(runes(label)+2)*charWide + 2 }

// folds is how many lines text of that width takes.
func folds(width, room float64) int { return max(1, int(math.Ceil(width/room))) }

// lines lays out repeated lines as a table of its own, so that its columns need not fit those above.
func (w *drawing) lines(f matter.Field) {
	p := w.rules.Properties[f.Name]
	if p == nil || p.Items == nil {
		return
	}
	w.shut()
	lines := min(max(f.MinRows, 4), max(f.MaxRows, 1))
	w.room(float64(lines+2) * rowHigh)
	columns := columnWidths(f.Columns, p.Items.Properties)
	w.open(columns...)
	w.add(forms.Row{H: 8, Cells: []forms.Cell{{Text: f.Label + "（写不下的附续页）", ColSpan: len(columns), Head: true, Align: "center"}}})
	var heads, cells []forms.Cell
	for i, c := range f.Columns {
		heads = append(heads, forms.Cell{Col: i, Text: c.Label, Align: "center"})
		cells = append(cells, forms.Cell{Col: i, Field: c.Name, Align: "center"})
	}
	w.add(forms.Row{H: 8, Cells: heads})
	w.add(forms.Row{H: rowHigh, Repeat: f.Name, Lines: lines, Cells: cells})
	w.shut()
}

// columnWidths shares the width out by what the columns hold, in tenths of a millimetre so that they add up.
func columnWidths(columns []matter.Field, rules map[string]*property) []float64 {
	weights, sum := make([]float64, len(columns)), 0.0
	for i, c := range columns {
		weight := max(float64(runes(c.Label))*charWide+6, 20)
		if p := rules[c.Name]; p != nil {
			switch {
			case p.Format == "cn-cert" || p.Format == "cn-id" || p.Format == "cn-uscc" || p.Format == "bank-card":
				weight = max(weight, 42)
			case p.Format == "cn-date":
				weight = max(weight, 30)
			case p.MaxLength > 24:
				weight = max(weight, 48)
			}
		}
		weights[i] = weight
		sum += weight
	}
	out, left := make([]float64, len(columns)), usable
	for i := range weights {
		out[i] = math.Round(weights[i]/sum*usable*10) / 10
		if i == len(weights)-1 {
			out[i] = math.Round(left*10) / 10
		}
		left -= out[i]
	}
	return out
}

// ending is the statement with the signature, and the part of the office.
func (w *drawing) ending() {
	w.flush()
	const statement, sign, office = 12.0, 16.0, 34.0
	w.room(statement + sign + office)
	w.grid()
	words := "本人对所填内容的真实性负责，知道不实填报要承担的责任。"
	w.add(forms.Row{H: statement, Cells: []forms.Cell{
		{Text: "申请人声明", Head: true, Align: "center", RowSpan: 2}, {Col: 1, ColSpan: 3, Text: words},
	}})
	w.add(forms.Row{H: sign, Cells: []forms.Cell{{Col: 1, Text: "签名：", Align: "right"}, {Col: 2, ColSpan: 2, Signer: "applicant"}}})
	w.add(forms.Row{H: office, Cells: []forms.Cell{
		{Text: "受理部门", Head: true, Align: "center"}, {Col: 1, Text: "经办人：\n\n日期：      年    月    日"}, {Col: 2, ColSpan: 2, Seal: true, Text: "（盖章）", Align: "center"},
	}})
	w.shut()
}

// Drawn reports whether a person has changed the paper against the one that Draw makes.
func Drawn(d forms.Design) bool {
	return jsonOf(d.Paper) != jsonOf(Draw(d))
}
