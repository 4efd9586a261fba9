package httpx

import (
	"bytes"
	"context"
	"net/http"
	"sync"

	"github.com/gin-gonic/gin"

	"tongban/central/kernel/clock"
)

// buffered holds an answer back until it was decided and kept.
type buffered struct {
	gin.ResponseWriter // for its Header, and what huma never calls
	body               bytes.Buffer
	code               int
}

func (b *buffered) status() int {
	if b.code == 0 {
		return http.StatusOK
	}
	return b.code
}

func (b *buffered) WriteHeader(code int)              { b.code = code }
func (b *buffered) WriteHeaderNow()                   {}
func (b *buffered) Flush()                            {}
func (b *buffered) Status() int                       { return b.status() }
func (b *buffered) Size() int                         { return b.body.Len() }
func (b *buffered) Written() bool                     { return b.code != 0 || b.body.Len() > 0 }
func (b *buffered) Write(p []byte) (int, error)       { return b.body.Write(p) }
func (b *buffered) WriteString(s string) (int, error) { return b.body.WriteString(s) }

func (b *buffered) flushTo(w gin.ResponseWriter) {
	w.WriteHeader(b.status())
	_, _ = w.Write(b.body.Bytes())
}

// flights lets one request per key through at a time, within this process.
type flights struct {
	mu sync.Mutex
	m  map[string]chan struct{} // closed when the one in flight has landed
}

// enter waits for a turn, at most as long as patience allows.
func (f *flights) enter(ctx context.Context, key string) (leave func(), err error) {
	limit := clock.System().After(patience)
	for {
		f.mu.Lock()
		landed, busy := f.m[key]
		if !busy {
			landed = make(chan struct{})
			f.m[key] = landed
			f.mu.Unlock()
			return func() {
				f.mu.Lock()
				delete(f.m, key)
				f.mu.Unlock()
				close(landed)
			}, nil
		}
		f.mu.Unlock()

		select {
		case <-landed:
		case <-limit:
			return nil, errRunning
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
