// Package seed is what the bulletin starts with (资讯样例数据).
package seed

import "embed"

// FS holds columns.yaml and entries.yaml.
//
//go:embed columns.yaml entries.yaml
var FS embed.FS
