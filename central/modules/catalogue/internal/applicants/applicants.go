// Package applicants sends invented applicants through an item (随机申请人): they answer what is asked, go back, change their minds,
// and must always end at the same place as somebody who answered straight away, with a list of papers that is whole.
package applicants

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"tongban/fleet/wire/matter"
)

// Report is what a run found (试跑结果).
type Report struct {
	N     int    `json:"n"`
	Seed  uint64 `json:"seed"`
	OK    bool   `json:"ok"`
	Ends  int    `json:"ends"`  // different ways that end with a list of papers
	Stops int    `json:"stops"` // different ways that end elsewhere
	Bad   []Bad  `json:"bad"`   // at most ten
	Text  string `json:"text"`
}

// Bad is one applicant who did not end as one should.
type Bad struct {
	Answers map[string]string `json:"answers"`
	Text    string            `json:"text"`
	Cause   string            `json:"-"` // for the operator
}

// maxBad bounds what a report lists.
const maxBad = 10

// Run sends n applicants; the same seed sends the same ones.
func Run(it *matter.Item, n int, seed uint64) Report {
	r := Report{N: n, Seed: seed, Bad: []Bad{}}
	random := rand.New(rand.NewPCG(seed, uint64(len(it.Code)))) // #nosec G404 -- invented applicants, no secret
	ends := map[string]string{}
	for range n {
		answers, stop, bad := wander(it, random)
		if bad == nil {
			key, end := fmt.Sprint(answers), outcome(it, answers)+stop
			old, seen := ends[key]
			switch {
			case seen && old != end:
				bad = &Bad{Answers: answers, Text: "同样的回答，两次得到的结果不一样", Cause: "ends twice differently"}
			case !seen && stop == "":
				r.Ends++
				bad = consistent(it, answers)
			case !seen:
				r.Stops++
			}
			ends[key] = end
		}
		if bad != nil && len(r.Bad) < maxBad {
			r.Bad = append(r.Bad, *bad)
		}
	}
	r.OK = len(r.Bad) == 0
	r.Text = fmt.Sprintf("%d位随机申请人都走到了底：%d种结果，%d种到别处去办", n, r.Ends, r.Stops)
	if !r.OK {
		r.Text = fmt.Sprintf("%d位随机申请人里有人走不通，请看下面列出的回答", n)
	}
	return r
}

// wander answers what is asked and, now and then, changes an earlier answer.
func wander(it *matter.Item, random *rand.Rand) (answers map[string]string, stop string, bad *Bad) {
	answers = map[string]string{}
	for range 200 {
		q, no, of, settled, stop := matter.Next(it, answers)
		if q == nil {
			if stop == "" && !settled {
				return answers, "", &Bad{Answers: answers, Text: "问完了，材料却还没有定下来", Cause: "neither settled nor stopped"}
			}
			return answers, stop, nil
		}
		if no > of || no != len(answers)+1 {
			return answers, "", &Bad{Answers: answers, Text: "问到第几个数错了", Cause: fmt.Sprintf("question %d of %d after %d answers", no, of, len(answers))}
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
	return answers, "", &Bad{Answers: answers, Text: "一直问，没有问完的时候", Cause: "still asked after 200 answers"}
}

// consistent looks at one list of papers: everything is decided, what is asked for is looked at, what is looked at is handed in.
func consistent(it *matter.Item, answers map[string]string) *Bad {
	bad := func(text, cause string) *Bad { return &Bad{Answers: answers, Text: text, Cause: cause} }
	points, papers := matter.Points(it, answers), matter.Materials(it, answers)
	for _, m := range papers {
		looked := slices.ContainsFunc(points, func(p matter.Point) bool { return p.On == "material" && p.Ref == m.Code })
		if m.Need == matter.Undecided {
			return bad("材料“"+m.Name+"”要不要交没有定下来", "material "+m.Code+" is undecided")
		}
		if m.Need == matter.Required && !looked {
			return bad("材料“"+m.Name+"”要交，却没有审查要点看它", "material "+m.Code+" is required and not looked at")
		}
		if _, ok := matter.Explain(it, answers, m.Code); !ok {
			return bad("材料“"+m.Name+"”说不出为什么要", "material "+m.Code+" has no reason")
		}
	}
	for _, p := range points {
		if p.On != "material" {
			continue
		}
		if !slices.ContainsFunc(papers, func(n matter.Needed) bool { return n.Code == p.Ref }) {
			return bad("审查要点“"+p.Text+"”要看的材料没有人交", "point "+p.ID+" looks at material "+p.Ref+", which nobody hands in")
		}
	}
	return nil
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
