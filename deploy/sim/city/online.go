package city

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"image"
	"image/color"
	"image/png"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"tongban/central/kernel/signed"
	"tongban/deploy/sim/control"
	"tongban/fleet/wire"
	"tongban/fleet/wire/matter"
	"tongban/fleet/wire/matter/form"
	"tongban/fleet/wire/matter/mattertest"
)

// The faults of what a channel sends, and of what it is told.
const (
	FaultTwice     = "duplicate" // sends the same hand-in twice
	FaultLate      = "late"      // signs with a clock that is an hour behind
	FaultSignature = "signature" // signs with another key
	FaultReplay    = "replay"    // sends the very same request again
	FaultChanged   = "changed"   // sends other content under a number that was used
)

// Channel is one emulated online channel (线上渠道仿真), i绵阳 or the sub-site of 天府通办: it fills an item in as a citizen at home would,
// sends it signed as deploy/docs/adapters/online-channels.md says, and keeps what it is told of the case.
type Channel struct {
	Code, Title string
	centre      string
	id          string
	secret      []byte
	client      *http.Client
	now         func() time.Time

	mu     sync.Mutex
	sent   []*Sent
	outage bool
}

// Sent is one hand-in as the citizen sees it in the channel.
type Sent struct {
	Ref       string `json:"ref"`
	Item      string `json:"item"`
	CaseNo    string `json:"case_no"`
	State     string `json:"state"`
	StateText string `json:"state_text"`
	Version   int64  `json:"version"`
	Told      int    `json:"told"` // how often the centre told something new
	body      []byte
}

// NewChannel returns a channel that sends to the centre.
func NewChannel(code, title, centre, id, secret string, now func() time.Time) *Channel {
	if now == nil {
		now = time.Now
	}
	return &Channel{Code: code, Title: title, centre: strings.TrimSuffix(centre, "/"), id: id, secret: []byte(secret), client: &http.Client{Timeout: 20 * time.Second}, now: now}
}

// citizen is who applies: nobody, of the county code that no county has.
var citizen = wire.Person{Type: "resident", Name: "周立明", IDNumber: "510799199001010018", Sex: "male", Nation: "01", Birth: "1990-01-01", Address: "四川省绵阳市样例区通办路1号1栋1单元101号"}

// Compose fills an item in, as a citizen does in the channel: the first answers that lead on, every entry, every paper, every
// signature.
func (c *Channel) Compose(item matter.Item, ref string) ([]byte, error) {
	answers := map[string]string{}
	for {
		q, _, _, settled, stop := matter.Next(&item, answers)
		if stop != "" {
			return nil, fmt.Errorf("item %s stops: %s", item.Code, stop)
		}
		if settled || q == nil {
			break
		}
		i := slices.IndexFunc(q.Options, func(o matter.Option) bool { return o.Stop == "" })
		if i < 0 {
			return nil, fmt.Errorf("question %s leads nowhere", q.ID)
		}
		answers[q.ID] = q.Options[i].Value
	}
	s := wire.Submission{Item: item.Code, Applicant: citizen, Answers: answers, Form: form.Prefill(item.Form, citizen)}
	for _, g := range matter.Groups(&item, answers) {
		for name, v := range mattertest.Fill(item.Form, g, s.Form) {
			s.Form[name] = v
		}
	}
	item.Minimise(&s)
	picture, strokes, err := pictures()
	if err != nil {
		return nil, err
	}
	materials, signatures := []map[string]any{}, []map[string]any{}
	for _, m := range matter.Materials(&item, answers) {
		if m.Need == matter.Required || m.Need == matter.Deferrable {
			materials = append(materials, map[string]any{"code": m.Code, "pages": []string{picture}})
		}
	}
	for _, g := range matter.Signers(&item, answers) {
		signatures = append(signatures, map[string]any{"role": g.Role, "image": strokes})
	}
	p := s.Applicant
	return json.Marshal(map[string]any{
		"id": ref, "item": item.Code, "item_version": item.Version, "submitted_at": c.now().UTC(), "consent": map[string]any{"version": "1", "at": c.now().UTC()},
		"applicant": map[string]string{"name": p.Name, "id_number": p.IDNumber, "sex": p.Sex, "nation": p.Nation, "birth": p.Birth, "address": p.Address, "phone": "13908162150"},
		"answers":   s.Answers, "form": s.Form, "materials": materials, "signatures": signatures,
	})
}

