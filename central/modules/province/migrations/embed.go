// Package migrations holds the tables of the provincial collaboration (省平台协同数据表), portable SQL for SQLite and PostgreSQL.
package migrations

import "embed"

// FS holds the numbered files.
//
//go:embed *.sql
var FS embed.FS
