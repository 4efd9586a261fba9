package app

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"tongban/central/modules/catalogue"
	"tongban/central/modules/catalogue/internal/sheets"
)

// What is exported and read back is no change at all, for every item of the shipped catalogue.
func TestExportComesBackWithoutADifference(t *testing.T) {
	s := readSeed(t)
	raw, err := sheets.Write(s.Items)
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	plan, err := sheets.Read(raw, s.Items, s.Context(), sheets.Guard{})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d items, %d KiB, read in %v", len(s.Items), len(raw)/1024, time.Since(start))
	for i, b := range plan.Bad {
		if i < 20 {
			t.Errorf("%s!%s %q: %s", b.Sheet, b.Cell, b.Value, b.Text)
		}
	}
	for i, c := range plan.Changes {
		if i < 20 {
			t.Errorf("%s %s: %v", c.Kind, c.Code, c.Changes)
		}
	}
	if plan.Same != len(s.Items) || plan.Refused != 0 || plan.Broken {
		t.Errorf("%d of %d are the same, %d refused", plan.Same, len(s.Items), plan.Refused)
	}
}

// edited opens a spreadsheet, lets something be done to it, and writes it again.
func edited(t *testing.T, raw []byte, do func(book *excelize.File)) []byte {
	t.Helper()
	book, err := excelize.OpenReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	do(book)
	var out bytes.Buffer
	if err := book.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// columnOf finds the column of a field in a sheet.
func columnOf(t *testing.T, book *excelize.File, sheet, field string) string {
	t.Helper()
	rows, err := book.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	at, err := excelize.ColumnNumberToName(slices.Index(rows[0], field) + 1)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func set(t *testing.T, book *excelize.File, sheet, cell, value string) {
	t.Helper()
	if err := book.SetCellStr(sheet, cell, value); err != nil {
		t.Fatal(err)
	}
}

// Thirty rows, two with a wrong check digit and one with a code that stands twice: these three are named by their cells, the
// others are new items.
func TestSampleWithThreeBadRows(t *testing.T) {
	s := readSeed(t)
	raw, err := SampleSheet(s, 30)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := sheets.Read(raw, s.Items, s.Context(), sheets.Guard{})
	if err != nil {
		t.Fatal(err)
	}
	if plan.New != 27 || plan.Changed != 0 || plan.Refused != 3 || len(plan.Entries) != 27 {
		t.Errorf("%d new, %d changed, %d refused", plan.New, plan.Changed, plan.Refused)
	}
	cells := map[string]string{}
	for _, b := range plan.Bad {
		cells[b.Sheet+"!"+b.Cell] = b.Text
	}
	for _, want := range []struct{ row, text string }{{"7", "校验位"}, {"15", "校验位"}, {"22", "第21行重复"}} {
		found := false
		for cell, text := range cells {
			found = found || strings.HasPrefix(cell, "事项!") && strings.TrimLeft(strings.TrimPrefix(cell, "事项!"), "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == want.row && strings.Contains(text, want.text)
		}
		if !found {
			t.Errorf("row %s is not named: %v", want.row, cells)
		}
	}
	if len(cells) != 3 {
		t.Errorf("%d cells: %v", len(cells), cells)
	}
	for _, en := range plan.Entries {
		if en.Icon == "" || len(en.Steps) == 0 || len(en.Materials) == 0 {
			t.Errorf("%s came without its parts", en.Code)
		}
	}
}

// Every kind of bad cell is named by sheet and cell, and its item is left out as a whole; the others are taken.
func TestBadCellsAreNamed(t *testing.T) {
	s := readSeed(t)
	part := s.Items[:12]
	raw, err := sheets.Write(part)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		do         func(book *excelize.File)
		cell, text string
		broken     bool
	}{
		"a number that is none": {func(b *excelize.File) { set(t, b, "事项", columnOf(t, b, "事项", "PROMISE_DAY")+"5", "七天") }, "5", "整数", false},
		"an empty number":       {func(b *excelize.File) { set(t, b, "事项", columnOf(t, b, "事项", "PROMISE_DAY")+"5", "") }, "5", "空着不等于0", false},
		"an unknown code":       {func(b *excelize.File) { set(t, b, "事项", columnOf(t, b, "事项", "TASK_TYPE")+"4", "99") }, "4", "没有“99”这个代码", false},
		"a formula": {func(b *excelize.File) {
			if err := b.SetCellFormula("事项", columnOf(t, b, "事项", "FEE_EXPLAIN")+"6", "1+1"); err != nil {
				t.Fatal(err)
			}
		}, "6", "公式", false},
		"a part of no item":   {func(b *excelize.File) { set(t, b, "材料", columnOf(t, b, "材料", "TASK_CODE")+"3", "123") }, "A3", "没有这个实施编码", false},
		"a bad cell in a row": {func(b *excelize.File) { set(t, b, "材料", columnOf(t, b, "材料", "COPIESNUM")+"4", "两") }, "4", "整数", false},
		"a bad condition":     {func(b *excelize.File) { set(t, b, "要点", columnOf(t, b, "要点", "POINT_WHEN")+"3", "a且b") }, "3", "条件", false},
		"an unknown field":    {func(b *excelize.File) { set(t, b, "事项", "C1", "TASK_NMAE") }, "C1", "没有“TASK_NMAE”这个字段", true},
		"a field twice":       {func(b *excelize.File) { set(t, b, "事项", "C1", "TASK_NAME") }, "C1", "写了两遍", true},
		"a missing column":    {func(b *excelize.File) { set(t, b, "材料", "C1", "") }, "A1", "缺少", true},
		"an unknown sheet": {func(b *excelize.File) {
			if _, err := b.NewSheet("草稿"); err != nil {
				t.Fatal(err)
			}
		}, "", "没有“草稿”这种工作表", true},
	} {
		plan, err := sheets.Read(edited(t, raw, c.do), s.Items, s.Context(), sheets.Guard{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		found := slices.ContainsFunc(plan.Bad, func(b sheets.BadCell) bool {
			return strings.HasSuffix(b.Cell, c.cell) && strings.Contains(b.Text, c.text)
		})
		if !found || plan.Broken != c.broken {
			t.Errorf("%s: broken %v, %v", name, plan.Broken, plan.Bad)
		}
		if c.broken && len(plan.Entries) > 0 {
			t.Errorf("%s: something is taken from a file that cannot be used", name)
		}
		if !c.broken && plan.Same < len(part)-1 {
			t.Errorf("%s: only %d others are taken", name, plan.Same)
		}
	}
	if _, err := sheets.Read([]byte("not a spreadsheet"), s.Items, s.Context(), sheets.Guard{}); err == nil {
		t.Error("anything is taken for a spreadsheet")
	}
	if _, err := sheets.Read(make([]byte, sheets.MaxBytes+1), s.Items, s.Context(), sheets.Guard{}); err == nil {
		t.Error("a file of any size is read")
	}
}

// A change in a spreadsheet changes what it says and nothing else.
func TestAChangedCellIsOneChange(t *testing.T) {
	s := readSeed(t)
	raw, err := sheets.Write(s.Items)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(s.Items, func(en catalogue.Entry) bool { return en.Code == "spxj" })
	plan, err := sheets.Read(edited(t, raw, func(b *excelize.File) {
		set(t, b, "事项", fmt.Sprint(columnOf(t, b, "事项", "PROMISE_DAY"), i+3), "2")
	}), s.Items, s.Context(), sheets.Guard{})
	if err != nil {
		t.Fatal(err)
	}
	if len(plan.Changes) != 1 || plan.Changes[0].Code != "spxj" || !slices.Equal(plan.Changes[0].Changes, []string{"承诺办结时限"}) || plan.Same != len(s.Items)-1 {
		t.Errorf("%+v, %d same, bad %v", plan.Changes, plan.Same, plan.Bad)
	}
	if en := plan.Entries[0]; en.Promise.Days != 2 || en.Form.ID != s.Items[i].Form.ID || len(en.Inventory) != len(s.Items[i].Inventory) || en.Icon != s.Items[i].Icon {
		t.Errorf("what no cell says was lost: %+v", en.Item.Icon)
	}
}
