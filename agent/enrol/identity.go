// Package enrol gives the terminal its identity (终端登记): the key is made here and never leaves, the certificate comes from
// the centre in exchange for a one-time code, and both lie in the data folder for the owner alone.
package enrol

import (
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"tongban/agent/seal"
	"tongban/fleet/wire"
)

// ErrNotEnrolled means that this terminal has no certificate yet.
var ErrNotEnrolled = errors.New("terminal is not enrolled")

const (
	keyFile       = "key.pem"
	enrolmentFile = "enrolment.json"
)

// Identity is an enrolled terminal.
type Identity struct {
	wire.Enrolment
	key    *ecdsa.PrivateKey
	centre *ecdh.PublicKey
	cert   tls.Certificate
	pool   *x509.CertPool
}

// Load reads the identity from dir, or ErrNotEnrolled.
func Load(dir string) (*Identity, error) {
	text, err := os.ReadFile(filepath.Join(dir, enrolmentFile)) //nolint:gosec // below the data folder
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotEnrolled
	}
	if err != nil {
		return nil, fmt.Errorf("read enrolment: %w", err)
	}
	var e wire.Enrolment
	if err := json.Unmarshal(text, &e); err != nil {
		return nil, fmt.Errorf("decode enrolment: %w", err)
	}
	key, err := loadKey(dir)
	if err != nil {
		return nil, err
	}
	return assemble(e, key)
}

// assemble checks that the parts fit: a certificate of another key would only fail later, at the broker.
func assemble(e wire.Enrolment, key *ecdsa.PrivateKey) (*Identity, error) {
	if !wire.ValidTerminal(e.Terminal) || e.Number < 1 || e.Epoch < 1 {
		return nil, fmt.Errorf("enrolment names terminal %q, number %d, epoch %d", e.Terminal, e.Number, e.Epoch)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("encode key: %w", err)
	}
	cert, err := tls.X509KeyPair([]byte(e.Cert), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	if err != nil {
		return nil, fmt.Errorf("load certificate: %w", err)
	}
	centre, err := ecdh.P256().NewPublicKey(e.CentreKey)
	if err != nil {
		return nil, fmt.Errorf("read centre key: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM([]byte(e.CA)) {
		return nil, errors.New("enrolment holds no CA certificate")
	}
	return &Identity{Enrolment: e, key: key, centre: centre, cert: cert, pool: pool}, nil
}

// Sealer closes envelopes in this terminal's name.
func (i *Identity) Sealer() *seal.Sealer {
	return &seal.Sealer{Terminal: i.Terminal, Epoch: i.Epoch, Key: i.key, Centre: i.centre}
}

// TLS is the terminal's side of every connection to the centre: own CA only, own certificate.
func (i *Identity) TLS() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: i.pool, Certificates: []tls.Certificate{i.cert}}
}

// HTTP asks the centre's terminal side.
func (i *Identity) HTTP() *http.Client { return client(i.TLS()) }

func client(c *tls.Config) *http.Client {
	return &http.Client{Timeout: time.Minute, Transport: &http.Transport{
		TLSClientConfig: c, TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: 30 * time.Second,
		IdleConnTimeout: 90 * time.Second, MaxIdleConnsPerHost: 2, ForceAttemptHTTP2: true,
	}}
}
