// Package migrations holds the tables of the statistics (统计数据表).
package migrations

import "embed"

// FS holds the migrations.
//
//go:embed *.sql
var FS embed.FS
