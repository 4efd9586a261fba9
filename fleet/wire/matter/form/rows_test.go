package form

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongban/fleet/wire/matter"
)

const shopSchema = `{"type":"object","additionalProperties":false,
"required":["kinds","online","platform","rating","staff"],
"properties":{
 "kinds":{"type":"array","minItems":2,"maxItems":3,"uniqueItems":true,"items":{"type":"string","enum":["meal","snack","cooked","fresh"]}},
 "online":{"type":"string","enum":["yes","no"]},
 "platform":{"type":"string","minLength":2,"maxLength":10},
 "rating":{"type":"string","enum":["a","b"]},
 "why":{"type":"string","maxLength":5},
 "staff":{"type":"array","minItems":1,"maxItems":2,"items":{"type":"object","additionalProperties":false,"required":["who","until"],
  "properties":{"who":{"type":"string","format":"cn-name"},"until":{"type":"string","format":"cn-date"},"no":{"type":"string","pattern":"^[A-Z0-9]{4,8}$","maxLength":8,"x-message":"编号是4到8位字母和数字"}}}}}}`

// shop has a list, lines, and a chain of conditions: platform shows rating, rating b shows why.
func shop() matter.Form {
	return matter.Form{ID: "shop", Version: 1, Schema: json.RawMessage(shopSchema), Groups: []matter.Group{
		{ID: "what", Fields: []matter.Field{{Name: "kinds", Label: "经营类别", Widget: "multi"}, {Name: "online", Label: "网络经营", Widget: "choice"}}},
		{ID: "net", Show: &matter.Filled{Field: "online", Is: []string{"yes"}}, Fields: []matter.Field{
			{Name: "platform", Label: "平台名称", Widget: "text"}, {Name: "rating", Label: "评级", Widget: "choice"},
		}},
		{ID: "why", Show: &matter.Filled{Field: "rating", Is: []string{"b"}}, Fields: []matter.Field{{Name: "why", Label: "原因", Widget: "area"}}},
		{ID: "staff", Fields: []matter.Field{{Name: "staff", Label: "从业人员", Widget: "rows", Columns: []matter.Field{
			{Name: "who", Label: "姓名", Widget: "text"}, {Name: "no", Label: "健康证编号", Widget: "text"}, {Name: "until", Label: "有效期至", Widget: "date"},
		}}}},
	}}
}

func shopGood() map[string]any {
	return map[string]any{
		"kinds": []any{"meal", "snack"}, "online": "yes", "platform": "样例外卖", "rating": "a",
		"staff": []any{map[string]any{"who": "周晓岚", "until": "2027-03-01", "no": "JK0001"}},
	}
}

