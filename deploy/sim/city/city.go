// Package city is emulated neighbours of the window (相邻系统仿真): the one-thing platform (一件事综合窗口平台), the real-estate
// registration (不动产登记系统) and the desk of what could not be done (办不成事反映系统). Each has a page that signs people in by our ticket and a signed interface as
// deploy/docs/adapters/neighbours.md says, and each can be told to misbehave. Nothing leaves this machine.
package city

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"tongban/central/kernel/signed"
	"tongban/deploy/sim/control"
)

// The kinds of neighbour.
const (
	OneThing = "onething"
	Estate   = "estate"
	Cannot   = "cannot"
)

// The faults that can be pressed.
const (
	FaultDelay     = "delay"     // answers long after anybody waits
	FaultRefuse    = "refuse"    // answers 403
	FaultDuplicate = "duplicate" // every change is told twice
	FaultOutage    = "outage"    // answers 503
)

var faults = []string{FaultDelay, FaultRefuse, FaultDuplicate, FaultOutage}

// Step is one line of a matter's history.
type Step struct {
	ID   string    `json:"id"`
	At   time.Time `json:"at"`
	Text string    `json:"text"`
	By   string    `json:"by"`
}

// Child is one item of a bundle.
type Child struct {
	Item      string `json:"item"`
	Name      string `json:"name"`
	State     string `json:"state"` // waiting, underway, supplement, done, refused
	StateText string `json:"state_text"`
	Case      string `json:"case,omitempty"` // number of the window, where it is handled there
}

// Matter is a registration or a bundle. It names no person.
type Matter struct {
	No        string    `json:"no"`
	Title     string    `json:"title"`
	Theme     string    `json:"theme,omitempty"`
	State     string    `json:"state"`
	StateText string    `json:"state_text"`
	Due       string    `json:"due,omitempty"` // until which day somebody has to be answered
	Updated   time.Time `json:"updated"`
	Version   int64     `json:"version,omitempty"` // of the last put from the window
	Children  []Child   `json:"children,omitempty"`
	Steps     []Step    `json:"steps"`
}

// Change is one state of a matter, in order.
type Change struct {
	Seq    int64  `json:"seq"`
	Matter Matter `json:"matter"`
}

// ThemeItem is one item of a theme.
type ThemeItem struct {
	Code string `json:"code"`
	Name string `json:"name"`
	Role string `json:"role"` // lead, cooperate
}

// Theme is what the configuration system has published.
type Theme struct {
	Code    string      `json:"code"`
	Version int         `json:"version"`
	Name    string      `json:"name"`
	Items   []ThemeItem `json:"items"`
}

// Config says who the neighbour is and who signs its people in.
type Config struct {
	Kind   string
	Issuer string // OpenID provider
	Back   string // where the provider sends people back to: its own address + /back
	ID     string // of the client and of the signing key
	Secret string
	Delay  time.Duration // of the fault; 8 s when 0
}

// City is one neighbour.
type City struct {
	Config
	door *door

	mu      sync.Mutex
	fault   string
	matters []*Matter
	changes []Change
	themes  []Theme
	nonces  map[string]bool
	ahead   time.Duration
}

// New returns a neighbour with a few sample matters.
func New(c Config) *City {
	if c.Delay == 0 {
		c.Delay = 8 * time.Second
	}
	s := &City{Config: c, nonces: map[string]bool{}}
	s.door = newDoor(c)
	switch c.Kind {
	case OneThing:
		s.themes = append([]Theme{}, published...)
		s.create("样例", "")
	case Cannot:
		s.create("样例：三次来办医保转移都没有办成", "")
		s.create("样例：两个部门都说不归自己管", "")
	default:
		s.create("样例：二手房转移登记", "")
		s.create("样例：抵押权注销登记", "")
	}
	return s
}

// published are the themes that the configuration system starts with. Their codes are those of the catalogue, all but one: a theme
// that names an item nobody knows is refused at the window, and the sample has to show that.
var published = []Theme{
	{Code: "cfg-spxd", Version: 1, Name: "老年人开小食品店一件事（样例）", Items: []ThemeItem{{"spxj", "食品小经营店备案", "lead"}, {"glbt", "高龄津贴", "cooperate"}}},
	{Code: "cfg-wrong", Version: 1, Name: "旧编码主题（待改）", Items: []ThemeItem{{"old-9999", "已取消的事项", "lead"}}},
}

type station struct{ state, text, by string }

// ways are the stations of a registration and of a report that something could not be done.
var ways = map[string][]station{
	Estate: {{"underway", "已受理", "受理岗"}, {"underway", "审核通过", "审核岗"}, {"underway", "已登簿", "登簿岗"}, {"done", "已缮证，可以领证", "缮证岗"}},
	Cannot: {{"underway", "已受理，研判中", "受理岗"}, {"underway", "已交办", "主管岗"}, {"underway", "已办成，等回复", "经办岗"}, {"done", "已回复，办结", "受理岗"}},
}

