package control

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"tongban/deploy/sim/trace"
	"tongban/deploy/sim/wire"
)

// Server serves the control port of one terminal.
type Server struct {
	name    string
	devices []Device
	log     *trace.Log
	http    *http.Server
	addr    string
}

// New makes a server for the devices of the terminal name.
func New(name string, log *trace.Log, devices ...Device) *Server {
	return &Server{name: name, devices: devices, log: log}
}

// Handler is the control API behind the loopback check.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /state", s.state)
	mux.HandleFunc("GET /faults", s.listFaults)
	mux.HandleFunc("POST /faults", s.pressFault)
	mux.HandleFunc("POST /card", s.card)
	mux.HandleFunc("POST /paper", s.paper)
	mux.HandleFunc("GET /trace", s.trace)
	mux.HandleFunc("GET /slips", s.slips)
	mux.HandleFunc("GET /slips/{file}", s.slip)
	return Loopback(mux)
}

// Start listens on addr, which must be a loopback address; port 0 picks a free one.
func (s *Server) Start(addr string) error {
	l, err := Listen(addr)
	if err != nil {
		return err
	}
	s.addr = l.Addr().String()
	s.http = &http.Server{Handler: s.Handler(), ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = s.http.Serve(l) }()
	return nil
}

// URL is where the port is.
func (s *Server) URL() string { return "http://" + s.addr }

// Close ends the server and its open streams.
func (s *Server) Close() error { return s.http.Close() }

// Listen opens a TCP listener that only this machine can reach.
func Listen(addr string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("listen address: %w", err)
	}
	if !loopbackHost(host) {
		return nil, fmt.Errorf("listen address %s: only loopback is allowed", addr)
	}
	return wire.Listen(addr)
}

// States asks every device.
func (s *Server) States() []State {
	out := make([]State, len(s.devices))
	for i, d := range s.devices {
		st := d.State()
		st.Pressed, st.Faults = d.Faults().Pressed(), d.Faults().Specs()
		if c, ok := d.(CardTaker); ok {
			st.Cards = c.Cards()
		}
		if p, ok := d.(PaperTaker); ok {
			st.Papers = p.Papers()
		}
		out[i] = st
	}
	return out
}

// Terminal is the answer of GET /state.
type Terminal struct {
	Name    string  `json:"name"`
	Devices []State `json:"devices"`
}

func (s *Server) state(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, Terminal{Name: s.name, Devices: s.States()})
}

func (s *Server) trace(w http.ResponseWriter, r *http.Request) {
	device := r.URL.Query().Get("device")
	if !strings.Contains(r.Header.Get("Accept"), "text/event-stream") {
		writeJSON(w, http.StatusOK, s.log.Last(device))
		return
	}
	past, next, stop := s.log.Subscribe()
	defer stop()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	rc := http.NewResponseController(w)
	after, _ := strconv.Atoi(r.Header.Get("Last-Event-ID"))
	send := func(l trace.Line) error {
		if l.Seq <= after || (device != "" && l.Device != device) {
			return nil
		}
		b, err := json.Marshal(l)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(w, "id: %d\ndata: %s\n\n", l.Seq, b)
		return err
	}
	for _, l := range past {
		if send(l) != nil {
			return
		}
	}
	for {
		if rc.Flush() != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case l := <-next:
			if send(l) != nil {
				return
			}
		}
	}
}

// decode reads a strict JSON body.
func decode(r *http.Request, into any) error {
	if mt, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); mt != "application/json" {
		return errors.New("content type must be application/json")
	}
	d := json.NewDecoder(io.LimitReader(r.Body, 1<<16))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("decode body: %w", err)
	}
	if d.More() {
		return errors.New("decode body: more than one value")
	}
	return nil
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

// refusal is the body of every error: what was wrong, and where it helps, what would be right.
type refusal struct {
	Error  string              `json:"error"`
	Faults map[string][]string `json:"faults,omitempty"`
}

func bad(w http.ResponseWriter, err error) {
	writeJSON(w, http.StatusBadRequest, refusal{Error: err.Error()})
}
