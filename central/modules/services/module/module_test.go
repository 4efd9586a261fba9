package module_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/ids"
	"tongban/central/kernel/kerneltest"
	"tongban/central/kernel/signed"
	"tongban/central/modules/services/module"
)

// system is another authority's service on a real line.
type system struct {
	*httptest.Server
	status atomic.Int32
	calls  atomic.Int32
	seen   atomic.Pointer[http.Request]
}

func newSystem(t *testing.T) *system {
	t.Helper()
	s := &system{}
	s.status.Store(200)
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			return
		}
		s.calls.Add(1)
		s.seen.Store(r.Clone(t.Context()))
		b, _ := io.ReadAll(r.Body)
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Set-Cookie", "theirs=1")
		w.WriteHeader(int(s.status.Load()))
		_, _ = fmt.Fprintf(w, `{"path":%q,"body":%q}`, r.URL.RequestURI(), b)
	}))
	t.Cleanup(s.Close)
	return s
}

type scene struct {
	t       *testing.T
	kit     *kerneltest.Kit
	handler http.Handler
	who     auth.Actor
}

func newScene(t *testing.T, k *kerneltest.Kit) *scene {
	t.Helper()
	sc := &scene{t: t, kit: k}
	m, err := module.New(k.Kernel, module.Platform{})
	if err != nil {
		t.Fatal(err)
	}
	k.Use(t, m.Module)
	k.HTTP.Authenticate("admin", func(*http.Request) (auth.Actor, error) { return sc.who, nil })
	sc.handler = k.HTTP.Handler()
	return sc
}

func (s *scene) as(role string) {
	s.who = auth.Who(s.kit.As(s.t, role))
}

func (s *scene) admin(method, path string, body any, want int, out any) {
	s.t.Helper()
	var b []byte
	if body != nil {
		var err error
		if b, err = json.Marshal(body); err != nil {
			s.t.Fatal(err)
		}
	}
	r := httptest.NewRequest(method, "/api/admin/v1/services"+path, bytes.NewReader(b))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", ids.New())
	s.do(r, want, out)
}

func (s *scene) do(r *http.Request, want int, out any) {
	s.t.Helper()
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	if w.Code != want {
		s.t.Fatalf("%s %s: %d, want %d: %s", r.Method, r.URL.Path, w.Code, want, w.Body)
	}
	if out != nil {
		if err := json.Unmarshal(w.Body.Bytes(), out); err != nil {
			s.t.Fatalf("%s: %v", w.Body, err)
		}
	}
}

type key struct {
	Consumer struct {
		ID    string `json:"id"`
		KeyID string `json:"key_id"`
	} `json:"consumer"`
	Secret string `json:"secret"`
}

