package form

import (
	"encoding/json"
	"fmt"
	"slices"

	"tongban/fleet/wire/matter"
)

// bound marks the conditions that Bind wrote, by the id of the group they speak of.
const bound = "x-show"

// Bind returns the form's schema with the conditions of its groups (Group.Show) written as if, then and else: a shown group
// asks for what is required, a hidden one must be empty. Nobody writes these parts by hand; binding again changes nothing, and
// whoever edits a form leaves a field of a hidden group in the plain list of required ones.
func Bind(f matter.Form) (json.RawMessage, error) {
	conditional := slices.ContainsFunc(f.Groups, func(g matter.Group) bool { return g.Show != nil })
	var schema map[string]any
	if err := json.Unmarshal(f.Schema, &schema); err != nil {
		return nil, fmt.Errorf("read schema of form %s: %w", f.ID, err)
	}
	required, rest := loosened(schema)
	if !conditional && len(rest) == len(list(schema["allOf"])) {
		return f.Schema, nil
	}

	properties, _ := schema["properties"].(map[string]any)
	for _, g := range f.Groups {
		if g.Show == nil {
			continue
		}
		var wanted []any
		hidden := map[string]any{}
		for _, field := range g.Fields {
			hidden[field.Name] = false
			if i := slices.Index(required, any(field.Name)); i >= 0 {
				required = slices.Delete(required, i, i+1)
				wanted = append(wanted, field.Name)
			}
		}
		part := map[string]any{bound: g.ID, "if": when(g.Show, properties), "else": map[string]any{"properties": hidden}}
		if len(wanted) > 0 {
			part["then"] = map[string]any{"required": wanted}
		}
		rest = append(rest, part)
	}
	put(schema, "required", required)
	put(schema, "allOf", rest)
	b, err := json.Marshal(schema)
	if err != nil {
		return nil, fmt.Errorf("write schema of form %s: %w", f.ID, err)
	}
	return b, nil
}

// loosened returns what the schema requires whatever is shown, and the rules that Bind did not write.
func loosened(schema map[string]any) (required, rest []any) {
	required = slices.Clone(list(schema["required"]))
	for _, rule := range list(schema["allOf"]) {
		part, _ := rule.(map[string]any)
		if part[bound] == nil {
			rest = append(rest, rule)
			continue
		}
		then, _ := part["then"].(map[string]any)
		for _, name := range list(then["required"]) {
			if !slices.Contains(required, name) {
				required = append(required, name)
			}
		}
	}
	return required, rest
}

// when is a condition as schema: the field is there and holds one of the values.
func when(show *matter.Filled, properties map[string]any) map[string]any {
	is := make([]any, len(show.Is))
	for i, v := range show.Is {
		is[i] = v
	}
	var value any = map[string]any{"enum": is}
	if p, _ := properties[show.Field].(map[string]any); p["type"] == "array" {
		value = map[string]any{"contains": value}
	}
	return map[string]any{"required": []any{show.Field}, "properties": map[string]any{show.Field: value}}
}

func list(v any) []any {
	l, _ := v.([]any)
	return l
}

func put(schema map[string]any, key string, values []any) {
	if len(values) == 0 {
		delete(schema, key)
		return
	}
	schema[key] = values
}
