// Package seed is what the bulletin starts with (资讯样例数据).
package seed

import "embed"

// FS holds entries.yaml.
//
//go:embed entries.yaml
var FS embed.FS
