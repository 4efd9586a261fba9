package form

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"tongban/fleet/wire"
	"tongban/fleet/wire/matter"
)

const schema = `{"type":"object","additionalProperties":false,
"required":["name","id_number","street","phone","card","shop"],
"properties":{
 "name":{"type":"string","format":"cn-name","maxLength":50},
 "id_number":{"type":"string","format":"cn-id"},
 "street":{"type":"string","minLength":4,"maxLength":12},
 "phone":{"type":"string","format":"cn-mobile"},
 "card":{"type":"string","format":"bank-card"},
 "shop":{"type":"string","format":"cn-uscc"},
 "day":{"type":"string","format":"cn-date"},
 "people":{"type":"string","pattern":"^[1-9]$","x-message":"人数填1到9的数字"},
 "digits":{"type":"string","minLength":6,"maxLength":6},
 "age":{"type":"integer","minimum":16,"maximum":60},
 "kind":{"type":"string","enum":["a","b"]}}}`

func sample() matter.Form {
	f := func(name, label, widget, source string) matter.Field {
		return matter.Field{Name: name, Label: label, Widget: widget, Source: source}
	}
	when := &matter.Cond{Q: "card", Is: []string{"yes"}}
	return matter.Form{ID: "t", Version: 1, Schema: json.RawMessage(schema), Groups: []matter.Group{
		{ID: "home", Fields: []matter.Field{
			f("name", "姓名", "readonly", "idcard.name"), f("id_number", "身份证号", "readonly", "idcard.id_number"), f("street", "路名和门牌号", "text", ""),
		}},
		{ID: "pay", When: when, Fields: []matter.Field{f("card", "卡号", "digits", "")}},
		{ID: "rest", Fields: []matter.Field{
			f("phone", "手机号码", "phone", ""), f("shop", "信用代码", "text", ""), f("day", "日期", "date", ""), f("people", "人数", "digits", ""),
			f("digits", "验证码", "digits", ""), f("age", "年龄", "digits", ""), f("kind", "种类", "choice", ""),
		}},
	}}
}

func good() map[string]any {
	return map[string]any{
		"name": "迪丽努尔·阿卜杜热依木艾合买提", "id_number": "510799194603150066", "street": "普明北路1号", "phone": "13900000026",
		"card": "6210799000000006621", "shop": "92510799MA99DEM19P", "day": "2026-11-26", "people": "3", "digits": "012345",
		"age": 30.0, "kind": "a",
	}
}

func TestGoodFormPasses(t *testing.T) {
	if errs := Check(sample(), good(), nil); errs != nil {
		t.Error(errs)
	}
}

func TestMessagesCountAndSayWhatIsMissing(t *testing.T) {
	for _, c := range []struct {
		field string
		value any
		want  string
	}{
		{"phone", "139000000", "手机号是11位，现在只有9位，还差2位"},
		{"phone", "139000000261", "手机号是11位，现在有12位，多了1位"},
		{"phone", "12900000026", "手机号以13到19开头，请看看前两位"},
		{"phone", "139 0000 0026", "手机号只有数字，中间不要空格和横线"},
		{"phone", "", "请填写手机号码"},
		{"phone", "   ", "请填写手机号码"},
		{"phone", nil, "请填写手机号码"},
		{"phone", 13900000026.0, "填写的内容不对，请重新填"},
		{"name", nil, "没有从身份证读到姓名，请把身份证再放一次"},
		{"name", "周", "姓名至少2个字，请写全名"},
		{"name", "周1明", "姓名里不要数字和符号，中间的点写成“·”"},
		{"id_number", "51079919460315006", "身份证号是18位，现在只有17位，还差1位"},
		{"id_number", "510799194603150067", "身份证号有一位对不上，请对照证件再看一遍"},
		{"id_number", "510799194613150066", "身份证号第7到14位应是出生日期，请对照证件"},
		{"id_number", "11010519491231002x", "身份证号前17位是数字，最后一位是数字或大写X"},
		{"id_number", "11010519491231002X", ""},
		{"street", "普明路", "路名和门牌号至少4个字，还差1个字"},
		{"street", "普明北路小区第三栋二单元一号", "路名和门牌号最多12个字，多了2个字"},
		{"card", "62107990000000", "卡号至少16位，现在只有14位，还差2位"},
		{"card", "62107990000000066210", "卡号最多19位，现在有20位，多了1位"},
		{"card", "6210799000000006622", "卡号有一位对不上，请对照卡面再看一遍"},
		{"shop", "92510799MA99DEM19", "统一社会信用代码是18位，现在只有17位，还差1位"},
		{"shop", "92510799MA99DEM19O", "信用代码用数字和大写字母，没有I、O、S、V、Z"},
		{"shop", "92510799MA99DEM19Q", "信用代码有一位对不上，请对照营业执照"},
		{"day", "2026-02-30", "日期要写成2026-11-26这样，并且是真有的一天"},
		{"day", "1026-02-03", "年份太早了，请核对"},
		{"people", "0", "人数填1到9的数字"},
		{"digits", "0123", "验证码至少6位，还差2位"},
		{"age", 12.0, "年龄不能小于16"},
		{"age", 99, "年龄不能大于60"},
		{"age", "30", "年龄要填数字"},
		{"age", math.NaN(), "年龄不是数字"},
		{"kind", "c", "请从列出的里面选一个"},
		{"kind", []any{"a"}, "种类填写的内容不对，请重新填"},
		{"street", strings.Repeat("长", 5000), "路名和门牌号太长了，请写短些"},
		{"street", "普明北路\u202e1号", "路名和门牌号里有看不见的字符，请擦掉重新填"},
		{"street", "普明\x00北路1号", "路名和门牌号里有看不见的字符，请擦掉重新填"},
		{"extra", "x", "表里没有这一项"},
	} {
		values := good()
		values[c.field] = c.value
		var want []FieldError
		if c.want != "" {
			want = []FieldError{{c.field, c.want}}
		}
		if d := cmp.Diff(want, Check(sample(), values, nil)); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.field, d)
		}
	}
}

