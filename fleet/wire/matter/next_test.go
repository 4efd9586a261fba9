package matter

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// shop has a question that only matters on one branch, one that stops, and one that changes nothing at all.
func shop() *Item {
	return &Item{
		Questions: []Question{
			ask("who", nil, "self", "other"),
			ask("idle", nil, "1", "2"),
			ask("place", nil, "own", "lease", "!market"),
			ask("letter", q("place", "lease"), "have", "later"),
		},
		Materials: []Material{
			{Code: "proxy", When: q("who", "other")},
			{Code: "deed", When: q("place", "own"), Exempt: q("who", "self"), ExemptBy: "系统能查到"},
			{Code: "letter", When: q("letter", "have")},
			{Code: "health", Defer: 10},
		},
		Form:    Form{Groups: []Group{{ID: "a"}, {ID: "b", When: q("place", "lease")}}},
		Signers: []Signer{{Role: "applicant"}, {Role: "owner", When: q("letter", "later")}},
		Points:  []Point{{ID: "p"}},
	}
}

func TestNextAsksWhatMatters(t *testing.T) {
	it := shop()
	type asked struct {
		ID      string
		No, Of  int
		Settled bool
		Stop    string
	}
	for name, c := range map[string]struct {
		answers map[string]string
		want    asked
	}{
		"first":                     {nil, asked{"who", 1, 3, false, ""}},
		"idle is never asked":       {map[string]string{"who": "self"}, asked{"place", 2, 3, false, ""}},
		"branch":                    {map[string]string{"who": "self", "place": "lease"}, asked{"letter", 3, 3, false, ""}},
		"settled early":             {map[string]string{"who": "self", "place": "own"}, asked{"", 2, 2, true, ""}},
		"stop":                      {map[string]string{"place": "!market"}, asked{"", 1, 1, false, "另一件事"}},
		"left over does not count":  {map[string]string{"who": "self", "place": "own", "letter": "have"}, asked{"", 2, 2, true, ""}},
		"later answer, earlier gap": {map[string]string{"place": "own"}, asked{"who", 2, 2, false, ""}},
	} {
		question, no, of, settled, stop := Next(it, c.answers)
		got := asked{"", no, of, settled, stop}
		if question != nil {
			got.ID = question.ID
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

func TestPruneKeepsWhatRemains(t *testing.T) {
	it := shop()
	full := map[string]string{"who": "other", "place": "lease", "letter": "have", "ghost": "1"}
	if d := cmp.Diff(map[string]string{"who": "other", "place": "lease", "letter": "have"}, Prune(it, full)); d != "" {
		t.Error(d)
	}
	full["place"] = "own"
	if d := cmp.Diff(map[string]string{"who": "other", "place": "own"}, Prune(it, full)); d != "" {
		t.Errorf("after changing the branch: %s", d)
	}
}

func TestMaterials(t *testing.T) {
	it := shop()
	needs := func(answers map[string]string) map[string]string {
		out := map[string]string{}
		for _, n := range Materials(it, answers) {
			out[n.Code] = n.Need
		}
		return out
	}
	for _, c := range []struct{ answers, want map[string]string }{
		{nil, map[string]string{"proxy": Undecided, "deed": Undecided, "letter": Undecided, "health": Deferrable}},
		{map[string]string{"who": "self", "place": "own"}, map[string]string{"deed": Exempt, "health": Deferrable}},
		{map[string]string{"who": "other", "place": "own"}, map[string]string{"proxy": Required, "deed": Required, "health": Deferrable}},
		{map[string]string{"who": "self", "place": "lease", "letter": "have"}, map[string]string{"letter": Required, "health": Deferrable}},
	} {
		if d := cmp.Diff(c.want, needs(c.answers)); d != "" {
			t.Errorf("%v (-want +got):\n%s", c.answers, d)
		}
	}
}

func TestExplain(t *testing.T) {
	it := shop()
	why, ok := Explain(it, map[string]string{"who": "self", "place": "own"}, "deed")
	want := Reason{Need: Exempt, Because: []Because{{Question: "who", Answer: "self"}, {Question: "place", Answer: "own"}}}
	if d := cmp.Diff(want, why); !ok || d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if _, ok := Explain(it, map[string]string{"place": "lease"}, "deed"); ok {
		t.Error("explains a material that is not asked for")
	}
}

// A question is asked exactly when two of its answers can still end differently, in whatever way the conditions are tangled.
func TestNextOnRandomItems(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	for n := range 300 {
		it := randomItem(random)
		complete := Paths(it, 10_000, func(answers map[string]string, stop string) {
			_, _, of, settled, again := Next(it, answers)
			if again != stop || settled == (stop != "") || of != len(answers) {
				t.Fatalf("item %d: %v ends with settled %v, stop %q, of %d", n, answers, settled, again, of)
			}
			if d := cmp.Diff(answers, Prune(it, answers)); d != "" {
				t.Fatalf("item %d: an answer that was asked for is pruned: %s", n, d)
			}
			for _, m := range Materials(it, answers) {
				if settled && m.Need == Undecided {
					t.Fatalf("item %d: %s undecided after %v", n, m.Code, answers)
				}
			}
		})
		if !complete {
			t.Fatalf("item %d has too many ways", n)
		}
		askedInVain(t, n, it, map[string]string{})
	}
}

// askedInVain walks the tree and checks each question against all the ends below it.
func askedInVain(t *testing.T, n int, it *Item, answers map[string]string) []string {
	t.Helper()
	question, no, of, _, stop := Next(it, answers)
	if question == nil {
		return []string{stop + "|" + settled(it, answers).outcome()}
	}
	if no != len(answers)+1 || no > of {
		t.Fatalf("item %d: question %d of %d after %d answers", n, no, of, len(answers))
	}
	var below [][]string
	for _, o := range question.Options {
		on := maps.Clone(answers)
		on[question.ID] = o.Value
		below = append(below, askedInVain(t, n, it, on))
	}
	ends := slices.Concat(below...)
	slices.Sort(ends)
	if len(slices.Compact(slices.Clone(ends))) == 1 {
		t.Fatalf("item %d asks %s after %v in vain", n, question.ID, answers)
	}
	return ends
}

func randomItem(random *rand.Rand) *Item {
	it := &Item{}
	for i := range 1 + random.IntN(4) {
		values := []string{"1", "2", "3"}[:2+random.IntN(2)]
		if random.IntN(5) == 0 {
			values = append(values, "!stop")
		}
		it.Questions = append(it.Questions, ask(fmt.Sprint("q", i), randomCond(random, i, 2), values...))
	}
	end := len(it.Questions)
	for i := range random.IntN(4) {
		it.Materials = append(it.Materials, Material{Code: fmt.Sprint("m", i), When: randomCond(random, end, 2), Exempt: randomCond(random, end, 1)})
	}
	it.Signers = []Signer{{Role: "applicant"}, {Role: "second", When: randomCond(random, end, 2)}}
	return it
}

func randomCond(random *rand.Rand, before, deep int) *Cond {
	if before == 0 || random.IntN(4) == 0 {
		return nil
	}
	atom := func() *Cond { return q(fmt.Sprint("q", random.IntN(before)), []string{"1", "2", "3"}[random.IntN(3)]) }
	if deep == 0 {
		return atom()
	}
	part := func() *Cond {
		if c := randomCond(random, before, deep-1); c != nil {
			return c
		}
		return atom()
	}
	switch random.IntN(4) {
	case 0:
		return both(part(), part())
	case 1:
		return either(part(), part())
	case 2:
		return not(part())
	}
	return atom()
}
