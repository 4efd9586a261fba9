// Package ca is the fleet's own certificate authority (终端证书颁发): it signs the certificates of terminals and of the
// centre's two TLS listeners, and keeps the key with which the centre opens sealed envelopes.
//
// Everything is ECDSA P-256, because every terminal and every TLS library speaks it. Keys are PEM files with mode 0600 in
// one folder; nothing else of the fleet is a secret at rest.
package ca

import (
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"
)

// Files in the folder of keys.
const (
	fileRoot    = "ca.pem"
	fileRootKey = "ca-key.pem"
	fileServer  = "server.pem" // key and certificate in one, so that another process never reads a half-changed pair
	fileCentre  = "centre-key.pem"
	fileToken   = "broker.token"
)

// ErrNoKeys means that the folder was never initialised: run `tongban-central init`.
var ErrNoKeys = errors.New("the fleet has no keys yet")

// Keys are the fleet's keys as loaded from the folder.
type Keys struct {
	Root    *x509.Certificate   // signs
	Trusted []*x509.Certificate // Root, and during a change of roots the other one
	RootPEM []byte              // all trusted ones
	Server  tls.Certificate
	Centre  *ecdh.PrivateKey // opens envelopes
	Token   string           // of the centre's own connection to the broker

	signer *ecdsa.PrivateKey // nil where the folder holds no root key (a broker on its own machine)
	server atomic.Pointer[tls.Certificate]
}

// Options say what Init makes.
type Options struct {
	Now   time.Time
	Names []string // host names and addresses of the listeners, besides localhost
}

// RootFile is where the terminal's --ca file lies.
func RootFile(dir string) string { return filepath.Join(dir, fileRoot) }

// Init makes what is missing in dir and leaves the rest alone, so that it may run at every start. The listeners'
// certificate is made anew when it ends soon or lacks a name.
func Init(dir string, o Options) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make folder of keys: %w", err)
	}
	root, signer, err := initRoot(dir, o.Now)
	if err != nil {
		return err
	}
	if err := initServer(dir, root, signer, o); err != nil {
		return err
	}
	if err := initCentre(dir); err != nil {
		return err
	}
	return initToken(dir)
}

// Load reads the keys.
func Load(dir string) (*Keys, error) {
	k := &Keys{}
	var err error
	if k.RootPEM, err = os.ReadFile(filepath.Join(dir, fileRoot)); err != nil { // #nosec G304 -- a file of the centre's own folder
		if errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("%w: no %s in %s", ErrNoKeys, fileRoot, dir)
		}
		return nil, fmt.Errorf("read root certificate: %w", err)
	}
	if k.Trusted, err = parseCerts(k.RootPEM); err != nil {
		return nil, fmt.Errorf("read root certificate: %w", err)
	}
	k.Root = k.Trusted[0]
	if k.Server, err = tls.LoadX509KeyPair(filepath.Join(dir, fileServer), filepath.Join(dir, fileServer)); err != nil {
		return nil, fmt.Errorf("read listener certificate: %w", err)
	}
	k.server.Store(&k.Server)
	token, err := os.ReadFile(filepath.Join(dir, fileToken)) // #nosec G304 -- a file of the centre's own folder
	if err != nil {
		return nil, fmt.Errorf("read broker token: %w", err)
	}
	k.Token = strings.TrimSpace(string(token))

	// The two keys below are the centre's alone; a broker on its own machine runs without them.
	if k.signer, err = readECDSA(filepath.Join(dir, fileRootKey)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("read root key: %w", err)
	}
	centre, err := readECDSA(filepath.Join(dir, fileCentre))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("read centre key: %w", err)
	}
	if centre != nil {
		if k.Centre, err = centre.ECDH(); err != nil {
			return nil, fmt.Errorf("read centre key: %w", err)
		}
	}
	return k, nil
}

// Pool trusts this authority only.
func (k *Keys) Pool() *x509.CertPool {
	p := x509.NewCertPool()
	for _, c := range k.Trusted {
		p.AddCert(c)
	}
	return p
}

// Refresh renews the listeners' certificate where it ends soon and this folder holds the root key, and shows the one in
// the folder from the next connection on: nothing has to be started again.
func (k *Keys) Refresh(dir string, o Options) error {
	if k.signer != nil {
		if err := Init(dir, o); err != nil {
			return err
		}
	}
	now, err := tls.LoadX509KeyPair(filepath.Join(dir, fileServer), filepath.Join(dir, fileServer))
	if err != nil {
		return fmt.Errorf("read listener certificate: %w", err)
	}
	k.server.Store(&now)
	return nil
}

// ServerTLS is the configuration of a listener: TLS 1.3, or 1.2 with forward secrecy and authenticated encryption only; our
// certificate, terminals' certificates by auth.
func (k *Keys) ServerTLS(auth tls.ClientAuthType) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		CipherSuites: []uint16{ // our certificates are ECDSA
			tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
			tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305,
		},
		GetCertificate:       func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return k.server.Load(), nil },
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return k.server.Load(), nil },
		ClientCAs:            k.Pool(),
		ClientAuth:           auth,
	}
}

func initCentre(dir string) error {
	path := filepath.Join(dir, fileCentre)
	if exists(path) {
		return nil
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fmt.Errorf("make centre key: %w", err)
	}
	return writeECDSA(path, key)
}

func initToken(dir string) error {
	path := filepath.Join(dir, fileToken)
	if exists(path) {
		return nil
	}
	var b [32]byte
	rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return writeFile(path, []byte(base64.RawURLEncoding.EncodeToString(b[:])+"\n"), 0o600)
}
