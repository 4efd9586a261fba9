// Package sheets is the implementation list as a spreadsheet (实施清单表格): one sheet of items and one for each part of an item that
// has rows, national field names in the first line, Chinese titles in the second. What is written here is read back without a
// difference; what somebody else wrote is read cell by cell, and every cell that cannot be taken is named.
package sheets

import (
	"bytes"
	"fmt"

	"github.com/xuri/excelize/v2"

	"tongban/central/modules/catalogue"
	"tongban/central/modules/catalogue/internal/elements"
)

// ContentType is the media type of what Write returns.
const ContentType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

const (
	items   = "事项"
	legend  = "代码"
	joinKey = "TASK_CODE" // by which the rows of a part belong to their item
)

// Write returns the items as a spreadsheet.
func Write(entries []catalogue.Entry) ([]byte, error) {
	table, err := elements.Shipped()
	if err != nil {
		return nil, err
	}
	book := excelize.NewFile()
	defer book.Close() //nolint:errcheck // in memory
	if err := book.SetSheetName("Sheet1", items); err != nil {
		return nil, fmt.Errorf("begin spreadsheet: %w", err)
	}
	w := writer{book: book, table: table}
	w.items(entries)
	for _, s := range table.Tables {
		w.part(s, entries)
	}
	w.legend()
	if w.err != nil {
		return nil, fmt.Errorf("write spreadsheet: %w", w.err)
	}
	var out bytes.Buffer
	if err := book.Write(&out); err != nil {
		return nil, fmt.Errorf("write spreadsheet: %w", err)
	}
	return out.Bytes(), nil
}

// writer keeps the first error.
type writer struct {
	book  *excelize.File
	table *elements.Table
	err   error
}

// sheet writes the lines of one sheet; cells are text, so that no long number is rounded and nothing runs as a formula.
func (w *writer) sheet(name string, lines [][]string) {
	if w.err != nil {
		return
	}
	if name != items {
		if _, err := w.book.NewSheet(name); err != nil {
			w.err = err
			return
		}
	}
	out, err := w.book.NewStreamWriter(name)
	if err != nil {
		w.err = err
		return
	}
	head, err := w.book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, NumFmt: 49})
	if err != nil {
		w.err = err
		return
	}
	text, err := w.book.NewStyle(&excelize.Style{NumFmt: 49, Alignment: &excelize.Alignment{Vertical: "top"}})
	if err != nil {
		w.err = err
		return
	}
	if err := out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 2, TopLeftCell: "A3", ActivePane: "bottomLeft"}); err != nil {
		w.err = err
		return
	}
	for i, line := range lines {
		style := text
		if i < 2 {
			style = head
		}
		cells := make([]any, len(line))
		for k, s := range line {
			cells[k] = excelize.Cell{StyleID: style, Value: s}
		}
		at, err := excelize.CoordinatesToCellName(1, i+1)
		if err == nil {
			err = out.SetRow(at, cells)
		}
		if err != nil {
			w.err = err
			return
		}
	}
	w.err = out.Flush()
}

func (w *writer) items(entries []catalogue.Entry) {
	var names, titles []string
	for _, e := range w.table.Elements {
		names, titles = append(names, e.Name), append(titles, e.Title)
	}
	lines := [][]string{names, titles}
	for i := range entries {
		line := make([]string, len(w.table.Elements))
		for k, e := range w.table.Elements {
			line[k] = e.Get(&entries[i])
		}
		lines = append(lines, line)
	}
	w.sheet(items, lines)
}

func (w *writer) part(s elements.Sub, entries []catalogue.Entry) {
	names, titles := []string{joinKey}, []string{"实施编码"}
	for _, e := range s.Elements {
		names, titles = append(names, e.Name), append(titles, e.Title)
	}
	lines := [][]string{names, titles}
	for i := range entries {
		for _, row := range s.Rows(&entries[i]) {
			line := []string{entries[i].TaskCode}
			for _, e := range s.Elements {
				line = append(line, row[e.Name])
			}
			lines = append(lines, line)
		}
	}
	w.sheet(s.Title, lines)
}

// legend lists the codes for whoever fills the sheets in; it is not read back.
func (w *writer) legend() {
	lines := [][]string{{"FIELD", "CODE", "TITLE"}, {"字段", "代码", "含义"}}
	list := func(e elements.Element) {
		for _, c := range w.table.Codes[e.Codes] {
			lines = append(lines, []string{e.Name, c.Code, c.Title})
		}
	}
	for _, e := range w.table.Elements {
		list(e)
	}
	for _, s := range w.table.Tables {
		for _, e := range s.Elements {
			list(e)
		}
	}
	w.sheet(legend, lines)
}
