// Package exchange is the emulated provincial platform behind the exchange (省一体化平台仿真): base data, item management,
// e-material library, integrated acceptance, e-seal and e-licence, as deploy/docs/adapters/province-exchange.md says, and the desk of
// other regions as deploy/docs/adapters/region-exchange.md says, with faults for each. It shares no code with the centre but the signing of requests. Nothing leaves this machine.
package exchange

import (
	"crypto/ecdsa"
	"crypto/rand"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"

	"tongban/central/kernel/signed"
	"tongban/deploy/sim/control"
)

//go:embed web
var webFiles embed.FS

// The six systems; each answers under its name.
const (
	Base       = "base"
	Items      = "items"
	Materials  = "materials"
	Acceptance = "acceptance"
	Seal       = "seal"
	Licences   = "licences"
	Partner    = "partner" // not one of the six: the desk of other regions (跨域通办)
)

// All are the six, and the desk of other regions beside them.
var All = []string{Base, Items, Materials, Acceptance, Seal, Licences, Partner}

// The faults that can be pressed, for one system or all.
const (
	FaultOutage    = "outage"    // answers 503
	FaultDelay     = "delay"     // answers after 3 s
	FaultRefuse    = "refuse"    // refuses what is sent, with code 4999
	FaultDuplicate = "duplicate" // everything arrives twice
	FaultWrong     = "wrong"     // answers about another message, with a receipt that does not fit
	FaultLost      = "lost"      // does it, and cuts the line instead of answering
)

var faults = []string{FaultOutage, FaultDelay, FaultRefuse, FaultDuplicate, FaultWrong, FaultLost}

// Systems are the six and what they remember. They are safe for concurrent use.
type Systems struct {
	keyID  string
	secret []byte
	sign   *sm2.PrivateKey

	mu       sync.Mutex
	faults   map[string]string
	nonces   map[string]bool
	calls    map[string]int
	slow     time.Duration
	cases    map[string]*Case
	answers  map[string]ack // by message id
	twice    int            // messages that came again and were held back
	returns  []Return
	entries  []Entry
	items    []Item
	papers   []paper
	seals    map[string]string // id → digest
	reports  []json.RawMessage
	licences []Licence
	desk     desk
	ahead    time.Duration // how far the customer's clock is ahead of this machine's
}

// New returns the systems with their sample data, for one customer. The signing key follows from the secret, so that a
// restart keeps it.
func New(keyID, secret string) *Systems {
	s := &Systems{
		keyID: keyID, secret: []byte(secret), sign: keyOf(secret), faults: map[string]string{}, nonces: map[string]bool{}, calls: map[string]int{},
		slow: 3 * time.Second, cases: map[string]*Case{}, answers: map[string]ack{}, seals: map[string]string{}, desk: newDesk(),
	}
	s.sample()
	return s
}

func keyOf(secret string) *sm2.PrivateKey {
	sum := sm3.Sum([]byte("tongban-sim-exchange-key:" + secret))
	n := new(big.Int).Sub(sm2.P256().Params().N, big.NewInt(3))
	d := new(big.Int).Mod(new(big.Int).SetBytes(sum[:]), n)
	key, err := sm2.NewPrivateKeyFromInt(d.Add(d, big.NewInt(1)))
	if err != nil {
		panic("exchange: make key: " + err.Error()) // d lies within 1 … n-2
	}
	return key
}

// PublicKey is the hex of the point (04, x, y) by which receipts and seals are checked.
func PublicKey(secret string) string { return point(&keyOf(secret).PublicKey) }

func point(pub *ecdsa.PublicKey) string {
	p, err := sm2.PublicKeyToECDH(pub)
	if err != nil {
		panic("exchange: public key: " + err.Error())
	}
	return hex.EncodeToString(p.Bytes())
}

