package app

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"tongban/fleet/wire"
	"tongban/fleet/wire/matter"
	"tongban/fleet/wire/matter/form"
	"tongban/fleet/wire/matter/mattertest"
)

// Ten thousand invented applicants, spread over all items that ask anything, answer at random, go back and change their minds, and
// always end at the same place as somebody who answered straight away.
func TestApplicants(t *testing.T) {
	items := worked(t)
	visits := 10_000/len(items) + 1
	if testing.Short() {
		visits = 20
	}
	for i, it := range items {
		t.Run(it.Code, func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(20261126, uint64(i)))
			ends := map[string]string{}
			for range visits {
				answers, stop := wander(t, it, random)
				key, end := fmt.Sprint(answers), outcome(it, answers)+stop
				old, seen := ends[key]
				if seen && old != end {
					t.Fatalf("%v ends twice differently", answers)
				}
				if !seen && stop == "" {
					consistent(t, it, answers)
				}
				ends[key] = end
			}
		})
	}
}

// wander answers what is asked and, now and then, changes an earlier answer.
func wander(t *testing.T, it *matter.Item, random *rand.Rand) (map[string]string, string) {
	answers := map[string]string{}
	for range 200 {
		q, no, of, settled, stop := matter.Next(it, answers)
		if q == nil {
			if stop == "" && !settled {
				t.Fatalf("%v: neither settled nor stopped", answers)
			}
			return answers, stop
		}
		if no > of || no != len(answers)+1 {
			t.Fatalf("question %d of %d after %v", no, of, answers)
		}
		answers[q.ID] = q.Options[random.IntN(len(q.Options))].Value
		if random.IntN(5) == 0 {
			again := it.Questions[random.IntN(len(it.Questions))]
			if _, ok := answers[again.ID]; ok {
				answers[again.ID] = again.Options[random.IntN(len(again.Options))].Value
			}
		}
		answers = matter.Prune(it, answers)
	}
	t.Fatalf("still asked after 200 answers: %v", answers)
	return nil, ""
}

func consistent(t *testing.T, it *matter.Item, answers map[string]string) {
	points := matter.Points(it, answers)
	for _, m := range matter.Materials(it, answers) {
		looked := slices.ContainsFunc(points, func(p matter.Point) bool { return p.On == "material" && p.Ref == m.Code })
		if m.Need == matter.Undecided || m.Need == matter.Required && !looked {
			t.Fatalf("%v: material %s is %s, looked at: %v", answers, m.Code, m.Need, looked)
		}
		if _, ok := matter.Explain(it, answers, m.Code); !ok {
			t.Fatalf("%v: material %s has no reason", answers, m.Code)
		}
	}
	for _, p := range points {
		if p.On != "material" {
			continue
		}
		handed := slices.ContainsFunc(matter.Materials(it, answers), func(n matter.Needed) bool { return n.Code == p.Ref })
		if !handed {
			t.Fatalf("%v: point %s looks at material %s, which nobody hands in", answers, p.ID, p.Ref)
		}
	}
}

func outcome(it *matter.Item, answers map[string]string) string {
	var b strings.Builder
	for _, m := range matter.Materials(it, answers) {
		fmt.Fprintf(&b, "%s %s\n", m.Code, m.Need)
	}
	for _, g := range matter.Groups(it, answers) {
		b.WriteString(g.ID + "\n")
	}
	for _, s := range matter.Signers(it, answers) {
		b.WriteString(s.Role + "\n")
	}
	return b.String()
}

// card is the sample person whom every form is filled in for.
var card = wire.Person{
	Type: "resident", Name: "迪丽努尔·阿卜杜热依木艾合买提", IDNumber: "510799194603150066", Sex: "female", Nation: "05", Birth: "1946-03-15",
	Address: "四川省绵阳市样例区和睦里8号1单元202号",
}

// Every form takes a good document on every way through, and names the right field in Chinese when one entry is spoilt.
func TestForms(t *testing.T) {
	for _, it := range worked(t) {
		t.Run(it.Code, func(t *testing.T) {
			matter.Paths(it, maxWays, func(answers map[string]string, stop string) {
				if stop != "" {
					return
				}
				good := filledIn(t, it, answers)
				if errs := form.CheckItem(it, answers, good); errs != nil {
					t.Fatalf("%v: a good form is refused: %v", answers, errs)
				}
				if errs := form.Check(it.Form, good, nil); errs != nil {
					t.Fatalf("%v: the lenient check is stricter: %v", answers, errs)
				}
				if errs := form.Differs(it.Form, good, card); errs != nil {
					t.Fatalf("%v: %v", answers, errs)
				}
				for name := range good {
					for _, bad := range []any{nil, strings.Repeat("9", 300), "\x00", []any{"a"}, 1e300} {
						spoilt(t, it, answers, good, name, bad)
					}
				}
				spoilt(t, it, answers, good, "no_such_field", "x")
			})
		})
	}
}

