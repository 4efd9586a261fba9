package privacy

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Column is one column that holds sealed values (加密列). The kernel reads and rewrites it by this description alone, when
// keys were rotated: the table stays its module's.
type Column struct {
	Table  string
	Title  string // what a row is, in Chinese: 办件
	Column string
	Class  string
	Key    []string // columns of the primary key, each TEXT
	Bound  bool     // sealed with SealRow, by the key's values joined with "/"
	At     string   // column with the time from which retention counts, in ms; "" where the rule knows better
}

// Registration is what a module holds of persons: its sealed columns, the rules by which they end, and how to find what
// concerns one person.
type Registration struct {
	Columns []Column
	Rules   []Rule
	Sources []Source
}

var sqlName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// keyJoin stands between the values of a key.
const keyJoin = "/"

func (c Column) check(d Declared) error {
	for _, name := range append([]string{c.Table, c.Column}, c.Key...) {
		if !sqlName.MatchString(name) {
			return fmt.Errorf("column %s.%s: %q is no name", c.Table, c.Column, name)
		}
	}
	if len(c.Key) == 0 || c.Title == "" {
		return fmt.Errorf("column %s.%s: title and key must be given", c.Table, c.Column)
	}
	if _, ok := d.Find(c.Class); !ok {
		return fmt.Errorf("column %s.%s: class %q is not declared", c.Table, c.Column, c.Class)
	}
	return nil
}

// row is what a bound value hangs on.
func (c Column) row(key []string) string {
	if !c.Bound {
		return ""
	}
	return strings.Join(key, keyJoin)
}

// Name is table and column in one word.
func (c Column) Name() string { return c.Table + "." + c.Column }

// Register adds what a module holds. A class that nobody declared, a rule or column given twice, is an error of wiring.
func (s *Service) Register(module string, r Registration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range r.Columns {
		if err := c.check(s.Declared); err != nil {
			return fmt.Errorf("module %s: %w", module, err)
		}
		if slices.ContainsFunc(s.columns, func(o Held) bool { return o.Name() == c.Name() }) {
			return fmt.Errorf("module %s: column %s comes twice", module, c.Name())
		}
		s.columns = append(s.columns, Held{Column: c, Module: module})
	}
	for _, rule := range r.Rules {
		if rule.Name == "" || rule.Title == "" || rule.Basis == "" || rule.Days <= 0 || rule.Due == nil || rule.Drop == nil {
			return fmt.Errorf("module %s: retention rule %q lacks something", module, rule.Name)
		}
		if s.rule(rule.Name) != nil {
			return fmt.Errorf("module %s: retention rule %s comes twice", module, rule.Name)
		}
		s.rules = append(s.rules, rule)
	}
	s.sources = append(s.sources, r.Sources...)
	return nil
}

// Held is a column with its owner.
type Held struct {
	Column
	Module string
}

// Columns lists the registered columns.
func (s *Service) Columns() []Held {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Clone(s.columns)
}
