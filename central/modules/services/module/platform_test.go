package module_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/kerneltest"
	"tongban/central/modules/services/module"
	"tongban/deploy/sim/city"
)

// A service that is registered at the platform is taken in by name, and then called through the gateway by whom it was granted to,
// within its contract and nothing else; an outage is answered, not waited for.
func TestAServiceOfThePlatform(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		const secret = "a secret of many letters"
		platform := city.NewPlatform("centre", secret, 5*time.Second)
		srv := httptest.NewServer(platform.Handler())
		t.Cleanup(srv.Close)
		file := filepath.Join(t.TempDir(), "key")
		if err := os.WriteFile(file, []byte("centre:"+secret+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		s := &scene{t: t, kit: k}
		m, err := module.New(k.Kernel, module.Platform{URL: srv.URL, KeyFile: file, Internal: true})
		if err != nil {
			t.Fatal(err)
		}
		k.Use(t, m.Module)
		k.HTTP.Authenticate("admin", func(*http.Request) (auth.Actor, error) { return s.who, nil })
		s.handler = k.HTTP.Handler()

		s.as("system-admin")
		var list struct {
			Connected bool `json:"connected"`
			Rows      []struct{ Name, State string }
		}
		state := func(name string) string {
			s.admin(http.MethodGet, "/platform", nil, http.StatusOK, &list)
			for _, r := range list.Rows {
				if r.Name == name {
					return r.State
				}
			}
			return ""
		}
		if got := state("weather-warning"); got != "new" || !list.Connected {
			t.Fatalf("%q: %+v", got, list)
		}
		why := map[string]any{"reason": "联调测试"}
		s.admin(http.MethodPost, "/platform/nothing/adopt", why, http.StatusNotFound, nil)
		s.admin(http.MethodPost, "/platform/weather-warning/adopt", why, http.StatusOK, nil)
		if got := state("weather-warning"); got != "same" {
			t.Errorf("taken in: %q", got)
		}
		if n := k.Count(t, `SELECT count(*) FROM kernel_audit WHERE action = 'services.adopt'`); n != 1 {
			t.Errorf("%d on record", n)
		}

		s.as("security-admin")
		who := s.consumer(1000)
		before := platform.Calls()
		s.call(who, http.MethodGet, "/weather-warning/current", "", http.StatusForbidden, nil)
		s.admin(http.MethodPost, "/services/weather-warning/grants", map[string]any{"consumer": who.Consumer.ID, "reason": "共享协议"}, http.StatusNoContent, nil)
		var got struct{ Service, Path, For string }
		s.call(who, http.MethodGet, "/weather-warning/current", "", http.StatusOK, &got)
		if got.Service != "weather-warning" || got.Path != "/current" || got.For == "" {
			t.Errorf("%+v", got)
		}
		s.call(who, http.MethodGet, "/weather-warning/other", "", http.StatusNotFound, nil)
		s.call(who, http.MethodGet, "/address-book/addresses/1", "", http.StatusNotFound, nil) // listed there, not taken in
		if n := platform.Calls() - before; n != 1 {
			t.Errorf("%d calls reached the platform, want the one that was allowed", n)
		}
		if n := k.Count(t, `SELECT count(*) FROM adapter_exchange WHERE adapter = 'weather-warning' AND result = 'ok'`); n != 1 {
			t.Errorf("%d exchanges on record", n)
		}

		platform.Register(city.PlatformService{Name: "weather-warning", Title: "气象预警", Owner: "绵阳市气象局", Version: "2", Operations: []city.PlatformAction{{Name: "other", Title: "别的", Method: "GET", Path: "/other"}}})
		s.as("system-admin")
		if got := state("weather-warning"); got != "changed" {
			t.Errorf("changed there: %q", got)
		}
		s.admin(http.MethodPost, "/platform/weather-warning/adopt", why, http.StatusOK, nil)
		s.call(who, http.MethodGet, "/weather-warning/other", "", http.StatusOK, nil)

		for _, fault := range []string{city.FaultRefuse, city.FaultOutage} {
			if err := platform.Press(fault); err != nil {
				t.Fatal(err)
			}
			s.admin(http.MethodGet, "/platform", nil, http.StatusServiceUnavailable, nil)
		}
		s.call(who, http.MethodGet, "/weather-warning/other", "", http.StatusServiceUnavailable, nil)
	})
}
