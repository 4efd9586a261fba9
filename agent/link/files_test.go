package link

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"tongban/agent/outbox"
	"tongban/fleet/wire"
)

// depot is the centre's file side, with a hand that breaks it.
type depot struct {
	mu    sync.Mutex
	have  map[string][]byte
	done  map[string]bool
	hits  int
	cutAt int // answers 503 at this request
	spoil bool
}

func (d *depot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	digest := strings.TrimPrefix(r.URL.Path, wire.PathFiles)
	if d.hits++; d.hits == d.cutAt {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	if r.Method == http.MethodHead {
		if d.have[digest] == nil {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		w.Header().Set(wire.HeaderOffset, strconv.Itoa(len(d.have[digest])))
		w.Header().Set(wire.HeaderDone, map[bool]string{true: "1", false: "0"}[d.done[digest]])
		return
	}
	part, _ := io.ReadAll(r.Body)
	at, _ := strconv.Atoi(r.Header.Get(wire.HeaderOffset))
	if at != len(d.have[digest]) {
		w.WriteHeader(http.StatusConflict)
		return
	}
	d.have[digest] = append(d.have[digest], part...)
	if d.spoil {
		d.have[digest][0] ^= 1
		d.spoil = false
	}
	if strconv.Itoa(len(d.have[digest])) == r.Header.Get(wire.HeaderLength) {
		h := sha256.Sum256(d.have[digest])
		if "sha256:"+hex.EncodeToString(h[:]) != digest {
			delete(d.have, digest)
			w.WriteHeader(http.StatusUnprocessableEntity)
			return
		}
		d.done[digest] = true
		w.WriteHeader(http.StatusCreated)
		return
	}
	w.Header().Set(wire.HeaderOffset, strconv.Itoa(len(d.have[digest])))
	w.WriteHeader(http.StatusNoContent)
}

func TestUploadGoesOnWhereItStopped(t *testing.T) {
	text := make([]byte, 3*chunk+17)
	_, _ = rand.Read(text)
	h := sha256.Sum256(text)
	f := outbox.File{Digest: "sha256:" + hex.EncodeToString(h[:]), Size: int64(len(text))}
	path := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, d := range map[string]*depot{"whole": {}, "cut": {cutAt: 4}, "spoilt": {spoil: true}} {
		d.have, d.done = map[string][]byte{}, map[string]bool{}
		s := httptest.NewTLSServer(d)
		u := &Uploader{Base: s.URL, HTTP: s.Client()}
		err := u.Send(t.Context(), f, path)
		if name == "cut" {
			if err == nil {
				t.Error("the cut was not seen")
			}
			before := len(d.have[f.Digest])
			if err = u.Send(t.Context(), f, path); before == 0 || d.hits != 4+1+2 {
				t.Errorf("%d requests, %d bytes kept: it did not go on", d.hits, before)
			}
		}
		if err != nil || !d.done[f.Digest] || !bytes.Equal(d.have[f.Digest], text) {
			t.Errorf("%s: %v", name, err)
		}
		hits := d.hits
		if err := u.Send(t.Context(), f, path); err != nil || d.hits != hits+1 {
			t.Errorf("%s: a file that is there costs %d requests, %v", name, d.hits-hits, err)
		}
		s.Close()
	}
}
