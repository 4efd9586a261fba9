package elements

import (
	"strings"

	"tongban/fleet/wire/matter"
)

// CondText writes a condition as people can read and edit it in a cell: 店面=租的编号,借的编号 且 非(种类=packed). Names and values are the
// ids of situations and options. "" is always.
func CondText(c *matter.Cond) string {
	if c == nil {
		return ""
	}
	switch {
	case c.Q != "":
		return c.Q + "=" + strings.Join(c.Is, ",")
	case c.Not != nil:
		return "非(" + CondText(c.Not) + ")"
	case len(c.All) > 0:
		return joined(c.All, " 且 ")
	case len(c.Any) > 0:
		return joined(c.Any, " 或 ")
	}
	return ""
}

func joined(parts []matter.Cond, by string) string {
	out := make([]string, len(parts))
	for i := range parts {
		out[i] = CondText(&parts[i])
		if len(parts[i].All) > 0 || len(parts[i].Any) > 0 || len(parts) == 1 {
			out[i] = "(" + out[i] + ")"
		}
	}
	if len(parts) == 1 { // a list of one stays a list of one
		return strings.TrimSpace(by) + out[0]
	}
	return strings.Join(out, by)
}

// ParseCond reads what CondText writes.
func ParseCond(text string) (*matter.Cond, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	p := &condParser{rest: text}
	c, err := p.expression(0)
	if err != nil {
		return nil, err
	}
	if p.space(); p.rest != "" {
		return nil, bad("条件写到“%s”就看不懂了，例：premises=lease,lent 且 非(kind=meal)", short(p.rest))
	}
	return &c, nil
}

type condParser struct{ rest string }

// maxNested bounds brackets inside brackets.
const maxNested = 20

func (p *condParser) space() { p.rest = strings.TrimLeft(p.rest, " \t\n\r\u3000") }

func (p *condParser) take(s string) bool {
	p.space()
	rest, ok := strings.CutPrefix(p.rest, s)
	if ok {
		p.rest = rest
	}
	return ok
}

func (p *condParser) expression(depth int) (matter.Cond, error) {
	if depth > maxNested {
		return matter.Cond{}, bad("条件的括号套得太深")
	}
	for _, single := range []string{"且", "或"} {
		if p.take(single) {
			c, err := p.atom(depth)
			if single == "且" {
				return matter.Cond{All: []matter.Cond{c}}, err
			}
			return matter.Cond{Any: []matter.Cond{c}}, err
		}
	}
	first, err := p.atom(depth)
	if err != nil {
		return first, err
	}
	parts, by := []matter.Cond{first}, ""
	for {
		word := ""
		switch {
		case p.take("且"):
			word = "且"
		case p.take("或"):
			word = "或"
		}
		if word == "" {
			break
		}
		if by != "" && by != word {
			return first, bad("“且”和“或”混着写时要加括号")
		}
		by = word
		next, err := p.atom(depth)
		if err != nil {
			return next, err
		}
		parts = append(parts, next)
	}
	switch by {
	case "且":
		return matter.Cond{All: parts}, nil
	case "或":
		return matter.Cond{Any: parts}, nil
	}
	return first, nil
}

func (p *condParser) atom(depth int) (matter.Cond, error) {
	not := p.take("非")
	if p.take("(") || p.take("（") {
		c, err := p.expression(depth + 1)
		if err != nil {
			return c, err
		}
		if !p.take(")") && !p.take("）") {
			return c, bad("条件少了一个右括号")
		}
		if not {
			return matter.Cond{Not: &c}, nil
		}
		return c, nil
	}
	if not {
		return matter.Cond{}, bad("“非”后面要跟括号，例：非(kind=meal)")
	}
	p.space()
	end := strings.IndexAny(p.rest, " \t\n\r\u3000()（）")
	if end < 0 {
		end = len(p.rest)
	}
	word := p.rest[:end]
	p.rest = p.rest[end:]
	q, values, ok := strings.Cut(word, "=")
	if !ok || q == "" || values == "" {
		return matter.Cond{}, bad("条件要写成“情形编号=选项编号”，这里不是：%s", short(word))
	}
	return matter.Cond{Q: q, Is: strings.Split(values, ",")}, nil
}