func spoilt(t *testing.T, it *matter.Item, answers map[string]string, good map[string]any, name string, bad any) {
	t.Helper()
	values := map[string]any{}
	for k, v := range good {
		values[k] = v
	}
	values[name] = bad
	errs := form.CheckItem(it, answers, values)
	if len(errs) != 1 || errs[0].Field != name {
		t.Errorf("%s = %.10v: %v", name, bad, errs)
		return
	}
	if !strings.ContainsFunc(errs[0].Message, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		t.Errorf("%s: %q is not Chinese", name, errs[0].Message)
	}
}

// filledIn makes a document that follows the schema, field by field, from samples.
func filledIn(t *testing.T, it *matter.Item, answers map[string]string) map[string]any {
	t.Helper()
	var schema struct {
		Properties map[string]struct {
			Enum []any `json:"enum"`
		} `json:"properties"`
	}
	if err := json.Unmarshal(it.Form.Schema, &schema); err != nil {
		t.Fatal(err)
	}
	values := form.Keep(it, answers, form.Prefill(it.Form, card))
	for _, g := range matter.Groups(it, answers) {
		for _, f := range g.Fields {
			p := schema.Properties[f.Name]
			switch {
			case values[f.Name] != nil:
			case len(p.Enum) > 0:
				values[f.Name] = p.Enum[len(p.Enum)-1]
			default:
				values[f.Name] = mattertest.Good(it.Form, f)
			}
		}
	}
	return values
}

// What the kiosk promises in its pictures for the first matter of the home screen.
func TestHighAgeAllowance(t *testing.T) {
	it := item(t, "glbt")
	q, no, of, _, _ := matter.Next(it, nil)
	if q.Text != "津贴发到哪张卡？" || no != 1 || of != 2 {
		t.Errorf("asks %q, %d of %d", q.Text, no, of)
	}
	answers := map[string]string{"card": "social", "elsewhere": "none"}
	var groups []string
	for _, g := range matter.Groups(it, answers) {
		groups = append(groups, g.Title)
	}
	if d := cmp.Diff([]string{"社保卡卡号是多少？", "您现在住在哪里？", "怎么联系您？"}, groups); d != "" {
		t.Error(d)
	}
	if m := matter.Materials(it, answers); len(m) != 1 || m[0].Code != "hukou" || m[0].Need != matter.Required {
		t.Errorf("materials %v", m)
	}
	if it.Promise != (matter.Limit{Days: 5, Unit: matter.Working}) {
		t.Errorf("promise %v", it.Promise)
	}
}

// The traits that the twelve items have to show between them.
func TestSeedShowsEveryTrait(t *testing.T) {
	traits := map[string]int{}
	s := readSeed(t)
	for _, it := range s.Items {
		conditional := slices.ContainsFunc(it.Questions, func(q matter.Question) bool { return q.When != nil })
		count(traits, "several questions, some only sometimes", len(it.Questions) > 2 && conditional)
		count(traits, "stop", slices.ContainsFunc(it.Questions, func(q matter.Question) bool {
			return slices.ContainsFunc(q.Options, func(o matter.Option) bool { return strings.Contains(o.Stop, "请办“") })
		}))
		count(traits, "deferrable", slices.ContainsFunc(it.Materials, func(m matter.Material) bool { return m.Defer > 0 }))
		count(traits, "exempt", slices.ContainsFunc(it.Materials, func(m matter.Material) bool { return m.Exempt != nil }))
		count(traits, "second signer", slices.ContainsFunc(it.Signers, func(s matter.Signer) bool { return s.OwnCard }))
		count(traits, "no scanner", !slices.Contains(it.Needs, "scanner"))
		count(traits, "24 characters", runes(it.Name) == 24)
		count(traits, "printable proof", it.Result.Template != "")
	}
	for trait, least := range map[string]int{
		"several questions, some only sometimes": 3, "stop": 1, "deferrable": 2, "exempt": 1, "second signer": 1, "no scanner": 1, "24 characters": 1, "printable proof": 1,
	} {
		if traits[trait] < least {
			t.Errorf("%s: %d items, want %d", trait, traits[trait], least)
		}
	}
}

func count(m map[string]int, what string, yes bool) {
	if yes {
		m[what]++
	}
}
