package enrol

import (
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tongban/fleet/wire"
)

// centre signs requests with a CA of its own and knows one code.
type centre struct {
	ca     *x509.Certificate
	key    *ecdsa.PrivateKey
	box    *ecdh.PrivateKey
	broken int // answers so many times with 503
	keys   map[string]bool
}

func (c *centre) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in wire.EnrolRequest
	_ = json.NewDecoder(r.Body).Decode(&in)
	block, _ := pem.Decode([]byte(in.CSR))
	csr, err := x509.ParseCertificateRequest(block.Bytes)
	if err != nil || csr.CheckSignature() != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	pub, _ := x509.MarshalPKIXPublicKey(csr.PublicKey)
	c.keys[string(pub)] = true
	if c.broken > 0 {
		c.broken--
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	if in.Code != "GOOD" {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	der, _ := x509.CreateCertificate(rand.Reader, &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "K-01"}, NotAfter: time.Now().Add(time.Hour)}, c.ca, csr.PublicKey, c.key)
	_ = json.NewEncoder(w).Encode(wire.Enrolment{
		Terminal: "K-01", Number: 1, Epoch: 1, CaseSeq: 7, Cert: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		CA: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.ca.Raw})), CentreKey: c.box.PublicKey().Bytes(),
	})
}

func TestEnrol(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test CA"}, NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	ca, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	box, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &centre{ca: ca, key: key, box: box, broken: 1, keys: map[string]bool{}}
	s := httptest.NewTLSServer(c)
	defer s.Close()
	dir := t.TempDir()
	pinned := filepath.Join(dir, "ca.pem")
	if err := os.WriteFile(pinned, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	id := filepath.Join(dir, "identity")
	if _, err := Load(id); !errors.Is(err, ErrNotEnrolled) {
		t.Fatalf("Load = %v", err)
	}
	seq := 0
	r := Request{Dir: id, Centre: s.URL, CA: pinned, Code: "GOOD", Model: "kiosk-21", Before: func(e wire.Enrolment) error { seq = e.CaseSeq; return nil }}
	if _, err := Enrol(t.Context(), r); err == nil {
		t.Fatal("enrolled by a 503")
	}
	bad := r
	bad.Code = "BAD"
	var refused *RefusedError
	if _, err := Enrol(t.Context(), bad); !errors.As(err, &refused) {
		t.Fatalf("wrong code: %v", err)
	}
	if _, err := Load(id); !errors.Is(err, ErrNotEnrolled) {
		t.Fatalf("after refusals: %v", err)
	}
	if _, err := Enrol(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if len(c.keys) != 1 || seq != 7 {
		t.Errorf("%d keys were used, case count %d", len(c.keys), seq)
	}
	back, err := Load(id)
	if err != nil || back.Terminal != "K-01" || back.Sealer().Epoch != 1 || back.TLS().GetClientCertificate == nil {
		t.Fatalf("Load = %v", err)
	}
	for _, name := range []string{keyFile, enrolmentFile} {
		if info, err := os.Stat(filepath.Join(id, name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
	strange := r
	strange.Dir = filepath.Join(dir, "other")
	strange.CA = filepath.Join(id, enrolmentFile)
	if _, err := Enrol(t.Context(), strange); err == nil {
		t.Error("a file without a certificate is taken as CA")
	}
}
