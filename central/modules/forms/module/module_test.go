package module_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/kernel/kerneltest"
	"tongban/central/modules/forms"
	"tongban/central/modules/forms/module"
	"tongban/fleet/wire/matter"
)

// centre is the module behind its own HTTP; who acts is said by a header, and holds the permissions of the role it names.
type centre struct {
	t       *testing.T
	h       http.Handler
	service forms.Service
	keys    int
}

func start(t *testing.T, k *kerneltest.Kit) *centre {
	t.Helper()
	f, err := module.New(k.Kernel)
	if err != nil {
		t.Fatal(err)
	}
	may := map[string][]string{
		"editor": {forms.PermRead, forms.PermEdit}, "publisher": {forms.PermRead, forms.PermPublish}, "clerk": {},
	}
	k.HTTP.Authenticate("staff", func(r *http.Request) (auth.Actor, error) {
		name := r.Header.Get("X-Test-Who")
		if name == "" {
			return auth.Actor{}, nil
		}
		return auth.Actor{Kind: auth.Staff, ID: name, Name: name}.Granted(may[name]...), nil
	})
	k.Use(t, f.Module)
	if err := k.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return &centre{t: t, h: k.HTTP.Handler(), service: f.Service}
}

// do calls an operation and decodes the answer; it returns the status and, of a refusal, its code.
func (c *centre) do(who, method, path string, body, into any) (int, string) {
	c.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		c.t.Fatal(err)
	}
	if body == nil {
		raw = nil
	}
	r := httptest.NewRequest(method, path, bytes.NewReader(raw))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Test-Who", who)
	c.keys++
	r.Header.Set("Idempotency-Key", fmt.Sprintf("key-%08d", c.keys))
	w := httptest.NewRecorder()
	c.h.ServeHTTP(w, r)
	var problem struct{ Code string }
	if w.Code >= 400 {
		_ = json.Unmarshal(w.Body.Bytes(), &problem)
		return w.Code, problem.Code
	}
	if into != nil {
		if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
			c.t.Fatalf("%s %s: %v in %s", method, path, err, w.Body)
		}
	}
	return w.Code, ""
}

func (c *centre) must(who, method, path string, body, into any) {
	c.t.Helper()
	if status, code := c.do(who, method, path, body, into); status >= 300 {
		c.t.Fatalf("%s %s as %s: %d %s", method, path, who, status, code)
	}
}

type draft struct {
	Rev    int
	State  string
	Base   int
	Note   string
	Design forms.Design
	Faults []forms.Fault
}

const staff = "/api/staff/v1/forms"

// shop makes a small design with a choice, a condition and lines.
func shop(id string) forms.Design {
	return forms.Design{
		ID: id, Title: "小店备案表",
		Schema: json.RawMessage(`{"type":"object","additionalProperties":false,"required":["shop","online","platform","staff"],"properties":{
			"shop":{"type":"string","minLength":2,"maxLength":40},"online":{"type":"string"},"platform":{"type":"string","minLength":2,"maxLength":40},
			"staff":{"type":"array","minItems":1,"maxItems":6,"items":{"type":"object","additionalProperties":false,"required":["who"],"properties":{"who":{"type":"string","format":"cn-name"}}}}}}`),
		Screens: []matter.Group{
			{ID: "shop", Title: "店名是什么？", Fields: []matter.Field{{Name: "shop", Label: "经营者名称", Widget: "text", Element: "JYZ_MC"}}},
			{ID: "online", Title: "上不上网络平台？", Fields: []matter.Field{{Name: "online", Label: "网络经营", Widget: "choice", Element: "SFWM", Options: []matter.Option{{Value: "是", Label: "是"}, {Value: "否", Label: "否"}}}}},
			{ID: "net", Title: "哪个平台？", Show: &matter.Filled{Field: "online", Is: []string{"是"}}, Fields: []matter.Field{{Name: "platform", Label: "平台名称", Widget: "text", Element: "WLPT"}}},
			{ID: "staff", Title: "有哪些从业人员？", Fields: []matter.Field{{Name: "staff", Label: "从业人员", Widget: "rows", MinRows: 1, MaxRows: 6, Columns: []matter.Field{{Name: "who", Label: "姓名", Widget: "text", Element: "CYRY_XM"}}}}},
		},
	}
}

