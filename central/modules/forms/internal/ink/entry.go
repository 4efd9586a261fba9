package ink

import (
	"fmt"
	"slices"
	"strings"

	"tongban/central/kernel/paper"
	"tongban/fleet/wire/matter"
)

// entry draws what was filled in, or the room for it on an empty form.
func (s *sheet) entry(at box, f matter.Field, v any, set paper.Setting) {
	if len(f.Options) > 0 && f.Widget != "district" && len(f.Options) <= 12 {
		s.options(at, f, chosen(v), set)
		return
	}
	text := textOf(f, v)
	if text == "" && f.Widget == "date" && s.ink.Blank {
		text, set.Align = "    年    月    日", "right"
	}
	if text == "" {
		return
	}
	if !s.Fits(at.w, at.h, paper.Plain(text), set) {
		s.asides = append(s.asides, setting{f.Label, text})
		text = "（内容较长，见续页）"
	}
	s.Text(at.x, at.y, at.w, at.h, paper.Plain(text), set)
}

// textOf is a value as it is written on paper.
func textOf(f matter.Field, v any) string {
	values := chosen(v)
	for i, value := range values {
		for _, o := range f.Options {
			if o.Value == value {
				values[i] = o.Label
			}
		}
	}
	text := strings.Join(values, "、")
	if f.Widget == "date" || f.Source == "idcard.birth" {
		var y, m, d int
		if n, err := fmt.Sscanf(text, "%4d-%2d-%2d", &y, &m, &d); err == nil && n == 3 {
			return fmt.Sprintf("%d年%d月%d日", y, m, d)
		}
	}
	return text
}

// chosen lists the values of one or several choices.
func chosen(v any) []string {
	switch v := v.(type) {
	case nil:
		return nil
	case string:
		if v == "" {
			return nil
		}
		return []string{v}
	case []string:
		return slices.Clone(v)
	case []any:
		var out []string
		for _, one := range v {
			if text, ok := one.(string); ok {
				out = append(out, text)
			}
		}
		return out
	}
	return []string{fmt.Sprint(v)}
}

// options draws one box for each option, line by line, as small as they need to be to go in.
func (s *sheet) options(at box, f matter.Field, ticked []string, set paper.Setting) {
	for size := set.Size; ; size -= 0.5 {
		lines, high := s.arranged(at.w, f, size)
		if float64(len(lines))*high > at.h+0.5 && size > smallest {
			continue
		}
		y := at.y + (at.h-float64(len(lines))*high)/2
		for _, line := range lines {
			x := at.x
			for _, o := range line {
				s.Box(x, y+high/2, size, slices.Contains(ticked, o.Value))
				wide := s.Width(paper.Plain(o.Label), size)
				s.Text(x+mm(size)*1.15, y, wide+0.2, high, paper.Plain(o.Label), paper.Setting{Size: size, Least: smallest - 2})
				x += mm(size)*1.15 + wide + gap
			}
			y += high
		}
		return
	}
}

const gap = 3.5

// mm is the width of a character of that size.
func mm(size float64) float64 { return size * 25.4 / 72 }

// arranged deals the options out to lines.
func (s *sheet) arranged(w float64, f matter.Field, size float64) (lines [][]matter.Option, high float64) {
	x := 0.0
	for _, o := range f.Options {
		wide := mm(size)*1.15 + s.Width(paper.Plain(o.Label), size)
		if len(lines) == 0 || x+wide > w+0.2 {
			lines = append(lines, nil)
			x = 0
		}
		lines[len(lines)-1] = append(lines[len(lines)-1], o)
		x += wide + gap
	}
	return lines, mm(size) * 1.35
}
