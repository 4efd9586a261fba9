package app

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"tongban/central/kernel/adapter"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/outbound"
	"tongban/central/kernel/signed"
	"tongban/central/modules/province"
)

// Config says where the provincial platform is.
type Config struct {
	URL      string // base, such as https://exchange.example.gov.cn; nothing is connected when empty
	KeyFile  string // one line "key id:secret", readable by its owner alone
	PeerFile string // one line: hex of the province's SM2 point, by which receipts and seals are checked
	Internal bool   // it stands in our own network
	Area     string // our region code
}

// The adapters of the six systems.
const (
	sysBase       = "province-base"
	sysItems      = "province-items"
	sysMaterials  = "province-materials"
	sysAcceptance = "province-acceptance"
	sysSeal       = "province-seal"
	sysLicences   = "province-licences"
)

// contract is where the six are described.
const contract = "deploy/docs/adapters/province-exchange.md"

// declared are the six, in the order of the page.
var declared = []adapter.Declaration{
	{Name: sysAcceptance, Title: "省综合受办", Operations: []adapter.Operation{
		{Name: "send", Title: "推送报文", Method: http.MethodPost, Path: "/v1/messages"},
		{Name: "ask", Title: "问报文到了没有", Method: http.MethodGet, Path: "/v1/messages/{id}", Attempts: 2},
		{Name: "query", Title: "查办件", Method: http.MethodPost, Path: "/v1/cases/query", Attempts: 2},
		{Name: "numbers", Title: "列办件编号", Method: http.MethodGet, Path: "/v1/numbers", Attempts: 2},
		{Name: "returns", Title: "取回流", Method: http.MethodGet, Path: "/v1/returns", Attempts: 2},
		{Name: "report", Title: "上报数量", Method: http.MethodPost, Path: "/v1/reports"},
	}},
	{Name: sysBase, Title: "省基础数据", Operations: []adapter.Operation{{Name: "changes", Title: "取变化", Method: http.MethodGet, Path: "/v1/changes", Attempts: 2}}},
	{Name: sysItems, Title: "省事项管理", Operations: []adapter.Operation{{Name: "changes", Title: "取变化", Method: http.MethodGet, Path: "/v1/changes", Attempts: 2}}},
	{Name: sysMaterials, Title: "省电子材料库", Operations: []adapter.Operation{
		{Name: "query", Title: "查材料", Method: http.MethodPost, Path: "/v1/query", Attempts: 2},
		{Name: "fetch", Title: "取材料", Method: http.MethodPost, Path: "/v1/files/{id}", Attempts: 2},
		{Name: "keep", Title: "存材料", Method: http.MethodPost, Path: "/v1/files", Attempts: 2},
	}},
	{Name: sysSeal, Title: "省电子签章", Operations: []adapter.Operation{{Name: "seal", Title: "盖章", Method: http.MethodPost, Path: "/v1/seals"}}},
	{Name: sysLicences, Title: "省电子证照", Operations: []adapter.Operation{{Name: "query", Title: "查证照", Method: http.MethodPost, Path: "/v1/query", Attempts: 2}}},
}

// platform is the six, ready to be asked.
type platform struct {
	keyID  string
	secret []byte
	peer   []byte
	area   string
	clock  clock.Clock
	ports  map[string]*adapter.Port
}

func connect(cfg Config, c clock.Clock, systems *adapter.Registry) (*platform, error) {
	id, secret, err := signed.ReadKey(cfg.KeyFile, "the province")
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(cfg.PeerFile)
	if err != nil {
		return nil, fmt.Errorf("read public key of the province: %w", err)
	}
	peer, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(peer) != 65 {
		return nil, errors.New("public key of the province: want the 65 bytes of an SM2 point as hex")
	}
	p := &platform{keyID: id, secret: secret, peer: peer, area: cfg.Area, clock: c, ports: map[string]*adapter.Port{}}
	for _, d := range declared {
		d.Contract, d.Health, d.PerSecond = contract, "/v1/health", 200
		d.Target = outbound.Target{
			URL: strings.TrimSuffix(cfg.URL, "/") + "/" + strings.TrimPrefix(d.Name, "province-"), Internal: cfg.Internal, Timeout: 10 * time.Second, MaxBytes: 16 << 20,
		}
		if p.ports[d.Name], err = systems.Declare(d); err != nil {
			return nil, fmt.Errorf("province: %w", err)
		}
	}
	return p, nil
}

// ask sends one signed request and decodes the answer into out; the bytes of the answer come back for the evidence. A status
// of 404 is errAbsent, any other that is not 200 is province.ErrAnswer.
func (p *platform) ask(ctx context.Context, system, op, method, path string, body []byte, out any) ([]byte, error) {
	port := p.ports[system]
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(port.Base(), "/")+path, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	signed.Sign(req, p.keyID, p.secret, body, p.clock.Now())
	res, err := port.Do(ctx, op, req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(res.Body)
	switch {
	case err != nil:
		return nil, fmt.Errorf("read answer of %s: %w", system, err)
	case res.StatusCode == http.StatusNotFound:
		return answer, errAbsent
	case res.StatusCode != http.StatusOK:
		return answer, errors.Join(province.ErrAnswer, fmt.Errorf("%s answered %d", system, res.StatusCode))
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return answer, errors.Join(province.ErrAnswer, fmt.Errorf("decode answer of %s: %w", system, err))
	}
	return answer, nil
}

// errAbsent means that the other side knows nothing of it.
var errAbsent = errors.New("the province has no such thing")

// outcome begins every answer.
type outcome struct {
	Code  string `json:"code"`
	Msg   string `json:"msg"`
	Field string `json:"field"`
	Limit int    `json:"limit"`
	Got   int    `json:"got"`
}

func (o outcome) words() string {
	if o.Limit > 0 {
		return fmt.Sprintf("%s：最多 %d 字，送了 %d 字", o.Msg, o.Limit, o.Got)
	}
	return o.Msg
}

// ack is the answer to a message.
type ack struct {
	outcome
	MsgID     string            `json:"msgId"`
	ProvNo    string            `json:"provNo"`
	Duplicate bool              `json:"duplicate"`
	Receipt   *province.Receipt `json:"receipt"`
}

// connected returns the six, or province.ErrOffline.
func (a *App) connected() (*platform, error) {
	if a.six == nil {
		return nil, province.ErrOffline
	}
	return a.six, nil
}
