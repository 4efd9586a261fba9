package web_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"testing"

	"tongban/agent/outbox"
	"tongban/agent/screen"
	"tongban/fleet/wire/matter"
	"tongban/fleet/wire/matter/form"
)

// shopItem is a matter whose form has several choices, repeated lines and a group that hangs on a choice.
func shopItem(t *testing.T) matter.Item {
	t.Helper()
	it := sampleItem()
	it.Questions, it.Materials, it.Signers, it.Inventory = nil, nil, nil, nil
	it.Form = matter.Form{ID: "shop", Version: 1, Title: "食品小经营店备案", Schema: json.RawMessage(`{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "additionalProperties": false,
		"required": ["kinds", "cook", "kitchen", "staff"],
		"properties": {
			"kinds": {"type": "array", "items": {"type": "string", "enum": ["rice", "noodle", "cold"]}, "uniqueItems": true, "minItems": 1, "maxItems": 2},
			"cook": {"type": "string", "enum": ["yes", "no"]},
			"kitchen": {"type": "string", "maxLength": 20},
			"staff": {"type": "array", "minItems": 1, "maxItems": 3, "items": {"type": "object", "additionalProperties": false, "required": ["who", "phone"],
				"properties": {"who": {"type": "string", "format": "cn-name"}, "phone": {"type": "string", "format": "cn-mobile"}}}}
		}}`),
		Groups: []matter.Group{
			{ID: "kinds", Title: "您卖哪些吃的？", Fields: []matter.Field{{Name: "kinds", Label: "经营项目", Widget: "multi", Options: []matter.Option{
				{Value: "rice", Label: "炒饭"}, {Value: "noodle", Label: "面食"}, {Value: "cold", Label: "凉菜"},
			}}}},
			{ID: "cook", Title: "在店里做吗？", Fields: []matter.Field{{Name: "cook", Label: "现场制作", Widget: "choice", Options: []matter.Option{{Value: "yes", Label: "在店里做"}, {Value: "no", Label: "不在店里做"}}}}},
			{ID: "kitchen", Title: "厨房在哪里？", Show: &matter.Filled{Field: "cook", Is: []string{"yes"}}, Fields: []matter.Field{{Name: "kitchen", Label: "厨房位置", Widget: "area"}}},
			{ID: "staff", Title: "店里有谁？", Fields: []matter.Field{{Name: "staff", Label: "从业人员", Widget: "rows", MinRows: 1, MaxRows: 3, Columns: []matter.Field{
				{Name: "who", Label: "姓名", Widget: "text"}, {Name: "phone", Label: "电话", Widget: "phone"},
			}}}},
		}}
	bound, err := form.Bind(it.Form)
	if err != nil {
		t.Fatal(err)
	}
	it.Form.Schema = bound
	return it
}

func groupsOf(s screen.State) (ids []string) {
	for _, g := range s.Visit.Matter.Groups {
		ids = append(ids, g.ID)
	}
	return ids
}