// call is a signed call as another system makes it.
func (s *scene) call(k key, method, path, body string, want int, out any) *http.Request {
	s.t.Helper()
	r := httptest.NewRequest(method, "/api/open/v1/services"+path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	signed.Sign(r, k.Consumer.KeyID, []byte(k.Secret), []byte(body), s.kit.Clock.Now())
	s.do(r, want, out)
	return r
}

type problem struct {
	Code string `json:"code"`
}

type service struct {
	Name, Health, Breaker, State, Kind string
	Version                            string
	CallsToday                         int64    `json:"calls_today"`
	FailuresToday                      int64    `json:"failures_today"`
	Acts                               []string `json:"acts"`
	Grants                             []struct{ Consumer string }
	Exchanges                          []struct{ Result, Reference, Operation string }
	Slots                              []struct{ OK, Failed int64 }
}

func register(address, version string) map[string]any {
	return map[string]any{
		"name": "tax", "title": "税务查询", "owner": "市税务局", "address": address, "version": version, "internal": true, "limit_per_minute": 6000,
		"reason": "新系统上线", "contract": []map[string]string{
			{"name": "show", "title": "查一户", "method": "GET", "path": "/firms/{id}"},
			{"name": "file", "title": "申报", "method": "POST", "path": "/firms", "request": `{"type":"object","required":["id"],"properties":{"id":{"type":"string","maxLength":8}},"additionalProperties":false}`},
		},
	}
}

func (s *scene) consumer(perMinute int) key {
	s.t.Helper()
	s.as("security-admin")
	var k key
	s.admin("POST", "/consumers", map[string]any{"title": "区平台", "owner": "涪城区", "limit_per_minute": perMinute, "reason": "共享协议"}, 200, &k)
	return k
}

// The whole of WN-3a.1–5: taken in, managed, called, controlled, shared.
func TestFromRegistrationToRefusal(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s, other := newScene(t, k), newSystem(t)
		s.as("system-admin")
		var got service
		s.admin("POST", "/services", register(other.URL, "1"), 200, &got)
		if got.Health != "ok" || got.Kind != "registered" {
			t.Fatalf("registered as %+v", got)
		}
		s.admin("POST", "/services", register(other.URL, "1"), 409, nil)
		s.admin("POST", "/services/tax/edit", without(register(other.URL, "2"), "name"), 200, &got)
		if got.Version != "2" || k.Count(t, `SELECT count(*) FROM services_revision WHERE name = 'tax'`) != 2 {
			t.Errorf("after the edit: %+v", got)
		}
		s.admin("POST", "/consumers", map[string]any{"title": "区平台", "limit_per_minute": 9, "reason": "试试"}, 403, nil)

		consumer := s.consumer(1000)
		var dir struct {
			Services []struct {
				Name    string
				Granted bool
			}
		}
		s.call(consumer, "GET", "", "", 200, &dir)
		if len(dir.Services) != 1 || dir.Services[0].Granted {
			t.Fatalf("directory: %+v", dir)
		}
		var p problem
		s.call(consumer, "GET", "/tax/firms/7", "", 403, &p)
		if p.Code != "services.not_granted" || other.calls.Load() != 0 {
			t.Fatalf("before the grant: %+v", p)
		}

		s.admin("POST", "/services/tax/grants", map[string]any{"consumer": consumer.Consumer.ID, "reason": "共享协议"}, 204, nil)
		var answer struct{ Path, Body string }
		r := s.call(consumer, "GET", "/tax/firms/7?year=2026", "", 200, &answer)
		if answer.Path != "/firms/7?year=2026" {
			t.Errorf("the service was asked for %q", answer.Path)
		}
		if seen := other.seen.Load(); seen.Header.Get(signed.HeaderSignature) != "" || seen.Header.Get("X-Request-Id") == "" {
			t.Errorf("headers that went through: %v", seen.Header)
		}
		s.do(replay(r), 401, &p)
		if p.Code != "services.replayed" {
			t.Errorf("the same request again: %+v", p)
		}
		s.call(consumer, "POST", "/tax/firms", `{"id":"7"}`, 200, &answer)
		s.call(consumer, "POST", "/tax/firms", `{"id":"7","more":1}`, 422, &p)
		s.call(consumer, "POST", "/tax/firms", `not json`, 422, &p)
		s.call(consumer, "DELETE", "/tax/firms/7", "", 404, &p)
		s.call(consumer, "GET", "/tax/firms/7/../../admin", "", 404, nil)
		s.call(consumer, "GET", "/nothing/x", "", 404, &p)
		if n := other.calls.Load(); n != 2 {
			t.Errorf("%d calls reached the service, want 2", n)
		}

		s.as("system-admin")
		s.admin("GET", "/services/tax", nil, 200, &got)
		if got.CallsToday != 2 || len(got.Exchanges) != 2 || got.Exchanges[0].Reference == "" || got.Exchanges[1].Operation != "show" || got.Slots[47].OK != 2 {
			t.Errorf("after two calls: %+v", got)
		}

		s.as("security-admin")
		s.admin("POST", "/services/tax/grants/"+consumer.Consumer.ID+"/take", map[string]any{"reason": "协议到期"}, 204, nil)
		s.call(consumer, "GET", "/tax/firms/7", "", 403, &p)
		s.admin("POST", "/consumers/"+consumer.Consumer.ID+"/disable", map[string]any{"reason": "调用异常"}, 200, nil)
		s.call(consumer, "GET", "", "", 403, &p)
		if p.Code != "services.consumer_off" {
			t.Errorf("disabled: %+v", p)
		}
		for _, cause := range []string{"services.not_granted", "services.replayed", "services.shape", "services.no_operation", "services.none", "services.consumer_off"} {
			if n := k.Count(t, `SELECT count(*) FROM kernel_audit WHERE action = 'services.refused' AND detail LIKE $1`, "%"+cause+"%"); n < 1 {
				t.Errorf("refusal %s is not in the audit", cause)
			}
		}
	})
}