// answerIn is until when a report has to be answered (回复时限).
const answerIn = 5 * 24 * time.Hour

func (s *City) now() time.Time { return time.Now().Add(s.ahead).UTC().Truncate(time.Millisecond) }

// Create starts a matter at this neighbour, as a person at its page does; theme is of a bundle, "" the first.
func (s *City) Create(title, theme, by string) (Matter, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.Kind == OneThing && theme != "" && !slices.ContainsFunc(s.themes, func(t Theme) bool { return t.Code == theme }) {
		return Matter{}, fmt.Errorf("no theme %q", theme)
	}
	m := s.create(title, theme)
	m.Steps[0].By = by
	return *m, nil
}

func (s *City) create(title, theme string) *Matter {
	n := len(s.matters) + 1
	m := &Matter{Title: title, State: "underway", StateText: "已收件"}
	if s.Kind == OneThing {
		t := s.themes[0]
		for _, x := range s.themes {
			if x.Code == theme {
				t = x
			}
		}
		m.No, m.Theme, m.Title = fmt.Sprintf("YJS2026%06d", n), t.Code, strings.TrimSpace(title+" "+t.Name)
		for _, i := range t.Items {
			m.Children = append(m.Children, Child{Item: i.Code, Name: i.Name, State: "waiting", StateText: "等待办理"})
		}
	} else if s.Kind == Cannot {
		m.No, m.State, m.StateText = fmt.Sprintf("BBC2026%06d", n), "waiting", "已登记，等受理"
		m.Due = s.now().Add(answerIn).In(time.FixedZone("CST", 8*3600)).Format(time.DateOnly)
	} else {
		m.No = fmt.Sprintf("BDC2026%06d", n)
	}
	s.matters = append(s.matters, m)
	s.moved(m, m.StateText, "收件岗")
	return m
}

// moved keeps a step and tells of it.
func (s *City) moved(m *Matter, text, by string) {
	m.Updated = s.now()
	m.Steps = append(m.Steps, Step{ID: fmt.Sprintf("%s-%d", m.No, len(m.Steps)+1), At: m.Updated, Text: text, By: by})
	s.changes = append(s.changes, Change{Seq: int64(len(s.changes) + 1), Matter: clone(m)})
}

func clone(m *Matter) Matter {
	c := *m
	c.Children, c.Steps = slices.Clone(m.Children), slices.Clone(m.Steps)
	return c
}

// Advance moves a matter one step on: a registration or report to its next station, a bundle's first open item of its own to its end.
func (s *City) Advance(no, by string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.find(no)
	if m == nil {
		return fmt.Errorf("no matter %q", no)
	}
	if way, ok := ways[s.Kind]; ok {
		at := len(m.Steps) - 1
		if at >= len(way) {
			return errors.New("it has ended")
		}
		m.State, m.StateText = way[at].state, way[at].text
		s.moved(m, way[at].text, way[at].by)
		return nil
	}
	for i := range m.Children {
		c := &m.Children[i]
		if c.Case != "" || c.State == "done" || c.State == "refused" {
			continue // handled at the window, or over
		}
		if c.State == "waiting" {
			c.State, c.StateText = "underway", "办理中"
		} else {
			c.State, c.StateText = "done", "已办结"
		}
		m.State, m.StateText = overall(m.Children)
		s.moved(m, c.Name+"："+c.StateText, by)
		return nil
	}
	return errors.New("no item of its own is open")
}

// overall is the state of a bundle by those of its items, as the contract says.
func overall(cs []Child) (state, text string) {
	n := map[string]int{}
	for _, c := range cs {
		n[c.State]++
	}
	over := n["done"] + n["refused"]
	switch {
	case n["supplement"] > 0:
		return "supplement", "有事项要补正"
	case over == len(cs) && n["refused"] > 0:
		return "refused", fmt.Sprintf("办完，其中 %d 项未通过", n["refused"])
	case over == len(cs):
		return "done", "全部办结"
	}
	return "underway", fmt.Sprintf("办结 %d 项，共 %d 项", over, len(cs))
}

func (s *City) find(no string) *Matter {
	for _, m := range s.matters {
		if m.No == no {
			return m
		}
	}
	return nil
}

// Publish puts a theme on the list, as the configuration system does.
func (s *City) Publish(t Theme) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.themes = append(slices.DeleteFunc(s.themes, func(x Theme) bool { return x.Code == t.Code }), t)
}

// Press sets the fault; "" ends it.
func (s *City) Press(fault string) error {
	if fault != "" && !slices.Contains(faults, fault) {
		return fmt.Errorf("fault %q: have %v", fault, faults)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = fault
	return nil
}

func (s *City) pressed() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fault
}

