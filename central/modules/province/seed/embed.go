// Package seed holds the item rules of the exchange (协同规则): which topics go to the province, and how fields and codes are mapped.
package seed

import _ "embed"

// Rules is the shipped file.
//
//go:embed rules.yaml
var Rules []byte
