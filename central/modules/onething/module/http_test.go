package module_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"tongban/central/kernel/kerneltest"
	"tongban/central/modules/catalogue"
	itemsmodule "tongban/central/modules/catalogue/module"
	"tongban/central/modules/onething/module"
)

// The address names the theme, and the answers go with it.
func TestBundleOverHTTP(t *testing.T) {
	k := kerneltest.New(t)
	items, err := itemsmodule.New(k.Kernel, catalogue.Outside{})
	if err != nil {
		t.Fatal(err)
	}
	one := module.New(k.Kernel, module.Needs{Items: items.Service})
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
}
