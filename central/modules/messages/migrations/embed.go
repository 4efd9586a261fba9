// Package migrations holds the tables of messages (消息建表脚本).
package migrations

import "embed"

// FS are the goose files.
//
//go:embed *.sql
var FS embed.FS
