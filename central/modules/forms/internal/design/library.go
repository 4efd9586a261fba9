// Package design is what is known about a form's design without any database (表单设计规则): its checks, the paper that is laid
// out by program, differences in words, merging by data element, and carrying entries to a newer version.
package design

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/mozillazg/go-pinyin"

	"tongban/central/modules/forms"
	"tongban/fleet/wire/matter"
)

// Library is the data elements by id (数据元库). It does not change after it was read.
type Library struct {
	All  []forms.Element
	byID map[string]forms.Element
}

// NewLibrary makes a library of elements.
func NewLibrary(all []forms.Element) Library {
	l := Library{All: all, byID: make(map[string]forms.Element, len(all))}
	for _, e := range all {
		l.byID[e.ID] = e
	}
	return l
}

// Find returns one element.
func (l Library) Find(id string) (forms.Element, bool) {
	e, ok := l.byID[id]
	return e, ok
}

// Groups are the groups of elements in their order.
func (l Library) Groups() []string {
	groups := []string{}
	for _, e := range l.All {
		if !slices.Contains(groups, e.Group) {
			groups = append(groups, e.Group)
		}
	}
	return groups
}

// Search returns the elements that id, name or initials lead to, those that begin with it first.
func (l Library) Search(q, group string) []forms.Element {
	q = strings.ToLower(strings.ReplaceAll(strings.TrimSpace(q), "_", ""))
	var first, rest []forms.Element
	for _, e := range l.All {
		if group != "" && e.Group != group {
			continue
		}
		id := strings.ToLower(strings.ReplaceAll(e.ID, "_", ""))
		switch {
		case strings.HasPrefix(id, q) || strings.HasPrefix(e.Name, q) || strings.HasPrefix(e.Pinyin, q):
			first = append(first, e)
		case strings.Contains(id, q) || strings.Contains(e.Name, q) || strings.Contains(e.Pinyin, q):
			rest = append(rest, e)
		}
	}
	return append(first, rest...)
}

// Initials are the first letters of the pinyin of s; what has none stands for itself, marks are left out.
func Initials(s string) string {
	var b strings.Builder
	args := pinyin.NewArgs()
	for _, r := range s {
		if sounds := pinyin.SinglePinyin(r, args); len(sounds) > 0 && sounds[0] != "" {
			b.WriteByte(sounds[0][0])
		} else if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			b.WriteRune(r)
		}
	}
	return strings.ToLower(b.String())
}

// Seed is what the files say.
type Seed struct {
	Library Library
	Designs []forms.Design         // by id, without version; without a drawn paper they get one by program
	Papers  map[string]forms.Paper // drawn by hand for forms that items carry
}

// file is one form of the seed.
type file struct {
	Title   string          `json:"title"`
	Schema  json.RawMessage `json:"schema"`
	Screens []matter.Group  `json:"screens"`
	Paper   *forms.Paper    `json:"paper"`
	Sample  []string        `json:"sample"`
}

// ReadSeed decodes the files strictly. It does not judge the designs; Verify does.
func ReadSeed(files fs.FS) (Seed, error) {
	var lists map[string][]matter.Option
	if err := decode(files, "lists.yaml", &lists); err != nil {
		return Seed{}, err
	}
	var elements []forms.Element
	if err := decode(files, "elements.yaml", &elements); err != nil {
		return Seed{}, err
	}
	for i := range elements {
		e := &elements[i]
		e.Pinyin = Initials(e.Name)
		codes, err := listed(e.Codes, lists)
		if err != nil {
			return Seed{}, fmt.Errorf("element %s: %w", e.ID, err)
		}
		e.Codes = codes
	}
	s := Seed{Library: NewLibrary(elements), Papers: map[string]forms.Paper{}}

	names, err := fs.Glob(files, "forms/*.yaml")
	if err != nil {
		return Seed{}, fmt.Errorf("list seed: %w", err)
	}
	for _, name := range names {
		var f file
		if err := decode(files, name, &f); err != nil {
			return Seed{}, err
		}
		d := forms.Design{ID: strings.TrimSuffix(path.Base(name), ".yaml"), Title: f.Title, Schema: f.Schema, Screens: f.Screens, Sample: f.Sample}
		for _, field := range fieldsOf(d.Screens) {
			if field.Options, err = listed(field.Options, lists); err != nil {
				return Seed{}, fmt.Errorf("read %s: field %s: %w", name, field.Name, err)
			}
		}
		if d, err = Settle(d); err != nil {
			return Seed{}, fmt.Errorf("read %s: %w", name, err)
		}
		if f.Paper != nil {
			d.Paper = *f.Paper
		} else {
			d.Paper = Draw(d)
		}
		s.Designs = append(s.Designs, d)
	}
	papers, err := fs.Glob(files, "papers/*.yaml")
	if err != nil {
		return Seed{}, fmt.Errorf("list papers: %w", err)
	}
	for _, name := range papers {
		var p forms.Paper
		if err := decode(files, name, &p); err != nil {
			return Seed{}, err
		}
		s.Papers[strings.TrimSuffix(path.Base(name), ".yaml")] = p
	}
	return s, nil
}

// listed puts a list in the place of its name: options: [{value: "@regions"}].
func listed(options []matter.Option, lists map[string][]matter.Option) ([]matter.Option, error) {
	if len(options) != 1 || !strings.HasPrefix(options[0].Value, "@") {
		return options, nil
	}
	list, ok := lists[options[0].Value[1:]]
	if !ok {
		return nil, fmt.Errorf("no list %s", options[0].Value)
	}
	return list, nil
}

func decode(files fs.FS, name string, into any) error {
	raw, err := fs.ReadFile(files, name)
	if err != nil {
		return fmt.Errorf("read seed: %w", err)
	}
	schema := yaml.CustomUnmarshaler(func(to *json.RawMessage, part []byte) error {
		var v any
		if err := yaml.Unmarshal(part, &v); err != nil {
			return err
		}
		b, err := json.Marshal(v) // keys sorted, so that equal content has an equal digest
		*to = b
		return err
	})
	if err := yaml.NewDecoder(bytes.NewReader(raw), yaml.Strict(), schema).Decode(into); err != nil {
		return fmt.Errorf("decode %s: %w", name, err)
	}
	return nil
}
