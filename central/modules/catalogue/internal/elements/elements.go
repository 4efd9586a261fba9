// Package elements is the one list of what an item says about itself (要素表): the national field names with their Chinese titles,
// where each stands in a catalogue entry, how it is written in a cell, and whether it must be filled in. Editor, review, diff,
// completeness and spreadsheets all speak of these elements; nothing else knows the list.
package elements

import (
	"bytes"
	_ "embed"
	"fmt"
	"reflect"
	"slices"
	"sync"

	"github.com/goccy/go-yaml"

	"tongban/central/modules/catalogue"
)

//go:embed elements.yaml
var shipped []byte

// Kind says how an element is written in a cell.
type Kind string

// The kinds.
const (
	Text  Kind = "text"  // one line
	Long  Kind = "long"  // several lines
	Int   Kind = "int"   // a whole number; an empty cell is not 0
	Bool  Kind = "bool"  // 是 or 否
	Code  Kind = "code"  // one value of a code list
	List  Kind = "list"  // one entry a line
	Laws  Kind = "law"   // one article a line: 《名称》第几条：原文
	Paras Kind = "paras" // one paragraph a line: 标题：正文
	When  Kind = "cond"  // a condition over the situations
)

// Must says which items have to fill an element in.
type Must string

// The classes; the empty one means that it may stay empty.
const (
	All   Must = "all"   // every item
	Full  Must = "full"  // items that are worked out to the last field
	Smart Must = "smart" // smart items (智能审批)
)

// Table is the element table (要素表).
type Table struct {
	Groups   []ElementGroup   `json:"groups"`
	Codes    map[string]Codes `json:"codes"`
	Elements []Element        `json:"elements"`
	Tables   []Sub            `json:"tables"`
	byName   map[string]Element
}

// ElementGroup is one group of elements (要素分组).
type ElementGroup struct {
	Key   string `json:"key"`
	Title string `json:"title"`
}

// CodeValue is one value of a code list: ours, the national code, and the words.
type CodeValue struct {
	Value string `json:"value"`
	Code  string `json:"code"` // as written in spreadsheets; the same as Value where the list has no other
	Title string `json:"title"`
}

// Codes is one code list (代码表).
type Codes []CodeValue

// Element is one element (要素).
type Element struct {
	Name     string    `json:"name"`  // national field name
	Title    string    `json:"title"` // 承诺办结时限
	Group    string    `json:"group,omitempty"`
	Path     string    `json:"path"` // JSON names of the entry, or of a row of its table
	Kind     Kind      `json:"kind"`
	Codes    string    `json:"codes,omitempty"`
	Must     Must      `json:"must,omitempty"`
	MustWhen *MustWhen `json:"must_when,omitempty"`
	Help     string    `json:"help,omitempty"`
	Local    bool      `json:"local,omitempty"`   // not a name of the national list
	Derived  bool      `json:"derived,omitempty"` // worked out, never written

	at   []int // places of the fields, through structs and pointers
	list Codes
}

// MustWhen makes an element a must-have where another one has one of these texts.
type MustWhen struct {
	Element string   `json:"element"`
	Is      []string `json:"is"`
}

// Sub is a part of an entry that has rows, with the elements of one row (要素子表).
type Sub struct {
	Name     string    `json:"name"`
	Title    string    `json:"title"`
	Group    string    `json:"group"`
	Key      string    `json:"key"`            // path of what tells rows apart
	Must     Must      `json:"must,omitempty"` // which items need at least one row
	Elements []Element `json:"elements"`

	rows rows
	key  Element
}

// Shipped returns the table of the product.
var Shipped = sync.OnceValues(func() (*Table, error) {
	t := &Table{}
	if err := yaml.NewDecoder(bytes.NewReader(shipped), yaml.Strict()).Decode(t); err != nil {
		return nil, fmt.Errorf("read elements.yaml: %w", err)
	}
	if err := t.bind(); err != nil {
		return nil, fmt.Errorf("read elements.yaml: %w", err)
	}
	return t, nil
})

// bind finds every path in the types, so that a misspelt one is told at once and not when somebody opens that element.
func (t *Table) bind() error {
	t.byName = map[string]Element{}
	for name, list := range t.Codes {
		for i := range list {
			if list[i].Code == "" {
				t.Codes[name][i].Code = list[i].Value
			}
		}
	}
	entry := reflect.TypeFor[catalogue.Entry]()
	for i := range t.Elements {
		if err := t.bindOne(&t.Elements[i], entry); err != nil {
			return err
		}
	}
	for i := range t.Tables {
		s := &t.Tables[i]
		rows, ok := tables[s.Name]
		if !ok {
			return fmt.Errorf("table %s has no place in an entry", s.Name)
		}
		s.rows = rows
		for k := range s.Elements {
			if err := t.bindOne(&s.Elements[k], rows.row); err != nil {
				return err
			}
			s.Elements[k].Group = s.Group
			t.byName[s.Elements[k].Name] = s.Elements[k]
			if s.Elements[k].Path == s.Key {
				s.key = s.Elements[k]
			}
		}
		if s.key.Name == "" {
			return fmt.Errorf("table %s: the key %s is no element of it", s.Name, s.Key)
		}
	}
	return nil
}

func (t *Table) bindOne(e *Element, in reflect.Type) error {
	if e.Kind == "" {
		e.Kind = Text
	}
	at, last, err := locate(in, e.Path)
	if err != nil {
		return fmt.Errorf("element %s: %w", e.Name, err)
	}
	if e.Codes != "" {
		if e.list = t.Codes[e.Codes]; e.list == nil {
			return fmt.Errorf("element %s: no code list %s", e.Name, e.Codes)
		}
	}
	if !e.Derived && !holds(e.Kind, last) {
		return fmt.Errorf("element %s: kind %s and %s do not fit", e.Name, e.Kind, last)
	}
	if _, again := t.byName[e.Name]; again {
		return fmt.Errorf("element %s stands twice", e.Name)
	}
	e.at = at
	t.byName[e.Name] = *e
	return nil
}

// Find returns an element of an entry or of a row of one of its tables by its name.
func (t *Table) Find(name string) (Element, bool) {
	e, ok := t.byName[name]
	return e, ok
}

// Sub returns a table by its name.
func (t *Table) Sub(name string) (Sub, bool) {
	i := slices.IndexFunc(t.Tables, func(s Sub) bool { return s.Name == name })
	if i < 0 {
		return Sub{}, false
	}
	return t.Tables[i], true
}

// GroupTitle is the Chinese name of a group.
func (t *Table) GroupTitle(key string) string {
	for _, g := range t.Groups {
		if g.Key == key {
			return g.Title
		}
	}
	return key
}