func without(m map[string]any, name string) map[string]any {
	delete(m, name)
	return m
}

func replay(r *http.Request) *http.Request {
	again := httptest.NewRequest(r.Method, r.URL.RequestURI(), nil)
	again.Header = r.Header.Clone()
	return again
}

func TestSignaturesThatDoNotHold(t *testing.T) {
	k := kerneltest.New(t)
	s := newScene(t, k)
	consumer := s.consumer(1000)
	sign := func(change func(*http.Request)) *http.Request {
		r := httptest.NewRequest("GET", "/api/open/v1/services", nil)
		signed.Sign(r, consumer.Consumer.KeyID, []byte(consumer.Secret), nil, k.Clock.Now())
		change(r)
		return r
	}
	for name, change := range map[string]func(*http.Request){
		"no signature":   func(r *http.Request) { r.Header = http.Header{} },
		"another secret": func(r *http.Request) { signed.Sign(r, consumer.Consumer.KeyID, []byte("guess"), nil, k.Clock.Now()) },
		"another key":    func(r *http.Request) { r.Header.Set(signed.HeaderKey, "k-nobody") },
		"empty secret":   func(r *http.Request) { signed.Sign(r, "k-nobody", nil, nil, k.Clock.Now()) },
		"old": func(r *http.Request) {
			signed.Sign(r, consumer.Consumer.KeyID, []byte(consumer.Secret), nil, k.Clock.Now().Add(-6*time.Minute))
		},
		"from tomorrow": func(r *http.Request) {
			signed.Sign(r, consumer.Consumer.KeyID, []byte(consumer.Secret), nil, k.Clock.Now().Add(24*time.Hour))
		},
		"another address": func(r *http.Request) { r.URL.RawQuery = "a=1" },
		"another body":    func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader("x")) },
		"another method":  func(r *http.Request) { r.Header.Set(signed.HeaderNonce, "changed-nonce") },
	} {
		w := httptest.NewRecorder()
		s.handler.ServeHTTP(w, sign(change))
		if w.Code != 401 {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	s.do(sign(func(*http.Request) {}), 200, nil)

	var renewed key
	s.admin("POST", "/consumers/"+consumer.Consumer.ID+"/renew", map[string]any{"reason": "定期更换"}, 200, &renewed)
	s.do(sign(func(*http.Request) {}), 401, nil)
	s.call(renewed, "GET", "", "", 200, nil)
}

// A quota holds over two copies of the centre, and the refusal is on record.
func TestQuotaOverTwoCopies(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		a := newScene(t, k)
		b := newScene(t, k.Twin(t))
		consumer := a.consumer(6)
		for i := range 6 {
			[]*scene{a, b}[i%2].call(consumer, "GET", "", "", 200, nil)
		}
		for _, s := range []*scene{a, b} {
			w := httptest.NewRecorder()
			r := httptest.NewRequest("GET", "/api/open/v1/services", nil)
			signed.Sign(r, consumer.Consumer.KeyID, []byte(consumer.Secret), nil, k.Clock.Now())
			s.handler.ServeHTTP(w, r)
			if w.Code != 429 || w.Header().Get("Retry-After") == "" {
				t.Errorf("over the quota: %d %v", w.Code, w.Header())
			}
		}
		if n := k.Count(t, `SELECT count(*) FROM kernel_audit WHERE action = 'services.refused' AND detail LIKE '%services.rate%'`); n != 1 {
			t.Errorf("%d audit records", n)
		}
		var rows struct {
			Rows []struct {
				Refused int64 `json:"refused_today"`
			}
		}
		a.admin("GET", "/consumers", nil, 200, &rows)
		if rows.Rows[0].Refused != 2 {
			t.Errorf("%+v", rows)
		}
		k.Clock.Advance(time.Minute)
		b.call(consumer, "GET", "", "", 200, nil)
	})
}

