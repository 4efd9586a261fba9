package module_test

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/kerneltest"
	"tongban/central/modules/catalogue"
	"tongban/central/modules/catalogue/module"
	"tongban/fleet/wire"
	"tongban/fleet/wire/matter"
)

// start runs the centre with this one module; terminals prove themselves by a header.
func start(t *testing.T, k *kerneltest.Kit) http.Handler {
	t.Helper()
	h, _ := startWith(t, k)
	return h
}

// startWith also gives the service, as windows ask it.
func startWith(t *testing.T, k *kerneltest.Kit) (http.Handler, catalogue.Service) {
	t.Helper()
	c, err := module.New(k.Kernel, catalogue.Outside{})
	if err != nil {
		t.Fatal(err)
	}
	k.HTTP.Authenticate("kiosk", func(r *http.Request) (auth.Actor, error) {
		if code := r.Header.Get("X-Test-Terminal"); code != "" {
			return auth.Actor{Kind: auth.Terminal, ID: code}, nil
		}
		return auth.Actor{}, nil
	})
	k.Use(t, c.Module)
	if err := k.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return k.HTTP.Handler(), c.Service
}

func call(h http.Handler, path string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestSnapshotForTerminals(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		h := start(t, k)
		if w := call(h, wire.PathSnapshot); w.Code != http.StatusUnauthorized {
			t.Errorf("nobody gets %d", w.Code)
		}

		w := call(h, wire.PathSnapshot, "X-Test-Terminal", "K-01")
		var s matter.Snapshot
		if err := json.Unmarshal(w.Body.Bytes(), &s); err != nil || w.Code != http.StatusOK {
			t.Fatalf("%d, %v", w.Code, err)
		}
		if len(s.Items) < 12 || s.Calendar.Version == "" || w.Header().Get("ETag") != `"`+s.Version+`"` {
			t.Errorf("%d items, calendar %q, etag %s", len(s.Items), s.Calendar.Version, w.Header().Get("ETag"))
		}

		packed := call(h, wire.PathSnapshot, "X-Test-Terminal", "K-01", "Accept-Encoding", "gzip")
		unpacked, err := gzip.NewReader(packed.Body)
		if err != nil {
			t.Fatal(err)
		}
		if b, err := io.ReadAll(unpacked); err != nil || string(b) != w.Body.String() {
			t.Errorf("packed differs: %v", err)
		}
		for _, etag := range []string{w.Header().Get("ETag"), packed.Header().Get("ETag")} {
			if again := call(h, wire.PathSnapshot, "X-Test-Terminal", "K-01", "If-None-Match", etag); again.Code != http.StatusNotModified || again.Body.Len() != 0 {
				t.Errorf("with %s: %d and %d bytes", etag, again.Code, again.Body.Len())
			}
		}
	})
}

func TestGuidesForEverybody(t *testing.T) {
	h := start(t, kerneltest.New(t))
	var list struct {
		Items      []struct{ Code, Limit string }
		Categories []struct {
			Key   string
			Count int
		}
		Total   int
		Hint    string
		Nearest bool
	}
	w := call(h, "/api/public/v1/catalogue/items?q="+url.QueryEscape("高龄"))
	if err := json.Unmarshal(w.Body.Bytes(), &list); err != nil || w.Code != http.StatusOK {
		t.Fatalf("%d %s, %v", w.Code, w.Body, err)
	}
	if len(list.Items) == 0 || list.Items[0].Code != "glbt" || list.Items[0].Limit != "5个工作日" || list.Nearest {
		t.Errorf("found %+v", list)
	}
	sum := 0
	for _, c := range list.Categories {
		if c.Key != matter.AllKey {
			sum += c.Count
		}
	}
	if sum != list.Total || list.Total < 12 {
		t.Errorf("categories hold %d of %d", sum, list.Total)
	}

	var guide struct {
		Name      string
		Materials []struct{ Name string }
		Law       []struct{ Article string }
	}
	w = call(h, "/api/public/v1/catalogue/items/glbt")
	if err := json.Unmarshal(w.Body.Bytes(), &guide); err != nil || w.Code != http.StatusOK {
		t.Fatalf("%d %s, %v", w.Code, w.Body, err)
	}
	if guide.Name == "" || len(guide.Materials) != 2 || len(guide.Law) == 0 {
		t.Errorf("guide %+v", guide)
	}

	w = call(h, "/api/public/v1/catalogue/items/nothing")
	var problem struct{ Code, Detail string }
	if err := json.Unmarshal(w.Body.Bytes(), &problem); err != nil || w.Code != http.StatusNotFound || problem.Code != "catalogue.no_such_item" {
		t.Errorf("%d %+v, %v", w.Code, problem, err)
	}
}
