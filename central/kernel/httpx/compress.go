package httpx

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"
)

// smallest is from where on an answer is worth compressing, in bytes.
const smallest = 1 << 10

var gzips = sync.Pool{New: func() any { w, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed); return w }}

// compress sends JSON of read operations compressed (压缩). Length of compressed text can betray a secret that stands beside
// words an attacker chose (BREACH), so that whatever carries one is left as it is: answers to signing in with their CSRF
// token, answers that set a cookie, answers to writes.
func (s *Server) compress(c *gin.Context) {
	path := c.Request.URL.Path
	if c.Request.Method != http.MethodGet || !strings.HasPrefix(path, "/api/") || strings.Contains(path, "/auth/") ||
		strings.HasPrefix(path, "/api/sso/") || !accepts(c.GetHeader("Accept-Encoding"), "gzip") {
		c.Next()
		return
	}
	w := &squeezed{ResponseWriter: c.Writer}
	c.Writer = w
	whole := false
	defer func() {
		c.Writer = w.ResponseWriter
		if whole {
			w.finish()
		} // else a panic goes on: half an answer is none, and its 500 is still to be written
	}()
	c.Next()
	whole = true
}

// squeezed holds a JSON answer back until it is whole; anything else passes.
type squeezed struct {
	gin.ResponseWriter
	code    int
	held    bytes.Buffer
	holding bool
	passing bool
}

func (w *squeezed) WriteHeader(code int) {
	if w.passing {
		w.ResponseWriter.WriteHeader(code)
		return
	}
	w.code = code
}

func (w *squeezed) Write(p []byte) (int, error) {
	if !w.holding && !w.passing {
		h := w.Header()
		if strings.Contains(h.Get("Content-Type"), "json") && h.Get("Set-Cookie") == "" && h.Get("Content-Encoding") == "" {
			w.holding = true
		} else {
			w.pass()
		}
	}
	if w.holding {
		return w.held.Write(p)
	}
	return w.ResponseWriter.Write(p)
}

func (w *squeezed) WriteString(s string) (int, error) { return w.Write([]byte(s)) }

// Flush means that the handler streams.
func (w *squeezed) Flush() {
	if !w.holding {
		w.pass()
		w.ResponseWriter.Flush()
	}
}

func (w *squeezed) Written() bool {
	return w.code != 0 || w.holding || w.ResponseWriter.Written()
}

func (w *squeezed) Status() int {
	if w.code != 0 {
		return w.code
	}
	return w.ResponseWriter.Status()
}

func (w *squeezed) WriteHeaderNow() { w.pass() }

func (w *squeezed) pass() {
	if w.passing {
		return
	}
	w.passing = true
	if w.code != 0 {
		w.ResponseWriter.WriteHeader(w.code)
	}
}

// Unwrap lets http.ResponseController find the connection.
func (w *squeezed) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *squeezed) finish() {
	if !w.holding {
		w.pass()
		return
	}
	h, body := w.Header(), w.held.Bytes()
	h.Add("Vary", "Accept-Encoding")
	if len(body) >= smallest {
		var out bytes.Buffer
		z := gzips.Get().(*gzip.Writer)
		z.Reset(&out)
		_, err := z.Write(body)
		if err == nil {
			err = z.Close()
		}
		gzips.Put(z)
		if err == nil && out.Len() < len(body) {
			h.Set("Content-Encoding", "gzip")
			body = out.Bytes()
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.pass()
	_, _ = w.ResponseWriter.Write(body)
}
