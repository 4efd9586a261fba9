package matter

import "maps"

// Next says what to ask after answers (情形引导). q is the first question that still changes the outcome: a material, a
// group of the form, a signer, a review point, or whether this is the right matter at all; nil when there is none. It is
// number no of at most of questions. settled means that the outcome is known. stop is the text of a chosen option that ends
// the way here; then nothing is settled and nothing is asked.
func Next(it *Item, answers map[string]string) (q *Question, no, of int, settled bool, stop string) {
	r := read(it, answers)
	said := r.count()
	if stop = r.stopped(); stop != "" {
		return nil, said, said, false, stop
	}
	root := r.tree()
	if root == nil { // too many ways to compare: ask in order
		open := r.open()
		if len(open) == 0 {
			return nil, said, said, true, ""
		}
		return &it.Questions[open[0]], said + 1, said + len(open), false, ""
	}
	if root.q < 0 {
		return nil, said, said, root.stop == "", root.stop
	}
	return &it.Questions[root.q], said + 1, said + root.depth, false, ""
}

// Prune returns the answers that still count: those of questions that are not asked any more, and those that are no option,
// are dropped; those of branches that remain are kept, so that going back and changing one answer loses no other.
func Prune(it *Item, answers map[string]string) map[string]string {
	r := read(it, answers)
	kept := make(map[string]string, len(answers))
	for i := range it.Questions {
		if r.value[i] != "" {
			kept[it.Questions[i].ID] = r.value[i]
		}
	}
	return kept
}

// Paths calls visit for every way through the questions as Next asks them, with the answers given and the stop text where
// the way ends in one (全部路径). It visits at most limit ways and reports whether that was all.
func Paths(it *Item, limit int, visit func(answers map[string]string, stop string)) bool {
	left := limit
	var walk func(answers map[string]string) bool
	walk = func(answers map[string]string) bool {
		q, _, _, _, stop := Next(it, answers)
		if q == nil {
			if left--; left < 0 {
				return false
			}
			visit(answers, stop)
			return true
		}
		for _, o := range q.Options {
			on := maps.Clone(answers)
			on[q.ID] = o.Value
			if !walk(on) {
				return false
			}
		}
		return true
	}
	return walk(map[string]string{})
}

// stopped returns the stop text of the first question that is surely asked and was answered with an option that stops.
func (r *reading) stopped() string {
	for i := range r.it.Questions {
		if r.live[i] == True && r.value[i] != "" {
			if stop := r.it.Questions[i].option(r.value[i]).Stop; stop != "" {
				return stop
			}
		}
	}
	return ""
}

// open lists the places of the questions that are or may yet be asked and have no answer. The first of them is surely
// asked, because a question leans on earlier ones only.
func (r *reading) open() []int {
	var open []int
	for i := range r.it.Questions {
		if r.live[i] != False && r.value[i] == "" && len(r.it.Questions[i].Options) > 0 {
			open = append(open, i)
		}
	}
	return open
}

// count counts the answers that count.
func (r *reading) count() int {
	n := 0
	for _, v := range r.value {
		if v != "" {
			n++
		}
	}
	return n
}

// settle answers in the reading the questions that nobody needs to be asked, where the outcome is known without them; which
// option does not matter, that is why they are not asked. It reports whether everything is decided.
func (r *reading) settle() bool {
	if r.stopped() != "" {
		return false
	}
	root := r.tree()
	if root == nil {
		return len(r.open()) == 0
	}
	if root.q >= 0 || root.stop != "" {
		return false
	}
	for i := range r.it.Questions {
		q := &r.it.Questions[i]
		r.live[i] = r.eval(q.When, i)
		if len(q.Options) == 0 {
			r.live[i] = False
		}
		switch {
		case r.live[i] == False:
			r.value[i] = ""
		case r.value[i] == "":
			r.value[i] = q.Options[0].Value
		}
	}
	return true
}
