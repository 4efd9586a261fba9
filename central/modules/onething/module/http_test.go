package module_test

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/kerneltest"
	"tongban/central/modules/catalogue"
	itemsmodule "tongban/central/modules/catalogue/module"
	"tongban/central/modules/onething"
	"tongban/central/modules/onething/module"
)

// The address names the theme, and the answers go with it; the office's table has a row for each paper of each item.
func TestThemesOverHTTP(t *testing.T) {
	k := kerneltest.New(t)
	items, err := itemsmodule.New(k.Kernel, catalogue.Outside{})
	if err != nil {
		t.Fatal(err)
	}
	one := module.New(k.Kernel, module.Needs{Items: items.Service})
	k.HTTP.Authenticate("staff", func(r *http.Request) (auth.Actor, error) {
		return auth.Actor{Kind: auth.Staff, ID: "clerk", Name: "clerk"}.Granted(onething.PermRead), nil
	})
	k.Use(t, items.Module, one.Module)
	if err := k.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int{
		"/api/public/v1/onething/themes/lhjyyjs/bundle":                 http.StatusOK,
		"/api/public/v1/onething/themes/lhjyyjs/bundle?answer=left=yes": http.StatusOK,
		"/api/public/v1/onething/themes/nothing/bundle":                 http.StatusNotFound,
	} {
		w := httptest.NewRecorder()
		k.HTTP.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code != want {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}

	// each answer counts, not the first alone
	w := httptest.NewRecorder()
	k.HTTP.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/public/v1/onething/themes/lhjyyjs/bundle?answer=left=yes&answer=hard=no&answer=before=never", nil))
	if b := w.Body.String(); strings.Contains(b, `"id":"hard"`) || strings.Contains(b, `"id":"before"`) {
		t.Errorf("asked again what was answered: %.400s", b)
	}

	w = httptest.NewRecorder()
	k.HTTP.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/staff/v1/onething/table?format=csv", nil))
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(w.Body.Bytes(), []byte("\xef\xbb\xbf")))).ReadAll()
	if err != nil || w.Code != http.StatusOK {
		t.Fatalf("table: %d, %v", w.Code, err)
	}
	themes := map[string]bool{}
	for _, r := range rows[1:] {
		themes[r[0]] = true
		for i, cell := range r {
			if cell == "" {
				t.Errorf("%s %s: %s is empty", r[0], r[4], rows[0][i])
			}
		}
	}
	if len(themes) != 80 {
		t.Errorf("the table has %d themes", len(themes))
	}
}