// A form is drawn, saved, submitted, returned, mended and published; others see it only then.
func TestFromEmptySheetToPublished(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		c := start(t, k)
		var d draft
		c.must("editor", "POST", staff, map[string]any{"id": "xd-record", "title": "小店备案表"}, &d)
		if d.Rev != 1 || d.State != "editing" || len(d.Faults) == 0 {
			t.Fatalf("a new form: %+v", d)
		}
		if status, code := c.do("editor", "POST", staff+"/xd-record/draft/submit", map[string]any{"rev": 1}, nil); status != 422 || code != "forms.faults" {
			t.Errorf("an empty sheet is submitted: %d %s", status, code)
		}
		if status, code := c.do("editor", "POST", staff, map[string]any{"id": "xd-record", "title": "小店备案表"}, nil); code != "forms.taken" {
			t.Errorf("the same id again: %d %s", status, code)
		}

		design := shop("xd-record")
		var drawn struct{ Paper forms.Paper }
		c.must("editor", "POST", staff+"/draw", map[string]any{"design": design}, &drawn)
		design.Paper = drawn.Paper
		c.must("editor", "PUT", staff+"/xd-record/draft", map[string]any{"rev": 1, "design": design}, &d)
		if d.Rev != 2 || len(d.Faults) != 0 {
			t.Fatalf("saved: rev %d, faults %v", d.Rev, d.Faults)
		}
		if !strings.Contains(string(d.Design.Schema), `"x-show":"net"`) || !strings.Contains(string(d.Design.Schema), `"x-element":"JYZ_MC"`) {
			t.Errorf("conditions and elements are not in the schema: %s", d.Design.Schema)
		}
		if status, code := c.do("editor", "PUT", staff+"/xd-record/draft", map[string]any{"rev": 1, "design": design}, nil); status != 409 || code != "forms.changed" {
			t.Errorf("an old revision: %d %s", status, code)
		}
		c.must("editor", "POST", staff+"/xd-record/draft/submit", map[string]any{"rev": 2}, &d)
		if status, code := c.do("editor", "PUT", staff+"/xd-record/draft", map[string]any{"rev": 3, "design": design}, nil); status != 409 || code != "forms.not_now" {
			t.Errorf("saving what was submitted: %d %s", status, code)
		}
		if status, _ := c.do("", "GET", "/api/public/v1/forms/xd-record", nil, nil); status != 404 {
			t.Errorf("a draft is seen by everybody: %d", status)
		}
		c.must("publisher", "POST", staff+"/xd-record/draft/return", map[string]any{"rev": 3, "note": "店名的提示再写清楚"}, &d)
		if d.State != "returned" || d.Note != "店名的提示再写清楚" {
			t.Errorf("returned: %+v", d)
		}
		design.Screens[0].Fields[0].Hint = "和营业执照上一样"
		c.must("editor", "PUT", staff+"/xd-record/draft", map[string]any{"rev": 4, "design": design}, &d)
		c.must("editor", "POST", staff+"/xd-record/draft/submit", map[string]any{"rev": 5}, &d)
		for who, want := range map[string]int{"editor": 403, "clerk": 403, "": 401} {
			if status, _ := c.do(who, "POST", staff+"/xd-record/draft/publish", map[string]any{"rev": 6}, nil); status != want {
				t.Errorf("%q publishes: %d, want %d", who, status, want)
			}
		}
		var published struct{ Version int }
		c.must("publisher", "POST", staff+"/xd-record/draft/publish", map[string]any{"rev": 6}, &published)
		if published.Version != 1 {
			t.Errorf("version %d", published.Version)
		}
		var seen struct{ Form matter.Form }
		c.must("", "GET", "/api/public/v1/forms/xd-record", nil, &seen)
		if seen.Form.Version != 1 || seen.Form.Groups[0].Fields[0].Hint != "和营业执照上一样" {
			t.Errorf("%+v", seen.Form)
		}
		if status, code := c.do("editor", "GET", staff+"/xd-record/draft", nil, nil); status != 404 || code != "forms.no_draft" {
			t.Errorf("a published draft is still there: %d %s", status, code)
		}
		var errors struct {
			Errors []struct{ Field, Message string }
		}
		c.must("", "POST", "/api/public/v1/forms/xd-record/check", map[string]any{"version": 1, "values": map[string]any{
			"shop": "面", "online": "否", "platform": "样例外卖", "staff": []any{map[string]any{"who": "周"}},
		}}, &errors)
		if got := fmt.Sprint(errors.Errors); got != "[{shop 经营者名称至少2个字，还差1个字} {platform 按前面填的，这一项不用填} {staff/0/who 姓名至少2个字，请写全名}]" {
			t.Errorf("checked: %s", got)
		}
	})
}

