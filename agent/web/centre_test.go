package web_test

import (
	"context"
	"crypto/ecdh"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"tongban/agent/link"
	"tongban/agent/outbox"
	"tongban/fleet/wire"
	"tongban/fleet/wire/matter"
)

// centre is broker, gate and window in one: it opens what arrives with the centre's key.
type centre struct {
	key *ecdh.PrivateKey

	mu      sync.Mutex
	down    bool
	deaf    bool
	conns   []*conn
	seen    map[string]int
	cases   []wire.Submission
	reports []wire.Kind
	found   []wire.Diagnosis
	records []wire.Installation
	remote  []wire.RemoteReport
	files   map[string][]byte
}

type conn struct {
	c    *centre
	in   chan<- link.Message
	lost chan struct{}
	once sync.Once
}

func (c *conn) Lost() <-chan struct{} { return c.lost }
func (c *conn) Close()                { c.once.Do(func() { close(c.lost) }) }

func (c *centre) dial(_ context.Context, _ []byte, in chan<- link.Message) (link.Conn, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.down {
		return nil, errors.New("no network")
	}
	n := &conn{c: c, in: in, lost: make(chan struct{})}
	c.conns = append(c.conns, n)
	return n, nil
}

// network pulls or plugs the cable.
func (c *centre) network(up bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.down = !up
	if !up {
		for _, n := range c.conns {
			n.Close()
		}
		c.conns = nil
	}
}

func (c *conn) Publish(topic string, _ bool, payload []byte) <-chan error {
	done := make(chan error, 1)
	done <- nil
	if topic == wire.TopicStatus("K-01") {
		return done
	}
	r, say := c.c.accept(payload)
	if say {
		text, _ := json.Marshal(r)
		select {
		case c.in <- link.Message{Topic: wire.TopicReceipt("K-01"), Payload: text}:
		case <-c.lost:
		}
	}
	return done
}

func (c *centre) accept(payload []byte) (wire.Receipt, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, err := wire.ParseEnvelope(payload)
	if err != nil {
		return wire.Receipt{Status: wire.Refused, Code: wire.CodeMalformed}, true
	}
	r := wire.Receipt{ID: e.ID, Status: wire.Accepted, At: time.Now()}
	if c.seen[e.ID]++; c.seen[e.ID] > 1 {
		r.Status = wire.Duplicate
		return r, !c.deaf
	}
	body, err := e.Box.Open(c.key, e.ID)
	if err != nil {
		r.Status, r.Code = wire.Refused, wire.CodeUnreadable
		return r, true
	}
	if e.Kind != wire.KindSubmission {
		c.reports = append(c.reports, e.Kind)
		if e.Kind == wire.KindInstallation {
			var i wire.Installation
			if err := json.Unmarshal(body, &i); err != nil {
				r.Status, r.Code = wire.Refused, wire.CodeInvalid
				return r, true
			}
			c.records = append(c.records, i)
		}
		if e.Kind == wire.KindDiagnosis {
			var d wire.Diagnosis
			if err := json.Unmarshal(body, &d); err != nil {
				r.Status, r.Code = wire.Refused, wire.CodeInvalid
				return r, true
			}
			c.found = append(c.found, d)
		}
		if e.Kind == wire.KindRemote {
			var rep wire.RemoteReport
			if err := json.Unmarshal(body, &rep); err != nil {
				r.Status, r.Code = wire.Refused, wire.CodeInvalid
				return r, true
			}
			c.remote = append(c.remote, rep)
		}
		return r, !c.deaf
	}
	var sub wire.Submission
	if err := json.Unmarshal(body, &sub); err != nil {
		r.Status, r.Code = wire.Refused, wire.CodeInvalid
		return r, true
	}
	c.cases = append(c.cases, sub)
	return r, !c.deaf
}

func (c *centre) diagnoses() []wire.Diagnosis {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.found)
}

// Send takes a file over.
func (c *centre) Send(_ context.Context, f outbox.File, path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.down {
		return errors.New("no network")
	}
	if c.files == nil {
		c.files = map[string][]byte{}
	}
	c.files[f.Digest] = text
	return nil
}

// Progress answers as the window would.
func (c *centre) Progress(_ context.Context, q wire.ProgressQuery) (wire.ProgressAnswer, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.down {
		return wire.ProgressAnswer{}, errors.New("no network")
	}
	var out wire.ProgressAnswer
	for _, s := range c.cases {
		if s.Applicant.IDNumber == q.IDNumber || s.CaseNo == q.CaseNo && s.CheckCode == q.CheckCode {
			out.Cases = append(out.Cases, wire.Progress{CaseNo: s.CaseNo, State: "accepted", StateText: "已受理"})
		}
	}
	return out, nil
}

func (c *centre) submissions() []wire.Submission {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]wire.Submission(nil), c.cases...)
}

// picture opens a file as the window does.
func (c *centre) picture(t *testing.T, f wire.File) []byte {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	plain, err := wire.Decrypt(c.files[f.Digest], f.Key)
	if err != nil {
		t.Fatalf("open picture: %v", err)
	}
	return plain
}

func is(q string, values ...string) *matter.Cond { return &matter.Cond{Q: q, Is: values} }

// sampleItem has one of each: question, form with card data, material, deferrable material, second signer.
func sampleItem() matter.Item {
	return matter.Item{
		Code: "glbt", Version: 3, Name: "80周岁以上老年人高龄津贴发放", Short: "高龄津贴", Office: "涪城区民政局", Category: "mz", Frequent: 1,
		Handling: matter.Promised, Promise: matter.Limit{Days: 5, Unit: matter.Working}, Minutes: 8, Fee: "不收费",
		Questions: []matter.Question{
			{ID: "who", Text: "给谁办？", Options: []matter.Option{{Value: "self", Label: "给自己"}, {Value: "spouse", Label: "和配偶一起"}, {Value: "dead", Label: "已经过世", Stop: "请办停发"}}},
		},
		Form: matter.Form{
			ID: "glbt", Version: 1, Title: "高龄津贴申请表", Schema: json.RawMessage(`{
			"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","additionalProperties":false,
			"properties":{"name":{"type":"string"},"id_number":{"type":"string","format":"cn-id"},"phone":{"type":"string","format":"cn-mobile"}},
			"required":["name","id_number","phone"]}`),
			Groups: []matter.Group{
				{ID: "who", Title: "核对身份", Fields: []matter.Field{
					{Name: "name", Label: "姓名", Widget: "readonly", Source: "idcard.name"},
					{Name: "id_number", Label: "身份证号", Widget: "readonly", Source: "idcard.id_number", Masked: true},
				}},
				{ID: "contact", Title: "怎么联系您？", Fields: []matter.Field{{Name: "phone", Label: "手机号", Widget: "phone"}}},
			},
		},
		Materials: []matter.Material{
			{Code: "hukou", Name: "户口簿", Plain: "户口簿，本人那一页", MaxPages: 2},
			{Code: "card", Name: "银行卡复印件", Plain: "银行卡复印件", MaxPages: 1, Defer: 10},
		},
		Signers: []matter.Signer{
			{Role: "applicant", Label: "申请人", Statement: "以上内容属实。"},
			{Role: "spouse", Label: "配偶", Statement: "我同意。", OwnCard: true, When: is("who", "spouse")},
		},
		Needs: []string{"idcard", "scanner", "receipt"},
	}
}
