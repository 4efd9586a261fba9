package city

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"tongban/deploy/sim/control"
)

// PlatformService is one service that is registered at the micro-service platform.
type PlatformService struct {
	Name       string           `json:"name"`
	Title      string           `json:"title"`
	Owner      string           `json:"owner"`
	Version    string           `json:"version"`
	Operations []PlatformAction `json:"operations"`
}

// PlatformAction is one thing that a service offers.
type PlatformAction struct {
	Name   string `json:"name"`
	Title  string `json:"title"`
	Method string `json:"method"`
	Path   string `json:"path"`
}

// Platform is the emulated micro-service platform (微服务中台仿真), as deploy/docs/adapters/service-platform.md says: a list of services,
// and one door through which each is called.
type Platform struct {
	plain
	services []PlatformService
	calls    int
}

// NewPlatform returns one with two sample services.
func NewPlatform(id, secret string, delay time.Duration) *Platform {
	return &Platform{plain: plain{id: id, secret: []byte(secret), delay: delay, have: []string{FaultDelay, FaultRefuse, FaultOutage}}, services: []PlatformService{
		{Name: "weather-warning", Title: "气象预警", Owner: "绵阳市气象局", Version: "1", Operations: []PlatformAction{{Name: "current", Title: "当前预警", Method: "GET", Path: "/current"}}},
		{Name: "address-book", Title: "标准地址", Owner: "绵阳市大数据中心", Version: "3", Operations: []PlatformAction{{Name: "find", Title: "按编码查地址", Method: "GET", Path: "/addresses/{code}"}}},
	}}
}

// Register puts a service on the list, as its owner does.
func (p *Platform) Register(s PlatformService) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.services = append(slices.DeleteFunc(p.services, func(x PlatformService) bool { return x.Name == s.Name }), s)
}

// Calls is how often services were called.
func (p *Platform) Calls() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.calls
}

// Handler is the platform.
func (p *Platform) Handler() http.Handler {
	mux := p.mux()
	mux.HandleFunc("GET /v1/services", p.asked(func(w http.ResponseWriter, _ *http.Request, _ []byte) {
		p.mu.Lock()
		defer p.mu.Unlock()
		answer(w, http.StatusOK, map[string]any{"services": p.services})
	}))
	mux.HandleFunc("/call/{name}/{path...}", p.asked(func(w http.ResponseWriter, r *http.Request, body []byte) {
		p.mu.Lock()
		p.calls++
		i := slices.IndexFunc(p.services, func(s PlatformService) bool { return s.Name == r.PathValue("name") })
		p.mu.Unlock()
		if i < 0 {
			answer(w, http.StatusNotFound, map[string]string{"code": "unknown"})
			return
		}
		answer(w, http.StatusOK, map[string]any{"service": r.PathValue("name"), "path": "/" + r.PathValue("path"), "for": r.Header.Get("X-Tongban-Consumer"), "sent": len(body)})
	}))
	mux.HandleFunc("POST /register", func(w http.ResponseWriter, r *http.Request) {
		var in PlatformService
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 64<<10)).Decode(&in); err != nil || in.Name == "" {
			answer(w, http.StatusUnprocessableEntity, map[string]string{"error": "a service has a name"})
			return
		}
		p.Register(in)
		w.WriteHeader(http.StatusNoContent)
	})
	return control.Loopback(mux)
}
