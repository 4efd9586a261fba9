package matter

import "slices"

// Cond is a condition over the answers (条件). Exactly one of its parts is set; nil means always.
type Cond struct {
	All []Cond   `json:"all,omitempty"`
	Any []Cond   `json:"any,omitempty"`
	Not *Cond    `json:"not,omitempty"`
	Q   string   `json:"q,omitempty"` // question id
	Is  []string `json:"is,omitempty"`
}

// Truth is what can be said of a condition while some questions are open (三值). The zero value is Unknown.
type Truth int8

// The three values.
const (
	False   Truth = -1
	Unknown Truth = 0
	True    Truth = 1
)

func (t Truth) String() string {
	switch t {
	case True:
		return "true"
	case False:
		return "false"
	}
	return "unknown"
}

func truth(b bool) Truth {
	if b {
		return True
	}
	return False
}

// Eval says whether c holds for it under answers. Answers to questions that are not asked (their own When is false) and
// answers that are no option count as not given, so that what is left over from a dropped branch never decides anything.
func (c *Cond) Eval(it *Item, answers map[string]string) Truth {
	return read(it, answers).eval(c, len(it.Questions))
}

// reading is an item with its answers sorted in (作答状态): which questions are asked at all, and what each says.
type reading struct {
	it    *Item
	pos   map[string]int // question id → place
	live  []Truth        // is it asked?
	value []string       // "" = open
}

func read(it *Item, answers map[string]string) *reading {
	n := len(it.Questions)
	r := &reading{it: it, pos: make(map[string]int, n), live: make([]Truth, n), value: make([]string, n)}
	for i := range it.Questions {
		q := &it.Questions[i]
		if _, again := r.pos[q.ID]; !again {
			r.pos[q.ID] = i
		}
		r.live[i] = r.eval(q.When, i)
		if r.live[i] == False {
			continue
		}
		if v, ok := answers[q.ID]; ok && q.option(v) != nil {
			r.value[i] = v
		}
	}
	return r
}

// eval knows only the questions before place before: a question that leans on a later one could never be asked in order.
func (r *reading) eval(c *Cond, before int) Truth {
	if c == nil {
		return True
	}
	t := True
	for i := range c.All {
		t = min(t, r.eval(&c.All[i], before))
	}
	if len(c.Any) > 0 {
		some := False
		for i := range c.Any {
			some = max(some, r.eval(&c.Any[i], before))
		}
		t = min(t, some)
	}
	if c.Not != nil {
		t = min(t, -r.eval(c.Not, before))
	}
	if c.Q != "" {
		t = min(t, r.said(c, before))
	}
	return t
}

// said is the truth of “question c.Q was answered with one of c.Is”.
func (r *reading) said(c *Cond, before int) Truth {
	i, ok := r.pos[c.Q]
	if !ok || i >= before || r.live[i] == False {
		return False
	}
	if r.value[i] != "" {
		return min(truth(slices.Contains(c.Is, r.value[i])), r.live[i])
	}
	// Open, but it is decided already when every way on is in the list, or none is. An option that stops is no way on.
	in, out := false, false
	for _, o := range r.it.Questions[i].Options {
		if o.Stop == "" {
			hit := slices.Contains(c.Is, o.Value)
			in, out = in || hit, out || !hit
		}
	}
	switch {
	case !in:
		return False
	case !out:
		return r.live[i]
	}
	return Unknown
}

func (q *Question) option(value string) *Option {
	for i := range q.Options {
		if q.Options[i].Value == value {
			return &q.Options[i]
		}
	}
	return nil
}
