// Package migrations holds the tables of the one-thing themes (一件事建表脚本).
package migrations

import "embed"

// FS holds the files.
//
//go:embed *.sql
var FS embed.FS
