package exchange

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Entry is one line of the base data.
type Entry struct {
	Kind    string `json:"kind"` // region, department, dictionary
	Code    string `json:"code"`
	Name    string `json:"name"`
	Parent  string `json:"parent"`
	Valid   bool   `json:"valid"`
	Version int    `json:"version"`
}

// Item is one item of the provincial list.
type Item struct {
	TaskCode    string `json:"taskCode"`
	TaskName    string `json:"taskName"`
	TaskVersion int    `json:"taskVersion"`
	PromiseDays int    `json:"promiseDays"`
	LegalDays   int    `json:"legalDays"`
	Valid       bool   `json:"valid"`
	Version     int    `json:"version"`
}

type paper struct {
	ID      string `json:"materialId"`
	Holder  string `json:"-"`
	Name    string `json:"materialName"`
	From    string `json:"source"`
	At      string `json:"issuedOn"`
	Mime    string `json:"mime"`
	Digest  string `json:"digest"`
	content []byte
}

// Licence is one e-licence; the sample holders live in a county that does not exist.
type Licence struct {
	Holder string `json:"-"`
	ID     string `json:"licenceId"`
	Type   string `json:"licenceType"`
	Name   string `json:"licenceName"`
	No     string `json:"licenceNo"`
	Office string `json:"issuer"`
	From   string `json:"validFrom"`
	To     string `json:"validTo"`
	State  string `json:"state"`
}

func (s *Systems) sample() {
	for i, e := range []Entry{
		{Kind: "region", Code: "510700000000", Name: "绵阳市"}, {Kind: "region", Code: "510703000000", Name: "涪城区", Parent: "510700000000"},
		{Kind: "region", Code: "510704000000", Name: "游仙区", Parent: "510700000000"}, {Kind: "region", Code: "510705000000", Name: "安州区", Parent: "510700000000"},
		{Kind: "department", Code: "51070001", Name: "样例市政务服务和数据局"}, {Kind: "department", Code: "51070301", Name: "样例涪城区行政审批局", Parent: "51070001"},
		{Kind: "dictionary", Code: "HANDLE_STATE.3", Name: "窗口受理"}, {Kind: "dictionary", Code: "HANDLE_STATE.6", Name: "补正开始"},
		{Kind: "dictionary", Code: "HANDLE_STATE.11", Name: "办结（通过）"}, {Kind: "dictionary", Code: "CERT_TYPE.111", Name: "公民身份号码"},
		{Kind: "dictionary", Code: "CERT_TYPE.414", Name: "普通护照"}, {Kind: "dictionary", Code: "CERT_TYPE.511", Name: "台湾居民来往大陆通行证"},
		{Kind: "dictionary", Code: "CERT_TYPE.516", Name: "港澳居民来往内地通行证"}, {Kind: "dictionary", Code: "CERT_TYPE.553", Name: "外国人永久居留身份证"},
		{Kind: "dictionary", Code: "CERT_TYPE.990", Name: "其他证件"},
	} {
		e.Valid, e.Version = true, i+1
		s.entries = append(s.entries, e)
	}
	s.licences = []Licence{
		{ID: "L-0001", Type: "idcard", Name: "居民身份证", No: "样例 0001", Office: "样例公安局", From: "2020-01-01", To: "2040-01-01", State: "有效"},
		{ID: "L-0002", Type: "business", Name: "营业执照", No: "样例 0002", Office: "样例市场监督管理局", From: "2024-05-06", To: "长期", State: "有效"},
	}
}

// PutItem adds a version of an item to the provincial list.
func (s *Systems) PutItem(i Item) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i.Version = len(s.items) + 1
	s.items = append(s.items, i)
}

// PutEntry adds or changes a line of the base data.
func (s *Systems) PutEntry(e Entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e.Version = len(s.entries) + 1
	s.entries = append(s.entries, e)
}

