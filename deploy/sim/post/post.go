// Package post is an emulated post (邮政仿真): it takes signed orders as deploy/docs/adapters/post.md says, moves parcels from station to
// station, and can be told to misbehave. Nothing leaves this machine.
package post

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

// The faults that can be pressed.
const (
	FaultDelay     = "delay"     // parcels stand still
	FaultLost      = "lost"      // the next step of a parcel is its loss
	FaultReturned  = "returned"  // the next step of a parcel is its return
	FaultDuplicate = "duplicate" // every event is sent twice
	FaultOutage    = "outage"    // answers 503
	FaultRefuse    = "refuse"    // takes no order
)

var faults = []string{FaultDelay, FaultLost, FaultReturned, FaultDuplicate, FaultOutage, FaultRefuse}

// station is one step of a parcel's way.
type station struct{ code, text, place string }

var way = []station{
	{"collected", "已揽收，0.08 kg", "政务服务中心出件窗"}, {"arrived", "到达邮件处理中心", "绵阳邮件处理中心"}, {"arrived", "到达投递部，核对封签", "涪城区城厢投递部"},
	{"out", "派送中", "涪城区城厢投递部"}, {"delivered", "本人签收", "收件人处"},
}

// Event is one thing that happened to a parcel.
type Event struct {
	Seq    int64     `json:"seq"`
	ID     string    `json:"id"`
	Parcel string    `json:"parcel"`
	Code   string    `json:"code"`
	Text   string    `json:"text"`
	Place  string    `json:"place"`
	At     time.Time `json:"at"`
}

// Parcel is one order on its way. Name, number and address are forgotten at once: the emulation needs none of them.
type Parcel struct {
	No    string `json:"parcel"`
	Order string `json:"order"`
	Goods string `json:"goods"`
	Step  int    `json:"step"`
	Ended bool   `json:"ended"`
	Last  string `json:"last"`
}

// Post is the emulated post.
type Post struct {
	keyID  string
	secret []byte

	mu      sync.Mutex
	fault   string
	parcels []*Parcel
	events  []Event
	nonces  map[string]bool
	ahead   time.Duration // how far the customer's clock is ahead of this machine's
}

// New returns a post that knows one customer.
func New(keyID, secret string) *Post {
	return &Post{keyID: keyID, secret: []byte(secret), nonces: map[string]bool{}}
}

// Press sets the fault; "" ends it.
func (p *Post) Press(fault string) error {
	if fault != "" && !slices.Contains(faults, fault) {
		return fmt.Errorf("fault %q: have %v", fault, faults)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault = fault
	return nil
}

// Step moves every parcel one station on.
func (p *Post) Step() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fault == FaultDelay {
		return
	}
	for _, x := range p.parcels {
		if x.Ended {
			continue
		}
		s := way[x.Step]
		switch p.fault {
		case FaultLost:
			s = station{"lost", "邮件丢失，已按规定赔付", "绵阳邮件处理中心"}
		case FaultReturned:
			s = station{"returned", "三次没人，退回寄件人", "政务服务中心出件窗"}
		}
		x.Step++
		x.Last, x.Ended = s.text, s.code == "delivered" || s.code == "lost" || s.code == "returned"
		seq := int64(len(p.events) + 1)
		p.events = append(p.events, Event{Seq: seq, ID: "e-" + x.No + "-" + strconv.Itoa(x.Step), Parcel: x.No, Code: s.code, Text: s.text, Place: s.place, At: time.Now().Add(p.ahead)})
	}
}

