package app

import (
	"reflect"
	"testing"

	"tongban/fleet/wire"
	"tongban/fleet/wire/matter"
)

// Several choices come out as labels, repeated lines as columns with numbers masked, and a hidden group not at all.
func TestFormRowsWithLinesAndChoices(t *testing.T) {
	l := loaded{
		item: matter.Item{Form: matter.Form{Groups: []matter.Group{
			{ID: "a", Title: "卖什么", Fields: []matter.Field{{Name: "kinds", Label: "经营项目", Widget: "multi", Options: []matter.Option{{Value: "rice", Label: "炒饭"}, {Value: "cold", Label: "凉菜"}}}}},
			{ID: "b", Title: "厨房", Show: &matter.Filled{Field: "kinds", Is: []string{"noodle"}}, Fields: []matter.Field{{Name: "kitchen", Label: "厨房位置", Widget: "area"}}},
			{ID: "c", Title: "人员", Fields: []matter.Field{{Name: "staff", Label: "从业人员", Widget: "rows", Columns: []matter.Field{
				{Name: "who", Label: "姓名", Widget: "text"}, {Name: "phone", Label: "电话", Widget: "phone"},
				{Name: "post", Label: "岗位", Widget: "choice", Options: []matter.Option{{Value: "cook", Label: "厨师"}}},
			}}}},
		}}},
		body: wire.Submission{Form: map[string]any{
			"kinds": []any{"rice", "cold"},
			"staff": []any{map[string]any{"who": "张晓岚", "phone": "13908162150", "post": "cook"}, map[string]any{"who": "李小满"}},
		}},
	}
	got := formRows(l, false)
	if len(got) != 2 || got[0].Fields[0].Value != "炒饭、凉菜" {
		t.Fatalf("groups: %+v", got)
	}
	staff := got[1].Fields[0]
	want := [][]string{{"张*岚", "139****2150", "厨师"}, {"李*满", "", ""}}
	if !reflect.DeepEqual(staff.Lines, want) || staff.Value != "2 条" || len(staff.Columns) != 3 {
		t.Errorf("lines: %+v", staff)
	}
	if full := formRows(l, true)[1].Fields[0].Lines[0]; full[0] != "张晓岚" || full[1] != "139****2150" {
		t.Errorf("in full: %v", full)
	}
}
