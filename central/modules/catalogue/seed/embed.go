// Package seed holds the items the product starts with (事项种子): one YAML file for each, with the lists and categories they
// lean on. How to add one stands in the module's README.
package seed

import "embed"

// FS holds items/*.yaml, rows/*.tsv, categories.yaml, departments.yaml, lists.yaml, same.yaml and synonyms.yaml.
//
//go:embed items/*.yaml rows/*.tsv categories.yaml departments.yaml lists.yaml same.yaml basic.yaml synonyms.yaml
var FS embed.FS

// Described is FS without the rows: only the items that are described in full. Tests that need items, but not a whole city's, start
// with it in a tenth of the time.
//
//go:embed items/*.yaml categories.yaml departments.yaml lists.yaml same.yaml basic.yaml synonyms.yaml
var Described embed.FS
