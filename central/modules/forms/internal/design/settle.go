package design

import (
	"encoding/json"
	"fmt"

	"tongban/central/modules/forms"
	"tongban/fleet/wire/matter"
	"tongban/fleet/wire/matter/form"
)

// Settle writes into the schema what the screens say (定稿): labels as titles, options as codes, data elements, and the
// conditions of groups. Whoever edits a form says each thing once, on the screen.
func Settle(d forms.Design) (forms.Design, error) {
	var schema map[string]any
	if err := json.Unmarshal(d.Schema, &schema); err != nil {
		return d, fmt.Errorf("schema of form %s is no object: %w", d.ID, err)
	}
	properties, _ := schema["properties"].(map[string]any)
	for _, f := range fieldsOf(d.Screens) {
		settle(properties, *f)
	}
	b, err := json.Marshal(schema)
	if err != nil {
		return d, fmt.Errorf("write schema of form %s: %w", d.ID, err)
	}
	d.Schema = b
	if d.Schema, err = form.Bind(d.Form()); err != nil {
		return d, err
	}
	return d, nil
}

func settle(properties map[string]any, f matter.Field) {
	p, _ := properties[f.Name].(map[string]any)
	if p == nil {
		return // Verify says so
	}
	if f.Label != "" {
		p["title"] = f.Label
	}
	if delete(p, "x-element"); f.Element != "" {
		p["x-element"] = f.Element
	}
	items, _ := p["items"].(map[string]any)
	rule := p
	if f.Widget == "multi" && items != nil {
		rule = items
	}
	if len(f.Options) > 0 && rule["enum"] == nil {
		values := make([]any, len(f.Options))
		for i, o := range f.Options {
			values[i] = o.Value
		}
		rule["enum"] = values
	}
	if inner, _ := items["properties"].(map[string]any); inner != nil {
		for _, c := range f.Columns {
			settle(inner, c)
		}
	}
}

// fieldsOf returns all fields of the screens, in order, to read or to change.
func fieldsOf(screens []matter.Group) []*matter.Field {
	var all []*matter.Field
	for g := range screens {
		for i := range screens[g].Fields {
			all = append(all, &screens[g].Fields[i])
		}
	}
	return all
}

// property is one property of a schema, as far as the rules of forms go.
type property struct {
	Type       string               `json:"type"`
	Title      string               `json:"title"`
	Format     string               `json:"format"`
	Pattern    string               `json:"pattern"`
	Message    string               `json:"x-message"`
	Element    string               `json:"x-element"`
	Enum       []string             `json:"enum"`
	Const      any                  `json:"const"`
	MinLength  int                  `json:"minLength"`
	MaxLength  int                  `json:"maxLength"`
	MinItems   int                  `json:"minItems"`
	MaxItems   int                  `json:"maxItems"`
	Unique     bool                 `json:"uniqueItems"`
	Items      *property            `json:"items"`
	Properties map[string]*property `json:"properties"`
	Required   []string             `json:"required"`
	AllOf      []struct {
		Show string `json:"x-show"`
		Then struct {
			Required []string `json:"required"`
		} `json:"then"`
	} `json:"allOf"`
}

// propertiesOf reads the schema; a property that cannot be read is left out, Verify says so.
func propertiesOf(schema json.RawMessage) property {
	var p property
	_ = json.Unmarshal(schema, &p)
	if p.Properties == nil {
		p.Properties = map[string]*property{}
	}
	return p
}

// codes are the values that may be chosen.
func (p *property) codes() []string {
	if p.Items != nil && p.Items.Type == "string" {
		return p.Items.Enum
	}
	return p.Enum
}

// asked are the required properties, whether their group is always shown or not.
func (p *property) asked() map[string]bool {
	out := map[string]bool{}
	for _, name := range p.Required {
		out[name] = true
	}
	for _, part := range p.AllOf {
		for _, name := range part.Then.Required {
			out[name] = true
		}
	}
	return out
}

// Blank is an empty sheet with its title (空白表).
func Blank(id, title string) forms.Design {
	return forms.Design{
		ID: id, Title: title, Screens: []matter.Group{}, Schema: json.RawMessage(`{"type":"object","additionalProperties":false,"properties":{}}`),
		Paper: forms.Paper{Size: "A4", Pages: 1, Margin: forms.Margin{Top: topEdge, Right: edge, Bottom: edge, Left: edge}, Blocks: []forms.Block{
			{ID: "b1", Kind: forms.KindTitle, Page: 1, X: edge, Y: 28, W: usable, H: 11, Text: title, Size: 18, Bold: true, Align: "center"},
		}},
	}
}