func (s *Systems) serveRest(mux *http.ServeMux) {
	mux.HandleFunc("GET /base/v1/changes", s.call(Base, func(r *http.Request, _ []byte) (int, any) {
		since, _ := strconv.Atoi(r.URL.Query().Get("since"))
		s.mu.Lock()
		defer s.mu.Unlock()
		out := slices.DeleteFunc(slices.Clone(s.entries), func(e Entry) bool { return e.Version <= since })
		return http.StatusOK, map[string]any{"code": "0", "version": len(s.entries), "entries": out}
	}))
	mux.HandleFunc("GET /items/v1/changes", s.call(Items, func(r *http.Request, _ []byte) (int, any) {
		since, _ := strconv.Atoi(r.URL.Query().Get("since"))
		s.mu.Lock()
		defer s.mu.Unlock()
		out := slices.DeleteFunc(slices.Clone(s.items), func(e Item) bool { return e.Version <= since })
		return http.StatusOK, map[string]any{"code": "0", "version": len(s.items), "items": out}
	}))
	s.serveMaterials(mux)
	s.serveSeal(mux)
	mux.HandleFunc("POST /licences/v1/query", s.call(Licences, func(_ *http.Request, body []byte) (int, any) {
		in, err := decode[struct{ CertNo, LicenceType, ConsentID, Purpose string }](body)
		if err != nil || in.CertNo == "" {
			return http.StatusBadRequest, fail{Code: "4000", Msg: "读不出来"}
		}
		if in.ConsentID == "" || in.Purpose == "" {
			return http.StatusOK, fail{Code: "4030", Msg: "没有持证人同意的记录，不给证照"}
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		out := slices.DeleteFunc(slices.Clone(s.licences), func(l Licence) bool { return in.LicenceType != "" && l.Type != in.LicenceType })
		return http.StatusOK, map[string]any{"code": "0", "licences": out}
	}))
}

func (s *Systems) serveMaterials(mux *http.ServeMux) {
	mux.HandleFunc("POST /materials/v1/query", s.call(Materials, func(_ *http.Request, body []byte) (int, any) {
		in, err := decode[struct{ CertNo, Purpose string }](body)
		if err != nil || in.CertNo == "" || in.Purpose == "" {
			return http.StatusBadRequest, fail{Code: "4000", Msg: "要证件号码和用途"}
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if !slices.ContainsFunc(s.papers, func(p paper) bool { return p.Holder == in.CertNo }) { // everybody has one sample
			b := []byte("%PDF-1.4\n% 样例材料，没有内容\n%%EOF\n")
			s.papers = append(s.papers, paper{ID: fmt.Sprintf("M%05d", len(s.papers)+1), Holder: in.CertNo, Name: "户口簿（样例）", From: "省电子材料库", At: "2026-03-02", Mime: "application/pdf", Digest: digest(b), content: b})
		}
		out := slices.DeleteFunc(slices.Clone(s.papers), func(p paper) bool { return p.Holder != in.CertNo })
		return http.StatusOK, map[string]any{"code": "0", "materials": out}
	}))
	mux.HandleFunc("POST /materials/v1/files/{id}", s.call(Materials, func(r *http.Request, body []byte) (int, any) {
		in, err := decode[struct{ CertNo, Purpose string }](body)
		if err != nil {
			return http.StatusBadRequest, fail{Code: "4000", Msg: "读不出来"}
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, p := range s.papers {
			if p.ID == r.PathValue("id") && p.Holder == in.CertNo {
				return http.StatusOK, map[string]any{"code": "0", "material": p, "content": p.content}
			}
		}
		return http.StatusNotFound, fail{Code: "4004", Msg: "没有这份材料"}
	}))
	mux.HandleFunc("POST /materials/v1/files", s.call(Materials, func(_ *http.Request, body []byte) (int, any) {
		in, err := decode[struct {
			MsgID, CertNo, MaterialName, Mime, IssuedOn string
			Content                                     []byte
		}](body)
		if err != nil || in.CertNo == "" || in.MaterialName == "" || len(in.Content) == 0 {
			return http.StatusBadRequest, fail{Code: "4000", Msg: "要持有人、名称和内容"}
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		d := digest(in.Content)
		for _, p := range s.papers {
			if p.Holder == in.CertNo && p.Digest == d {
				return http.StatusOK, map[string]any{"code": "0", "material": p, "duplicate": true}
			}
		}
		p := paper{ID: fmt.Sprintf("M%05d", len(s.papers)+1), Holder: in.CertNo, Name: in.MaterialName, From: "绵阳市", At: in.IssuedOn, Mime: in.Mime, Digest: d, content: in.Content}
		s.papers = append(s.papers, p)
		return http.StatusOK, map[string]any{"code": "0", "material": p}
	}))
}

func (s *Systems) serveSeal(mux *http.ServeMux) {
	mux.HandleFunc("POST /seal/v1/seals", s.call(Seal, func(_ *http.Request, body []byte) (int, any) {
		in, err := decode[struct {
			MsgID, Digest, Title, SealName string
			At                             time.Time
		}](body)
		if err != nil || len(in.Digest) != 64 || in.Title == "" {
			return http.StatusBadRequest, fail{Code: "4000", Msg: "要文件的 SM3 和标题"}
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		id := fmt.Sprintf("S%06d", len(s.seals)+1)
		s.seals[id] = in.Digest
		text := fmt.Sprintf("tongban-exchange-seal-1\n%s\n%s\n%s\n%d", id, in.Digest, in.SealName, in.At.UnixMilli())
		return http.StatusOK, map[string]any{"code": "0", "sealId": id, "sealName": in.SealName, "digest": in.Digest, "at": in.At, "signature": s.signText(text)}
	}))
	mux.HandleFunc("POST /seal/v1/verify", s.call(Seal, func(_ *http.Request, body []byte) (int, any) {
		in, err := decode[struct{ SealID, Digest string }](body)
		if err != nil {
			return http.StatusBadRequest, fail{Code: "4000", Msg: "读不出来"}
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		return http.StatusOK, map[string]any{"code": "0", "valid": s.seals[in.SealID] != "" && s.seals[in.SealID] == in.Digest}
	}))
}

// serveControl is for people and tests on this machine.
func (s *Systems) serveControl(mux *http.ServeMux) {
	mux.HandleFunc("GET /faults", func(w http.ResponseWriter, _ *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		answer(w, http.StatusOK, map[string]any{"faults": s.faults, "have": faults, "systems": All})
	})
	control := func(path string, do func(body []byte) error) {
		mux.HandleFunc("POST "+path, func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(io.LimitReader(r.Body, 64<<10))
			if err == nil {
				err = do(body)
			}
			if err != nil {
				answer(w, http.StatusUnprocessableEntity, map[string]string{"error": err.Error()})
				return
			}
			w.WriteHeader(http.StatusNoContent)
		})
	}
	control("/faults", func(body []byte) error {
		in, err := decode[struct{ System, Fault string }](body)
		if err != nil {
			return err
		}
		if in.System == "" {
			in.System = "*"
		}
		return s.Press(in.System, in.Fault)
	})
	control("/plant", func(body []byte) error {
		in, err := decode[struct {
			ProjNo, Field, Value, Why string
			At                        time.Time
		}](body)
		if err != nil {
			return err
		}
		if in.At.IsZero() {
			in.At = time.Now()
		}
		return s.Plant(in.ProjNo, in.Field, in.Value, in.Why, in.At)
	})
	control("/return", func(body []byte) error {
		in, err := decode[Return](body)
		if err == nil {
			if in.At.IsZero() {
				in.At = time.Now()
			}
			s.Give(in)
		}
		return err
	})
	control("/item", func(body []byte) error {
		in, err := decode[Item](body)
		if err == nil {
			in.Valid = true
			s.PutItem(in)
		}
		return err
	})
	control("/entry", func(body []byte) error {
		in, err := decode[Entry](body)
		if err == nil {
			in.Valid = true
			s.PutEntry(in)
		}
		return err
	})
	mux.HandleFunc("GET /state", func(w http.ResponseWriter, _ *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		cases := []Case{}
		for _, c := range s.cases {
			one := c.copied()
			for name, f := range one.Fields { // the page shows nobody's number
				if name == "CERT_NO" || name == "APPLICANT_NAME" || name == "PHONE" {
					f.Value = "（不显示）"
					one.Fields[name] = f
				}
			}
			cases = append(cases, one)
		}
		slices.SortFunc(cases, func(a, b Case) int { return len(a.ProjNo) - len(b.ProjNo) })
		reports := s.reports
		if reports == nil {
			reports = []json.RawMessage{}
		}
		answer(w, http.StatusOK, map[string]any{"cases": cases, "heldBack": s.twice, "calls": s.calls, "returns": len(s.returns), "reports": reports})
	})
}