// A second version, its difference in words, entries that are carried, and the first version that stays what it was.
func TestVersionsAndCarriedEntries(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		c := start(t, k)
		publish := func(design forms.Design, rev int) {
			t.Helper()
			var drawn struct{ Paper forms.Paper }
			c.must("editor", "POST", staff+"/draw", map[string]any{"design": design}, &drawn)
			design.Paper = drawn.Paper
			c.must("editor", "PUT", staff+"/xd-record/draft", map[string]any{"rev": rev, "design": design}, nil)
			c.must("editor", "POST", staff+"/xd-record/draft/submit", map[string]any{"rev": rev + 1}, nil)
			c.must("publisher", "POST", staff+"/xd-record/draft/publish", map[string]any{"rev": rev + 2}, nil)
		}
		c.must("editor", "POST", staff, map[string]any{"id": "xd-record", "title": "小店备案表"}, nil)
		publish(shop("xd-record"), 1)

		entry := map[string]any{"version": 1, "values": map[string]any{"shop": "晓岚小面馆", "online": "是", "platform": "样例外卖平台", "staff": []any{map[string]any{"who": "周晓岚"}}}}
		c.must("clerk", "PUT", staff+"/xd-record/entries/visit-1", entry, nil)

		second := shop("xd-record")
		second.Schema = json.RawMessage(strings.NewReplacer(`"shop"`, `"name"`, `"platform":{"type":"string","minLength":2,"maxLength":40}`, `"platform":{"type":"string","minLength":2,"maxLength":4}`).Replace(string(second.Schema)))
		second.Screens[0].Fields[0].Name = "name"
		c.must("editor", "POST", staff+"/xd-record/draft", map[string]any{}, nil)
		var changes struct {
			Changes []struct{ Where, Words string }
		}
		publish(second, 1)
		c.must("editor", "GET", staff+"/xd-record/diff?from=1&to=2", nil, &changes)
		words := fmt.Sprint(changes.Changes)
		for _, want := range []string{"新增“经营者名称”（必填）", "去掉“经营者名称”", "“平台名称”最长：40字 → 4字"} {
			if !strings.Contains(words, want) {
				t.Errorf("no %q in %s", want, words)
			}
		}

		var carried forms.Carried
		c.must("clerk", "GET", staff+"/xd-record/entries/visit-1", nil, &carried)
		if carried.Form.Version != 2 || carried.Values["name"] != "晓岚小面馆" || carried.Values["platform"] != nil || len(carried.Aside) != 1 ||
			!strings.Contains(carried.Aside[0].Words, "平台名称最多4个字") {
			t.Errorf("carried: %+v", carried)
		}
		if status, _ := c.do("editor", "GET", staff+"/xd-record/entries/visit-1", nil, nil); status != 404 {
			t.Errorf("another person's draft is seen: %d", status)
		}
		c.must("clerk", "POST", staff+"/xd-record/entries/visit-1/drop", map[string]any{}, nil)
		if status, code := c.do("clerk", "GET", staff+"/xd-record/entries/visit-1", nil, nil); code != "forms.no_entry" {
			t.Errorf("dropped: %d %s", status, code)
		}

		first, err := c.service.Design(t.Context(), "xd-record", 1)
		if err != nil || first.Screens[0].Fields[0].Name != "shop" {
			t.Errorf("the first version: %+v %v", first.Screens, err)
		}
		err = k.DB.Do(t.Context(), func(tx db.Tx) error {
			_, err := tx.ExecContext(t.Context(), `UPDATE forms_version SET words = '[]'`)
			return err
		})
		if err == nil {
			t.Error("published versions were changed")
		}
	})
}

// The forms that items carry are taken over once, again only when they changed, and never over a person's work.
func TestAdopt(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		c := start(t, k)
		d := shop("item-form")
		embedded := matter.Form{ID: d.ID, Title: d.Title, Schema: d.Schema, Groups: d.Screens}
		version := func() int {
			t.Helper()
			if err := c.service.Adopt(t.Context(), []matter.Form{embedded}); err != nil {
				t.Fatal(err)
			}
			got, err := c.service.Design(t.Context(), "item-form", 0)
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Paper.Blocks) == 0 {
				t.Fatal("no paper")
			}
			return got.Version
		}
		if v := version(); v != 1 {
			t.Errorf("version %d", v)
		}
		if v := version(); v != 1 {
			t.Errorf("the same again makes version %d", v)
		}
		embedded.Title = "小店备案登记表"
		if v := version(); v != 2 {
			t.Errorf("changed: version %d", v)
		}
		var dr draft
		c.must("editor", "POST", staff+"/item-form/draft", map[string]any{}, &dr)
		dr.Design.Title = "改过的表"
		c.must("editor", "PUT", staff+"/item-form/draft", map[string]any{"rev": 1, "design": dr.Design}, nil)
		c.must("editor", "POST", staff+"/item-form/draft/submit", map[string]any{"rev": 2}, nil)
		c.must("publisher", "POST", staff+"/item-form/draft/publish", map[string]any{"rev": 3}, nil)
		embedded.Title = "又一个名字"
		if v := version(); v != 3 {
			t.Errorf("a person's version was run over: %d", v)
		}
	})
}

