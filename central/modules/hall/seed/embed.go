// Package seed holds the sample hall of a fresh centre (大厅样例): zones, windows, what they take, who sits there when.
package seed

import _ "embed"

// Hall is hall.yaml.
//
//go:embed hall.yaml
var Hall []byte
