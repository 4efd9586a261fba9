package sheets

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"tongban/central/modules/catalogue/internal/elements"
)

// Bounds of what is read: a spreadsheet is a packed archive, and a small one can unpack to anything.
const (
	MaxBytes    = 8 << 20
	maxUnpacked = 96 << 20
	maxRows     = 10_000
	maxColumns  = 150
	maxBad      = 500 // cells that are named; who has more has the wrong file
)

// BadCell is one cell that cannot be taken (填错的单元格).
type BadCell struct {
	Sheet string `json:"sheet"`
	Cell  string `json:"cell"` // C7, "" for a sheet as a whole
	Value string `json:"value"`
	Text  string `json:"text"` // what is wrong and what to do
}

// ErrNoSheet means that the file is no spreadsheet that can be read (不是表格).
var ErrNoSheet = errors.New("not a readable spreadsheet")

// line is one line of a sheet with its number.
type line struct {
	no    int
	cells map[string]string // by element name
}

// page is one sheet as it was read.
type page struct {
	name    string
	columns map[string]int // element name → column from 1
	lines   []line
}

func (p *page) cell(element string, no int) string {
	at, err := excelize.CoordinatesToCellName(p.columns[element], no)
	if err != nil {
		return ""
	}
	return at
}

type reader struct {
	table *elements.Table
	bad   []BadCell
}

func (r *reader) refuse(sheet, cell, value, text string) {
	if len(r.bad) < maxBad {
		if v := []rune(value); len(v) > 60 {
			value = string(v[:60]) + "…"
		}
		r.bad = append(r.bad, BadCell{Sheet: sheet, Cell: cell, Value: value, Text: text})
	}
}

// pages opens a spreadsheet and sorts its cells by element. broken is true where a sheet as a whole cannot be used.
func (r *reader) pages(raw []byte) (pages map[string]*page, broken bool, err error) {
	if len(raw) > MaxBytes {
		return nil, false, fmt.Errorf("%w: %d bytes", ErrNoSheet, len(raw))
	}
	book, err := excelize.OpenReader(bytes.NewReader(raw), excelize.Options{UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: maxUnpacked, RawCellValue: true})
	if err != nil {
		return nil, false, fmt.Errorf("%w: %w", ErrNoSheet, err)
	}
	defer book.Close() //nolint:errcheck // in memory
	pages = map[string]*page{}
	for _, name := range book.GetSheetList() {
		if name == legend {
			continue
		}
		known := r.columnsOf(name)
		if known == nil {
			r.refuse(name, "", "", "没有“"+name+"”这种工作表，请改成导出表里的名称，或者删掉它")
			broken = true
			continue
		}
		p, ok, err := r.page(book, name, known)
		if err != nil {
			return nil, false, err
		}
		broken = broken || !ok
		pages[name] = p
	}
	if pages[items] == nil {
		r.refuse(items, "", "", "缺少“事项”这张工作表")
		broken = true
	}
	return pages, broken, nil
}

// columnsOf returns the elements that a sheet has; nil where there is no such sheet.
func (r *reader) columnsOf(sheet string) []elements.Element {
	if sheet == items {
		return r.table.Elements
	}
	for _, s := range r.table.Tables {
		if s.Title == sheet {
			key, _ := r.table.Find(joinKey)
			return append([]elements.Element{key}, s.Elements...)
		}
	}
	return nil
}

func (r *reader) page(book *excelize.File, name string, known []elements.Element) (*page, bool, error) {
	rows, err := book.GetRows(name, excelize.Options{RawCellValue: true})
	if err != nil {
		return nil, false, fmt.Errorf("%w: sheet %s: %w", ErrNoSheet, name, err)
	}
	p := &page{name: name, columns: map[string]int{}}
	if len(rows) == 0 {
		r.refuse(name, "A1", "", "第一行要写国家字段名，例如 "+known[0].Name)
		return p, false, nil
	}
	if len(rows) > maxRows+2 || len(rows[0]) > maxColumns {
		r.refuse(name, "", "", fmt.Sprintf("一张表最多%d行%d列，请分成几份", maxRows, maxColumns))
		return p, false, nil
	}
	if !r.head(p, rows[0], known) {
		return p, false, nil
	}
	for i, row := range rows[1:] {
		no := i + 2
		if no == 2 && titles(row, known) {
			continue
		}
		if l, ok := r.line(book, p, no, row); ok {
			p.lines = append(p.lines, l)
		}
	}
	return p, true, nil
}

func (r *reader) head(p *page, row []string, known []elements.Element) bool {
	good := true
	for i, name := range row {
		name = strings.TrimSpace(name)
		at, err := excelize.CoordinatesToCellName(i+1, 1)
		if err != nil || name == "" {
			continue
		}
		switch {
		case !slices.ContainsFunc(known, func(e elements.Element) bool { return e.Name == name }):
			r.refuse(p.name, at, name, "没有“"+name+"”这个字段，请用导出表第一行的字段名")
			good = false
		case p.columns[name] > 0:
			r.refuse(p.name, at, name, "这一列的字段名写了两遍")
			good = false
		default:
			p.columns[name] = i + 1
		}
	}
	for _, e := range known {
		wanted := e.Name == joinKey || p.name != items // a part is written as a whole
		if wanted && p.columns[e.Name] == 0 {
			r.refuse(p.name, "A1", "", "缺少“"+e.Name+"（"+e.Title+"）”这一列，请用导出的表来改")
			good = false
		}
	}
	return good
}

// titles tells the line of Chinese titles from a line of data.
func titles(row []string, known []elements.Element) bool {
	for _, s := range row {
		if s = strings.TrimSpace(s); s != "" && !slices.ContainsFunc(known, func(e elements.Element) bool { return e.Title == s }) {
			return false
		}
	}
	return true
}

// line reads one line. A formula is refused: what it would show here is not what its writer saw.
func (r *reader) line(book *excelize.File, p *page, no int, row []string) (line, bool) {
	l := line{no: no, cells: map[string]string{}}
	some := false
	for name, column := range p.columns {
		at, err := excelize.CoordinatesToCellName(column, no)
		if err != nil {
			continue
		}
		if formula, err := book.GetCellFormula(p.name, at); err == nil && formula != "" {
			r.refuse(p.name, at, "="+formula, "这里是公式，请复制后“选择性粘贴为值”")
			some = true
			continue
		}
		if column > len(row) || strings.TrimSpace(row[column-1]) == "" {
			continue
		}
		value := strings.TrimSpace(row[column-1])
		if strings.Contains(value, "E+") && strings.HasSuffix(name, "_CODE") {
			r.refuse(p.name, at, value, "长编码被表格软件改成了科学计数，请把这一列设成文本后重填")
		}
		l.cells[name], some = value, true
	}
	return l, some
}
