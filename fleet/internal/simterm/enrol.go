package simterm

import (
	"bytes"
	"context"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"tongban/central/kernel/clock"
	"tongban/fleet/wire"
)

// Site is where the centre is, as a technician configures it.
type Site struct {
	Web   string // https://host:port
	CA    []byte // PEM
	Model string
}

// Key is a fresh terminal key with its certificate request.
type Key struct {
	Private *ecdsa.PrivateKey
	CSR     string
}

// NewKey makes one.
func NewKey() (Key, error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return Key{}, fmt.Errorf("make terminal key: %w", err)
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, private)
	if err != nil {
		return Key{}, fmt.Errorf("make certificate request: %w", err)
	}
	return Key{private, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der}))}, nil
}

// Refused is an enrolment that the centre turned down.
type Refused struct {
	Status int
	Body   string
}

// Error implements error.
func (r *Refused) Error() string { return fmt.Sprintf("enrolment refused: %d %s", r.Status, r.Body) }

// Enrol trades a one-time code for a terminal that is ready to connect.
func Enrol(ctx context.Context, s Site, code string, k Key) (*Terminal, error) {
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(s.CA) {
		return nil, errors.New("enrol: the CA file holds no certificate")
	}
	body, err := json.Marshal(wire.EnrolRequest{Code: code, CSR: k.CSR, Model: s.Model, Hardware: "sim"})
	if err != nil {
		return nil, fmt.Errorf("encode enrolment: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.Web+wire.PathEnrol, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("enrol: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	client := &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}}
	defer client.CloseIdleConnections()
	res, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("enrol: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		return nil, fmt.Errorf("enrol: %w", err)
	}
	if res.StatusCode != http.StatusOK {
		return nil, &Refused{res.StatusCode, string(text)}
	}

	t := &Terminal{Clock: clock.System(), key: k.Private, waiting: map[string]chan wire.Receipt{}}
	if err := json.Unmarshal(text, &t.Enrolment); err != nil {
		return nil, fmt.Errorf("decode enrolment: %w", err)
	}
	if t.centre, err = ecdh.P256().NewPublicKey(t.CentreKey); err != nil {
		return nil, fmt.Errorf("read centre key: %w", err)
	}
	block, _ := pem.Decode([]byte(t.Cert))
	if block == nil {
		return nil, errors.New("enrol: the answer holds no certificate")
	}
	t.setTLS(pool, tls.Certificate{Certificate: [][]byte{block.Bytes}, PrivateKey: k.Private})
	return t, nil
}

// ServiceKey is the terminal's side of the service codes.
func (t *Terminal) ServiceKey() ([]byte, error) {
	own, err := t.key.ECDH()
	if err != nil {
		return nil, fmt.Errorf("use key for agreement: %w", err)
	}
	return wire.ServiceKey(own, t.centre, t.Enrolment.Terminal, t.Epoch)
}
