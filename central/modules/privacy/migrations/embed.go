// Package migrations holds the tables of personal-data management (个人信息保护建表脚本).
package migrations

import "embed"

// FS holds the files.
//
//go:embed *.sql
var FS embed.FS