// Several choices and repeated lines go the whole way; a wrong cell is named by line and column; a group comes and goes with
// the choice it hangs on, and what it held goes with it.
func TestLinesAndChoicesReachTheCentre(t *testing.T) {
	it := shopItem(t)
	b := newBed(t, bedOptions{item: &it})
	b.identify("zhou")
	b.do("matter/choose", screen.Choose{Item: "glbt"})
	s := b.do("matter/consent", nil)
	if got := groupsOf(s); !reflect.DeepEqual(got, []string{"kinds", "cook", "staff"}) {
		t.Fatalf("before anything is filled in: %v", got)
	}
	b.do("matter/form", screen.Entries{Group: "kinds", Values: map[string]any{"kinds": []string{"rice", "cold"}}})
	if c := b.code("matter/form", screen.Entries{Group: "kinds", Values: map[string]any{"kinds": []string{"rice", "cold", "noodle"}}}); c != "screen.invalid" {
		t.Errorf("three of two at most: %s", c)
	}
	b.do("matter/form", screen.Entries{Group: "kinds", Values: map[string]any{"kinds": []string{"rice", "cold"}}})
	s = b.do("matter/form", screen.Entries{Group: "cook", Values: map[string]any{"cook": "yes"}})
	if got := groupsOf(s); !reflect.DeepEqual(got, []string{"kinds", "cook", "kitchen", "staff"}) {
		t.Errorf("the kitchen is not asked for: %v", got)
	}
	s = b.do("matter/form", screen.Entries{Group: "kitchen", Values: map[string]any{"kitchen": "进门右手边"}})
	if s.Visit.Matter.Values["kitchen"] != "进门右手边" || !s.Visit.Matter.GroupDone["kitchen"] {
		t.Errorf("kitchen: %v", s.Visit.Matter.Values)
	}

	line := func(who, phone string) map[string]any { return map[string]any{"who": who, "phone": phone} }
	_, err := b.try("matter/form", screen.Entries{Group: "staff", Values: map[string]any{"staff": []any{line("张晓岚", "13908162150"), line("李小满", "1390816")}}})
	var r *refused
	if !errors.As(err, &r) || len(r.Fields) != 1 || r.Fields[0].Field != "staff/1/phone" {
		t.Fatalf("the second person's number is short: %+v", r)
	}
	s = b.do("matter/form", screen.Entries{Group: "staff", Values: map[string]any{"staff": []any{line("张晓岚", "13908162150"), line("李小满", "13908162151")}}})
	if len(s.Visit.Matter.Missing) != 0 {
		t.Fatalf("missing %v", s.Visit.Matter.Missing)
	}

	s = b.do("matter/form", screen.Entries{Group: "cook", Values: map[string]any{"cook": "no"}})
	if _, kept := s.Visit.Matter.Values["kitchen"]; kept || len(groupsOf(s)) != 3 || len(s.Visit.Matter.Missing) != 0 {
		t.Errorf("without a kitchen: %v, missing %v", s.Visit.Matter.Values, s.Visit.Matter.Missing)
	}
	b.do("matter/submit", nil)
	b.until("receipt", func() bool { return b.state().Visit.Done.State == outbox.StateReceived })
	sub := b.centre.submissions()[0]
	want := map[string]any{
		"kinds": []any{"rice", "cold"}, "cook": "no", "staff": []any{line("张晓岚", "13908162150"), line("李小满", "13908162151")},
	}
	if !reflect.DeepEqual(sub.Form, want) {
		t.Errorf("centre has %v", sub.Form)
	}
	b.do("visit/end", screen.EndVisit{Reason: "finished"})
	b.leavesNothing("李小满", "13908162151")
}

// A matter that is not for terminals shows its guide and prints it; a suspended one says why. Neither can be taken up.
func TestGuideOfWhatIsDoneElsewhere(t *testing.T) {
	for _, c := range []struct {
		why  string
		item func(*matter.Item)
		text string
	}{
		{"channel", func(it *matter.Item) { it.Channels = []string{"window", "web"} }, "请到涪城区民政局的窗口，也可以在手机上办"},
		{"paused", func(it *matter.Item) { it.Paused = &matter.Pause{Reason: "系统升级。", Since: "2026-11-20"} }, "暂停办理：系统升级"},
	} {
		t.Run(c.why, func(t *testing.T) {
			it := sampleItem()
			it.Office = "涪城区民政局"
			c.item(&it)
			b := newBed(t, bedOptions{item: &it})
			b.do("visit/start", nil)
			var rows screen.Items
			if err := b.ask(http.MethodGet, "/api/items?q=津贴", nil, "", &rows); err != nil || len(rows.Rows) != 1 || rows.Found != 1 {
				t.Fatalf("items: %+v, %v", rows, err)
			}
			if r := rows.Rows[0]; r.Here != "no" || r.Why != c.why || r.Office != "涪城区民政局" || len(rows.Offices) != 1 || rows.Offices[0].Count != 1 {
				t.Errorf("row: %+v, offices %+v", r, rows.Offices)
			}
			var d screen.ItemDetail
			if err := b.ask(http.MethodGet, "/api/items/glbt", nil, "", &d); err != nil || d.Where[:len(c.text)] != c.text || d.QR != "https://zwfw.example.cn/g/glbt" {
				t.Errorf("guide: %+v, %v", d, err)
			}
			if code := b.code("matter/choose", screen.Choose{Item: "glbt"}); code != "screen.not_here" {
				t.Errorf("taken up: %s", code)
			}
			b.do("guide/print", screen.Choose{Item: "glbt"})
			if slips := b.sim.Slips(); len(slips) != 1 || !slips[0].Complete {
				t.Errorf("slips: %+v", slips)
			}
		})
	}
}
