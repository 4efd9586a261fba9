// Package seed holds the indicators that a centre starts with (指标初始数据).
package seed

import _ "embed"

// Indicators is the list, as YAML.
//
//go:embed indicators.yaml
var Indicators []byte
