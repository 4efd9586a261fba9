package sheet_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongban/central/kernel/sheet"
)

var rows = [][]string{
	{"序号", "操作人", "原因"},
	{"1", "周敏", "=HYPERLINK(\"http://x\")"},
	{"2", "a<b>&\"c\"", "-1+1"},
	{"3", "两行\n第二行", "@SUM(A1)"},
	{"4", "坏字符\x00\x1f", "＝1"},
}

func written(t *testing.T, f sheet.Format) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := sheet.New(&b, f, "审计/记录")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if err := w.Row(r...); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestNoCellOfACSVRuns(t *testing.T) {
	text, ok := strings.CutPrefix(string(written(t, sheet.CSV)), "\ufeff")
	if !ok {
		t.Error("no byte order mark")
	}
	got, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(got) != len(rows) {
		t.Fatalf("%d rows, %v", len(got), err)
	}
	for _, r := range got {
		for _, c := range r {
			if c != "" && strings.ContainsAny(c[:1], "=+-@\t\r") || strings.HasPrefix(c, "＝") {
				t.Errorf("%q would run", c)
			}
		}
	}
	if got[1][1] != "周敏" {
		t.Errorf("%q", got[1][1])
	}
}

func TestXLSXHoldsText(t *testing.T) {
	b := written(t, sheet.XLSX)
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if f.Name != "xl/worksheets/sheet1.xml" {
			if err := xml.Unmarshal(body, new(struct{})); err != nil {
				t.Errorf("%s: %v", f.Name, err)
			}
			continue
		}
		var s struct {
			Rows []struct {
				Cells []struct {
					Type    string `xml:"t,attr"`
					Text    string `xml:"is>t"`
					Formula string `xml:"f"`
				} `xml:"c"`
			} `xml:"sheetData>row"`
		}
		if err := xml.Unmarshal(body, &s); err != nil {
			t.Fatal(err)
		}
		var got [][]string
		for _, r := range s.Rows {
			var cells []string
			for _, c := range r.Cells {
				if c.Type != "inlineStr" || c.Formula != "" {
					t.Errorf("a cell that is no text: %+v", c)
				}
				cells = append(cells, c.Text)
			}
			got = append(got, cells)
		}
		want := append(rows[:4:4], []string{"4", "坏字符\ufffd\ufffd", "＝1"})
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
	}
}