// Press presses a fault of a system, "*" all; "" ends it.
func (s *Systems) Press(system, fault string) error {
	if fault != "" && !slices.Contains(faults, fault) {
		return fmt.Errorf("fault %q: have %s", fault, strings.Join(faults, ", "))
	}
	if system != "*" && !slices.Contains(All, system) {
		return fmt.Errorf("system %q: have *, %s", system, strings.Join(All, ", "))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, one := range All {
		if system == "*" || system == one {
			s.faults[one] = fault
		}
	}
	return nil
}

// Handler is the six for their customer and, for people and tests on this machine, what they hold and their faults.
func (s *Systems) Handler() http.Handler {
	pages, err := fs.Sub(webFiles, "web")
	if err != nil {
		panic("exchange: embedded pages: " + err.Error())
	}
	mux := http.NewServeMux()
	for _, name := range All {
		mux.HandleFunc("GET /"+name+"/v1/health", func(w http.ResponseWriter, _ *http.Request) {
			if s.fault(name) == FaultOutage {
				answer(w, http.StatusServiceUnavailable, fail{Code: "5003", Msg: "停机"})
				return
			}
			answer(w, http.StatusOK, map[string]string{"state": "ok"})
		})
	}
	s.serveAcceptance(mux)
	s.serveRest(mux)
	s.servePartner(mux)
	s.serveControl(mux)
	mux.Handle("/", http.FileServerFS(pages))
	return control.Loopback(mux)
}

func (s *Systems) fault(system string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faults[system]
}

// fail is a refusal as the province words it.
type fail struct {
	Code  string `json:"code"`
	Msg   string `json:"msg"`
	Field string `json:"field,omitempty"`
	Limit int    `json:"limit,omitempty"`
	Got   int    `json:"got,omitempty"`
}

// call is one request that is signed and whose system is not down. do gets the body and returns status and answer.
func (s *Systems) call(system string, do func(r *http.Request, body []byte) (int, any)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(io.LimitReader(r.Body, 12<<20))
		if err != nil {
			return
		}
		s.mu.Lock()
		s.calls[system]++
		fault, slow := s.faults[system], s.slow
		s.mu.Unlock()
		switch fault {
		case FaultOutage:
			answer(w, http.StatusServiceUnavailable, fail{Code: "5003", Msg: "停机"})
			return
		case FaultDelay:
			time.Sleep(slow)
		}
		if !s.known(r, body) {
			answer(w, http.StatusUnauthorized, fail{Code: "4010", Msg: "签名不对"})
			return
		}
		if fault == FaultRefuse && r.Method != http.MethodGet {
			answer(w, http.StatusOK, fail{Code: "4999", Msg: "省平台拒收（仿真故障）"})
			return
		}
		status, out := do(r, body)
		if fault == FaultDuplicate {
			status, out = do(r, body)
		}
		if fault == FaultLost && r.Method != http.MethodGet {
			panic(http.ErrAbortHandler)
		}
		if a, ok := out.(ack); ok && fault == FaultWrong {
			a.MsgID = "another"
			if a.Receipt != nil {
				r := *a.Receipt // what is remembered stays right
				r.Digest = strings.Repeat("0", 64)
				a.Receipt = &r
			}
			out = a
		}
		answer(w, status, out)
	}
}

// known checks the signature and that its nonce is new. The customer's clock may be a test clock that stands years away: the
// stamp itself is taken for the time.
func (s *Systems) known(r *http.Request, body []byte) bool {
	stamp, err := signed.Read(r.Header)
	if err != nil || stamp.Key != s.keyID || signed.Check(r, r.URL.RequestURI(), s.secret, body, stamp.Time) != nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.nonces[stamp.Nonce] {
		return false
	}
	s.nonces[stamp.Nonce], s.ahead = true, time.Until(stamp.Time)
	return true
}

// signText is the SM2 signature over text, as hex of its DER.
func (s *Systems) signText(text string) string {
	sig, err := s.sign.Sign(rand.Reader, []byte(text), sm2.DefaultSM2SignerOpts)
	if err != nil {
		panic("exchange: sign: " + err.Error())
	}
	return hex.EncodeToString(sig)
}

func digest(b []byte) string {
	sum := sm3.Sum(b)
	return hex.EncodeToString(sum[:])
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func decode[T any](body []byte) (v T, err error) {
	err = json.Unmarshal(body, &v)
	return v, err
}