// pictures are a page and a signature, as PNG in base64.
func pictures() (page, strokes string, err error) {
	draw := func(w, h int) (string, error) {
		m := image.NewGray(image.Rect(0, 0, w, h))
		for y := range h {
			for x := range w {
				m.SetGray(x, y, color.Gray{Y: 255})
				if y%24 == 12 && x > w/8 && x < w*7/8 {
					m.SetGray(x, y, color.Gray{Y: 40})
				}
			}
		}
		var b bytes.Buffer
		err := png.Encode(&b, m)
		return base64.StdEncoding.EncodeToString(b.Bytes()), err
	}
	if page, err = draw(620, 876); err == nil {
		strokes, err = draw(300, 120)
	}
	return page, strokes, err
}

// Answer is what the centre said to one request.
type Answer struct {
	Status  int             `json:"status"`
	Code    string          `json:"code,omitempty"`
	Message string          `json:"message,omitempty"`
	Body    json.RawMessage `json:"body,omitempty"`
}

func (c *Channel) request(ctx context.Context, method, path string, body, secret []byte, at time.Time) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, method, c.centre+"/api/public/v1/online/"+c.Code+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	signed.Sign(r, c.id, secret, body, at)
	return r, nil
}

func (c *Channel) do(r *http.Request) (Answer, error) {
	res, err := c.client.Do(r)
	if err != nil {
		return Answer{}, err
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(io.LimitReader(res.Body, 8<<20))
	out := Answer{Status: res.StatusCode, Body: b}
	var problem struct{ Code, Detail, Title string }
	if res.StatusCode >= http.StatusBadRequest && json.Unmarshal(b, &problem) == nil {
		out.Code, out.Message = problem.Code, problem.Detail+problem.Title
	}
	return out, err
}

// Send fills an item in and sends it, with a fault or with none, and says what each request was answered.
func (c *Channel) Send(ctx context.Context, item, fault string) ([]Answer, error) {
	r, err := c.request(ctx, http.MethodGet, "/items/"+item, nil, c.secret, c.now())
	if err != nil {
		return nil, err
	}
	got, err := c.do(r)
	if err != nil || got.Status != http.StatusOK {
		return []Answer{got}, err
	}
	var it matter.Item
	if err := json.Unmarshal(got.Body, &it); err != nil {
		return nil, fmt.Errorf("read item: %w", err)
	}
	c.mu.Lock()
	ref := fmt.Sprintf("%s-%s-%04d", strings.ToUpper(c.Code[:2]), c.now().UTC().Format("20060102150405"), len(c.sent)+1)
	c.mu.Unlock()
	body, err := c.Compose(it, ref)
	if err != nil {
		return nil, err
	}
	return c.send(ctx, &Sent{Ref: ref, Item: it.Name, body: body}, fault)
}

func (c *Channel) send(ctx context.Context, s *Sent, fault string) ([]Answer, error) {
	secret, at := c.secret, c.now()
	switch fault {
	case FaultLate:
		at = at.Add(-time.Hour)
	case FaultSignature:
		secret = []byte("a secret that nobody else has")
	}
	post := func(body []byte) (*http.Request, error) {
		return c.request(ctx, http.MethodPost, "/submissions", body, secret, at)
	}
	first, err := post(s.body)
	if err != nil {
		return nil, err
	}
	all := []*http.Request{first}
	switch fault {
	case FaultReplay:
		again := first.Clone(ctx)
		again.Body = io.NopCloser(bytes.NewReader(s.body))
		all = append(all, again)
	case FaultTwice, FaultChanged:
		body := s.body
		if fault == FaultChanged {
			body = bytes.Replace(body, []byte("13908162150"), []byte("13908162151"), 1)
		}
		again, err := post(body)
		if err != nil {
			return nil, err
		}
		all = append(all, again)
	case "", FaultLate, FaultSignature:
	default:
		return nil, fmt.Errorf("no fault %q", fault)
	}
	// Kept before it is sent: what the centre tells may be faster than its answer.
	c.mu.Lock()
	c.sent = append(c.sent, s)
	c.mu.Unlock()
	var out []Answer
	for _, r := range all {
		a, err := c.do(r)
		if err != nil {
			return out, err
		}
		out = append(out, a)
		var taken struct {
			CaseNo    string `json:"case_no"`
			State     string `json:"state"`
			StateText string `json:"state_text"`
		}
		if a.Status == http.StatusOK && json.Unmarshal(a.Body, &taken) == nil {
			c.mu.Lock()
			if s.CaseNo = taken.CaseNo; s.Version == 0 {
				s.State, s.StateText = taken.State, taken.StateText
			}
			c.mu.Unlock()
		}
	}
	return out, nil
}

// List returns what was sent, newest first.
func (c *Channel) List() []Sent {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := []Sent{}
	for _, s := range slices.Backward(c.sent) {
		out = append(out, *s)
	}
	return out
}

// Outage makes the channel answer 503 to what it is told, or ends that.
func (c *Channel) Outage(on bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.outage = on
}

// told takes where a case stands. An older version than the last changes nothing.
func (c *Channel) told(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 64<<10))
	if err != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.outage {
		answer(w, http.StatusServiceUnavailable, map[string]string{"code": "outage"})
		return
	}
	stamp, err := signed.Read(r.Header) // the centre's clock may be a test clock: the stamp is taken for the time
	if err != nil || stamp.Key != c.id || signed.Check(r, r.URL.RequestURI(), c.secret, body, stamp.Time) != nil {
		answer(w, http.StatusUnauthorized, map[string]string{"code": "signature"})
		return
	}
	var in struct {
		CaseNo    string `json:"case_no"`
		Version   int64  `json:"version"`
		State     string `json:"state"`
		StateText string `json:"state_text"`
	}
	i := slices.IndexFunc(c.sent, func(s *Sent) bool { return s.Ref == r.PathValue("id") })
	if json.Unmarshal(body, &in) != nil || i < 0 {
		answer(w, http.StatusNotFound, map[string]string{"code": "unknown"})
		return
	}
	if s := c.sent[i]; in.Version > s.Version {
		s.CaseNo, s.Version, s.State, s.StateText = in.CaseNo, in.Version, in.State, in.StateText
		s.Told++
	}
	answer(w, http.StatusOK, map[string]string{"state": "taken"})
}

