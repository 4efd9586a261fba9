package exchange

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Crossing is one matter on the list of the desk of other regions (跨域件).
type Crossing struct {
	No       string    `json:"no"`
	Region   string    `json:"region"` // that the desk plays here
	Item     string    `json:"item"`
	Mode     string    `json:"mode"`
	Ours     bool      `json:"ours"` // received here, decided by the customer; else the other way round
	Paper    bool      `json:"paper"`
	State    string    `json:"state"`
	Text     string    `json:"text"`
	Due      string    `json:"due"`
	Parcel   string    `json:"parcel"`
	Pages    int       `json:"pages"`
	Taken    int       `json:"taken"` // how often it was created; more than once would be a duplicate
	Messages int       `json:"messages"`
	At       time.Time `json:"at"`
}

// Happening is one line of the feed (动态).
type Happening struct {
	Seq         int             `json:"seq"`
	ID          string          `json:"id"`
	Region      string          `json:"region"`
	No          string          `json:"no"`
	Kind        string          `json:"kind"`
	At          time.Time       `json:"at"`
	By          string          `json:"by"`
	Text        string          `json:"text"`
	Days        int             `json:"days,omitempty"`
	Due         string          `json:"due,omitempty"`
	Gaps        []string        `json:"gaps,omitempty"`
	Parcel      string          `json:"parcel,omitempty"`
	Code        string          `json:"code,omitempty"`
	Place       string          `json:"place,omitempty"`
	Granted     bool            `json:"granted,omitempty"`
	Part        string          `json:"part,omitempty"`
	Application json.RawMessage `json:"application,omitempty"`
}

type letter struct {
	MsgID    string          `json:"msgId"`
	Kind     string          `json:"kind"` // APPLY, SUPPLEMENT, PARCEL, WITHDRAW, STATUS, PART
	No       string          `json:"no"`
	To       string          `json:"to"`
	SendTime time.Time       `json:"sendTime"`
	Body     json.RawMessage `json:"body"`
}

// desk is what the other regions remember.
type desk struct {
	cases   map[string]*Crossing
	answers map[string]ack
	files   map[string]bool
	feed    []Happening
	twice   int
	refuse  string // in words: somebody over there sends every letter back
}

func newDesk() desk {
	return desk{cases: map[string]*Crossing{}, answers: map[string]ack{}, files: map[string]bool{}}
}

func (s *Systems) now() time.Time { return time.Now().Add(s.ahead).Truncate(time.Millisecond) }

func (s *Systems) servePartner(mux *http.ServeMux) {
	mux.HandleFunc("POST /partner/v1/files", s.call(Partner, func(_ *http.Request, body []byte) (int, any) {
		in, err := decode[struct {
			Digest  string
			Content []byte
		}](body)
		if err != nil || digest(in.Content) != in.Digest {
			return http.StatusBadRequest, fail{Code: "4000", Msg: "附件和摘要对不上"}
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.desk.files[in.Digest] = true
		return http.StatusOK, fail{Code: "0", Msg: "成功"}
	}))
	mux.HandleFunc("POST /partner/v1/messages", s.call(Partner, func(_ *http.Request, body []byte) (int, any) { return http.StatusOK, s.desked(body) }))
	mux.HandleFunc("GET /partner/v1/messages/{id}", s.call(Partner, func(r *http.Request, _ []byte) (int, any) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if a, ok := s.desk.answers[r.PathValue("id")]; ok {
			return http.StatusOK, a
		}
		return http.StatusNotFound, fail{Code: "4004", Msg: "没有这条报文"}
	}))
	mux.HandleFunc("GET /partner/v1/events", s.call(Partner, func(r *http.Request, _ []byte) (int, any) {
		since, _ := strconv.Atoi(r.URL.Query().Get("since"))
		s.mu.Lock()
		defer s.mu.Unlock()
		out := []Happening{}
		for _, h := range s.desk.feed {
			if h.Seq > since && len(out) < 100 {
				out = append(out, h)
				if s.faults[Partner] == FaultDuplicate {
					out = append(out, h)
				}
			}
		}
		return http.StatusOK, map[string]any{"code": "0", "events": out}
	}))
	mux.HandleFunc("GET /partner/state", func(w http.ResponseWriter, _ *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		answer(w, http.StatusOK, map[string]any{"cases": s.desk.list(), "heldBack": s.desk.twice, "files": len(s.desk.files)})
	})
	told := func(path string, do func(body []byte) (string, error)) {
		mux.HandleFunc("POST "+path, func(w http.ResponseWriter, r *http.Request) {
			var body json.RawMessage
			err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&body)
			var no string
			if err == nil {
				no, err = do(body)
			}
			if err != nil {
				answer(w, http.StatusUnprocessableEntity, map[string]string{"error": err.Error()})
				return
			}
			answer(w, http.StatusOK, map[string]string{"no": no})
		})
	}
	told("/partner/act", func(body []byte) (string, error) {
		h, err := decode[Happening](body)
		if err != nil {
			return "", err
		}
		return h.No, s.Happen(h)
	})
	told("/partner/apply", func(body []byte) (string, error) {
		in, err := decode[Crossing](body)
		if err != nil {
			return "", err
		}
		return s.Apply(in)
	})
}

