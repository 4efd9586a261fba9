package matter

// Reason answers “why do you want this from me” (为什么要交).
type Reason struct {
	Need    string    `json:"need"` // as in Needed
	Why     string    `json:"why"`  // law or reason of the material itself
	Because []Because `json:"because"`
}

// Because is one answer of the applicant that decided.
type Because struct {
	Question string `json:"question"` // its text
	Answer   string `json:"answer"`   // the chosen label
	Law      string `json:"law,omitempty"`
}

// Explain returns why the answers make what they do of a material, with the fewest answers that already decide it; ok is false
// where the item has no such material or the answers do not ask for it.
func Explain(it *Item, answers map[string]string, material string) (Reason, bool) {
	for _, n := range Materials(it, answers) {
		if n.Code != material {
			continue
		}
		r := read(it, answers)
		places := map[int]bool{}
		r.support(n.When, True, places)
		switch {
		case n.Exempt == nil:
		case n.Need == Exempt:
			r.support(n.Exempt, True, places)
		case n.Need != Undecided:
			r.support(n.Exempt, False, places)
		}
		why := Reason{Need: n.Need, Why: n.Why, Because: []Because{}}
		for i := range it.Questions {
			if places[i] {
				q := &it.Questions[i]
				why.Because = append(why.Because, Because{Question: q.Text, Answer: q.option(r.value[i]).Label, Law: q.Law})
			}
		}
		return why, true
	}
	return Reason{}, false
}

// support collects the places of answered questions that make c what it is: for a true Any or a false All one part is enough.
func (r *reading) support(c *Cond, want Truth, places map[int]bool) {
	end := len(r.it.Questions)
	if c == nil || r.eval(c, end) != want {
		return
	}
	if c.Q != "" {
		if i, ok := r.pos[c.Q]; ok && r.value[i] != "" {
			places[i] = true
		} else if ok && r.live[i] == False { // never asked, and that is why
			r.support(r.it.Questions[i].When, False, places)
		}
	}
	if c.Not != nil {
		r.support(c.Not, -want, places)
	}
	r.part(c.All, want, want == True, places)
	r.part(c.Any, want, want == False, places)
}

func (r *reading) part(parts []Cond, want Truth, all bool, places map[int]bool) {
	for i := range parts {
		if r.eval(&parts[i], len(r.it.Questions)) == want {
			r.support(&parts[i], want, places)
			if !all {
				return
			}
		}
	}
}
