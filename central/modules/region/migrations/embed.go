// Package migrations holds the tables of handling across regions (跨域通办建表脚本).
package migrations

import "embed"

// FS are the goose files.
//
//go:embed *.sql
var FS embed.FS
