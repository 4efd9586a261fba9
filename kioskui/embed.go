// Package kioskui carries the built touch screen inside the terminal program (触摸屏界面): everything that the page needs
// comes out of the binary, so that a terminal without a network still draws and no request ever leaves it.
package kioskui

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// fallback is shown when the binary was made before the pages were: it says what to do instead of a blank window.
//
//go:embed fallback
var fallback embed.FS

// FS is the root of the built page: index.html and assets/. Names below assets/ carry a hash of their content and may be
// cached for ever; index.html may not. Without a build it holds one plain page that says 界面还没有构建.
func FS() fs.FS {
	if Built() {
		return sub(dist, "dist")
	}
	return sub(fallback, "fallback")
}

// Built reports whether the real page is inside, for the program's ready line.
func Built() bool {
	_, err := fs.Stat(dist, "dist/index.html")
	return err == nil
}

// sub cannot fail: both folders exist, or this package would not compile.
func sub(f embed.FS, dir string) fs.FS {
	s, err := fs.Sub(f, dir)
	if err != nil {
		panic("kioskui: " + err.Error())
	}
	return s
}
