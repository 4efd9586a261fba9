// Package console carries the staff console's pages (工作台页面).
package console

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// FS holds the built pages; it lacks index.html until make ui has run.
func FS() fs.FS {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		panic("console: " + err.Error()) // the folder is part of the build
	}
	return sub
}
