package ca

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	rootLife     = 20 * 365 * 24 * time.Hour
	serverLife   = 365 * 24 * time.Hour
	terminalLife = 365 * 24 * time.Hour
	serverRenew  = 60 * 24 * time.Hour // a listener certificate with less left is made anew

	// backdate lets a terminal whose clock is a little slow accept a fresh certificate.
	backdate = 10 * time.Minute
)

// ErrRequest means that a certificate request cannot be signed; the text says why.
var ErrRequest = errors.New("certificate request is not acceptable")

// Certificate is one issued to a terminal.
type Certificate struct {
	PEM    []byte
	Serial string // hex, lower case
	Public []byte // PKIX DER of the terminal's key
	Until  time.Time
}

// CheckRequest parses a PEM certificate request and proves that the sender holds its key. Only ECDSA P-256 is taken;
// subject and extensions are ignored, because we decide who it is.
func CheckRequest(csr string) (*ecdsa.PublicKey, error) {
	block, rest := pem.Decode([]byte(csr))
	if block == nil || block.Type != "CERTIFICATE REQUEST" || len(strings.TrimSpace(string(rest))) > 0 {
		return nil, fmt.Errorf("%w: not one PEM certificate request", ErrRequest)
	}
	req, err := x509.ParseCertificateRequest(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRequest, err)
	}
	if err := req.CheckSignature(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRequest, err)
	}
	pub, ok := req.PublicKey.(*ecdsa.PublicKey)
	if !ok || pub.Curve != elliptic.P256() {
		return nil, fmt.Errorf("%w: key is not ECDSA P-256", ErrRequest)
	}
	return pub, nil
}

// IssueTerminal signs a client certificate: common name = terminal code, organisational unit = epoch, one year.
func (k *Keys) IssueTerminal(code string, epoch int, pub *ecdsa.PublicKey, now time.Time) (Certificate, error) {
	if k.signer == nil {
		return Certificate{}, errors.New("issue certificate: the root key is not here")
	}
	public, err := x509.MarshalPKIXPublicKey(pub)
	if err != nil {
		return Certificate{}, fmt.Errorf("issue certificate: %w", err)
	}
	t := &x509.Certificate{
		SerialNumber: serial(),
		Subject:      pkix.Name{CommonName: code, OrganizationalUnit: []string{"epoch " + strconv.Itoa(epoch)}},
		NotBefore:    now.Add(-backdate),
		NotAfter:     now.Add(terminalLife),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, t, k.Root, pub, k.signer)
	if err != nil {
		return Certificate{}, fmt.Errorf("issue certificate: %w", err)
	}
	return Certificate{PEM: certPEM(der), Serial: Serial(t), Public: public, Until: t.NotAfter}, nil
}

// Serial is the serial number of a certificate as it is recorded.
func Serial(c *x509.Certificate) string { return hex.EncodeToString(c.SerialNumber.Bytes()) }

// ParsePublic reads a key recorded by IssueTerminal.
func ParsePublic(der []byte) (*ecdsa.PublicKey, error) {
	k, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, fmt.Errorf("parse terminal key: %w", err)
	}
	pub, ok := k.(*ecdsa.PublicKey)
	if !ok {
		return nil, errors.New("parse terminal key: not ECDSA")
	}
	return pub, nil
}

func initRoot(dir string, now time.Time) (*x509.Certificate, *ecdsa.PrivateKey, error) {
	certFile, keyFile := filepath.Join(dir, fileRoot), filepath.Join(dir, fileRootKey)
	if exists(certFile) {
		root, err := readCert(certFile)
		if err != nil {
			return nil, nil, fmt.Errorf("read root certificate: %w", err)
		}
		key, err := readECDSA(keyFile)
		if err != nil && exists(keyFile) {
			return nil, nil, fmt.Errorf("read root key: %w", err)
		}
		return root, key, nil
	}
	key, der, err := newRoot(now)
	if err != nil {
		return nil, nil, err
	}
	// The key goes first: a certificate on disk is the sign that both are there.
	if err := writeECDSA(keyFile, key); err != nil {
		return nil, nil, err
	}
	if err := writeFile(certFile, certPEM(der), 0o644); err != nil {
		return nil, nil, err
	}
	root, err := x509.ParseCertificate(der)
	return root, key, err
}

// newRoot makes an authority.
func newRoot(now time.Time) (*ecdsa.PrivateKey, []byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("make root key: %w", err)
	}
	t := &x509.Certificate{
		SerialNumber:          serial(),
		Subject:               pkix.Name{CommonName: "Tongban fleet CA", Organization: []string{"Tongban"}},
		NotBefore:             now.Add(-backdate),
		NotAfter:              now.Add(rootLife),
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		BasicConstraintsValid: true,
		IsCA:                  true,
		MaxPathLenZero:        true,
	}
	der, err := x509.CreateCertificate(rand.Reader, t, t, &key.PublicKey, key)
	if err != nil {
		return nil, nil, fmt.Errorf("make root certificate: %w", err)
	}
	return key, der, nil
}

func initServer(dir string, root *x509.Certificate, signer *ecdsa.PrivateKey, o Options) error {
	file := filepath.Join(dir, fileServer)
	names, addrs := hosts(o.Names)
	if old, err := readCert(file); err == nil && serves(old, names, addrs, o.Now) && old.CheckSignatureFrom(root) == nil {
		return nil
	}
	if signer == nil {
		return errors.New("make listener certificate: the root key is not here")
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fmt.Errorf("make listener key: %w", err)
	}
	t := &x509.Certificate{
		SerialNumber: serial(),
		Subject:      pkix.Name{CommonName: "Tongban centre"},
		DNSNames:     names,
		IPAddresses:  addrs,
		NotBefore:    o.Now.Add(-backdate),
		NotAfter:     o.Now.Add(serverLife),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		// The brokers of a cluster show it to each other from both ends.
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, t, root, &key.PublicKey, signer)
	if err != nil {
		return fmt.Errorf("make listener certificate: %w", err)
	}
	text, err := keyPEM(key)
	if err != nil {
		return err
	}
	return writeFile(file, append(certPEM(der), text...), 0o600)
}

func serves(c *x509.Certificate, names []string, addrs []net.IP, now time.Time) bool {
	if now.Before(c.NotBefore) || now.Add(serverRenew).After(c.NotAfter) || !slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageClientAuth) {
		return false
	}
	for _, n := range names {
		if !slices.Contains(c.DNSNames, n) {
			return false
		}
	}
	for _, a := range addrs {
		if !slices.ContainsFunc(c.IPAddresses, a.Equal) {
			return false
		}
	}
	return true
}

// hosts sorts the configured names into DNS names and addresses; this machine's own are always among them.
func hosts(extra []string) (names []string, addrs []net.IP) {
	for _, h := range append([]string{"localhost", "127.0.0.1", "::1"}, extra...) {
		h = strings.TrimSpace(h)
		if ip := net.ParseIP(h); ip != nil {
			if !ip.IsUnspecified() && !slices.ContainsFunc(addrs, ip.Equal) {
				addrs = append(addrs, ip)
			}
			continue
		}
		if h != "" && !slices.Contains(names, h) {
			names = append(names, h)
		}
	}
	return names, addrs
}

// serial is 126 random bits with the highest set: positive, never repeated, always 16 bytes.
func serial() *big.Int {
	var b [16]byte
	rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	b[0] = b[0]&0x3f | 0x40
	return new(big.Int).SetBytes(b[:])
}
