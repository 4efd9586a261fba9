package module_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"tongban/central/kernel/kerneltest"
	"tongban/central/modules/catalogue/internal/app"
	"tongban/fleet/wire"
	"tongban/fleet/wire/matter"
	"tongban/fleet/wire/matter/form"
)

func post(h http.Handler, path string, body any) *httptest.ResponseRecorder {
	text, _ := json.Marshal(body) //nolint:errchkjson // maps of strings
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(string(text)))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func read[T any](t *testing.T, w *httptest.ResponseRecorder) T {
	t.Helper()
	var out T
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil || w.Code != http.StatusOK {
		t.Fatalf("%d %s, %v", w.Code, w.Body, err)
	}
	return out
}

// What a terminal, a guide and a window say of an item is the same (同源): every item of the shipped catalogue, over the API that
// each of them uses, before the first answer and at the end of a way through the questions.
func TestTerminalGuideAndWindowSayTheSame(t *testing.T) {
	k := kerneltest.New(t)
	h, c := startWith(t, k)
	snap := read[matter.Snapshot](t, call(h, wire.PathSnapshot, "X-Test-Terminal", "K-01"))
	list := read[app.List](t, call(h, "/api/public/v1/catalogue/items"))
	if len(list.Items) != len(snap.Items) || list.Total != len(snap.Items) {
		t.Fatalf("the list has %d of %d", len(list.Items), len(snap.Items))
	}
	for _, seen := range snap.Items {
		window, err := c.Item(t.Context(), seen.Code, seen.Version) // by version, as a case keeps it
		if err != nil {
			t.Fatal(err)
		}
		g := read[app.Guide](t, call(h, "/api/public/v1/catalogue/items/"+seen.Code))
		said := []any{g.Version, g.Name, g.Office, g.Fee, g.Promise, g.Summary, len(g.Materials), len(g.Conditions), g.LimitLaw}
		for _, who := range []struct {
			name string
			it   matter.Item
		}{{"terminal", seen}, {"window", window}} {
			it := who.it
			if want := []any{it.Version, it.Name, it.Office, it.Fee, it.Promise, it.Summary, len(it.Materials), len(it.Conditions), it.Statutory}; !reflect.DeepEqual(said, want) {
				t.Errorf("%s: the guide says %v, the %s %v", seen.Code, said, who.name, want)
			}
		}
		if (g.Form != nil) != (len(window.Form.Groups) > 0) || g.Questions != len(window.Questions) {
			t.Errorf("%s: form %v, %d questions", seen.Code, g.Form, g.Questions)
		}
		whole := []matter.Item{window}
		if seen.Offered(matter.AtKiosk) { // else the terminal holds the guide only
			whole = append(whole, seen)
		}
		answers := map[string]string{}
		for asked := true; asked; {
			step := read[app.Asked](t, post(h, "/api/public/v1/catalogue/items/"+seen.Code+"/ask", map[string]any{"answers": answers}))
			for _, it := range whole {
				if want := needs(&it, answers); !reflect.DeepEqual(papersOf(step), want) {
					t.Errorf("%s after %v: the guide wants %v, not %v", seen.Code, answers, papersOf(step), want)
				}
			}
			asked = step.Question != nil
			if asked {
				o := step.Question.Options
				answers[step.Question.ID] = o[len(answers)%len(o)].Value
			}
		}
	}
}

func needs(it *matter.Item, answers map[string]string) []string {
	out := []string{}
	for _, n := range matter.Materials(it, answers) {
		out = append(out, n.Code+" "+n.Need)
	}
	for _, g := range matter.Groups(it, answers) {
		out = append(out, "form "+g.ID)
	}
	return out
}

func papersOf(a app.Asked) []string {
	out := []string{}
	for _, m := range a.Materials {
		out = append(out, m.Code+" "+m.Need)
	}
	for _, g := range a.Groups {
		out = append(out, "form "+g)
	}
	return out
}

// Answers of a branch that is left are dropped, those that remain are kept; a paper says why it is asked for; the whole form is
// checked as the terminal does.
func TestGuideAsksAndChecks(t *testing.T) {
	h, c := startWith(t, kerneltest.New(t))
	it, err := c.Item(t.Context(), "glbt", 0)
	if err != nil {
		t.Fatal(err)
	}
	answers := map[string]string{"nonsense": "x"}
	step := read[app.Asked](t, post(h, "/api/public/v1/catalogue/items/glbt/ask", map[string]any{"answers": answers}))
	if len(step.Answers) != 0 || step.Question == nil || step.No != 1 || step.Settled {
		t.Errorf("first step: %+v", step)
	}
	for step.Question != nil {
		answers[step.Question.ID] = step.Question.Options[0].Value
		step = read[app.Asked](t, post(h, "/api/public/v1/catalogue/items/glbt/ask", map[string]any{"answers": answers}))
	}
	if !step.Settled || len(step.Said) == 0 || step.Said[0].Answer == "" || len(step.Materials) == 0 || step.Materials[0].Why == "" {
		t.Errorf("last step: %+v", step)
	}
	faults := read[struct{ Errors []form.FieldError }](t, post(h, "/api/public/v1/catalogue/items/glbt/check", map[string]any{"answers": step.Answers, "values": map[string]any{}}))
	if want := form.CheckItem(&it, step.Answers, map[string]any{}); !reflect.DeepEqual(faults.Errors, want) || len(want) == 0 {
		t.Errorf("faults %v, want %v", faults.Errors, want)
	}
	if w := post(h, "/api/public/v1/catalogue/items/none/ask", map[string]any{"answers": answers}); w.Code != http.StatusNotFound {
		t.Errorf("an unknown item: %d", w.Code)
	}
}
