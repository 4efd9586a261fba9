// Package console carries the staff console's pages (工作台页面).
package console

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// FS holds the built pages of the workbench and the scripts of all; it lacks
// index.html until make ui has run.
func FS() fs.FS { return below("dist") }

// AdminFS holds the page of the management console; its scripts are FS's.
func AdminFS() fs.FS { return below("dist/admin") }

// SignOnFS holds the page of the sign-on; its scripts are FS's.
func SignOnFS() fs.FS { return below("dist/sso") }

func below(folder string) fs.FS {
	sub, err := fs.Sub(dist, folder)
	if err != nil {
		panic("console: " + err.Error()) // the folder is part of the build
	}
	return sub
}
