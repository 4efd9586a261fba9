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
}

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
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(f.Schema))
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

// fieldsOf lists what the schema has, with the words of the groups.
func fieldsOf(f matter.Form) map[string]field {
	var schema struct {
		Properties map[string]struct {
			Title   string `json:"title"`
			Message string `json:"x-message"`
		} `json:"properties"`
	}
	_ = json.Unmarshal(f.Schema, &schema) // it compiled, so it can be read
	fields := make(map[string]field, len(schema.Properties))
	for name, p := range schema.Properties {
		fields[name] = field{name: name, label: p.Title, hint: p.Message}
	}
	for _, g := range f.Groups {
		for _, shown := range g.Fields {
			if own, ok := fields[shown.Name]; ok {
				own.label, own.widget, own.sourced = shown.Label, shown.Widget, shown.Source != ""
				fields[shown.Name] = own
			}
		}
	}
	return fields
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
