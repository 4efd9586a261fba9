// Package sms is an emulated short-message gateway (短信网关仿真): it takes signed messages as deploy/docs/adapters/sms.md says,
// shows them on a page and to tests, and can be told to misbehave. Nothing leaves this machine.
package sms

import (
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"tongban/central/kernel/signed"
	"tongban/deploy/sim/control"
)

//go:embed web
var webFiles embed.FS

// Message is one that arrived on the emulated phone.
type Message struct {
	ID       string    `json:"id"`
	Phone    string    `json:"phone"`
	Template string    `json:"template"`
	Text     string    `json:"text"`
	Until    time.Time `json:"until"`
	At       time.Time `json:"at"`
	Ref      string    `json:"ref"`
}

// The faults that can be pressed.
const (
	FaultSlow      = "slow"      // answers after 3 s
	FaultError     = "error"     // answers 500
	FaultRefuse    = "refuse"    // refuses every number
	FaultDuplicate = "duplicate" // the phone gets everything twice
	FaultLost      = "lost"      // says yes and the phone gets nothing
	FaultMute      = "mute"      // takes the message and cuts the line instead of answering
	FaultDead      = "dead"      // takes the message; the receipt says later that the number is not in use
)

var faults = []string{FaultSlow, FaultError, FaultRefuse, FaultDuplicate, FaultLost, FaultMute, FaultDead}

// Gateway is the emulated gateway and the phones behind it.
type Gateway struct {
	keyID  string
	secret []byte

	mu       sync.Mutex
	fault    string
	taken    map[string]bool // ids, so that a repeat is told so
	receipts map[string]receipt
	nonces   map[string]time.Time
	messages []Message
	calls    int
	slow     time.Duration
}

// New returns a gateway that knows one customer.
func New(keyID, secret string) *Gateway {
	return &Gateway{keyID: keyID, secret: []byte(secret), taken: map[string]bool{}, receipts: map[string]receipt{}, nonces: map[string]time.Time{}, slow: 3 * time.Second}
}

// Press sets the fault; "" ends it.
func (g *Gateway) Press(fault string) error {
	if fault != "" && !slices.Contains(faults, fault) {
		return fmt.Errorf("fault %q: have %v", fault, faults)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.fault = fault
	return nil
}

// Messages returns what arrived at phone, oldest first; "" is everybody.
func (g *Gateway) Messages(phone string) []Message {
	g.mu.Lock()
	defer g.mu.Unlock()
	out := []Message{}
	for _, m := range g.messages {
		if phone == "" || m.Phone == phone {
			out = append(out, m)
		}
	}
	return out
}

// Calls counts the requests for delivery, refused ones included.
func (g *Gateway) Calls() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.calls
}

// Handler is the gateway for customers under /v1 and, for people and tests on this machine, the inbox and its faults.
func (g *Gateway) Handler() http.Handler {
	pages, err := fs.Sub(webFiles, "web")
	if err != nil {
		panic("sms: embedded pages: " + err.Error())
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/messages", g.deliver)
	mux.HandleFunc("GET /v1/messages/{id}", g.tell)
	mux.HandleFunc("GET /v1/health", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]string{"state": "ok"})
	})
	mux.HandleFunc("GET /messages", func(w http.ResponseWriter, r *http.Request) {
		answer(w, http.StatusOK, g.Messages(r.URL.Query().Get("phone")))
	})
	mux.HandleFunc("DELETE /messages", func(w http.ResponseWriter, _ *http.Request) {
		g.mu.Lock()
		g.messages = nil
		g.mu.Unlock()
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("GET /faults", func(w http.ResponseWriter, _ *http.Request) {
		g.mu.Lock()
		defer g.mu.Unlock()
		answer(w, http.StatusOK, map[string]any{"fault": g.fault, "have": faults})
	})
	mux.HandleFunc("POST /faults", g.press)
	mux.Handle("/", http.FileServerFS(pages))
	return control.Loopback(mux)
}

func (g *Gateway) press(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Fault string `json:"fault"`
	}
	err := json.NewDecoder(io.LimitReader(r.Body, 1<<10)).Decode(&in)
	if err == nil {
		err = g.Press(in.Fault)
	}
	if err != nil {
		answer(w, http.StatusUnprocessableEntity, map[string]string{"error": err.Error()})
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (g *Gateway) deliver(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 64<<10))
	if err != nil {
		return
	}
	now := time.Now()
	g.mu.Lock()
	g.calls++
	fault, slow := g.fault, g.slow
	g.mu.Unlock()
	if !g.known(r, body, now) {
		answer(w, http.StatusUnauthorized, map[string]string{"code": "signature"})
		return
	}
	var m Message
	if err := json.Unmarshal(body, &m); err != nil || m.ID == "" || m.Phone == "" || m.Text == "" {
		answer(w, http.StatusBadRequest, map[string]string{"code": "malformed"})
		return
	}
	switch fault {
	case FaultSlow:
		time.Sleep(slow)
	case FaultError:
		answer(w, http.StatusInternalServerError, map[string]string{"code": "internal"})
		return
	case FaultRefuse:
		answer(w, http.StatusUnprocessableEntity, map[string]string{"code": "number_refused"})
		return
	}
	ref, again := g.take(m, fault, now)
	switch {
	case fault == FaultMute:
		panic(http.ErrAbortHandler)
	case again:
		answer(w, http.StatusConflict, map[string]string{"code": "have_it"})
	default:
		answer(w, http.StatusAccepted, map[string]string{"ref": ref})
	}
}

func (g *Gateway) take(m Message, fault string, now time.Time) (ref string, again bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.taken[m.ID] {
		return "", true
	}
	g.taken[m.ID] = true
	m.At, m.Ref = now, "R"+strconv.Itoa(len(g.taken))
	switch fault {
	case FaultLost: // nothing is ever heard of it
	case FaultDead:
		g.receipts[m.ID] = receipt{"failed", "空号"}
	default:
		g.receipts[m.ID] = receipt{"delivered", ""}
	}
	if fault != FaultLost && fault != FaultDead {
		g.messages = append(g.messages, m)
	}
	if fault == FaultDuplicate {
		g.messages = append(g.messages, m)
	}
	if len(g.messages) > 5000 {
		g.messages = slices.Clone(g.messages[len(g.messages)-5000:])
	}
	return m.Ref, false
}

// receipt is what became of a message.
type receipt struct {
	State string `json:"state"`
	Note  string `json:"note"`
}

// tell answers what became of a message; the state is empty while nobody knows.
func (g *Gateway) tell(w http.ResponseWriter, r *http.Request) {
	if !g.known(r, nil, time.Now()) {
		answer(w, http.StatusUnauthorized, map[string]string{"code": "signature"})
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	answer(w, http.StatusOK, g.receipts[r.PathValue("id")])
}

// known checks the signature and that its nonce is new. The customer's clock may be a test clock that stands years away, so
// that here the stamp itself is taken for the time: the window is the customer's affair in this emulation.
func (g *Gateway) known(r *http.Request, body []byte, now time.Time) bool {
	stamp, err := signed.Read(r.Header)
	if err != nil || stamp.Key != g.keyID || signed.Check(r, r.URL.RequestURI(), g.secret, body, stamp.Time) != nil {
		return false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if _, seen := g.nonces[stamp.Nonce]; seen {
		return false
	}
	g.nonces[stamp.Nonce] = now
	return true
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}