func TestElements(t *testing.T) {
	c := start(t, kerneltest.New(t))
	if err := c.service.Adopt(t.Context(), []matter.Form{{ID: "item-form", Title: "小店备案表", Schema: shop("x").Schema, Groups: shop("x").Screens}}); err != nil {
		t.Fatal(err)
	}
	for q, want := range map[string]string{"jyzmc": "JYZ_MC", "JYZ_MC": "JYZ_MC", "经营者名称": "JYZ_MC", "jyz": "JYZ_MC", "名称": "JYZ_MC"} {
		var out struct {
			Elements []struct {
				ID   string
				Uses int
			}
			Total int
		}
		c.must("editor", "GET", staff+"/elements?q="+q, nil, &out)
		found := false
		for _, e := range out.Elements {
			found = found || e.ID == want && e.Uses == 1
		}
		if !found || out.Total < 150 {
			t.Errorf("%s: %v", q, out)
		}
	}
	var one struct {
		Uses []struct{ Form, Field string }
	}
	c.must("editor", "GET", staff+"/elements/CYRY_XM", nil, &one)
	if fmt.Sprint(one.Uses) != "[{item-form staff/who}]" {
		t.Errorf("%v", one.Uses)
	}
}

// The papers are files beside the document of operations: each answers a PDF to those who may see it, and says its refusal in words.
func TestPapersAreSent(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		c := start(t, k)
		design := shop("xd-record")
		var drawn struct{ Paper forms.Paper }
		c.must("editor", "POST", staff, map[string]any{"id": "xd-record", "title": "小店备案表"}, nil)
		c.must("editor", "POST", staff+"/draw", map[string]any{"design": design}, &drawn)
		design.Paper = drawn.Paper
		c.must("editor", "PUT", staff+"/xd-record/draft", map[string]any{"rev": 1, "design": design}, nil)
		c.must("editor", "POST", staff+"/xd-record/draft/submit", map[string]any{"rev": 2}, nil)
		c.must("publisher", "POST", staff+"/xd-record/draft/publish", map[string]any{"rev": 3}, nil)
		c.must("editor", "POST", staff+"/xd-record/draft", map[string]any{}, nil)

		values := map[string]any{"shop": "晓岚小面馆", "online": "否", "staff": []any{map[string]any{"who": "周晓岚"}}}
		const public = "/api/public/v1/forms/"
		for _, x := range []struct {
			name, who, method, path string
			body                    any
			want                    int
			code                    string
		}{
			{"an unsaved design, empty", "editor", "POST", staff + "/preview", map[string]any{"design": design, "blank": true}, 200, ""},
			{"an unsaved design, filled in", "publisher", "POST", staff + "/preview", map[string]any{"design": design, "values": values}, 200, ""},
			{"what is no design", "editor", "POST", staff + "/preview", "x", 422, "forms.unreadable"},
			{"a paper with faults", "editor", "POST", staff + "/preview", map[string]any{"design": shop("xd-record")}, 422, "forms.faults"},
			{"without permission", "clerk", "POST", staff + "/preview", map[string]any{"design": design}, 403, "auth.forbidden"},
			{"signed out", "", "POST", staff + "/preview", map[string]any{"design": design}, 401, "auth.signed_out"},
			{"the empty form", "editor", "GET", staff + "/xd-record/print?kind=blank", nil, 200, ""},
			{"the sample", "editor", "GET", staff + "/xd-record/print?kind=sample&version=1", nil, 200, ""},
			{"the draft", "editor", "GET", staff + "/xd-record/print?kind=draft", nil, 200, ""},
			{"no such form", "editor", "GET", staff + "/no-such/print?kind=blank", nil, 404, "forms.no_such_form"},
			{"a citizen's entries", "", "POST", public + "xd-record/print", map[string]any{"version": 1, "values": values}, 200, ""},
			{"a version that is not there", "", "POST", public + "xd-record/print", map[string]any{"version": 7, "values": values}, 404, "forms.no_such_form"},
		} {
			raw, _ := json.Marshal(x.body)
			r := httptest.NewRequest(x.method, x.path, bytes.NewReader(raw))
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("X-Test-Who", x.who)
			w := httptest.NewRecorder()
			c.h.ServeHTTP(w, r)
			if w.Code != x.want {
				t.Errorf("%s: %d, want %d: %s", x.name, w.Code, x.want, w.Body)
				continue
			}
			if x.want != http.StatusOK {
				var problem struct{ Code string }
				if err := json.Unmarshal(w.Body.Bytes(), &problem); err != nil || problem.Code != x.code {
					t.Errorf("%s: refused as %q, want %q", x.name, problem.Code, x.code)
				}
				continue
			}
			if w.Header().Get("Content-Type") != "application/pdf" || !bytes.HasPrefix(w.Body.Bytes(), []byte("%PDF-")) {
				t.Errorf("%s: no PDF but %s", x.name, w.Header().Get("Content-Type"))
			}
		}
	})
}
