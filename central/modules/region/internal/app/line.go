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

// LineConfig says where the desk of the other regions is: beside the provincial systems, with the same key.
type LineConfig struct {
	URL      string // base of the provincial platform; nothing is connected when empty
	KeyFile  string // one line "id:secret", readable by its owner alone
	PeerFile string // one line: hex of the SM2 point that signs receipts
	Internal bool
}

// system is the adapter's name.
const system = "region"

// line is the way there, ready to be asked. It is safe for concurrent use.
type line struct {
	keyID  string
	secret []byte
	peer   []byte
	clock  clock.Clock
	port   *adapter.Port
}

func connect(cfg LineConfig, c clock.Clock, systems *adapter.Registry) (*line, error) {
	id, secret, err := signed.ReadKey(cfg.KeyFile, "the regions")
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(cfg.PeerFile)
	if err != nil {
		return nil, fmt.Errorf("read public key of the regions: %w", err)
	}
	peer, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(peer) != 65 {
		return nil, errors.New("public key of the regions: want the 65 bytes of an SM2 point as hex")
	}
	l := &line{keyID: id, secret: secret, peer: peer, clock: c}
	l.port, err = systems.Declare(adapter.Declaration{
		Name: system, Title: "跨域通办", Contract: "deploy/docs/adapters/region-exchange.md", Health: "/v1/health", PerSecond: 50,
		Target: outbound.Target{URL: strings.TrimSuffix(cfg.URL, "/") + "/partner", Internal: cfg.Internal, Timeout: 10 * time.Second, MaxBytes: 16 << 20},
		Operations: []adapter.Operation{
			{Name: "file", Title: "传附件", Method: http.MethodPost, Path: "/v1/files", Attempts: 2},
			{Name: "send", Title: "送报文", Method: http.MethodPost, Path: "/v1/messages"},
			{Name: "ask", Title: "问报文到了没有", Method: http.MethodGet, Path: "/v1/messages/{id}", Attempts: 2},
			{Name: "events", Title: "取办理动态", Method: http.MethodGet, Path: "/v1/events", Attempts: 2},
		},
	})
	if err != nil {
		return nil, fmt.Errorf("regions: %w", err)
	}
	return l, nil
}

var (
	errAbsent = errors.New("the other region has no such thing")
	errAnswer = errors.New("the other region's answer is not of the contract")
)

func (l *line) ask(ctx context.Context, op, method, path string, body []byte, out any) error {
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(l.port.Base(), "/")+path, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	signed.Sign(req, l.keyID, l.secret, body, l.clock.Now())
	res, err := l.port.Do(ctx, op, req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(res.Body)
	switch {
	case err != nil:
		return fmt.Errorf("read answer of the regions: %w", err)
	case res.StatusCode == http.StatusNotFound:
		return errAbsent
	case res.StatusCode != http.StatusOK:
		return errors.Join(errAnswer, fmt.Errorf("answered %d", res.StatusCode))
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return errors.Join(errAnswer, fmt.Errorf("decode answer: %w", err))
	}
	return nil
}

// ack is the answer to a message.
type ack struct {
	Code    string            `json:"code"`
	Msg     string            `json:"msg"`
	MsgID   string            `json:"msgId"`
	No      string            `json:"provNo"`
	Receipt *province.Receipt `json:"receipt"`
}

// away reports whether nothing left the house: the breaker is open, the system is switched off, or the rate is used up.
func away(err error) bool {
	return errors.Is(err, adapter.ErrCut) || errors.Is(err, adapter.ErrOff) || errors.Is(err, adapter.ErrLimited)
}