func (d desk) list() []Crossing {
	out := []Crossing{}
	for _, c := range d.cases {
		out = append(out, *c)
	}
	slices.SortFunc(out, func(a, b Crossing) int { return b.At.Compare(a.At) })
	return out
}

// Crossings returns what the desk holds, by number.
func (s *Systems) Crossings() map[string]Crossing {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string]Crossing{}
	for no, c := range s.desk.cases {
		out[no] = *c
	}
	return out
}

// desked takes one message, once however often it comes.
func (s *Systems) desked(body []byte) any {
	m, err := decode[letter](body)
	if err != nil || m.MsgID == "" || m.No == "" {
		return ack{Code: "4000", Msg: "报文读不出来"}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if a, again := s.desk.answers[m.MsgID]; again {
		s.desk.twice++
		a.Duplicate = true
		return a
	}
	a := ack{Code: "0", Msg: "成功", MsgID: m.MsgID}
	if err := s.enterCrossing(m); err != nil {
		a.Code, a.Msg = "4001", err.Error()
	} else {
		a.ProvNo = "KY" + m.No
		r := &receipt{MsgID: m.MsgID, Digest: digest(body), ProvNo: a.ProvNo, At: m.SendTime}
		r.Signature = s.signText(fmt.Sprintf("tongban-exchange-receipt-1\n%s\n%s\n%s\n%d", r.MsgID, r.Digest, r.ProvNo, r.At.UnixMilli()))
		a.Receipt = r
	}
	s.desk.answers[m.MsgID] = a
	return a
}

func (s *Systems) enterCrossing(m letter) error {
	b, err := decode[struct {
		ItemName, Mode, State, Text, Due, Parcel string
		Paper                                    bool
		Materials                                []struct {
			Code  string
			Pages []struct{ Digest string }
		}
	}](m.Body)
	if err != nil {
		return errors.New("正文读不出来")
	}
	pages := 0
	for _, one := range b.Materials {
		for _, p := range one.Pages {
			if !s.desk.files[p.Digest] {
				return errors.New("附件没有传到：" + one.Code)
			}
			pages++
		}
	}
	if s.desk.refuse != "" {
		return errors.New(s.desk.refuse)
	}
	c := s.desk.cases[m.No]
	if c == nil {
		if m.Kind != "APPLY" {
			return errors.New("没有这个跨域件")
		}
		c = &Crossing{No: m.No, Region: m.To, Item: b.ItemName, Mode: b.Mode, Paper: b.Paper, State: "received", At: m.SendTime}
		s.desk.cases[m.No] = c
	}
	c.Messages++
	switch m.Kind {
	case "APPLY":
		c.Taken++
		c.Pages, c.Text = pages, "收到代收件"
	case "SUPPLEMENT":
		c.Pages, c.State, c.Text = c.Pages+pages, "supplemented", "收到补正"
	case "PARCEL":
		c.Parcel, c.Text = b.Parcel, "对方已交寄"
	case "WITHDRAW":
		c.State, c.Text = "withdrawn", "申请人撤回"
	case "STATUS":
		c.State, c.Text, c.Due = b.State, b.Text, b.Due
	case "PART":
		c.Text = b.Text
	default:
		return errors.New("没有这种报文")
	}
	return nil
}

// SendBack lets somebody over there send every letter back with these words; "" ends it.
func (s *Systems) SendBack(words string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.desk.refuse = words
}

// Happen lets something happen over there; the customer reads it in the feed.
func (s *Systems) Happen(h Happening) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.desk.cases[h.No]
	if c == nil {
		return fmt.Errorf("no crossing %s here", h.No)
	}
	words, known := map[string]string{
		"arrived": "收到纸件", "accepted": "已受理", "correction": "要求补正", "declined": "不予受理", "decided": "已作决定", "posted": "结果已寄出", "parcel": "邮件动态",
		"landed": "结果已送达", "part": "一部分办好",
	}[h.Kind]
	if !known {
		return fmt.Errorf("kind %q is not known", h.Kind)
	}
	if h.Kind == "accepted" && h.Due == "" {
		h.Days = max(h.Days, 1)
		h.Due = weekdaysAfter(s.now(), h.Days)
	}
	if h.Text == "" {
		h.Text = words
	}
	if h.Kind != "parcel" && h.Kind != "part" {
		c.State, c.Text, c.Due = h.Kind, h.Text, h.Due
	}
	h.Region = c.Region
	s.tell(h)
	return nil
}

func (s *Systems) tell(h Happening) {
	h.Seq = len(s.desk.feed) + 1
	if h.ID == "" {
		h.ID = fmt.Sprintf("H%06d", h.Seq)
	}
	if h.At.IsZero() {
		h.At = s.now()
	}
	if h.By == "" {
		h.By = "办理地（仿真）"
	}
	s.desk.feed = append(s.desk.feed, h)
}

// weekdaysAfter counts the days of a promise over there; the emulation knows no holidays.
func weekdaysAfter(t time.Time, days int) string {
	t = t.In(time.FixedZone("CST", 8*3600))
	for days > 0 {
		t = t.AddDate(0, 0, 1)
		if t.Weekday() != time.Saturday && t.Weekday() != time.Sunday {
			days--
		}
	}
	return t.Format("2006-01-02")
}
