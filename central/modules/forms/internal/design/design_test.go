package design

import (
	"encoding/json"
	"strings"
	"testing"

	"tongban/central/modules/forms"
	"tongban/central/modules/forms/seed"
	"tongban/fleet/wire/matter"
)

func library(t *testing.T) Library {
	t.Helper()
	s, err := ReadSeed(seed.FS)
	if err != nil {
		t.Fatal(err)
	}
	return s.Library
}

func TestPortablePatterns(t *testing.T) {
	for _, good := range []string{`^[1-9][0-9]*$`, `^(a|b){1,3}$`, `^[京津沪][A-Z]$`, `^(?:x|y)+$`, `^\d{6}$`, `^a\.b$`, `^[\-_a]$`} {
		if why := Portable(good); why != "" {
			t.Errorf("%s: %s", good, why)
		}
	}
	for _, bad := range []string{`abc`, `^a.c$`, `^\s$`, `^\bx$`, `^(?i)x$`, `^\p{Han}$`, `^[[:alpha:]]$`, `^(?P<n>x)$`, `^\x41$`, `^(?=x)x$`, `^(x)\1$`, `^a{$`, `^x]$`, `^[]a]$`, `^\A$`} {
		if Portable(bad) == "" {
			t.Errorf("%s is let in", bad)
		}
	}
}

// small is a sound design that the cases below spoil.
func small(id, schema string, fields ...matter.Field) forms.Design {
	d := forms.Design{ID: id, Title: "表" + id, Schema: json.RawMessage(schema), Screens: []matter.Group{{ID: "a", Title: "问什么？", Fields: fields}}}
	if settled, err := Settle(d); err == nil {
		d = settled
	}
	d.Paper = Draw(d)
	return d
}

func shopName(limit string) forms.Design {
	return small("f"+limit, `{"type":"object","additionalProperties":false,"required":["n"],"properties":{"n":{"type":"string","minLength":2,"maxLength":`+limit+`}}}`,
		matter.Field{Name: "n", Label: "经营者名称", Widget: "text", Element: "JYZ_MC"})
}

func TestVerifyFindsPlantedFaults(t *testing.T) {
	lib := library(t)
	if faults := Verify(shopName("40"), lib); len(faults) > 0 {
		t.Fatalf("a sound design: %v", faults)
	}
	for name, c := range map[string]struct {
		spoil func(*forms.Design)
		where string
	}{
		"wider than its element": {func(d *forms.Design) {
			d.Schema = json.RawMessage(strings.Replace(string(d.Schema), `"maxLength":40`, `"maxLength":400`, 1))
		}, "screens.a.n"},
		"no such element": {func(d *forms.Design) { d.Screens[0].Fields[0].Element = "XX" }, "screens.a.n"},
		"no length": {func(d *forms.Design) {
			d.Schema = json.RawMessage(`{"type":"object","additionalProperties":false,"properties":{"n":{"type":"string"}}}`)
		}, "schema.n"},
		"a number": {func(d *forms.Design) {
			d.Schema = json.RawMessage(`{"type":"object","additionalProperties":false,"properties":{"n":{"type":"integer"}}}`)
		}, "schema.n"},
		"on no screen":         {func(d *forms.Design) { d.Screens[0].Fields = nil }, "schema.n"},
		"not on the paper":     {func(d *forms.Design) { d.Paper.Blocks = d.Paper.Blocks[:4] }, "schema.n"},
		"outside the page":     {func(d *forms.Design) { d.Paper.Blocks[3].X = 100 }, "paper.b4"},
		"over another":         {func(d *forms.Design) { d.Paper.Blocks[4].Y = 30 }, "paper.b5"},
		"cells over cells":     {func(d *forms.Design) { d.Paper.Blocks[6].Rows[0].Cells[1].Col = 0 }, "paper.b7.0.1"},
		"columns do not add":   {func(d *forms.Design) { d.Paper.Blocks[6].Columns[0] = 40 }, "paper.b7"},
		"a cell without field": {func(d *forms.Design) { d.Paper.Blocks[6].Rows[0].Cells[1].Field = "zz" }, "paper.b7.0.1"},
		"condition on nothing": {func(d *forms.Design) { d.Screens[0].Show = &matter.Filled{Field: "q", Is: []string{"x"}} }, "screens.a"},
	} {
		d := shopName("40")
		c.spoil(&d)
		found := false
		for _, f := range Verify(d, lib) {
			found = found || f.Where == c.where && !f.Warn
		}
		if !found {
			t.Errorf("%s: nothing at %s in %v", name, c.where, Verify(d, lib))
		}
	}
}

func TestMergeByElement(t *testing.T) {
	choice := func(id string, codes ...string) forms.Design {
		var options []matter.Option
		for _, c := range codes {
			options = append(options, matter.Option{Value: c, Label: c})
		}
		return small(id, `{"type":"object","additionalProperties":false,"properties":{"k":{"type":"string"}}}`, matter.Field{Name: "k", Label: "主体类型", Widget: "choice", Element: "ZTLX", Options: options})
	}
	m, err := Merge("m", "一张表单", []forms.Design{shopName("80"), shopName("40"), choice("x", "企业", "个体工商户"), choice("y", "企业", "其他组织"), choice("z", "个体工商户")})
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Map["jyz_mc"]) != 2 || len(m.Map["ztlx"]) != 3 || len(m.Map) != 2 {
		t.Errorf("map %v", m.Map)
	}
	var lengths, codes, fatal int
	for _, c := range m.Conflicts {
		switch {
		case c.What == "length" && strings.Contains(c.Words, "取 40"):
			lengths++
		case c.What == "codes":
			codes++
		}
		if c.Fatal {
			fatal++
		}
	}
	if lengths != 1 || codes != 2 || fatal != 1 {
		t.Errorf("%d lengths, %d codes, %d fatal: %+v", lengths, codes, fatal, m.Conflicts)
	}
	split := m.Split(map[string]any{"jyz_mc": "晓岚小面馆", "ztlx": "企业"})
	if split["f80"]["n"] != "晓岚小面馆" || split["f40"]["n"] != "晓岚小面馆" || split["y"]["k"] != "企业" {
		t.Errorf("split %v", split)
	}
}

// Every form that Draw lays out is a sheet without faults, however many fields there are.
func TestDrawnPapersAreSound(t *testing.T) {
	lib := library(t)
	for _, n := range []int{1, 2, 7, 30, 80} {
		properties, fields := map[string]any{}, []matter.Field{}
		for _, e := range lib.All[:n] {
			name := "f" + strings.ToLower(strings.ReplaceAll(e.ID, "_", ""))
			var rule any
			if err := json.Unmarshal(e.Schema, &rule); err != nil {
				t.Fatal(err)
			}
			properties[name] = rule
			fields = append(fields, matter.Field{Name: name, Label: e.Name, Widget: e.Widget, Element: e.ID, Source: e.Source, Options: e.Codes})
		}
		b, err := json.Marshal(map[string]any{"type": "object", "additionalProperties": false, "properties": properties})
		if err != nil {
			t.Fatal(err)
		}
		d := small("drawn", string(b), fields...)
		for _, f := range Verify(d, lib) {
			if !f.Warn {
				t.Errorf("%d fields: %s: %s", n, f.Where, f.Words)
			}
		}
		if n == 80 && d.Paper.Pages < 2 {
			t.Errorf("80 fields on %d page", d.Paper.Pages)
		}
	}
}