func TestFaultsComeInTheOrderOfTheForm(t *testing.T) {
	errs := Check(sample(), map[string]any{"zebra": 1.0, "apple": 1.0, "phone": "1"}, nil)
	var got []string
	for _, e := range errs {
		got = append(got, e.Field)
	}
	if d := cmp.Diff([]string{"name", "id_number", "street", "phone", "shop", "apple", "zebra"}, got); d != "" {
		t.Error(d)
	}
}

func TestOneScreenOnly(t *testing.T) {
	errs := Check(sample(), map[string]any{"street": "路"}, []string{"street", "card"})
	want := []FieldError{{"street", "路名和门牌号至少4个字，还差3个字"}, {"card", "请填写卡号"}}
	if d := cmp.Diff(want, errs); d != "" {
		t.Error(d)
	}
}

func TestCheckItemIsStrictAboutGroups(t *testing.T) {
	it := &matter.Item{Form: sample(), Questions: []matter.Question{{ID: "card", Options: []matter.Option{{Value: "yes"}, {Value: "no"}}}}}
	yes, no := map[string]string{"card": "yes"}, map[string]string{"card": "no"}
	without := good()
	delete(without, "card")

	for name, c := range map[string]struct {
		answers map[string]string
		values  map[string]any
		want    []FieldError
	}{
		"applies and filled in":      {yes, good(), nil},
		"applies and missing":        {yes, without, []FieldError{{"card", "请填写卡号"}}},
		"does not apply and absent":  {no, without, nil},
		"does not apply, but filled": {no, good(), []FieldError{{"card", "按您的情况，这一项不用填"}}},
		"dropped by Keep":            {no, Keep(it, no, good()), nil},
	} {
		if d := cmp.Diff(c.want, CheckItem(it, c.answers, c.values)); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

func TestPrefillAndDiffers(t *testing.T) {
	f := sample()
	f.Groups[0].Fields = append(f.Groups[0].Fields, matter.Field{Name: "nation", Source: "idcard.nation"}, matter.Field{Name: "sex", Source: "idcard.sex"})
	p := wire.Person{Name: "马秀兰", IDNumber: "510799195607080047", Nation: "03", Sex: "female"}
	values := Prefill(f, p)
	want := map[string]any{"name": "马秀兰", "id_number": "510799195607080047", "nation": "回族", "sex": "女"}
	if d := cmp.Diff(want, values); d != "" {
		t.Error(d)
	}
	if errs := Differs(f, values, p); errs != nil {
		t.Errorf("the card differs from itself: %v", errs)
	}
	values["name"] = "马秀英"
	if errs := Differs(f, values, p); len(errs) != 1 || errs[0].Field != "name" {
		t.Errorf("a changed name: %v", errs)
	}
}

func TestNations(t *testing.T) {
	for code, want := range map[string]string{"01": "汉族", "05": "维吾尔族", "33": "羌族", "56": "基诺族", "57": "", "": "", "1": "", "AA": "", "97": "其他"} {
		if got := Nation(code); got != want {
			t.Errorf("Nation(%q) = %q, want %q", code, got, want)
		}
	}
}

func TestBrokenSchema(t *testing.T) {
	for name, s := range map[string]string{"no JSON": `{`, "no schema": `{"type":"nothing"}`, "elsewhere": `{"$ref":"https://example.com/x"}`, "bad pattern": `{"properties":{"a":{"pattern":"(?=x)"}}}`} {
		f := matter.Form{ID: "broken", Schema: json.RawMessage(s)}
		if Compile(f) == nil {
			t.Errorf("%s: compiled", name)
		}
		if errs := Check(f, nil, nil); len(errs) != 1 || errs[0].Field != "" {
			t.Errorf("%s: %v", name, errs)
		}
	}
}

// Whatever is typed: no panic, the same answer twice, a Chinese sentence for each fault, and never the value itself.
func FuzzCheck(f *testing.F) {
	for _, s := range []string{`{"phone":"139"}`, `{"name":{"a":1},"age":1e400}`, `{"id_number":"51079919460315006Ｘ"}`, `{"":""}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var values map[string]any
		if json.Unmarshal(raw, &values) != nil {
			return
		}
		errs := Check(sample(), values, nil)
		if d := cmp.Diff(errs, Check(sample(), values, nil)); d != "" {
			t.Fatalf("not the same twice: %s", d)
		}
		for _, e := range errs {
			if !strings.ContainsFunc(e.Message, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
				t.Fatalf("%q: %q is no Chinese sentence", e.Field, e.Message)
			}
		}
	})
}
