// Package public carries the pages for everybody's phone (公众手机页): document check and progress by slip.
package public

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
		panic("public: " + err.Error()) // the folder is part of the build
	}
	return sub
}
