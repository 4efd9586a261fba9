package httpx

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/andybalholm/brotli"
)

// asset is one file of an app, with its compressed forms.
type asset struct {
	mime          string
	etag          string
	raw, gzip, br []byte // gzip and br are nil where they save nothing
}

// types are set here, because Go's table depends on the machine's.
var types = map[string]string{
	".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8",
	".js": "text/javascript; charset=utf-8", ".mjs": "text/javascript; charset=utf-8",
	".json": "application/json", ".map": "application/json", ".webmanifest": "application/manifest+json",
	".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".webp": "image/webp", ".ico": "image/x-icon",
	".woff": "font/woff", ".woff2": "font/woff2", ".ttf": "font/ttf", ".otf": "font/otf",
	".wasm": "application/wasm", ".txt": "text/plain; charset=utf-8", ".pdf": "application/pdf", ".mp3": "audio/mpeg",
}

func typeOf(name string, content []byte) string {
	ext := strings.ToLower(path.Ext(name))
	if t, ok := types[ext]; ok {
		return t
	}
	if t := mime.TypeByExtension(ext); t != "" {
		return t
	}
	return http.DetectContentType(content)
}

func loadAsset(files fs.FS, name string) (*asset, error) {
	raw, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(raw)
	a := &asset{mime: typeOf(name, raw), etag: base64.RawURLEncoding.EncodeToString(sum[:12]), raw: raw}
	if a.br, err = sibling(files, name+".br"); err != nil {
		return nil, err
	}
	if a.gzip, err = sibling(files, name+".gz"); err != nil {
		return nil, err
	}
	if len(raw) < 1024 || !compressible(a.mime) {
		return a, nil
	}
	if a.br == nil {
		a.br = smaller(raw, func(b *bytes.Buffer) error {
			w := brotli.NewWriterLevel(b, 5)
			_, err := w.Write(raw)
			return errors.Join(err, w.Close())
		})
	}
	if a.gzip == nil {
		a.gzip = smaller(raw, func(b *bytes.Buffer) error {
			w, err := gzip.NewWriterLevel(b, 6)
			if err != nil {
				return err
			}
			_, err = w.Write(raw)
			return errors.Join(err, w.Close())
		})
	}
	return a, nil
}

// sibling reads a compressed form that the build made; nil without one.
func sibling(files fs.FS, name string) ([]byte, error) {
	b, err := fs.ReadFile(files, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return b, nil
}

func smaller(raw []byte, compress func(*bytes.Buffer) error) []byte {
	var b bytes.Buffer
	if err := compress(&b); err != nil || b.Len() >= len(raw) {
		return nil
	}
	return b.Bytes()
}

func compressible(t string) bool {
	t, _, _ = strings.Cut(t, ";")
	return strings.HasPrefix(t, "text/") || strings.HasSuffix(t, "json") || strings.HasSuffix(t, "+xml") ||
		t == "application/wasm" || t == "font/ttf" || t == "font/otf"
}

// serve writes the best form the caller accepts. Each form has its own ETag.
func (a *asset) serve(w http.ResponseWriter, r *http.Request) {
	body, encoding := a.pick(r.Header.Get("Accept-Encoding"))
	h := w.Header()
	etag := `"` + a.etag + encoding + `"`
	h.Set("ETag", etag)
	if a.br != nil || a.gzip != nil {
		h.Set("Vary", "Accept-Encoding")
	}
	if match := r.Header.Get("If-None-Match"); match != "" && strings.Contains(match, etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", a.mime)
	if encoding != "" {
		h.Set("Content-Encoding", encoding)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
}

func (a *asset) pick(accept string) (body []byte, encoding string) {
	if a.br != nil && accepts(accept, "br") {
		return a.br, "br"
	}
	if a.gzip != nil && accepts(accept, "gzip") {
		return a.gzip, "gzip"
	}
	return a.raw, ""
}

// accepts reports whether an Accept-Encoding header names coding without
// forbidding it by q=0.
func accepts(header, coding string) bool {
	if !utf8.ValidString(header) {
		return false
	}
	for part := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		if !strings.EqualFold(strings.TrimSpace(name), coding) {
			continue
		}
		q, found := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q=")
		if !found {
			return true
		}
		v, err := strconv.ParseFloat(q, 64)
		return err == nil && v > 0
	}
	return false
}
