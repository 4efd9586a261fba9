// Package migrations holds the tables of the electronic forms (电子表单数据表), portable SQL for SQLite and PostgreSQL.
package migrations

import "embed"

// FS holds the numbered files.
//
//go:embed *.sql
var FS embed.FS
