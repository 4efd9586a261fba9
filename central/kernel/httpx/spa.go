package httpx

import (
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"tongban/central/kernel/errs"
)

// spa is one single-page app (单页应用) under a mount such as "/console/".
type spa struct {
	mount string
	files map[string]*asset // path below the mount
	index *asset
}

// SPA serves the built app in files under mount ("/" or "/console/"), which
// must be the base the app was built with. Files below assets/ carry a hash in
// their name: they are cached for ever and missing ones are 404; any other
// path is the app's own route and gets index.html. Files ending in .br or .gz
// beside a file are its compressed forms; text without them is compressed
// here, once.
func (s *Server) SPA(mount string, files fs.FS) error {
	mount = "/" + strings.Trim(mount, "/")
	if mount != "/" {
		mount += "/"
	}
	app := &spa{mount: mount, files: map[string]*asset{}}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if ext := path.Ext(name); ext == ".br" || ext == ".gz" {
			return nil // read with the file they belong to
		}
		a, err := loadAsset(files, name)
		if err != nil {
			return err
		}
		app.files[name] = a
		return nil
	})
	if err != nil {
		return fmt.Errorf("load app for %s: %w", mount, err)
	}
	if app.index = app.files["index.html"]; app.index == nil {
		return fmt.Errorf("load app for %s: index.html is missing", mount)
	}

	s.mu.Lock()
	defer s.mu.Unlock()
	s.mounts = append(s.mounts, app)
	slices.SortFunc(s.mounts, func(a, b *spa) int { return len(b.mount) - len(a.mount) })
	return nil
}

// noRoute serves the apps. Whatever begins with /api never becomes a page.
func (s *Server) noRoute(c *gin.Context) {
	w, r := c.Writer, c.Request
	p := r.URL.Path
	if p == "/api" || strings.HasPrefix(p, "/api/") {
		s.fail(w, r, problemOf(http.StatusNotFound, "request.no_such_operation", "没有这个接口，请刷新页面后再试"))
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		s.fail(w, r, problemOf(http.StatusMethodNotAllowed, "request.method", "这个地址不支持这种操作"))
		return
	}

	s.mu.Lock()
	mounts := s.mounts
	s.mu.Unlock()
	for _, app := range mounts {
		if p+"/" == app.mount {
			http.Redirect(w, r, app.mount, http.StatusFound)
			return
		}
		if rest, ok := strings.CutPrefix(p, app.mount); ok {
			s.serveApp(w, r, app, rest)
			return
		}
	}
	s.fail(w, r, problemOf(http.StatusNotFound, "request.no_such_page", errs.NotFound.Words()))
}

func (s *Server) serveApp(w http.ResponseWriter, r *http.Request, app *spa, rest string) {
	if rest == nearFile && s.serveNear(w, app.mount) {
		return
	}
	a, found := app.files[rest]
	hashed := strings.HasPrefix(rest, "assets/")
	switch {
	case found && hashed:
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	case hashed:
		s.fail(w, r, problemOf(http.StatusNotFound, "request.no_such_page", "页面已更新，请刷新"))
		return
	default:
		w.Header().Set("Cache-Control", "no-cache")
		if !found {
			a = app.index
		}
	}
	a.serve(w, r)
}
