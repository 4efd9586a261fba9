// Package migrations holds the tables of the neighbours (相邻系统建表脚本).
package migrations

import "embed"

// FS are the goose files.
//
//go:embed *.sql
var FS embed.FS
