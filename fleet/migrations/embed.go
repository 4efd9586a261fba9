// Package migrations holds the tables of the fleet (终端管理建表脚本).
package migrations

import "embed"

// FS holds goose SQL files for both databases.
//
//go:embed *.sql
var FS embed.FS
