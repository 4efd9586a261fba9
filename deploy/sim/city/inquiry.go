package city

import (
	"bytes"
	"encoding/json"
	"html/template"
	"io"
	"net/http"
	"strings"
	"time"

	"tongban/central/kernel/signed"
	"tongban/deploy/sim/control"
)

// Inquiry is an emulated inquiry machine (查询机): a screen in a public hall that asks the centre by signed calls, as
// deploy/docs/adapters/inquiry-machine.md says. It keeps nothing.
type Inquiry struct {
	centre, id, secret string
	client             *http.Client
}

// NewInquiry returns a machine that asks the centre.
func NewInquiry(centre, id, secret string) *Inquiry {
	return &Inquiry{centre: strings.TrimSuffix(centre, "/"), id: id, secret: secret, client: &http.Client{Timeout: 8 * time.Second}}
}

// Progress is what the machine shows of a case.
type Progress struct {
	CaseNo    string `json:"case_no"`
	Item      string `json:"item"`
	StateText string `json:"state_text"`
}

// Ask asks the centre for a case by number and check code; the text is for the person when there is none.
func (q *Inquiry) Ask(r *http.Request, no, code string) (*Progress, string) {
	body, err := json.Marshal(map[string]string{"case_no": strings.TrimSpace(no), "check_code": strings.TrimSpace(code)})
	if err != nil {
		return nil, "请再输一次。"
	}
	req, err := http.NewRequestWithContext(r.Context(), http.MethodPost, q.centre+"/api/public/v1/joined/inquiry", bytes.NewReader(body))
	if err != nil {
		return nil, "查询机没有设好，请找导办员。"
	}
	req.Header.Set("Content-Type", "application/json")
	signed.Sign(req, q.id, []byte(q.secret), body, time.Now())
	res, err := q.client.Do(req)
	if err != nil {
		return nil, "现在查不了，请到窗口问。"
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	var out struct {
		Cases []Progress `json:"cases"`
	}
	switch {
	case err != nil || res.StatusCode >= http.StatusInternalServerError:
		return nil, "现在查不了，请到窗口问。"
	case res.StatusCode == http.StatusUnauthorized:
		return nil, "查询机没有设好，请找导办员。"
	case res.StatusCode != http.StatusOK || json.Unmarshal(answer, &out) != nil || len(out.Cases) == 0:
		return nil, "没有查到：请对照小票，核对办件编号和查询码。"
	}
	return &out.Cases[0], ""
}

var pageInquiry = template.Must(template.New("inquiry").Parse(`<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>查询机（仿真）</title>` + css + `
<header><b>办件查询 <small style="color:#cfe0d9">查询机仿真</small></b></header><main><h1>输小票上的两样，看办到哪一步</h1>
<form class="new" method="post" action="/"><label>办件编号 <input name="no" value="{{.No}}" autocomplete="off" required></label> <label>查询码 <input name="code" autocomplete="off" required></label> <button>查</button></form>
<div role="status">{{with .Found}}<h2>{{.StateText}}</h2><p>{{.Item}}<br><span class="no">{{.CaseNo}}</span></p>{{end}}{{with .Words}}<p>{{.}}</p>{{end}}</div></main></html>`))

// Handler is the machine's screen.
func (q *Inquiry) Handler() http.Handler {
	mux := http.NewServeMux()
	show := func(w http.ResponseWriter, no string, p *Progress, words string) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		_ = pageInquiry.Execute(w, map[string]any{"No": no, "Found": p, "Words": words})
	}
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { show(w, "", nil, "") })
	mux.HandleFunc("POST /{$}", func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, 4<<10)
		p, words := q.Ask(r, r.FormValue("no"), r.FormValue("code"))
		show(w, r.FormValue("no"), p, words)
	})
	return control.Loopback(mux)
}
