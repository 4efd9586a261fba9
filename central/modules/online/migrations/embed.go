// Package migrations holds the tables of the online channels (线上渠道建表脚本).
package migrations

import "embed"

// FS are the goose files.
//
//go:embed *.sql
var FS embed.FS
