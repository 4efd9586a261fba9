package elements

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongban/central/modules/catalogue"
	"tongban/fleet/wire/matter"
)

func table(t testing.TB) *Table {
	t.Helper()
	shipped, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	return shipped
}

// leaves lists the JSON paths of what a type holds, down to what is no struct.
func leaves(in reflect.Type, prefix string) []string {
	if in.Kind() == reflect.Pointer {
		in = in.Elem()
	}
	if in.Kind() != reflect.Struct || in == reflect.TypeFor[matter.Cond]() {
		return []string{strings.TrimSuffix(prefix, ".")}
	}
	var out []string
	for _, f := range reflect.VisibleFields(in) {
		if f.Anonymous {
			continue
		}
		tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		out = append(out, leaves(f.Type, prefix+tag+".")...)
	}
	return out
}

// Every value that an entry can hold is an element of the table, a table of its own, or is named here with the reason.
func TestEveryLeafIsAnElement(t *testing.T) {
	elsewhere := map[string]string{
		"paused.reason": "an operation on the item", "paused.since": "an operation on the item",
		"icon": "drawing", "frequent": "place on the home screen", "pinyin": "made", "syllables": "made", "inventory": "comes with the form",
		"signers": "a part of its own in the editor", "form.id": "the form's own", "form.version": "the form's own", "form.title": "the form's own",
		"form.schema": "the form's own", "form.groups": "the form's own",
		"questions": "table", "materials": "table", "points": "table", "steps": "table", "fees": "table", "faq": "table", "papers": "table materials",
		"smart.conditions": "table", "smart.elements": "table", "smart.rules": "table", "smart.shares": "table",
	}
	named := map[string]bool{}
	for _, e := range table(t).Elements {
		named[e.Path] = true
	}
	for _, leaf := range leaves(reflect.TypeFor[catalogue.Entry](), "") {
		if !named[leaf] && elsewhere[leaf] == "" {
			t.Errorf("%s is in no element", leaf)
		}
	}
	for _, s := range table(t).Tables {
		inRow := map[string]bool{}
		for _, e := range s.Elements {
			inRow[e.Path] = true
		}
		for _, leaf := range leaves(s.rows.row, "") {
			if leaf != "trait.code" && leaf != "question.options" && !inRow[leaf] {
				t.Errorf("%s: %s is in no element", s.Name, leaf)
			}
		}
	}
}

func TestTheTableIsWhole(t *testing.T) {
	shipped := table(t)
	groups := map[string]bool{}
	for _, g := range shipped.Groups {
		groups[g.Key] = true
	}
	for _, e := range shipped.byName {
		if !groups[e.Group] || e.Title == "" || e.Name != strings.ToUpper(e.Name) {
			t.Errorf("%s: title %q, group %q", e.Name, e.Title, e.Group)
		}
		if e.MustWhen != nil && shipped.byName[e.MustWhen.Element].Name == "" {
			t.Errorf("%s leans on %s, which is none", e.Name, e.MustWhen.Element)
		}
	}
	for _, name := range strings.Fields(`TASK_NAME CATALOG_CODE LOCAL_CATALOG_CODE TASK_CODE LOCAL_TASK_CODE TASK_HANDLE_ITEM TASK_VERSION
		TASK_TYPE USE_LEVEL POWER_SOURCE DEPT_NAME DEPT_CODE DEPT_TYPE ENTRUST_NAME OTHER_DEPT CENTRAL_DEPT BY_LAW ANTICIPATE_DAY
		ANTICIPATE_TYPE ANTICIPATE_EXPLAIN PROMISE_DAY PROMISE_TYPE PROMISE_EXPLAIN SPECIAL_PROCEDURE ACCEPT_CONDITION LIMIT_EXPLAIN
		PROJECT_TYPE HANDLE_TYPE LIMIT_SCENE_NUM LIMIT_SCENE_EXPLAIN IS_ONLINE ONLINE_HANDLE_DEPTH IS_HANDLE IS_SCHEDULE
		IS_SERVICE_TERMINALS IS_MAIL_MATERIAL IS_MAIL_RESULT IS_PAY_ONLINE IS_ENTRY_CENTER CENTER_NAME IS_FEE FEE_NAME FEE_STAND
		DESC_EXPLAIN RESULT_TYPE RESULT_NAME RESULT_GUID LINK_WAY SUPERVISE_WAY RIGHT_ENJOY DUTY_PERFORM USER_TOPIC_TYPE CORP_TOPIC_TYPE
		MATERIAL_NAME MATERIAL_TYPE MATERIAL_FORMAT IS_NEED HANDLE_CASE EXAMPLE_GUID SOURCE_TYPE SOURCE_EXPLAIN COPIESNUM FILL_EXPLAIN
		ACCEPT_STAND LINK_NAME HANDLE_DEPT HANDLE_PERSON HANDLE_DAY SPECIAL_EXPLAIN FORM_GUID`) {
		if _, ok := shipped.Find(name); !ok {
			t.Errorf("the national field %s is missing", name)
		}
	}
}

