package sheet

import (
	"archive/zip"
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
)

// xlsx is the least file that ECMA-376 allows: one sheet, text cells only. A text cell is never a formula.
type xlsx struct {
	zip *zip.Writer
	out *bufio.Writer
	row int
}

const xlsxHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

var xlsxParts = []struct{ name, body string }{
	{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Default Extension="xml" ContentType="application/xml"/>` +
		`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>` +
		`<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`},
	{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
	{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`},
}

func newXLSX(w io.Writer, title string) (Writer, error) {
	x := &xlsx{zip: zip.NewWriter(w)}
	workbook := `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" ` +
		`xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="` +
		text(sheetName(title)) + `" sheetId="1" r:id="rId1"/></sheets></workbook>`
	for _, p := range append(slices.Clip(xlsxParts), struct{ name, body string }{"xl/workbook.xml", workbook}) {
		f, err := x.zip.Create(p.name)
		if err == nil {
			_, err = io.WriteString(f, xlsxHead+p.body)
		}
		if err != nil {
			return nil, fmt.Errorf("begin xlsx: %w", err)
		}
	}
	f, err := x.zip.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		return nil, fmt.Errorf("begin xlsx: %w", err)
	}
	x.out = bufio.NewWriter(f)
	_, err = x.out.WriteString(xlsxHead + `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`)
	return x, err
}

// sheetName drops what a sheet's name may not hold; at most 31 characters.
func sheetName(title string) string {
	name := []rune(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`\/?*[]:'`, r) {
			return -1
		}
		return r
	}, title))
	if len(name) == 0 {
		name = []rune("Sheet1")
	}
	return string(name[:min(len(name), 31)])
}

func (x *xlsx) Row(cells ...string) error {
	x.row++
	fmt.Fprintf(x.out, `<row r="%d">`, x.row)
	for _, c := range cells {
		_, _ = x.out.WriteString(`<c t="inlineStr"><is><t xml:space="preserve">` + text(cut(c)) + `</t></is></c>`)
	}
	_, err := x.out.WriteString(`</row>`) // the buffer keeps the first error
	return err
}

// cut keeps a cell within the 32,767 characters that the format allows.
func cut(s string) string {
	if len(s) <= 32000 {
		return s
	}
	r := []rune(s)
	return string(r[:min(len(r), 32000)])
}

// text escapes, and replaces what XML cannot hold.
func text(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder does not fail
	return b.String()
}

func (x *xlsx) Close() error {
	_, _ = x.out.WriteString(`</sheetData></worksheet>`)
	if err := x.out.Flush(); err != nil {
		return fmt.Errorf("end xlsx: %w", err)
	}
	if err := x.zip.Close(); err != nil {
		return fmt.Errorf("end xlsx: %w", err)
	}
	return nil
}
