package exchange

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

// Message is what a customer sends.
type Message struct {
	MsgID    string            `json:"msgId"`
	MsgType  string            `json:"msgType"` // APPLY, STATUS, CORRECT
	AreaCode string            `json:"areaCode"`
	ProjNo   string            `json:"projNo"`
	SeqNo    int               `json:"seqNo"`
	SendTime time.Time         `json:"sendTime"`
	Fields   map[string]string `json:"fields"`
	Operator string            `json:"operator"`
	Reason   string            `json:"reason"`
	// Materials and form are kept as they came.
	Materials json.RawMessage `json:"materials,omitempty"`
	Form      json.RawMessage `json:"form,omitempty"`
}

// Field is one value with who wrote it last.
type Field struct {
	Value     string    `json:"value"`
	ChangedAt time.Time `json:"changedAt"`
	ChangedBy string    `json:"changedBy"`
	Why       string    `json:"why"`
}

// Case is what the province holds of one.
type Case struct {
	ProjNo   string           `json:"projNo"`
	ProvNo   string           `json:"provNo"`
	LastSeq  int              `json:"lastSeq"`
	Applied  int              `json:"applied"` // how often it was created; more than once would be a duplicate
	Messages int              `json:"messages"`
	Fields   map[string]Field `json:"fields"`
}

type receipt struct {
	MsgID     string    `json:"msgId"`
	Digest    string    `json:"digest"`
	ProvNo    string    `json:"provNo"`
	At        time.Time `json:"at"`
	Signature string    `json:"signature"`
}

type ack struct {
	Code      string   `json:"code"`
	Msg       string   `json:"msg"`
	MsgID     string   `json:"msgId"`
	ProvNo    string   `json:"provNo,omitempty"`
	Duplicate bool     `json:"duplicate,omitempty"`
	Field     string   `json:"field,omitempty"`
	Limit     int      `json:"limit,omitempty"`
	Got       int      `json:"got,omitempty"`
	Receipt   *receipt `json:"receipt,omitempty"`
}

// Return is one thing that happened at the province (回流).
type Return struct {
	RetID     string            `json:"retId"`
	Seq       int               `json:"seq"`
	ProjNo    string            `json:"projNo"`
	ProvNo    string            `json:"provNo"`
	Kind      string            `json:"kind"` // status, result, licence
	State     string            `json:"handleState"`
	StateName string            `json:"handleStateName"`
	Text      string            `json:"text"`
	At        time.Time         `json:"at"`
	By        string            `json:"by"`
	Licence   map[string]string `json:"licence,omitempty"`
}

func (s *Systems) serveAcceptance(mux *http.ServeMux) {
	mux.HandleFunc("POST /acceptance/v1/messages", s.call(Acceptance, func(_ *http.Request, body []byte) (int, any) { return http.StatusOK, s.take(body) }))
	mux.HandleFunc("GET /acceptance/v1/messages/{id}", s.call(Acceptance, func(r *http.Request, _ []byte) (int, any) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if a, ok := s.answers[r.PathValue("id")]; ok {
			return http.StatusOK, a
		}
		return http.StatusNotFound, fail{Code: "4004", Msg: "没有这条报文"}
	}))
	mux.HandleFunc("POST /acceptance/v1/cases/query", s.call(Acceptance, func(_ *http.Request, body []byte) (int, any) {
		in, err := decode[struct {
			ProjNos []string `json:"projNos"`
		}](body)
		if err != nil {
			return http.StatusBadRequest, fail{Code: "4000", Msg: "读不出来"}
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		out := []Case{}
		for _, no := range in.ProjNos {
			if c := s.cases[no]; c != nil {
				out = append(out, c.copied())
			}
		}
		return http.StatusOK, map[string]any{"code": "0", "cases": out}
	}))
	mux.HandleFunc("GET /acceptance/v1/numbers", s.call(Acceptance, func(r *http.Request, _ []byte) (int, any) {
		s.mu.Lock()
		defer s.mu.Unlock()
		out := []string{}
		for no := range s.cases {
			if no > r.URL.Query().Get("after") {
				out = append(out, no)
			}
		}
		slices.Sort(out)
		return http.StatusOK, map[string]any{"code": "0", "projNos": out[:min(len(out), 1000)]}
	}))
	mux.HandleFunc("GET /acceptance/v1/returns", s.call(Acceptance, func(r *http.Request, _ []byte) (int, any) {
		since, _ := strconv.Atoi(r.URL.Query().Get("since"))
		s.mu.Lock()
		defer s.mu.Unlock()
		out := []Return{}
		for _, one := range s.returns {
			if one.Seq > since && len(out) < 200 {
				out = append(out, one)
				if s.faults[Acceptance] == FaultDuplicate {
					out = append(out, one)
				}
			}
		}
		return http.StatusOK, map[string]any{"code": "0", "returns": out}
	}))
	mux.HandleFunc("POST /acceptance/v1/reports", s.call(Acceptance, func(_ *http.Request, body []byte) (int, any) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.reports = append(s.reports, slices.Clone(body))
		applied, messages := len(s.cases), 0
		for _, c := range s.cases {
			messages += c.Messages
		}
		return http.StatusOK, map[string]any{"code": "0", "cases": applied, "messages": messages}
	}))
}