// What a cell says is what an entry gets, and comes back the same.
func TestTextsComeBack(t *testing.T) {
	for _, c := range []struct {
		element, text, words string
	}{
		{"TASK_NAME", "食品小经营店备案发放", ""},
		{"PROJECT_TYPE", "2", "承诺件"},
		{"PROMISE_DAY", "0", ""},
		{"PROMISE_TYPE", "1", "工作日"},
		{"IS_ONLINE", "是", ""},
		{"CHANNELS", "kiosk\nwindow", "自助终端、窗口"},
		{"APPLY_CONDITION", "有营业执照\n有固定的店面", ""},
		{"BY_LAW", "《食品安全法》第三十六条：条文\n《四川省〈食品安全法〉实施办法》第二条\n《关于贯彻《某法》的通知》", ""},
		{"NOTICE", "会用到什么：姓名\n会核对什么：执照", ""},
		{"SMART_MODEL", "full", "全流程审批"},
		{"ACCEPT_CONDITION", "一是齐全\n二是有效", ""},
	} {
		e, ok := table(t).Find(c.element)
		if !ok {
			t.Fatal(c.element)
		}
		var en catalogue.Entry
		if err := e.Set(&en, c.text); err != nil {
			t.Errorf("%s: %v", c.element, err)
		}
		if got := e.Get(&en); got != c.text {
			t.Errorf("%s came back as %q", c.element, got)
		}
		if c.words != "" && e.Words(&en) != c.words {
			t.Errorf("%s reads %q", c.element, e.Words(&en))
		}
	}
	e, _ := table(t).Find("PROJECT_TYPE")
	for _, text := range []string{"2", "promised", "承诺件"} {
		var en catalogue.Entry
		if err := e.Set(&en, text); err != nil || en.Handling != matter.Promised {
			t.Errorf("%q: %v, %v", text, en.Handling, err)
		}
	}
}

func TestBadCellsAreNamed(t *testing.T) {
	for _, c := range []struct{ element, text, want string }{
		{"PROJECT_TYPE", "3", "可以填：1 即办件，2 承诺件"},
		{"PROMISE_DAY", "", "空着不等于0"},
		{"PROMISE_DAY", "七天", "整数"},
		{"PROMISE_DAY", "-1", "整数"},
		{"IS_ONLINE", "可以", "“是”或“否”"},
		{"BY_LAW", "食品安全法第三条", "《名称》第几条"},
		{"BY_LAW", "《食品安全法第三条", "《名称》第几条"},
		{"NOTICE", "没有标题", "标题：正文"},
		{"TASK_NAME", "两\n行", "只能写一行"},
		{"TASK_VERSION", "3", "不用填"},
		{"CHANNELS", "kiosk\nmoon", "没有“moon”"},
		{"HANDLE_CASE", "a=1 且 b=2 或 c=3", "加括号"},
	} {
		e, ok := table(t).Find(c.element)
		if !ok {
			t.Fatal(c.element)
		}
		var cell *BadCell
		_, err := e.parse(c.text)
		if c.element == "TASK_VERSION" {
			err = e.Set(&catalogue.Entry{}, c.text)
		}
		if !errors.As(err, &cell) || !strings.Contains(cell.Words, c.want) {
			t.Errorf("%s = %q: %v", c.element, c.text, err)
		}
	}
}

