package ca

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

var day = time.Date(2026, 11, 26, 2, 0, 0, 0, time.UTC)

func request(t *testing.T, key any) string {
	t.Helper()
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der}))
}

func TestInitKeepsWhatIsThere(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	if _, err := Load(dir); !errors.Is(err, ErrNoKeys) {
		t.Fatalf("Load of nothing = %v", err)
	}
	if err := Init(dir, Options{Now: day}); err != nil {
		t.Fatal(err)
	}
	a, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := Init(dir, Options{Now: day.Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	b, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !a.Root.Equal(b.Root) || a.Token != b.Token || !a.Centre.Equal(b.Centre) || !a.Server.Leaf.Equal(b.Server.Leaf) {
		t.Error("a second init changed keys")
	}

	// A new name, or an end that comes near, asks for another listener certificate.
	for i, o := range []Options{{Now: day, Names: []string{"centre.test", "10.0.0.7"}}, {Now: day.AddDate(0, 11, 0), Names: []string{"centre.test"}}} {
		if err := Init(dir, o); err != nil {
			t.Fatal(err)
		}
		c, err := Load(dir)
		if err != nil {
			t.Fatal(err)
		}
		if c.Server.Leaf.Equal(b.Server.Leaf) {
			t.Errorf("case %d: the certificate was kept", i)
		}
		if err := c.Server.Leaf.VerifyHostname("centre.test"); err != nil {
			t.Errorf("case %d: %v", i, err)
		}
		b = c
	}
}

func TestKeysAreForTheOwnerAlone(t *testing.T) {
	dir := t.TempDir()
	if err := Init(dir, Options{Now: day}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{fileRootKey, fileServer, fileCentre, fileToken} {
		st, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if st.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %o", name, st.Mode().Perm())
		}
	}
}

func TestIssueTerminal(t *testing.T) {
	dir := t.TempDir()
	if err := Init(dir, Options{Now: day}); err != nil {
		t.Fatal(err)
	}
	k, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	pub, err := CheckRequest(request(t, key))
	if err != nil {
		t.Fatal(err)
	}
	c, err := k.IssueTerminal("K-01", 3, pub, day)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := parseCert(c.PEM)
	if err != nil {
		t.Fatal(err)
	}
	if cert.Subject.CommonName != "K-01" || Serial(cert) != c.Serial || len(c.Serial) != 32 {
		t.Errorf("certificate: %v, serial %s", cert.Subject, c.Serial)
	}
	_, err = cert.Verify(x509.VerifyOptions{Roots: k.Pool(), CurrentTime: day, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	if err != nil {
		t.Error(err)
	}
	back, err := ParsePublic(c.Public)
	if err != nil || !back.Equal(&key.PublicKey) {
		t.Errorf("ParsePublic: %v", err)
	}
}

func TestCheckRequestRefuses(t *testing.T) {
	small, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	old, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for name, csr := range map[string]string{
		"empty": "", "no pem": "hello", "P-384": request(t, small), "RSA": request(t, old),
		"two": request(t, small) + request(t, small), "broken": "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n",
	} {
		if _, err := CheckRequest(csr); !errors.Is(err, ErrRequest) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