// A failing service is cut off, later restored; one that is switched off is not called.
func TestCutOffAndSwitchedOff(t *testing.T) {
	k := kerneltest.New(t)
	s, other := newScene(t, k), newSystem(t)
	s.as("system-admin")
	s.admin("POST", "/services", register(other.URL, "1"), 200, nil)
	consumer := s.consumer(1000)
	s.admin("POST", "/services/tax/grants", map[string]any{"consumer": consumer.Consumer.ID, "reason": "共享协议"}, 204, nil)

	other.status.Store(500)
	for range 5 {
		s.call(consumer, "POST", "/tax/firms", `{"id":"7"}`, 503, nil)
	}
	other.calls.Store(0)
	var p problem
	s.call(consumer, "POST", "/tax/firms", `{"id":"7"}`, 503, &p)
	if p.Code != "adapter.cut" || other.calls.Load() != 0 {
		t.Fatalf("not cut off: %+v, %d calls", p, other.calls.Load())
	}
	var got service
	s.as("system-admin")
	s.admin("GET", "/services/tax", nil, 200, &got)
	if got.Breaker != "open" || got.FailuresToday != 5 {
		t.Errorf("%+v", got)
	}
	other.status.Store(200)
	k.Clock.Advance(10 * time.Second)
	s.call(consumer, "POST", "/tax/firms", `{"id":"7"}`, 200, nil)
	s.admin("GET", "/services/tax", nil, 200, &got)
	if got.Breaker != "closed" {
		t.Errorf("not restored: %+v", got)
	}

	s.admin("POST", "/services/tax/off", map[string]any{"reason": "对方停机"}, 200, &got)
	s.call(consumer, "GET", "/tax/firms/7", "", 503, &p)
	if p.Code != "adapter.off" || got.State != "off" {
		t.Errorf("%+v %+v", p, got)
	}
	s.admin("POST", "/services/tax/on", map[string]any{"reason": "恢复"}, 200, nil)
	s.call(consumer, "GET", "/tax/firms/7", "", 200, nil)
}

func TestAddressesThatAreNotTaken(t *testing.T) {
	k := kerneltest.New(t)
	s := newScene(t, k)
	s.as("system-admin")
	for _, address := range []string{"http://169.254.169.254/latest", "file:///etc/passwd", "http://user:pass@10.0.0.1", "http://[fe80::1]/", "https://[::]"} {
		s.admin("POST", "/services", register(address, "1"), 422, nil)
	}
	outside := register("http://127.0.0.1:9", "1")
	outside["internal"] = false
	s.admin("POST", "/services", outside, 422, nil)
	builtin := register("http://127.0.0.1:9", "1")
	builtin["name"] = "sms"
	s.admin("POST", "/services", builtin, 409, nil)
	bad := register("http://127.0.0.1:9", "1")
	bad["contract"] = []map[string]string{{"name": "show", "title": "查一户", "method": "GET", "path": "/a", "request": `{"$ref":"file:///etc/passwd"}`}}
	s.admin("POST", "/services", bad, 422, nil)
	down := register("http://127.0.0.1:9", "1")
	var got service
	s.admin("POST", "/services", down, 200, &got)
	if got.Health != "down" {
		t.Errorf("nobody there: %+v", got)
	}
}
