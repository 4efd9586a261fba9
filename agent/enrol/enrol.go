package enrol

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"tongban/fleet/wire"
)

// Request is what Enrol needs.
type Request struct {
	Dir    string // for key and enrolment
	Centre string // https://host:port
	CA     string // PEM file of the centre's CA, carried to the terminal with the code
	Code   string // one-time code
	Model  string
	// Before runs when the centre has answered and before the identity is kept: what must be true of an enrolled terminal
	// from its first moment. May be nil.
	Before func(wire.Enrolment) error
}

// RefusedError is the centre's no: another try with the same code does not help.
type RefusedError struct {
	Status int
	Detail string
}

func (r *RefusedError) Error() string {
	return fmt.Sprintf("centre refuses enrolment: %d %s", r.Status, r.Detail)
}

// Enrol exchanges the code for a certificate and keeps the identity durably. The key is made and stored first, so that a
// try whose answer was lost can be repeated with the same key.
func Enrol(ctx context.Context, r Request) (*Identity, error) {
	if err := os.MkdirAll(r.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make identity folder: %w", err)
	}
	key, err := loadKey(r.Dir, keyFile)
	if errors.Is(err, fs.ErrNotExist) {
		key, err = makeKey(r.Dir, keyFile)
	}
	if err != nil {
		return nil, err
	}
	e, err := r.ask(ctx, key)
	if err != nil {
		return nil, err
	}
	id, err := assemble(e, key, r.Dir)
	if err != nil {
		return nil, err
	}
	if r.Before != nil {
		if err := r.Before(e); err != nil {
			return nil, err
		}
	}
	text, err := json.MarshalIndent(e, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode enrolment: %w", err)
	}
	return id, keep(filepath.Join(r.Dir, enrolmentFile), text)
}

func (r Request) ask(ctx context.Context, key *ecdsa.PrivateKey) (wire.Enrolment, error) {
	var e wire.Enrolment
	roots, err := os.ReadFile(r.CA)
	if err != nil {
		return e, fmt.Errorf("read CA: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(roots) {
		return e, fmt.Errorf("read CA: %s holds no certificate", r.CA)
	}
	csr, err := request(key)
	if err != nil {
		return e, err
	}
	body, err := json.Marshal(wire.EnrolRequest{
		Code: r.Code, Model: r.Model, Hardware: hardware(),
		CSR: csr,
	})
	if err != nil {
		return e, fmt.Errorf("encode enrolment request: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(r.Centre, "/")+wire.PathEnrol, bytes.NewReader(body))
	if err != nil {
		return e, fmt.Errorf("make enrolment request: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", rand.Text())
	c := client(&tls.Config{MinVersion: tls.VersionTLS12, RootCAs: pool})
	defer c.CloseIdleConnections()
	res, err := c.Do(req)
	if err != nil {
		return e, fmt.Errorf("ask for enrolment: %w", err)
	}
	defer res.Body.Close() //nolint:errcheck // read whole
	text, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		return e, fmt.Errorf("read enrolment: %w", err)
	}
	switch {
	case res.StatusCode >= 500 || res.StatusCode == http.StatusTooManyRequests:
		return e, fmt.Errorf("ask for enrolment: %s", res.Status)
	case res.StatusCode >= 300:
		return e, &RefusedError{Status: res.StatusCode, Detail: strings.TrimSpace(string(text))}
	}
	if err := json.Unmarshal(text, &e); err != nil {
		return e, fmt.Errorf("decode enrolment: %w", err)
	}
	return e, nil
}

// request is the PEM certificate request of a key.
func request(key *ecdsa.PrivateKey) (string, error) {
	csr, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: "terminal"}}, key)
	if err != nil {
		return "", fmt.Errorf("make certificate request: %w", err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: csr})), nil
}

func makeKey(dir, name string) (*ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("encode key: %w", err)
	}
	return key, keep(filepath.Join(dir, name), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

func loadKey(dir, name string) (*ecdsa.PrivateKey, error) {
	text, err := os.ReadFile(filepath.Join(dir, name)) //nolint:gosec // below the data folder
	if err != nil {
		return nil, fmt.Errorf("read key: %w", err)
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("read key: not PEM")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("read key: %w", err)
	}
	key, ok := parsed.(*ecdsa.PrivateKey)
	if !ok {
		return nil, errors.New("read key: not an ECDSA key")
	}
	return key, nil
}

// keep writes a file whole or not at all: temporary file, fsync, rename, fsync of the folder.
func keep(path string, text []byte) error {
	f, err := os.OpenFile(path+".new", os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600) //nolint:gosec // below the data folder
	if err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	_, err = f.Write(text)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("open folder: %w", err)
	}
	_ = d.Sync() // not every system can
	return d.Close()
}

// hardware tells the same machine from another one, as evidence of a copied disk; it is not an identity.
func hardware() string {
	text, err := os.ReadFile("/etc/machine-id")
	if err != nil {
		name, _ := os.Hostname()
		text = []byte(name)
	}
	h := sha256.Sum256(append([]byte("tongban-hardware\x00"), text...))
	return hex.EncodeToString(h[:8])
}
