// Package migrations holds the tables of issuing, ratings and the archive (发证、评价、归档数据表), portable SQL for SQLite and PostgreSQL.
package migrations

import "embed"

// FS holds the numbered files.
//
//go:embed *.sql
var FS embed.FS