func (c *Case) copied() Case {
	out := *c
	out.Fields = map[string]Field{}
	for k, v := range c.Fields {
		out.Fields[k] = v
	}
	return out
}

// maxAddress is how long an address may be here, unlike at home: something to be reconciled.
const maxAddress = 30

// take is idempotent by the message's id: the second time it answers as the first.
func (s *Systems) take(body []byte) any {
	m, err := decode[Message](body)
	if err != nil || m.MsgID == "" || m.ProjNo == "" {
		return ack{Code: "4000", Msg: "报文读不出来"}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if a, again := s.answers[m.MsgID]; again {
		s.twice++
		a.Duplicate = true
		return a
	}
	a := s.judge(m)
	if a.Code == "0" {
		a.ProvNo = s.enter(m)
		at := m.SendTime
		r := &receipt{MsgID: m.MsgID, Digest: digest(body), ProvNo: a.ProvNo, At: at}
		r.Signature = s.signText(fmt.Sprintf("tongban-exchange-receipt-1\n%s\n%s\n%s\n%d", r.MsgID, r.Digest, r.ProvNo, at.UnixMilli()))
		a.Receipt = r
	}
	s.answers[m.MsgID] = a
	return a
}

func (s *Systems) judge(m Message) ack {
	a := ack{Code: "0", Msg: "成功", MsgID: m.MsgID}
	c := s.cases[m.ProjNo]
	refuse := func(code, msg, field string) ack { return ack{Code: code, Msg: msg, MsgID: m.MsgID, Field: field} }
	switch m.MsgType {
	case "APPLY":
		for _, f := range []string{"TASK_CODE", "APPLICANT_NAME", "CERT_NO", "HANDLE_STATE"} {
			if m.Fields[f] == "" {
				return refuse("4001", f+" 不能为空", f)
			}
		}
	case "STATUS", "CORRECT":
		if c == nil {
			return refuse("4004", "省平台没有这个办件，请先推申报信息", "")
		}
		if m.SeqNo <= c.LastSeq {
			return refuse("4009", "序号比已收到的旧", "")
		}
	default:
		return refuse("4000", "没有这种报文", "")
	}
	if n := utf8.RuneCountInString(m.Fields["BUSINESS_ADDRESS"]); n > maxAddress {
		a = refuse("4012", "BUSINESS_ADDRESS 超长", "BUSINESS_ADDRESS")
		a.Limit, a.Got = maxAddress, n
	}
	return a
}

func (s *Systems) enter(m Message) string {
	c := s.cases[m.ProjNo]
	if c == nil {
		c = &Case{ProjNo: m.ProjNo, ProvNo: fmt.Sprintf("SC%s%06d", m.SendTime.Format("20060102"), len(s.cases)+1), Fields: map[string]Field{}}
		s.cases[m.ProjNo] = c
	}
	if m.MsgType == "APPLY" {
		c.Applied++
	}
	c.Messages++
	c.LastSeq = max(c.LastSeq, m.SeqNo)
	for name, v := range m.Fields {
		if c.Fields[name].Value != v {
			c.Fields[name] = Field{Value: v, ChangedAt: m.SendTime, ChangedBy: "本市推送", Why: m.Reason}
		}
	}
	return c.ProvNo
}

// Receive takes a message that came another way than over the line, as another city's would.
func (s *Systems) Receive(m Message) {
	body, err := json.Marshal(m)
	if err != nil {
		panic("exchange: encode: " + err.Error()) // strings and times always encode
	}
	s.take(body)
}

// Cases returns what has arrived, by number.
func (s *Systems) Cases() map[string]Case {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string]Case{}
	for no, c := range s.cases {
		out[no] = c.copied()
	}
	return out
}

// HeldBack counts messages that came again.
func (s *Systems) HeldBack() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.twice
}

// Plant changes a field at the province, as somebody there would.
func (s *Systems) Plant(no, field, value, why string, at time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.cases[no]
	if c == nil {
		return fmt.Errorf("no case %s here", no)
	}
	c.Fields[field] = Field{Value: value, ChangedAt: at, ChangedBy: "省平台值班员", Why: why}
	return nil
}

// Lose forgets a case, as a restored backup of the province would.
func (s *Systems) Lose(no string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.cases, no)
}

// Give lets something flow back.
func (s *Systems) Give(r Return) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r.Seq = len(s.returns) + 1
	if r.RetID == "" {
		r.RetID = fmt.Sprintf("R%06d", r.Seq)
	}
	if c := s.cases[r.ProjNo]; c != nil && r.ProvNo == "" {
		r.ProvNo = c.ProvNo
	}
	s.returns = append(s.returns, r)
}
