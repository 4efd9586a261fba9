package module

import (
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tongban/central/kernel/kerneltest"
	"tongban/central/modules/province"
	"tongban/central/modules/sharing/internal/app"
	"tongban/central/modules/sharing/internal/link"
	"tongban/deploy/sim/city"
)

// looked opens the code, proves the person and looks.
func (s *scene) looked(t *testing.T) (string, string, app.View) {
	t.Helper()
	key, token := s.proved()
	v, err := s.app.Look(t.Context(), key, token)
	if err != nil {
		t.Fatal(err)
	}
	return key, token, v
}

// A licence of the city's own library is read with a consent on record and stands for a paper; the same licence in both libraries is
// offered once, and a library that is silent hides nothing of the other.
func TestLocalLicences(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		own := &citysOwn{list: []province.Licence{
			{ID: "M-1", Name: "场地证明", Office: "绵阳市住建委", To: "长期", State: "有效"}, {ID: "M-2", Name: "营业执照", No: "91", Office: "绵阳市市场监管局", To: "长期", State: "有效"},
		}}
		s.library.list[0].No = "91"
		s.app.Local = own
		key, token, v := s.looked(t)
		var lease string
		licences := 0
		for _, o := range v.Offers {
			if o.Source == "licence" {
				licences++
			}
			if o.Code == "lease" && o.Source == "licence" {
				lease = o.ID
				if !strings.Contains(o.From, "本地电子证照系统") {
					t.Errorf("%+v", o)
				}
			}
		}
		if lease == "" || licences != 2 {
			t.Fatalf("%d licences of %+v", licences, v.Offers)
		}
		if n := k.Count(t, `SELECT count(*) FROM kernel_audit WHERE action = 'sharing.local_licences'`); n != 1 || own.consent == "" {
			t.Errorf("%d consents on record, told %q", n, own.consent)
		}
		if _, err := s.app.Agree(t.Context(), key, token, []string{lease}); err != nil {
			t.Fatal(err)
		}
		if len(s.counter.shared) != 1 || s.counter.shared[0].Code != "lease" || s.counter.shared[0].Ref != "local:M-1" {
			t.Errorf("%+v", s.counter.shared)
		}
		for name, set := range map[string]func(){
			"本地电子证照系统": func() { own.err, s.library.err = errors.New("down"), nil },
			"省电子证照库":   func() { own.err, s.library.err = nil, errors.New("down") },
		} {
			set()
			if v, err := s.app.Look(t.Context(), key, token); err != nil || !strings.Contains(v.Library, name+"现在连不上") || len(v.Offers) == 0 {
				t.Errorf("%s is silent: %q %v %d offers", name, v.Library, err, len(v.Offers))
			}
		}
	})
}

// The adapter speaks to the emulated system as the contract says, in each way it can fail.
func TestLocalLicencesOnTheLine(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		const secret = "a secret of many letters"
		sim := city.NewLicences("licences", secret, 5*time.Second)
		srv := httptest.NewServer(sim.Handler())
		t.Cleanup(srv.Close)
		key := filepath.Join(t.TempDir(), "key")
		if err := os.WriteFile(key, []byte("licences:"+secret+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		l, err := link.New(link.Config{URL: srv.URL, KeyFile: key, Internal: true}, k.Clock, k.Adapters)
		if err != nil {
			t.Fatal(err)
		}
		list, err := l.Of(t.Context(), number, "c1", "办理“样例”")
		if err != nil || len(list) == 0 || list[0].Name == "" {
			t.Fatalf("%+v %v", list, err)
		}
		if none, err := l.Of(t.Context(), "510799195001010029", "c2", "办理“样例”"); err != nil || len(none) != 0 {
			t.Errorf("somebody without licences: %+v %v", none, err)
		}
		for _, fault := range []string{city.FaultRefuse, city.FaultOutage, city.FaultDelay} {
			if err := sim.Press(fault); err != nil {
				t.Fatal(err)
			}
			if _, err := l.Of(t.Context(), number, "c3", "办理“样例”"); err == nil {
				t.Errorf("%s: no error", fault)
			}
		}
		if err := sim.Press(""); err != nil {
			t.Fatal(err)
		}
		if _, err := l.Of(t.Context(), number, "", ""); err == nil {
			t.Error("answered without a consent")
		}
	})
}
