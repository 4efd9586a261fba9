package app

import (
	"encoding/json"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"tongban/central/modules/catalogue/internal/elements"
	"tongban/central/modules/catalogue/seed"
	"tongban/fleet/wire/matter"
)

// readSeed returns the seed that the product ships.
// shippedOnce reads the seed once for all tests that only look at it; what is to be changed is copied out of it.
var shippedOnce = sync.OnceValues(func() (Seed, error) { return ReadSeed(seed.FS) })

func shipped(t testing.TB) Seed {
	t.Helper()
	s, err := shippedOnce()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func copied(t testing.TB, it matter.Item) *matter.Item {
	t.Helper()
	b, err := json.Marshal(it)
	if err != nil {
		t.Fatal(err)
	}
	var own matter.Item
	if err := json.Unmarshal(b, &own); err != nil {
		t.Fatal(err)
	}
	return &own
}

func readSeed(t testing.TB) Seed {
	t.Helper()
	s, err := ReadSeed(seed.FS)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSeedIsClean(t *testing.T) {
	s := readSeed(t)
	for _, fault := range Lint(s) {
		t.Error(fault)
	}
	if len(s.Items) < 12 {
		t.Errorf("%d items, want at least 12", len(s.Items))
	}
}

func TestReadingIsStrict(t *testing.T) {
	lists := fstest.MapFS{"categories.yaml": {Data: []byte("[]")}, "lists.yaml": {Data: []byte("{}")}, "departments.yaml": {Data: []byte("[]")}, "same.yaml": {Data: []byte("{}")}, "synonyms.yaml": {Data: []byte("[]")}}
	for name, text := range map[string]string{
		"unknown key":     "code: x\nnaem: 甲\nform: {schema: {type: object}}\n",
		"repeated key":    "code: x\ncode: x\nform: {schema: {type: object}}\n",
		"other file name": "code: y\nform: {schema: {type: object}}\n",
		"version by hand": "code: x\nversion: 3\nform: {schema: {type: object}}\n",
		"no schema":       "code: x\n",
		"unknown list":    "code: x\nform: {schema: {type: object}, groups: [{id: g, title: 甲, fields: [{name: a, label: 甲, widget: choice, options: [{value: \"@none\"}]}]}]}\n",
	} {
		lists["items/x.yaml"] = &fstest.MapFile{Data: []byte(text)}
		if _, err := ReadSeed(lists); err == nil {
			t.Errorf("%s: read without an error", name)
		}
	}
}

// The catalogue that the tender counts: 825 items, mixed like a real one, and at least sixty of them worked out to the last field.
func TestTheCatalogueHas825Items(t *testing.T) {
	s := readSeed(t)
	types, whole := map[string]int{}, 0
	for _, en := range s.Items {
		types[en.National.TaskType]++
		if en.Offered(matter.AtKiosk) {
			whole++
		}
	}
	want := map[string]int{"1": 390, "5": 7, "7": 36, "8": 1, "9": 6, "10": 132, "20": 253}
	if d := cmp.Diff(want, types); d != "" {
		t.Errorf("types (-want +got):\n%s", d)
	}
	if len(s.Items) != 825 || whole < 60 {
		t.Errorf("%d items, %d of them whole", len(s.Items), whole)
	}
}

// item returns one item of the seed.
func item(t testing.TB, code string) *matter.Item {
	t.Helper()
	for _, en := range shipped(t).Items {
		if en.Code == code {
			return copied(t, en.Item)
		}
	}
	t.Fatalf("no item %s", code)
	return nil
}

// worked returns the items that citizens fill in: those that are worked out to the last field.
func worked(t testing.TB) []*matter.Item {
	t.Helper()
	var out []*matter.Item
	s := readSeed(t)
	for i := range s.Items {
		if elements.FullyWorked(&s.Items[i]) {
			out = append(out, &s.Items[i].Item)
		}
	}
	return out
}

// 825 items, each with codes and a name of its own, and nothing missing that its class must say.
func TestTheCatalogueIsWhole(t *testing.T) {
	s := readSeed(t)
	c, err := completed(s.Items)
	if err != nil {
		t.Fatal(err)
	}
	if c.Total != 825 || c.Whole != c.Total {
		t.Errorf("%d items, %d whole: %v", c.Total, c.Whole, c.Items[:min(len(c.Items), 5)])
	}
	full, smart, tasks := 0, 0, map[string]bool{}
	for i := range s.Items {
		en := &s.Items[i]
		if elements.FullyWorked(en) {
			full++
		}
		if en.Smart != nil {
			smart++
		}
		tasks[en.TaskCode] = true
	}
	if full < 60 || smart != 20 || len(tasks) != c.Total {
		t.Errorf("%d to the last field, %d smart, %d task codes", full, smart, len(tasks))
	}
}
