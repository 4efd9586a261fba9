package matter

import (
	"encoding/json"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func q(id string, is ...string) *Cond { return &Cond{Q: id, Is: is} }
func not(c *Cond) *Cond               { return &Cond{Not: c} }
func both(cs ...*Cond) *Cond          { return &Cond{All: deref(cs)} }
func either(cs ...*Cond) *Cond        { return &Cond{Any: deref(cs)} }
func deref(cs []*Cond) (out []Cond) {
	for _, c := range cs {
		out = append(out, *c)
	}
	return out
}

func ask(id string, when *Cond, values ...string) Question {
	question := Question{ID: id, Text: id, When: when}
	for _, v := range values {
		o := Option{Value: v, Label: v}
		if v[0] == '!' {
			o.Stop = "另一件事"
		}
		question.Options = append(question.Options, o)
	}
	return question
}

func TestEval(t *testing.T) {
	it := &Item{Questions: []Question{ask("a", nil, "x", "y", "!z"), ask("b", q("a", "x"), "1", "2")}}
	for name, c := range map[string]struct {
		cond    *Cond
		answers map[string]string
		want    Truth
	}{
		"nil is always":                   {nil, nil, True},
		"open":                            {q("a", "x"), nil, Unknown},
		"answered":                        {q("a", "x"), map[string]string{"a": "x"}, True},
		"answered otherwise":              {q("a", "x"), map[string]string{"a": "y"}, False},
		"no option is no answer":          {q("a", "x"), map[string]string{"a": "nonsense"}, Unknown},
		"every way on is in the list":     {q("a", "x", "y"), nil, True},
		"no way on is in the list":        {q("a", "!z"), nil, False},
		"unknown question":                {q("nobody", "x"), map[string]string{"nobody": "x"}, False},
		"not asked, so not answered":      {q("b", "1"), map[string]string{"a": "y", "b": "1"}, False},
		"perhaps asked":                   {q("b", "1"), map[string]string{"b": "1"}, Unknown},
		"perhaps asked, but not so":       {q("b", "1"), map[string]string{"b": "2"}, False},
		"not unknown":                     {not(q("a", "x")), nil, Unknown},
		"not false":                       {not(q("a", "x")), map[string]string{"a": "y"}, True},
		"false decides all":               {both(q("b", "1"), q("a", "x")), map[string]string{"a": "y"}, False},
		"unknown all":                     {both(q("b", "1"), q("a", "x")), map[string]string{"a": "x"}, Unknown},
		"true decides any":                {either(q("b", "1"), q("a", "x")), map[string]string{"a": "x"}, True},
		"unknown any":                     {either(q("b", "1"), q("a", "y")), map[string]string{"a": "x"}, Unknown},
		"two parts at once hold together": {&Cond{Q: "a", Is: []string{"x"}, Not: q("b", "1")}, map[string]string{"a": "x", "b": "2"}, True},
	} {
		if got := c.cond.Eval(it, c.answers); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// What Eval says while questions are open must stay true whatever is answered later.
func FuzzEval(f *testing.F) {
	f.Add([]byte(`{"all":[{"q":"a","is":["x"]},{"not":{"q":"b","is":["1"]}}]}`), uint64(1))
	f.Add([]byte(`{"any":[{"q":"b","is":["2"]},{}]}`), uint64(2))
	it := &Item{Questions: []Question{
		ask("a", nil, "x", "y", "!z"), ask("b", q("a", "x"), "1", "2"), ask("c", either(q("a", "y"), not(q("b", "1"))), "u", "v"),
	}}
	f.Fuzz(func(t *testing.T, raw []byte, seed uint64) {
		var c Cond
		if json.Unmarshal(raw, &c) != nil {
			return
		}
		random := rand.New(rand.NewPCG(seed, seed))
		answers := map[string]string{}
		before := c.Eval(it, answers)
		for _, i := range random.Perm(len(it.Questions)) {
			question := it.Questions[i]
			answers[question.ID] = question.Options[random.IntN(2)].Value
			now := c.Eval(it, answers)
			if before != Unknown && now != before {
				t.Fatalf("%s was %v, is %v after %v", raw, before, now, answers)
			}
			before = now
		}
		if before == Unknown {
			t.Fatalf("%s is unknown with everything answered: %v", raw, answers)
		}
	})
}

func TestTruthPrints(t *testing.T) {
	if d := cmp.Diff([]string{"false", "unknown", "true"}, []string{False.String(), Unknown.String(), True.String()}); d != "" {
		t.Error(d)
	}
}
