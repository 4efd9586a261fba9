package form

import (
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// taken returns the value of a field as the schema sees it, nil where nothing is left of it, and what is wrong with its form.
func taken(f field, v any) (any, []FieldError) {
	switch f.shape {
	case multi:
		return chosen(f, v)
	case rows:
		return lines(f, v)
	}
	out, message := plain(v)
	if message != "" {
		return nil, []FieldError{{f.name, f.label + message}}
	}
	return out, nil
}

const wrongShape = "填写的内容不对，请重新填"

// chosen takes several values of a list. An empty list counts as absent.
func chosen(f field, v any) (any, []FieldError) {
	if v == nil || v == "" {
		return nil, nil
	}
	all, ok := items(v)
	if !ok {
		return nil, []FieldError{{f.name, f.label + wrongShape}}
	}
	var out []any
	for _, one := range all {
		value, message := plain(one)
		if message != "" {
			return nil, []FieldError{{f.name, f.label + message}}
		}
		if value != nil {
			out = append(out, value)
		}
	}
	if len(out) == 0 {
		return nil, nil
	}
	return out, nil
}

// lines takes repeated lines. No line counts as absent; an empty line stays, so that it is told what it lacks.
func lines(f field, v any) (any, []FieldError) {
	if v == nil || v == "" {
		return nil, nil
	}
	all, ok := items(v)
	if !ok {
		return nil, []FieldError{{f.name, f.label + wrongShape}}
	}
	var out []any
	var errs []FieldError
	for i, one := range all {
		line, ok := one.(map[string]any)
		if !ok {
			return nil, []FieldError{{f.name, f.label + wrongShape}}
		}
		doc := map[string]any{}
		for name, cell := range line {
			path := f.name + "/" + strconv.Itoa(i) + "/" + name
			column, known := f.columns[name]
			if !known {
				errs = append(errs, FieldError{path, "表里没有这一项"})
				continue
			}
			value, message := plain(cell)
			if message != "" {
				errs = append(errs, FieldError{path, column.label + message})
			} else if value != nil {
				doc[name] = value
			}
		}
		out = append(out, doc)
	}
	if len(out) == 0 {
		return nil, errs
	}
	return out, errs
}

// items returns the elements of a list, as it comes from JSON or from Go.
func items(v any) ([]any, bool) {
	switch v := v.(type) {
	case []any:
		return v, true
	case []string:
		out := make([]any, len(v))
		for i := range v {
			out[i] = v[i]
		}
		return out, true
	case []map[string]any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = v[i]
		}
		return out, true
	}
	return nil, false
}

// cells counts what lists hold.
func cells(values map[string]any) int {
	n := 0
	for _, v := range values {
		all, _ := items(v)
		n += len(all)
		for _, one := range all {
			line, _ := one.(map[string]any)
			n += len(line)
		}
	}
	return n
}

// plain returns the value as the schema sees it. What is left empty counts as absent. Lists are no plain values.
func plain(v any) (any, string) {
	switch v := v.(type) {
	case nil:
		return nil, ""
	case string:
		if len(v) > 4*maxRunes {
			return nil, "太长了，请写短些"
		}
		if strings.TrimSpace(v) == "" {
			return nil, ""
		}
		if !utf8.ValidString(v) || strings.ContainsFunc(v, unseen) {
			return nil, "里有看不见的字符，请擦掉重新填"
		}
		return v, ""
	case bool:
		return v, ""
	case int:
		return float64(v), ""
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, "不是数字"
		}
		return v, ""
	}
	return nil, wrongShape
}

// unseen are characters that make two entries look alike: control characters, and those that only steer the direction of text.
func unseen(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf) }
