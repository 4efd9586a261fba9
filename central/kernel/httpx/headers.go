package httpx

import (
	"strings"

	"github.com/gin-gonic/gin"
)

// pagePolicy lets a page load only what this server sends. Scripts and styles
// come from files; a library that writes style attributes through the DOM
// (Vue, Element Plus) is not affected.
const pagePolicy = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; " +
	"font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; frame-src 'self' blob:; object-src 'none'; " +
	"base-uri 'none'; form-action 'self'; frame-ancestors 'self'"

// filePolicy is for documents and pictures that raw handlers send: no script
// at all, but the browser's own viewer of PDF must work.
const filePolicy = "default-src 'none'; img-src 'self' data:; media-src 'self'; object-src 'self'; " +
	"style-src 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"

// secure sets the headers that every answer carries; handlers may override.
func (s *Server) secure(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", s.pagePolicy(c.Request.URL.Path))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "SAMEORIGIN")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(self), microphone=(), geolocation=(), usb=(), serial=()")
	if s.cfg.Secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	if strings.HasPrefix(c.Request.URL.Path, "/api/") {
		h.Set("Cache-Control", "no-store")
	}
	c.Next()
}
