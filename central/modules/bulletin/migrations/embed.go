// Package migrations holds the table of the bulletin (资讯建表脚本).
package migrations

import "embed"

// FS are the goose files.
//
//go:embed *.sql
var FS embed.FS