func TestListsAndLines(t *testing.T) {
	line := func(kv ...string) map[string]any {
		m := map[string]any{}
		for i := 0; i < len(kv); i += 2 {
			m[kv[i]] = kv[i+1]
		}
		return m
	}
	whole := line("who", "周晓岚", "until", "2027-03-01")
	for name, c := range map[string]struct {
		field string
		value any
		want  []FieldError
	}{
		"good":               {"kinds", []any{"meal", "snack", "fresh"}, nil},
		"from Go":            {"kinds", []string{"meal", "snack"}, nil},
		"none":               {"kinds", []any{}, []FieldError{{"kinds", "请选经营类别"}}},
		"only empty ones":    {"kinds", []any{"", " "}, []FieldError{{"kinds", "请选经营类别"}}},
		"too few":            {"kinds", []any{"meal"}, []FieldError{{"kinds", "经营类别至少选2项，还差1项"}}},
		"too many":           {"kinds", []any{"meal", "snack", "fresh", "cooked"}, []FieldError{{"kinds", "经营类别最多选3项，多了1项"}}},
		"twice":              {"kinds", []any{"meal", "meal"}, []FieldError{{"kinds", "经营类别里有一样的，请去掉一个"}}},
		"no option":          {"kinds", []any{"meal", "gold"}, []FieldError{{"kinds", "请从列出的里面选"}}},
		"no list":            {"kinds", "meal", []FieldError{{"kinds", "经营类别填写的内容不对，请重新填"}}},
		"a list in a list":   {"kinds", []any{[]any{"meal"}}, []FieldError{{"kinds", "经营类别填写的内容不对，请重新填"}}},
		"unseen":             {"kinds", []any{"meal", "sna\u202eck"}, []FieldError{{"kinds", "经营类别里有看不见的字符，请擦掉重新填"}}},
		"no lines":           {"staff", nil, []FieldError{{"staff", "请填写从业人员，至少一条"}}},
		"lines, none of it":  {"staff", []any{}, []FieldError{{"staff", "请填写从业人员，至少一条"}}},
		"an empty line":      {"staff", []any{whole, line()}, []FieldError{{"staff/1/who", "请填写姓名"}, {"staff/1/until", "请选有效期至，要写到哪一天"}}},
		"a wrong cell":       {"staff", []any{line("who", "周", "until", "2027-03-01", "no", "x")}, []FieldError{{"staff/0/who", "姓名至少2个字，请写全名"}, {"staff/0/no", "编号是4到8位字母和数字"}}},
		"too many lines":     {"staff", []any{whole, whole, whole}, []FieldError{{"staff", "从业人员最多填2条，多了1条"}}},
		"no such column":     {"staff", []any{line("who", "周晓岚", "until", "2027-03-01", "age", "3")}, []FieldError{{"staff/0/age", "表里没有这一项"}}},
		"a line that is one": {"staff", []any{"周晓岚"}, []FieldError{{"staff", "从业人员填写的内容不对，请重新填"}}},
		"from Go, lines":     {"staff", []map[string]any{whole}, nil},
	} {
		values := shopGood()
		values[c.field] = c.value
		if d := cmp.Diff(c.want, Check(shop(), values, nil)); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

func TestTooManyCells(t *testing.T) {
	values := shopGood()
	lines := make([]any, 1001)
	for i := range lines {
		lines[i] = map[string]any{"who": "x"}
	}
	values["staff"] = lines
	if errs := Check(shop(), values, nil); len(errs) != 1 || errs[0].Field != "" {
		t.Errorf("got %v", errs)
	}
}

func TestHiddenGroups(t *testing.T) {
	with := func(kv ...string) map[string]any {
		m := shopGood()
		for i := 0; i < len(kv); i += 2 {
			if kv[i+1] == "" {
				delete(m, kv[i])
			} else {
				m[kv[i]] = kv[i+1]
			}
		}
		return m
	}
	const unwanted = "按前面填的，这一项不用填"
	for name, c := range map[string]struct {
		values map[string]any
		want   []FieldError
		shown  string
	}{
		"shown and filled":      {with(), nil, "what net staff"},
		"shown, not filled":     {with("platform", ""), []FieldError{{"platform", "请填写平台名称"}}, "what net staff"},
		"hidden and empty":      {with("online", "no", "platform", "", "rating", ""), nil, "what staff"},
		"hidden, but filled":    {with("online", "no"), []FieldError{{"platform", unwanted}, {"rating", unwanted}}, "what staff"},
		"hidden, wrong as well": {with("online", "no", "rating", "z"), []FieldError{{"platform", unwanted}, {"rating", unwanted}}, "what staff"},
		"second link":           {with("rating", "b"), nil, "what net why staff"},
		"second link, filled":   {with("rating", "b", "why", "不清楚"), nil, "what net why staff"},
		"second link, hidden":   {with("why", "不清楚"), []FieldError{{"why", unwanted}}, "what net staff"},
		"chain folds up":        {with("online", "no", "rating", "b", "platform", "", "why", "不"), []FieldError{{"rating", unwanted}}, "what staff"},
	} {
		if d := cmp.Diff(c.want, Check(shop(), c.values, nil)); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
		var shown []string
		for _, g := range matter.Shown(shop().Groups, c.values) {
			shown = append(shown, g.ID)
		}
		if got := strings.Join(shown, " "); got != c.shown {
			t.Errorf("%s: shown %s, want %s", name, got, c.shown)
		}
		it := &matter.Item{Form: shop()}
		if errs := CheckItem(it, nil, Keep(it, nil, c.values)); name != "shown, not filled" && errs != nil {
			t.Errorf("%s: after Keep: %v", name, errs)
		}
	}
}

func TestBindIsIdempotent(t *testing.T) {
	f := shop()
	once, err := Bind(f)
	if err != nil {
		t.Fatal(err)
	}
	f.Schema = once
	twice, err := Bind(f)
	if err != nil {
		t.Fatal(err)
	}
	if string(once) != string(twice) {
		t.Errorf("bound again:\n%s\n%s", once, twice)
	}
	if !strings.Contains(string(once), `"then":{"required":["platform","rating"]}`) || strings.Contains(string(once), `"required":["kinds","online","platform"`) {
		t.Errorf("%s", once)
	}
	for i := range f.Groups { // conditions are taken away again
		f.Groups[i].Show = nil
	}
	loose, err := Bind(f)
	if err != nil || strings.Contains(string(loose), "allOf") || !strings.Contains(string(loose), `"platform"`) {
		t.Errorf("%s %v", loose, err)
	}
	var schema struct{ Required []string }
	if err := json.Unmarshal(loose, &schema); err != nil || len(schema.Required) != 5 {
		t.Errorf("required %v %v", schema.Required, err)
	}
	plain := sample()
	if same, err := Bind(plain); err != nil || string(same) != string(plain.Schema) {
		t.Errorf("a form without conditions was changed")
	}
}

// Whatever is sent for lists, lines and conditions: no panic, the same answer twice, paths that exist.
func FuzzLines(f *testing.F) {
	for _, s := range []string{`{"kinds":["meal",1,null]}`, `{"staff":[{"who":[]},{}]}`, `{"staff":{"0":{}}}`, `{"online":["yes"],"rating":"b"}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var values map[string]any
		if json.Unmarshal(raw, &values) != nil {
			return
		}
		errs := Check(shop(), values, nil)
		if d := cmp.Diff(errs, Check(shop(), values, nil)); d != "" {
			t.Fatalf("not the same twice: %s", d)
		}
		it := &matter.Item{Form: shop()}
		for name := range Keep(it, nil, values) {
			if _, ok := values[name]; !ok {
				t.Fatalf("%s came from nowhere", name)
			}
		}
	})
}
