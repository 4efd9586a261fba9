// Package enrol gives the terminal its identity (终端登记): the key is made here and never leaves, the certificate comes from
// the centre in exchange for a one-time code, and both lie in the data folder for the owner alone.
package enrol

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
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
	dir    string
	centre *ecdh.PublicKey
	pool   *x509.CertPool
	now    atomic.Pointer[pair] // changes when the certificate is renewed

	mu   sync.Mutex
	idle []func() // let go of connections that were opened with an earlier certificate
}

// pair is a certificate with its key.
type pair struct {
	key  *ecdsa.PrivateKey
	cert tls.Certificate
}

// kept is what lies on the disk: the one file whose exchange changes the identity, in one piece.
type kept struct {
	wire.Enrolment
	KeyFile string `json:"key_file,omitempty"` // key.pem when empty
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
	var k kept
	if err := json.Unmarshal(text, &k); err != nil {
		return nil, fmt.Errorf("decode enrolment: %w", err)
	}
	if k.KeyFile == "" {
		k.KeyFile = keyFile
	}
	key, err := loadKey(dir, filepath.Base(k.KeyFile))
	if err != nil {
		return nil, err
	}
	return assemble(k.Enrolment, key, dir)
}

// assemble checks that the parts fit: a certificate of another key would only fail later, at the broker.
func assemble(e wire.Enrolment, key *ecdsa.PrivateKey, dir string) (*Identity, error) {
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
	id := &Identity{Enrolment: e, dir: dir, centre: centre, pool: pool}
	id.now.Store(&pair{key, cert})
	return id, nil
}

// signer signs with the key of the present certificate: what is sealed after a renewal carries the new key's signature.
type signer struct{ i *Identity }

// Public implements crypto.Signer.
func (s signer) Public() crypto.PublicKey { return s.i.now.Load().key.Public() }

// Sign implements crypto.Signer.
func (s signer) Sign(r io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	return s.i.now.Load().key.Sign(r, digest, opts)
}

// Sealer closes envelopes in this terminal's name.
func (i *Identity) Sealer() *seal.Sealer {
	return &seal.Sealer{Terminal: i.Terminal, Epoch: i.Epoch, Key: signer{i}, Centre: i.centre}
}

// ServiceKey is the secret of the service codes, of the key of the moment: a code that was made before a renewal opens
// nothing after it, and another is made in a minute.
func (i *Identity) ServiceKey() ([]byte, error) {
	own, err := i.now.Load().key.ECDH()
	if err != nil {
		return nil, fmt.Errorf("use key for agreement: %w", err)
	}
	return wire.ServiceKey(own, i.centre, i.Terminal, i.Epoch)
}

// TLS is the terminal's side of every connection to the centre: own CA only, and the certificate of the moment.
func (i *Identity) TLS() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: i.pool, GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
		return &i.now.Load().cert, nil
	}}
}

// HTTP asks the centre's terminal side.
func (i *Identity) HTTP() *http.Client {
	c := client(i.TLS())
	i.mu.Lock()
	defer i.mu.Unlock()
	i.idle = append(i.idle, c.CloseIdleConnections)
	return c
}

func client(c *tls.Config) *http.Client {
	return &http.Client{Timeout: time.Minute, Transport: &http.Transport{
		TLSClientConfig: c, TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: 30 * time.Second,
		IdleConnTimeout: 90 * time.Second, MaxIdleConnsPerHost: 2, ForceAttemptHTTP2: true,
	}}
}
