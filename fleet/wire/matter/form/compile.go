package form

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"tongban/fleet/wire/matter"
)

// compiled is one version of a form, ready to check with.
type compiled struct {
	schema *jsonschema.Schema
	fields map[string]field
}

// field joins what the schema and the screen say of one entry.
type field struct {
	name, label, widget string
	sourced             bool
	hint                string // x-message of the property: the sentence for a wrong pattern
	shape               shape
	columns             map[string]field // of rows
}

// shape is what a value looks like on the wire.
type shape int

const (
	single shape = iota // one text
	multi               // several of a list (多选)
	rows                // repeated lines (重复行)
)

// key names a compiled form. The schema is part of it, because a draft changes under one version.
type key struct {
	id      string
	version int
	schema  string
}

// maxCompiled is more than one version of all 220 matters of a terminal; beyond it the cache starts anew.
const maxCompiled = 512

// cache keeps compiled forms, since a terminal checks at every step and compiling takes a hundred times longer than checking.
var cache = struct {
	sync.Mutex
	m map[key]*compiled
}{m: map[key]*compiled{}}

func compiledOf(f matter.Form) (*compiled, error) {
	k := key{f.ID, f.Version, string(f.Schema)}
	cache.Lock()
	c, ok := cache.m[k]
	cache.Unlock()
	if ok {
		return c, nil
	}
	c, err := compile(f)
	if err != nil {
		return nil, err
	}
	cache.Lock()
	defer cache.Unlock()
	if len(cache.m) >= maxCompiled {
		clear(cache.m)
	}
	cache.m[k] = c
	return c, nil
}

// Compile reports whether the form's schema can be used, for those who publish forms.
func Compile(f matter.Form) error {
	_, err := compile(f)
	return err
}

func compile(f matter.Form) (*compiled, error) {
	bound, err := Bind(f) // as published; drafts and forms inside an item get their conditions here
	if err != nil {
		return nil, err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(bound))
	if err != nil {
		return nil, fmt.Errorf("read schema of form %s: %w", f.ID, err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft2020)
	compiler.AssertFormat()
	for name, fault := range formats {
		compiler.RegisterFormat(&jsonschema.Format{Name: name, Validate: func(v any) error {
			s, ok := v.(string)
			if !ok {
				return nil // the rule on the type says so
			}
			if message := fault(s); message != "" {
				return formatFault(message)
			}
			return nil
		}})
	}
	compiler.UseLoader(nowhere{})
	const at = "form.json"
	if err := compiler.AddResource(at, doc); err != nil {
		return nil, fmt.Errorf("add schema of form %s: %w", f.ID, err)
	}
	schema, err := compiler.Compile(at)
	if err != nil {
		return nil, fmt.Errorf("compile schema of form %s: %w", f.ID, err)
	}
	return &compiled{schema: schema, fields: fieldsOf(f)}, nil
}

// property is what the words need of one property of a schema.
type property struct {
	Type    string    `json:"type"`
	Title   string    `json:"title"`
	Message string    `json:"x-message"`
	Items   *property `json:"items"`
	Inner   members   `json:"properties"`
}

type members map[string]property

// fieldsOf lists what the schema has, with the words of the groups.
func fieldsOf(f matter.Form) map[string]field {
	var schema property
	_ = json.Unmarshal(f.Schema, &schema) // it compiled, so it can be read
	fields := schema.Inner.fields()
	for _, g := range f.Groups {
		for _, shown := range g.Fields {
			named(fields, shown)
		}
	}
	return fields
}

func (m members) fields() map[string]field {
	fields := make(map[string]field, len(m))
	for name, p := range m {
		own := field{name: name, label: p.Title, hint: p.Message}
		if p.Type == "array" && p.Items != nil {
			own.shape = multi
			if p.Items.Type == "object" {
				own.shape, own.columns = rows, p.Items.Inner.fields()
			}
		}
		fields[name] = own
	}
	return fields
}

// named gives a field the words of its screen.
func named(fields map[string]field, shown matter.Field) {
	own, ok := fields[shown.Name]
	if !ok {
		return
	}
	own.label, own.widget, own.sourced = shown.Label, shown.Widget, shown.Source != ""
	fields[shown.Name] = own
	for _, column := range shown.Columns {
		named(own.columns, column)
	}
}

// nowhere refuses to fetch other schemas: a form stands alone, also where there is no network.
type nowhere struct{}

func (nowhere) Load(url string) (any, error) { return nil, fmt.Errorf("schema refers to %s", url) }

// Formats lists the formats that a schema may use, sorted.
func Formats() []string {
	names := []string{}
	for name := range formats {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
