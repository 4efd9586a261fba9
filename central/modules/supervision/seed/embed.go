// Package seed holds the rules of a fresh centre (督办规则初始数据).
package seed

import _ "embed"

// Rules is the first version of the rules.
//
//go:embed rules.yaml
var Rules []byte
