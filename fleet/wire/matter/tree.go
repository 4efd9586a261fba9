package matter

import "strconv"

// maxLeaves bounds the work of one tree. The catalogue refuses items with more ways through than that.
const maxLeaves = 4096

// node is one question of the decision tree (决策树), or a leaf: an outcome, or a stop. Equal nodes are one pointer.
type node struct {
	id    string
	q     int     // place of the question; -1 in a leaf
	kids  []*node // by option
	depth int     // questions on the longest way down, this one included
	stop  string
}

// grower builds the tree of all ways on from a reading, questions in their order. A question whose options all lead to
// the same tree is left out: it no longer changes the outcome, so nobody is asked.
type grower struct {
	r      *reading
	nodes  map[string]*node
	leaves int
}

// tree returns nil where the item has too many ways through; callers then ask everything in order, which is never wrong,
// only longer.
func (r *reading) tree() *node {
	g := &grower{r: r, nodes: map[string]*node{}}
	return g.grow(0)
}

// grow sets live and value of the questions from i on as it goes and puts them back.
func (g *grower) grow(i int) *node {
	r := g.r
	if i == len(r.it.Questions) {
		if g.leaves++; g.leaves > maxLeaves {
			return nil
		}
		return g.one(node{id: "=" + r.outcome(), q: -1})
	}

	q := &r.it.Questions[i]
	live, value := r.live[i], r.value[i]
	defer func() { r.live[i], r.value[i] = live, value }()

	r.live[i] = r.eval(q.When, i)
	if r.live[i] == False || len(q.Options) == 0 {
		r.live[i], r.value[i] = False, ""
		return g.grow(i + 1)
	}
	if value != "" {
		return g.take(i, q.option(value))
	}
	n := node{id: strconv.Itoa(i), q: i}
	same := true
	for o := range q.Options {
		kid := g.take(i, &q.Options[o])
		if kid == nil {
			return nil
		}
		same = same && (o == 0 || kid == n.kids[0])
		n.kids = append(n.kids, kid)
		n.depth = max(n.depth, kid.depth+1)
		n.id += "(" + kid.id + ")"
	}
	if same {
		return n.kids[0]
	}
	return g.one(n)
}

func (g *grower) take(i int, o *Option) *node {
	if o.Stop != "" {
		return g.one(node{id: "!" + strconv.Quote(o.Stop), q: -1, stop: o.Stop})
	}
	g.r.value[i] = o.Value
	return g.grow(i + 1)
}

// one returns the node that says the same, so that equal trees are equal pointers.
func (g *grower) one(n node) *node {
	if old, ok := g.nodes[n.id]; ok {
		return old
	}
	n.id, g.nodes[n.id] = "#"+strconv.Itoa(len(g.nodes)), &n
	return &n
}

// outcome writes down everything that answers decide: two sets of answers with the same outcome are the same application.
func (r *reading) outcome() string {
	it, end := r.it, len(r.it.Questions)
	out := make([]byte, 0, 64)
	put := func(c *Cond) { out = append(out, "-?+"[r.eval(c, end)+1]) }
	for i := range it.Materials {
		put(it.Materials[i].When)
		if it.Materials[i].Exempt != nil {
			put(it.Materials[i].Exempt)
		}
	}
	for i := range it.Form.Groups {
		put(it.Form.Groups[i].When)
	}
	for i := range it.Signers {
		put(it.Signers[i].When)
	}
	for i := range it.Points {
		put(it.Points[i].When)
	}
	return string(out)
}
