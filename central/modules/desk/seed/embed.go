// Package seed holds the sign-for rules of a fresh centre (签收规则样例).
package seed

import "embed"

// FS holds rules.yaml.
//
//go:embed *.yaml
var FS embed.FS
