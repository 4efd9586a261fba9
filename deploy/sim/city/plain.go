package city

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"tongban/central/kernel/signed"
)

// plain is what the smaller neighbours have in common: one key, the faults, and calls that are signed.
type plain struct {
	id     string
	secret []byte
	delay  time.Duration
	have   []string

	mu    sync.Mutex
	fault string
}

// Press sets the fault; "" ends it.
func (p *plain) Press(fault string) error {
	if fault != "" && !slices.Contains(p.have, fault) {
		return fmt.Errorf("fault %q: have %v", fault, p.have)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault = fault
	return nil
}

func (p *plain) pressed() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.fault
}

// mux has what is the same for all: health, and the hands for tests on this machine.
func (p *plain) mux() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/health", func(w http.ResponseWriter, _ *http.Request) {
		if p.pressed() == FaultOutage {
			answer(w, http.StatusServiceUnavailable, map[string]string{"state": "outage"})
			return
		}
		answer(w, http.StatusOK, map[string]string{"state": "ok"})
	})
	mux.HandleFunc("GET /faults", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]any{"fault": p.pressed(), "have": p.have})
	})
	mux.HandleFunc("POST /faults", func(w http.ResponseWriter, r *http.Request) {
		var in handed
		err := json.NewDecoder(io.LimitReader(r.Body, 4<<10)).Decode(&in)
		if err == nil {
			err = p.Press(in.Fault)
		}
		if err != nil {
			answer(w, http.StatusUnprocessableEntity, map[string]string{"error": err.Error()})
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	return mux
}

// asked lets signed calls through, with the fault that is pressed. The centre's clock may be a test clock: the stamp is the time.
func (p *plain) asked(h func(w http.ResponseWriter, r *http.Request, body []byte)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
		if err != nil {
			return
		}
		switch p.pressed() {
		case FaultOutage:
			answer(w, http.StatusServiceUnavailable, map[string]string{"code": "outage"})
			return
		case FaultRefuse:
			answer(w, http.StatusForbidden, map[string]string{"code": "refused"})
			return
		case FaultDelay:
			select {
			case <-r.Context().Done():
				return
			case <-time.After(p.delay):
			}
		}
		stamp, err := signed.Read(r.Header)
		if err != nil || stamp.Key != p.id || signed.Check(r, r.URL.RequestURI(), p.secret, body, stamp.Time) != nil {
			answer(w, http.StatusUnauthorized, map[string]string{"code": "signature"})
			return
		}
		h(w, r, body)
	}
}
