package elements

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"tongban/central/modules/catalogue"
	"tongban/fleet/wire/matter"
)

// BadCell is a text that an element cannot take (填错的单元格); Words say in Chinese what to write instead.
type BadCell struct{ Words string }

func (b *BadCell) Error() string { return b.Words }

func bad(format string, args ...any) error { return &BadCell{Words: fmt.Sprintf(format, args...)} }

// Get returns the element of an entry as it stands in a cell, "" where it is empty.
func (e Element) Get(en *catalogue.Entry) string { return e.text(reflect.ValueOf(en)) }

// Words returns the element as people read it: 承诺件 instead of 2.
func (e Element) Words(en *catalogue.Entry) string { return e.words(reflect.ValueOf(en)) }

// Set writes the element of an entry from the text of a cell; what it cannot take is a *BadCell.
func (e Element) Set(en *catalogue.Entry, text string) error { return e.set(reflect.ValueOf(en), text) }

func (e Element) text(of reflect.Value) string {
	v, ok := reach(of, e.at, false)
	if !ok {
		return ""
	}
	if e.Derived && e.Kind == Bool {
		return yes(v.Len() > 0)
	}
	switch e.Kind {
	case Code:
		return e.list.code(v.String())
	case Int:
		return strconv.FormatInt(v.Int(), 10)
	case Bool:
		return yes(v.Bool())
	case List:
		list, _ := v.Interface().([]string)
		coded := make([]string, len(list))
		for i, s := range list {
			coded[i] = e.list.code(s)
		}
		return strings.Join(coded, "\n")
	case Laws:
		laws, _ := v.Interface().([]matter.Law)
		return lawText(laws)
	case Paras:
		paras, _ := v.Interface().([]matter.Para)
		return paraText(paras)
	case When:
		c, _ := v.Interface().(*matter.Cond)
		return CondText(c)
	}
	return v.String()
}

func (e Element) words(of reflect.Value) string {
	text := e.text(of)
	if e.list == nil || text == "" {
		return text
	}
	var out []string
	for s := range strings.SplitSeq(text, "\n") {
		out = append(out, e.list.title(s))
	}
	return strings.Join(out, "、")
}

func (e Element) set(of reflect.Value, text string) error {
	if e.Derived {
		return bad("“%s”是算出来的，不用填", e.Title)
	}
	value, err := e.parse(strings.TrimSpace(text))
	if err != nil {
		return err
	}
	v, ok := reach(of, e.at, !value.IsZero())
	if ok {
		v.Set(value.Convert(v.Type()))
	}
	return nil
}

func (e Element) parse(text string) (reflect.Value, error) {
	var value any
	var err error
	switch e.Kind {
	case Code:
		value, err = e.list.value(text, e.Title)
	case Int:
		value, err = number(text, e)
	case Bool:
		value, err = truth(text, e.Title)
	case List:
		value, err = e.entries(text)
	case Laws:
		value, err = laws(text)
	case Paras:
		value, err = paras(text)
	case When:
		value, err = ParseCond(text)
	case Text:
		if strings.ContainsAny(text, "\n\r") {
			err = bad("“%s”只能写一行", e.Title)
		}
		value = text
	default:
		value = strings.ReplaceAll(text, "\r\n", "\n")
	}
	return reflect.ValueOf(value), err
}

func (e Element) entries(text string) ([]string, error) {
	out := lines(text)
	for i, s := range out {
		if e.list == nil {
			continue
		}
		v, err := e.list.value(s, e.Title)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

// lines are the entries of a list; nil where there is none, so that an empty cell and an absent list are the same.
func lines(text string) []string {
	var out []string
	for s := range strings.Lines(text) {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

func yes(b bool) string {
	if b {
		return "是"
	}
	return "否"
}

func truth(text, title string) (bool, error) {
	switch text {
	case "是", "1", "有":
		return true, nil
	case "否", "0", "", "无":
		return false, nil
	}
	return false, bad("“%s”只能填“是”或“否”", title)
}

// number refuses an empty cell where the number must be there: nothing written is not 0.
func number(text string, e Element) (int, error) {
	if text == "" && e.Must == "" {
		return 0, nil
	}
	if text == "" {
		return 0, bad("“%s”空着不等于0，请填数字", e.Title)
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > 100000 {
		return 0, bad("“%s”要填0以上的整数", e.Title)
	}
	return n, nil
}

func (c Codes) code(value string) string {
	for _, v := range c {
		if v.Value == value {
			return v.Code
		}
	}
	return value
}

func (c Codes) title(code string) string {
	for _, v := range c {
		if v.Code == code {
			return v.Title
		}
	}
	return code
}

// value takes the national code, our own value, or the words.
func (c Codes) value(text, title string) (string, error) {
	if text == "" {
		return "", nil
	}
	i := slices.IndexFunc(c, func(v CodeValue) bool { return v.Code == text })
	if i < 0 {
		i = slices.IndexFunc(c, func(v CodeValue) bool { return v.Value == text || v.Title == text })
	}
	if i < 0 {
		words := make([]string, len(c))
		for k, v := range c {
			words[k] = v.Code + " " + v.Title
		}
		return "", bad("“%s”没有“%s”这个代码，可以填：%s", title, text, strings.Join(words, "，"))
	}
	return c[i].Value, nil
}

func lawText(laws []matter.Law) string {
	out := make([]string, len(laws))
	for i, l := range laws {
		out[i] = "《" + l.Name + "》" + l.Article
		if l.Text != "" {
			out[i] += "：" + strings.ReplaceAll(l.Text, "\n", "")
		}
	}
	return strings.Join(out, "\n")
}

func laws(text string) ([]matter.Law, error) {
	var out []matter.Law
	for _, line := range lines(text) {
		name, rest, ok := lawName(line)
		if !ok {
			return nil, bad("依据要写成《名称》第几条，这一行看不出名称：%s", short(line))
		}
		article, words, _ := strings.Cut(rest, "：")
		out = append(out, matter.Law{Name: name, Article: strings.TrimSpace(article), Text: strings.TrimSpace(words)})
	}
	return out, nil
}

// lawName cuts the name out of its marks; marks may stand inside it.
func lawName(line string) (name, rest string, ok bool) {
	depth := 0
	for i, c := range line {
		switch {
		case c == '《':
			depth++
		case c == '》':
			depth--
		}
		if depth == 0 {
			if i == 0 {
				return "", "", false
			}
			end := i + len("》")
			name = line[len("《"):i]
			return name, line[end:], name != ""
		}
	}
	return "", "", false
}

func paraText(paras []matter.Para) string {
	out := make([]string, len(paras))
	for i, p := range paras {
		out[i] = p.Title + "：" + strings.ReplaceAll(p.Text, "\n", "")
	}
	return strings.Join(out, "\n")
}

func paras(text string) ([]matter.Para, error) {
	var out []matter.Para
	for _, line := range lines(text) {
		title, words, ok := strings.Cut(line, "：")
		if !ok || title == "" || words == "" {
			return nil, bad("每一段要写成“标题：正文”，这一行不是：%s", short(line))
		}
		out = append(out, matter.Para{Title: title, Text: words})
	}
	return out, nil
}

func short(s string) string {
	if r := []rune(s); len(r) > 20 {
		return string(r[:20]) + "…"
	}
	return s
}