// Handler is the channel: /v1 for the centre, a page for people, hands for tests on this machine.
func (c *Channel) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/health", func(w http.ResponseWriter, _ *http.Request) {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.outage {
			answer(w, http.StatusServiceUnavailable, map[string]string{"state": "outage"})
			return
		}
		answer(w, http.StatusOK, map[string]string{"state": "ok"})
	})
	mux.HandleFunc("PUT /v1/submissions/{id}/state", c.told)
	mux.HandleFunc("GET /sent", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]any{"sent": c.List()})
	})
	mux.HandleFunc("POST /send", func(w http.ResponseWriter, r *http.Request) {
		var in struct{ Item, Fault string }
		err := json.NewDecoder(io.LimitReader(r.Body, 4<<10)).Decode(&in)
		if err == nil && in.Item == "" {
			err = errors.New("which item?")
		}
		var out []Answer
		if err == nil {
			out, err = c.Send(r.Context(), in.Item, in.Fault)
		}
		if err != nil {
			answer(w, http.StatusBadGateway, map[string]string{"error": err.Error()})
			return
		}
		answer(w, http.StatusOK, map[string]any{"answers": out})
	})
	mux.HandleFunc("POST /faults", func(w http.ResponseWriter, r *http.Request) {
		var in struct{ Fault string }
		if err := json.NewDecoder(io.LimitReader(r.Body, 4<<10)).Decode(&in); err != nil || in.Fault != "" && in.Fault != FaultOutage {
			answer(w, http.StatusUnprocessableEntity, map[string]string{"error": "have outage"})
			return
		}
		c.Outage(in.Fault == FaultOutage)
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = pageSent.Execute(w, map[string]any{"Title": c.Title, "Rows": c.List()})
	})
	mux.HandleFunc("POST /apply", func(w http.ResponseWriter, r *http.Request) {
		out, err := c.Send(r.Context(), r.FormValue("item"), "")
		if err == nil && len(out) == 1 && out[0].Status != http.StatusOK {
			err = errors.New(out[0].Message)
		}
		if err != nil {
			turn(w, http.StatusBadGateway, "没有交成", err.Error())
			return
		}
		http.Redirect(w, r, "/", http.StatusSeeOther)
	})
	return control.Loopback(mux)
}

var pageSent = template.Must(template.New("sent").Parse(`<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{{.Title}}（仿真）</title>` + css + `
<header><b>{{.Title}} <small style="color:#cfe0d9">仿真</small></b><span>周立明（编的人）</span></header>
<main><h1>我的申报</h1>
<form class="new" method="post" action="/apply"><label>事项编码 <input name="item" value="glbt" size="10"></label><button>填好样例并提交</button></form>
<table><thead><tr><th>申报号</th><th>事项</th><th>办件编号</th><th>办到哪一步</th></tr></thead><tbody>
{{range .Rows}}<tr><td class="no">{{.Ref}}</td><td>{{.Item}}</td><td class="no">{{.CaseNo}}</td><td>{{.StateText}}</td></tr>{{end}}
</tbody></table></main></html>`))
