// Package migrations holds the tables of the department's desk (部门审批数据表), portable SQL for SQLite and PostgreSQL.
package migrations

import "embed"

// FS holds the numbered files.
//
//go:embed *.sql
var FS embed.FS
