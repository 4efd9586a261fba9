// Package agreement proves that the judges of filled-in forms agree (表单校验一致): the server's check in Go, the browser's in
// TypeScript, and a plain JSON Schema validator, over documents made from every shipped form.
package agreement

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongban/central/kernel/kerneltest"
	items "tongban/central/modules/catalogue"
	catalogue "tongban/central/modules/catalogue/module"
	"tongban/central/modules/forms"
	formsmodule "tongban/central/modules/forms/module"
	"tongban/fleet/wire/matter"
	"tongban/fleet/wire/matter/form"
)

// perForm is how many documents are made of each form.
const perForm = 500

// doc is one document, as it goes over to the other judges.
type doc struct {
	Form   int            `json:"form"`
	Values map[string]any `json:"values"`
	Only   []string       `json:"only,omitempty"`
}

// verdict is what the runner prints for a document.
type verdict struct {
	Errors []form.FieldError `json:"errors"`
	Shown  []string          `json:"shown"`
	Plain  []string          `json:"plain"`
}

func TestBrowserAndServerAgree(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip(err)
	}
	root := repository(t)
	if _, err := os.Stat(filepath.Join(root, "node_modules/ajv/dist/2020.js")); err != nil {
		t.Skip("node_modules lack ajv: run make setup")
	}
	all := shippedForms(t)
	if len(all) < 12 {
		t.Fatalf("only %d forms", len(all))
	}
	r := rand.New(rand.NewPCG(4, 500)) // #nosec G404 -- the same documents each time
	var docs []doc
	for i := range all {
		for n := range perForm {
			d := doc{Form: i, Values: good(r, all[i])}
			if n%2 == 1 {
				spoil(r, all[i], d.Values)
			}
			if n%5 == 4 {
				d.Only = oneScreen(r, all[i])
			}
			docs = append(docs, d)
		}
	}

	sent, err := json.Marshal(map[string]any{"forms": all, "docs": docs})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "documents.json")
	if err := os.WriteFile(file, sent, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), node, "runner.mjs", root, file) // #nosec G204 -- our own script
	var told, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &told, &complaint
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %s", err, complaint.String())
	}
	compare(t, all, docs, &told)
}

// compare sets the verdicts against the server's.
func compare(t *testing.T, all []matter.Form, docs []doc, told *bytes.Buffer) {
	t.Helper()
	in := json.NewDecoder(told)
	right, wrong, fields, differing, third := 0, 0, 0, 0, 0
	for n, d := range docs {
		var v verdict
		if err := in.Decode(&v); err != nil {
			t.Fatalf("document %d: %v", n, err)
		}
		f := all[d.Form]
		raw, _ := json.Marshal(d.Values)
		var values map[string]any // as the server reads it
		if err := json.Unmarshal(raw, &values); err != nil {
			t.Fatal(err)
		}
		ours := form.Check(f, values, d.Only)
		if len(ours) == 0 {
			right++
		} else {
			wrong++
		}
		fields += len(ours)
		var shown []string
		for _, g := range matter.Shown(f.Groups, values) {
			shown = append(shown, g.ID)
		}
		diff := cmp.Diff(ours, v.Errors, cmp.Transformer("none", func(l []form.FieldError) []form.FieldError { return append([]form.FieldError{}, l...) }))
		diff += cmp.Diff(strings.Join(shown, " "), strings.Join(v.Shown, " "))
		if plain, comparable := plainFields(f, values, ours); comparable && d.Only == nil {
			third++
			diff += cmp.Diff(plain, append([]string{}, v.Plain...))
		}
		if diff != "" {
			if differing++; differing <= 5 {
				t.Errorf("form %s, document %d (-server +others):\n%s\n%.600s only %v", f.ID, n, diff, raw, d.Only)
			}
		}
	}
	t.Logf("%d forms, %d documents, %d of them judged by ajv as well: %d right, %d wrong with %d bad fields; %d differ", len(all), len(docs), third, right, wrong, fields, differing)
	if right < len(docs)/4 || wrong < len(docs)/4 {
		t.Errorf("the documents are one-sided: %d right, %d wrong", right, wrong)
	}
}

// plainFields are the fields a plain validator has to find wrong. It knows neither what counts as left empty nor characters that
// cannot be seen, nor conditions on an item's answers, so that documents with these are not comparable.
func plainFields(f matter.Form, values map[string]any, ours []form.FieldError) ([]string, bool) {
	if slices.ContainsFunc(f.Groups, func(g matter.Group) bool { return g.When != nil }) || own(values) {
		return nil, false
	}
	fields := []string{}
	for _, e := range ours {
		base, _, _ := strings.Cut(e.Field, "/")
		if !slices.Contains(fields, base) {
			fields = append(fields, base)
		}
	}
	slices.Sort(fields)
	return fields, true
}

// own reports whether a document has what only our judges know of.
func own(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return strings.TrimSpace(v) == "" || strings.ContainsAny(v, "\x00\u202e\u200b") || len(v) > 8000
	case []any:
		return len(v) == 0 || slices.ContainsFunc(v, own)
	case map[string]any:
		for _, one := range v {
			if own(one) {
				return true
			}
		}
	}
	return false
}

// shippedForms are the forms in force after a first start, and those that items carry.
func shippedForms(t *testing.T) []matter.Form {
	t.Helper()
	k := kerneltest.New(t)
	f, err := formsmodule.New(k.Kernel)
	if err != nil {
		t.Fatal(err)
	}
	c, err := catalogue.New(k.Kernel, items.Outside{})
	if err != nil {
		t.Fatal(err)
	}
	k.Use(t, f.Module, c.Module)
	if err := k.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	var all []matter.Form
	seen := map[string]bool{"": true}
	add := func(f matter.Form) {
		if seen[f.ID] || len(f.Groups) == 0 {
			return
		}
		seen[f.ID] = true
		bound, err := form.Bind(f)
		if err != nil {
			t.Fatal(err)
		}
		f.Schema = bound
		all = append(all, f)
	}
	embedded, err := c.Service.Items(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var carried []matter.Form
	for _, it := range embedded {
		if len(it.Form.Groups) > 0 {
			carried = append(carried, it.Form)
		}
	}
	if err := f.Service.Adopt(t.Context(), carried); err != nil {
		t.Fatal(err)
	}
	shop, err := f.Service.Design(t.Context(), "spxj-record", 0)
	if err != nil || !slices.ContainsFunc(shop.Paper.Blocks, func(b forms.Block) bool { return b.ID == "main" }) {
		t.Errorf("the paper drawn by hand is not in use: %v", err)
	}
	pdf, err := f.Service.Print(t.Context(), "spxj-record", 0, forms.Ink{CaseNo: "样张", Values: map[string]any{
		"name": "周晓岚", "id_number": "510799198512310026", "shop_name": "晓岚小面馆", "uscc": "92510799MA99DEM19P", "region": "绵阳市涪城区工区街道", "street": "样例路18号1楼",
		"area": "42", "staff": "3", "platform": "样例外卖平台", "phone": "13908162150",
	}})
	if err != nil || len(pdf) < 10_000 {
		t.Errorf("printed: %d bytes, %v", len(pdf), err)
	}
	if keep := os.Getenv("KEEP_PAPER"); keep != "" {
		if err := os.WriteFile(keep, pdf, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	designs, err := f.Service.Published(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range designs {
		add(d.Form())
	}
	return all
}

func repository(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return root
}
