package module_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/kerneltest"
	"tongban/central/kernel/signed"
	contract "tongban/central/modules/catalogue"
	catalogue "tongban/central/modules/catalogue/module"
	"tongban/central/modules/catalogue/seed"
	"tongban/central/modules/online"
	"tongban/central/modules/online/module"
	"tongban/central/modules/window"
	windowmodule "tongban/central/modules/window/module"
	"tongban/deploy/sim/city"
)

const secret = "a secret of many letters"

// scene is a centre with window and catalogue as they run, and both channels on real lines.
type scene struct {
	*kerneltest.Kit
	window   *windowmodule.Window
	channels map[string]*city.Channel
}

func open(t *testing.T, k *kerneltest.Kit) *scene {
	t.Helper()
	cat, err := catalogue.With(k.Kernel, seed.Described, contract.Outside{})
	if err != nil {
		t.Fatal(err)
	}
	cal, err := calendar.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	win, err := windowmodule.New(k.Kernel, windowmodule.Needs{Items: cat.Service, Calendar: cal, Public: "https://example.invalid"})
	if err != nil {
		t.Skipf("no fonts in this build: %v", err)
	}
	s := &scene{Kit: k, window: win, channels: map[string]*city.Channel{}}
	centre := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { k.HTTP.Handler().ServeHTTP(w, r) }))
	t.Cleanup(centre.Close)
	cfg := map[string]module.Channel{}
	for code, title := range online.Titles {
		c := city.NewChannel(code, title, centre.URL, code, secret, k.Clock.Now)
		srv := httptest.NewServer(c.Handler())
		t.Cleanup(srv.Close)
		key := filepath.Join(t.TempDir(), code)
		if err := os.WriteFile(key, []byte(code+":"+secret+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		s.channels[code], cfg[code] = c, module.Channel{URL: srv.URL, KeyFile: key, Internal: true}
	}
	m, err := module.New(k.Kernel, cfg, module.Needs{Intake: win.Intake, Cases: win.Service})
	if err != nil {
		t.Fatal(err)
	}
	k.Use(t, cat.Module, win.Module, m)
	if err := cat.Module.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := m.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Stop(t.Context()) })
	if err := k.Jobs.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = k.Jobs.Stop(t.Context()) })
	return s
}

// send plays a citizen in a channel and returns what the requests were answered.
func (s *scene) send(t *testing.T, code, item, fault string) (status []int, codes []string) {
	t.Helper()
	all, err := s.channels[code].Send(t.Context(), item, fault)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range all {
		status, codes = append(status, a.Status), append(codes, a.Code)
	}
	return status, codes
}

// until waits for what a job does.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}

// What is handed in at home is a case like any other, with its channel, and every step of it goes back.
func TestFromAChannelToTheDecisionAndBack(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		for _, code := range []string{online.IMianyang, online.Tianfu} {
			ch := s.channels[code]
			if status, codes := s.send(t, code, "glbt", ""); status[0] != http.StatusOK {
				t.Fatalf("%s: %v %v", code, status, codes)
			}
			sent := ch.List()[0]
			f, err := s.window.Service.Facts(t.Context(), sent.CaseNo)
			if err != nil || f.Channel != code || f.Place != online.Titles[code] || f.State != window.Received {
				t.Fatalf("%s: %+v %v", code, f, err)
			}
			whole, err := s.window.Service.Application(auth.AsSystem(t.Context(), "test"), sent.CaseNo, "test")
			if err != nil || whole.Applicant.Name != "周立明" || len(whole.Materials) == 0 || len(whole.Materials[0].Pages) == 0 || whole.LookupKey == "" {
				t.Errorf("%s: %+v %v", code, whole, err)
			}
			until(t, code+" is told of the receipt", func() bool { return ch.List()[0].Version > 0 })

			ch.Outage(true) // the decision of a case does not wait for its channel
			ctx := k.With(t, window.PermRead, window.PermAccept, window.PermGrant)
			if f, _, err = s.window.Service.Act(ctx, f.No, window.Decision{Act: window.ActAccept, Version: f.Version}, nil); err != nil {
				t.Fatal(err)
			}
			if got := ch.List()[0].State; got != string(window.Received) {
				t.Errorf("%s knows %s while nobody can tell it", code, got)
			}
			ch.Outage(false)
			k.Clock.Advance(10 * time.Minute)
			until(t, code+" hears of the acceptance", func() bool { return ch.List()[0].State == string(window.Accepted) })
			if _, _, err = s.window.Service.Act(ctx, f.No, window.Decision{Act: window.ActGrant, Version: f.Version}, nil); err != nil {
				t.Fatal(err)
			}
			until(t, code+" hears of the decision", func() bool { return ch.List()[0].State == string(window.Granted) })
		}
	})
}

// A hand-in is one case however often it comes; what is late, forged, replayed or changed is refused and on record.
func TestFaultsOfAChannel(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		cases := func() int64 { return k.Count(t, `SELECT count(*) FROM window_case`) }
		for _, c := range []struct {
			fault  string
			status []int
			codes  []string
			cases  int64
		}{
			{city.FaultTwice, []int{200, 200}, []string{"", ""}, 1},
			{city.FaultReplay, []int{200, 401}, []string{"", "online.replayed"}, 2},
			{city.FaultChanged, []int{200, 409}, []string{"", "online.other_content"}, 3},
			{city.FaultLate, []int{401}, []string{"online.late"}, 3},
			{city.FaultSignature, []int{401}, []string{"online.signature"}, 3},
		} {
			k.Clock.Advance(time.Second)
			status, codes := s.send(t, online.IMianyang, "glbt", c.fault)
			if diff := cmp.Diff([]any{c.status, c.codes}, []any{status, codes}); diff != "" {
				t.Errorf("%s: %s", c.fault, diff)
			}
			if got := cases(); got != c.cases {
				t.Errorf("%s: %d cases, want %d", c.fault, got, c.cases)
			}
		}
		refused := func() int64 { return k.Count(t, `SELECT count(*) FROM kernel_audit WHERE action = 'online.refused'`) }
		if got := refused(); got != 3 {
			t.Errorf("%d refusals on record, want late, signature, replay", got)
		}
		s.send(t, online.IMianyang, "glbt", city.FaultSignature)
		if got := refused(); got != 3 {
			t.Errorf("%d refusals on record after one more of the same minute", got)
		}
		if status, codes := s.send(t, online.IMianyang, "nothing", ""); status[0] != http.StatusUnprocessableEntity && status[0] != http.StatusBadRequest || codes[0] == "" {
			t.Errorf("an item that is none: %v %v", status, codes)
		}
		// an unsigned call, and one to a channel that is none
		for path, want := range map[string]int{"/api/public/v1/online/imianyang/submissions": 401, "/api/public/v1/online/other/submissions": 404} {
			r := httptest.NewRequest(http.MethodPost, path, nil)
			if want == 404 {
				signed.Sign(r, "other", []byte(secret), nil, k.Clock.Now())
			}
			w := httptest.NewRecorder()
			k.HTTP.Handler().ServeHTTP(w, r)
			if w.Code != want {
				t.Errorf("%s: %d, want %d", path, w.Code, want)
			}
		}
	})
}