func TestConditions(t *testing.T) {
	is := func(q string, v ...string) matter.Cond { return matter.Cond{Q: q, Is: v} }
	a, b := is("premises", "lease", "lent"), is("kind", "meal")
	for _, c := range []struct {
		cond *matter.Cond
		text string
	}{
		{nil, ""},
		{&a, "premises=lease,lent"},
		{&matter.Cond{Not: &b}, "非(kind=meal)"},
		{&matter.Cond{All: []matter.Cond{a, {Not: &b}}}, "premises=lease,lent 且 非(kind=meal)"},
		{&matter.Cond{Any: []matter.Cond{{All: []matter.Cond{a, b}}, b}}, "(premises=lease,lent 且 kind=meal) 或 kind=meal"},
		{&matter.Cond{All: []matter.Cond{a}}, "且(premises=lease,lent)"},
		{&matter.Cond{Any: []matter.Cond{{Any: []matter.Cond{a}}, b}}, "(或(premises=lease,lent)) 或 kind=meal"},
	} {
		if got := CondText(c.cond); got != c.text {
			t.Errorf("written %q, want %q", got, c.text)
		}
		back, err := ParseCond(c.text)
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
		}
		if d := cmp.Diff(c.cond, back); d != "" {
			t.Errorf("%q (-want +got):\n%s", c.text, d)
		}
	}
	for _, wrong := range []string{"premises", "=x", "a=", "(a=1", "a=1)", "非a=1", "a=1 且", "且", strings.Repeat("(", 50) + "a=1"} {
		if _, err := ParseCond(wrong); err == nil {
			t.Errorf("%q is taken", wrong)
		}
	}
}

func FuzzParseCond(f *testing.F) {
	for _, s := range []string{"a=1", "非(a=1,2)", "(a=1 且 b=2) 或 c=3", "且(a=1)"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := ParseCond(s)
		if err != nil {
			return
		}
		again, err := ParseCond(CondText(c))
		if err != nil || !cmp.Equal(c, again) {
			t.Errorf("%q → %q: %v", s, CondText(c), err)
		}
	})
}

func TestMissing(t *testing.T) {
	en := catalogue.Entry{Item: matter.Item{Name: "甲", Channels: []string{"window"}, Materials: []matter.Material{{Code: "id", Name: "身份证"}}}}
	en.National.Online = true
	gaps := map[string]bool{}
	for _, g := range table(t).Missing(&en) {
		gaps[g.Path()+" "+g.Element] = true
	}
	for _, want := range []string{"TASK_CODE TASK_CODE", "ONLINE_HANDLE_DEPTH ONLINE_HANDLE_DEPTH", "materials/id MATERIAL_TYPE", "steps LINK_ID"} {
		if !gaps[want] {
			t.Errorf("%s is not missed: %v", want, gaps)
		}
	}
	for _, no := range []string{"TASK_NAME TASK_NAME", "CENTER_NAME CENTER_NAME", "SHORT_NAME SHORT_NAME", "SMART_MODEL SMART_MODEL", "faq QUESTION", "materials/id MATERIAL_PLAIN"} {
		if gaps[no] {
			t.Errorf("%s is missed", no)
		}
	}
	if filled, wanted := table(t).Filled(&en); filled < 1 || filled >= wanted {
		t.Errorf("%d of %d", filled, wanted)
	}
}