// Handler is the neighbour: /v1 for the window, pages for people, faults for tests on this machine.
func (s *City) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/health", func(w http.ResponseWriter, _ *http.Request) {
		if s.pressed() == FaultOutage {
			answer(w, http.StatusServiceUnavailable, map[string]string{"state": "outage"})
			return
		}
		answer(w, http.StatusOK, map[string]string{"state": "ok"})
	})
	mux.HandleFunc("GET /v1/matters/{no}", s.asked(s.show))
	mux.HandleFunc("GET /v1/changes", s.asked(s.tell))
	if s.Kind == OneThing {
		mux.HandleFunc("GET /v1/themes", s.asked(func(w http.ResponseWriter, _ *http.Request, _ []byte) {
			s.mu.Lock()
			defer s.mu.Unlock()
			answer(w, http.StatusOK, map[string]any{"themes": s.themes})
		}))
		mux.HandleFunc("PUT /v1/matters/{no}", s.asked(s.put))
	}
	mux.HandleFunc("GET /faults", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]any{"fault": s.pressed(), "have": faults})
	})
	mux.HandleFunc("POST /faults", s.hand(func(in handed) error { return s.Press(in.Fault) }))
	mux.HandleFunc("POST /advance", s.hand(func(in handed) error { return s.Advance(in.No, "经办岗") }))
	mux.HandleFunc("POST /publish", s.hand(func(in handed) error {
		if in.Theme.Code == "" || len(in.Theme.Items) == 0 {
			return errors.New("a theme has a code and items")
		}
		s.Publish(in.Theme)
		return nil
	}))
	s.pages(mux)
	return control.Loopback(mux)
}

// handed is what hands on this machine say.
type handed struct {
	Fault string `json:"fault"`
	No    string `json:"no"`
	Theme Theme  `json:"theme"`
}

func (s *City) hand(do func(handed) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var in handed
		err := json.NewDecoder(io.LimitReader(r.Body, 64<<10)).Decode(&in)
		if err == nil {
			err = do(in)
		}
		if err != nil {
			answer(w, http.StatusUnprocessableEntity, map[string]string{"error": err.Error()})
			return
		}
		w.WriteHeader(http.StatusNoContent)
	}
}

// asked lets only the window's signed calls through. The window's clock may be a test clock that stands years away, so that the
// stamp itself is taken for the time.
func (s *City) asked(h func(http.ResponseWriter, *http.Request, []byte)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(io.LimitReader(r.Body, 64<<10))
		if err != nil {
			return
		}
		switch s.pressed() {
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
			case <-time.After(s.Delay):
			}
		}
		stamp, err := signed.Read(r.Header)
		if err != nil || stamp.Key != s.ID || signed.Check(r, r.URL.RequestURI(), []byte(s.Secret), body, stamp.Time) != nil {
			answer(w, http.StatusUnauthorized, map[string]string{"code": "signature"})
			return
		}
		s.mu.Lock()
		seen := s.nonces[stamp.Nonce]
		s.nonces[stamp.Nonce] = true
		s.ahead = time.Until(stamp.Time)
		s.mu.Unlock()
		if seen {
			answer(w, http.StatusUnauthorized, map[string]string{"code": "nonce"})
			return
		}
		h(w, r, body)
	}
}

func (s *City) show(w http.ResponseWriter, r *http.Request, _ []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.find(r.PathValue("no"))
	if m == nil {
		answer(w, http.StatusNotFound, map[string]string{"code": "unknown"})
		return
	}
	answer(w, http.StatusOK, clone(m))
}

func (s *City) tell(w http.ResponseWriter, r *http.Request, _ []byte) {
	after, _ := strconv.ParseInt(r.URL.Query().Get("after"), 10, 64)
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []Change{}
	for _, c := range s.changes {
		if c.Seq > after && len(out) < 200 {
			out = append(out, c)
			if s.fault == FaultDuplicate {
				out = append(out, c)
			}
		}
	}
	answer(w, http.StatusOK, map[string]any{"changes": out})
}

// put takes a bundle as the window has it: a new one, or the items of a known one that are handled there. What is older than what
// was taken before changes nothing.
func (s *City) put(w http.ResponseWriter, r *http.Request, body []byte) {
	var in Matter
	if err := json.Unmarshal(body, &in); err != nil || len(in.Children) == 0 || in.No != r.PathValue("no") {
		answer(w, http.StatusBadRequest, map[string]string{"code": "malformed"})
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.find(in.No)
	if m == nil {
		m = &Matter{No: in.No, Title: in.Title, Theme: in.Theme, Children: in.Children}
		s.matters = append(s.matters, m)
	} else if in.Version <= m.Version {
		answer(w, http.StatusOK, clone(m))
		return
	}
	m.Version = in.Version
	for _, c := range in.Children {
		for i := range m.Children {
			if c.Case != "" && m.Children[i].Item == c.Item {
				m.Children[i] = c
			}
		}
	}
	m.State, m.StateText = overall(m.Children)
	s.moved(m, "综合窗口送来："+m.StateText, "综合窗口")
	answer(w, http.StatusOK, clone(m))
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}
