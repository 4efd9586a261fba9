// Package migrations holds the tables of sharing (共享数据表), portable SQL for SQLite and PostgreSQL.
package migrations

import "embed"

// FS holds the numbered files.
//
//go:embed *.sql
var FS embed.FS