// Handler is the post for customers under /v1 and, for people and tests on this machine, its parcels and faults.
func (p *Post) Handler() http.Handler {
	pages, err := fs.Sub(webFiles, "web")
	if err != nil {
		panic("post: embedded pages: " + err.Error())
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/orders", p.asked(p.order))
	mux.HandleFunc("GET /v1/events", p.asked(p.tell))
	mux.HandleFunc("GET /v1/health", func(w http.ResponseWriter, _ *http.Request) {
		if p.now() == FaultOutage {
			answer(w, http.StatusServiceUnavailable, map[string]string{"state": "outage"})
			return
		}
		answer(w, http.StatusOK, map[string]string{"state": "ok"})
	})
	mux.HandleFunc("GET /parcels", func(w http.ResponseWriter, _ *http.Request) {
		p.mu.Lock()
		defer p.mu.Unlock()
		answer(w, http.StatusOK, append([]*Parcel{}, p.parcels...))
	})
	mux.HandleFunc("POST /step", func(w http.ResponseWriter, _ *http.Request) {
		p.Step()
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("GET /faults", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]any{"fault": p.now(), "have": faults})
	})
	mux.HandleFunc("POST /faults", p.press)
	mux.Handle("/", http.FileServerFS(pages))
	return control.Loopback(mux)
}

func (p *Post) now() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.fault
}

func (p *Post) press(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Fault string `json:"fault"`
	}
	err := json.NewDecoder(io.LimitReader(r.Body, 1<<10)).Decode(&in)
	if err == nil {
		err = p.Press(in.Fault)
	}
	if err != nil {
		answer(w, http.StatusUnprocessableEntity, map[string]string{"error": err.Error()})
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// asked lets only the customer's signed calls through, and none during an outage. The customer's clock may be a test clock that
// stands years away, so that the stamp itself is taken for the time.
func (p *Post) asked(h func(http.ResponseWriter, *http.Request, []byte)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(io.LimitReader(r.Body, 64<<10))
		if err != nil {
			return
		}
		if p.now() == FaultOutage {
			answer(w, http.StatusServiceUnavailable, map[string]string{"code": "outage"})
			return
		}
		stamp, err := signed.Read(r.Header)
		if err != nil || stamp.Key != p.keyID || signed.Check(r, r.URL.RequestURI(), p.secret, body, stamp.Time) != nil {
			answer(w, http.StatusUnauthorized, map[string]string{"code": "signature"})
			return
		}
		p.mu.Lock()
		seen := p.nonces[stamp.Nonce]
		p.nonces[stamp.Nonce] = true
		p.ahead = time.Until(stamp.Time)
		p.mu.Unlock()
		if seen {
			answer(w, http.StatusUnauthorized, map[string]string{"code": "nonce"})
			return
		}
		h(w, r, body)
	}
}

func (p *Post) order(w http.ResponseWriter, _ *http.Request, body []byte) {
	var in struct {
		ID, Goods string
		To        struct{ Name, Phone, Address string }
	}
	if err := json.Unmarshal(body, &in); err != nil || in.ID == "" || in.To.Name == "" || in.To.Address == "" || in.To.Phone == "" {
		answer(w, http.StatusBadRequest, map[string]string{"code": "malformed"})
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, x := range p.parcels {
		if x.Order == in.ID {
			answer(w, http.StatusOK, map[string]string{"parcel": x.No})
			return
		}
	}
	if p.fault == FaultRefuse {
		answer(w, http.StatusUnprocessableEntity, map[string]string{"code": "address"})
		return
	}
	x := &Parcel{No: fmt.Sprintf("EM%09dCN", 510799000+len(p.parcels)+1), Order: in.ID, Goods: in.Goods, Last: "等揽收"}
	p.parcels = append(p.parcels, x)
	answer(w, http.StatusCreated, map[string]string{"parcel": x.No})
}

func (p *Post) tell(w http.ResponseWriter, r *http.Request, _ []byte) {
	after, _ := strconv.ParseInt(r.URL.Query().Get("after"), 10, 64)
	p.mu.Lock()
	defer p.mu.Unlock()
	out := []Event{}
	for _, e := range p.events {
		if e.Seq > after && len(out) < 200 {
			out = append(out, e)
			if p.fault == FaultDuplicate {
				out = append(out, e)
			}
		}
	}
	answer(w, http.StatusOK, map[string]any{"events": out})
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}
