package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/goccy/go-yaml"

	"tongban/central/modules/catalogue"
	"tongban/central/modules/catalogue/internal/lint"
	"tongban/central/modules/catalogue/internal/rows"
	"tongban/fleet/wire/matter"
)

// Seed is what the files say (种子).
type Seed struct {
	Categories []matter.Category
	Vocabulary
	Items []catalogue.Entry // by file name, then by row; versions are not set
}

// Vocabulary is what items and searches speak of (词表): the bodies that decide, names of materials, words that mean the same.
type Vocabulary struct {
	Departments []rows.Department
	Same        lint.Names
	Synonyms    [][]string
}

func readVocabulary(files fs.FS) (Vocabulary, error) {
	var v Vocabulary
	for name, into := range map[string]any{"departments.yaml": &v.Departments, "same.yaml": &v.Same, "synonyms.yaml": &v.Synonyms} {
		if err := decode(files, name, into); err != nil {
			return Vocabulary{}, err
		}
	}
	return v, nil
}

// ReadSeed decodes the files strictly: an unknown or repeated key is an error with its line. It does not judge what they say;
// Lint does.
func ReadSeed(files fs.FS) (Seed, error) {
	var s Seed
	var lists map[string][]matter.Option
	if err := decode(files, "categories.yaml", &s.Categories); err != nil {
		return Seed{}, err
	}
	if err := decode(files, "lists.yaml", &lists); err != nil {
		return Seed{}, err
	}
	var err error
	if s.Vocabulary, err = readVocabulary(files); err != nil {
		return Seed{}, err
	}
	names, err := fs.Glob(files, "items/*.yaml")
	if err != nil {
		return Seed{}, fmt.Errorf("list seed: %w", err)
	}
	for _, name := range names {
		var it catalogue.Entry
		if err := decode(files, name, &it); err != nil {
			return Seed{}, err
		}
		if it.Code+".yaml" != path.Base(name) {
			return Seed{}, fmt.Errorf("read %s: the file is named after another item than %q", name, it.Code)
		}
		if it.Version != 0 || it.Form.Version != 0 || it.Pinyin != "" || it.Syllables != nil {
			return Seed{}, fmt.Errorf("read %s: versions and pinyin are not written by hand", name)
		}
		if err := complete(&it.Item, lists); err != nil {
			return Seed{}, fmt.Errorf("read %s: %w", name, err)
		}
		s.Items = append(s.Items, it)
	}
	icons := map[string]string{}
	for _, c := range s.Categories {
		icons[c.Key] = c.Icon
	}
	lines, err := rows.Read(files, s.Departments, icons)
	if err != nil {
		return Seed{}, err
	}
	s.Items = append(s.Items, lines...)
	return s, nil
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

// complete puts lists in the place of their names and tells the schema what may be chosen, so that the options are written once.
func complete(it *matter.Item, lists map[string][]matter.Option) error {
	var schema map[string]any
	if err := json.Unmarshal(it.Form.Schema, &schema); err != nil {
		return fmt.Errorf("form has no schema: %w", err)
	}
	properties, _ := schema["properties"].(map[string]any)
	for g := range it.Form.Groups {
		for i := range it.Form.Groups[g].Fields {
			f := &it.Form.Groups[g].Fields[i]
			if len(f.Options) == 1 && strings.HasPrefix(f.Options[0].Value, "@") {
				list, ok := lists[f.Options[0].Value[1:]]
				if !ok {
					return fmt.Errorf("field %s: no list %s", f.Name, f.Options[0].Value)
				}
				f.Options = list
			}
			property, _ := properties[f.Name].(map[string]any)
			if f.Widget == "multi" {
				property, _ = property["items"].(map[string]any) // each of several answers is one of the options
			}
			if len(f.Options) == 0 || property == nil || property["enum"] != nil {
				continue
			}
			values := make([]any, len(f.Options))
			for o := range f.Options {
				values[o] = f.Options[o].Value
			}
			property["enum"] = values
		}
	}
	b, err := json.Marshal(schema)
	it.Form.Schema = b
	return err
}
