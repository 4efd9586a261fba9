package passport

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"math/big"
	"time"

	"tongban/deploy/sim/clock"
)

// state is a test state: its certificate, and a signer that it has issued.
type state struct {
	csca, signer *x509.Certificate
	key          *ecdsa.PrivateKey
}

func newState(name string) (*state, error) {
	root, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make key: %w", err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make key: %w", err)
	}
	from := clock.Now().Add(-24 * time.Hour)
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{Country: []string{"UT"}, CommonName: name}, NotBefore: from,
		NotAfter: from.AddDate(15, 0, 0), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	ds := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{Country: []string{"UT"}, CommonName: name + " signer"}, NotBefore: from,
		NotAfter: from.AddDate(10, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature,
	}
	s := &state{key: key}
	if s.csca, err = issue(ca, ca, &root.PublicKey, root); err != nil {
		return nil, err
	}
	if s.signer, err = issue(ds, s.csca, &key.PublicKey, root); err != nil {
		return nil, err
	}
	return s, nil
}

func issue(c, parent *x509.Certificate, public *ecdsa.PublicKey, key *ecdsa.PrivateKey) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(rand.Reader, c, parent, public, key)
	if err != nil {
		return nil, fmt.Errorf("issue certificate: %w", err)
	}
	return x509.ParseCertificate(der)
}

func der(v any) []byte {
	b, err := asn1.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("write ASN.1: %v", err)) // fixed shapes of our own: a broken build
	}
	return b
}

func oid(n ...int) asn1.ObjectIdentifier { return n }

// sign writes EF.SOD over the hashes of the groups.
func (s *state) sign(groups map[int][]byte) []byte {
	sha := pkix.AlgorithmIdentifier{Algorithm: oid(2, 16, 840, 1, 101, 3, 4, 2, 1)}
	type hash struct {
		N int
		H []byte
	}
	var list []hash
	for n := 1; n <= 16; n++ {
		if g, ok := groups[n]; ok {
			h := sha256.Sum256(g)
			list = append(list, hash{n, h[:]})
		}
	}
	lds := der(struct {
		V int
		A pkix.AlgorithmIdentifier
		L []hash
	}{0, sha, list})
	digest := sha256.Sum256(lds)
	content := oid(2, 23, 136, 1, 1, 1)
	attributes := append(object(0x30, der(oid(1, 2, 840, 113549, 1, 9, 3)), object(0x31, der(content))),
		object(0x30, der(oid(1, 2, 840, 113549, 1, 9, 4)), object(0x31, der(digest[:])))...)
	h := sha256.Sum256(object(0x31, attributes))
	sig, err := ecdsa.SignASN1(rand.Reader, s.key, h[:])
	if err != nil {
		panic(fmt.Sprintf("sign: %v", err)) // a key of our own making
	}
	info := object(0x30, der(1), object(0x30, s.signer.RawIssuer, der(s.signer.SerialNumber)), der(sha), object(0xA0, attributes),
		der(pkix.AlgorithmIdentifier{Algorithm: oid(1, 2, 840, 10045, 4, 3, 2)}), der(sig))
	data := object(0x30, der(3), object(0x31, der(sha)), object(0x30, der(content), object(0xA0, der(lds))), object(0xA0, s.signer.Raw),
		object(0x31, info))
	return object(0x77, object(0x30, der(oid(1, 2, 840, 113549, 1, 7, 2)), object(0xA0, data)))
}

// object writes one data object.
func object(tag int, parts ...[]byte) []byte {
	var body []byte
	for _, p := range parts {
		body = append(body, p...)
	}
	var out []byte
	if tag > 0xFF {
		out = append(out, byte(tag>>8))
	}
	out = append(out, byte(tag))
	switch n := len(body); {
	case n > 0xFF:
		out = append(out, 0x82, byte(n>>8), byte(n))
	case n > 0x7F:
		out = append(out, 0x81, byte(n))
	default:
		out = append(out, byte(n))
	}
	return append(out, body...)
}

// open splits objects into tag and value; it trusts the reader no more than a chip does.
func open(b []byte) map[int][]byte {
	out := map[int][]byte{}
	for len(b) >= 2 {
		tag, i := int(b[0]), 1
		if b[0]&0x1F == 0x1F {
			tag, i = tag<<8|int(b[1]), 2
		}
		if i >= len(b) {
			return out
		}
		n := int(b[i])
		i++
		if n == 0x81 && i < len(b) {
			n = int(b[i])
			i++
		} else if n > 0x7F {
			return out
		}
		if i+n > len(b) {
			return out
		}
		out[tag] = b[i : i+n]
		b = b[i+n:]
	}
	return out
}
