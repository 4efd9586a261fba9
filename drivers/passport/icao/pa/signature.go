package pa

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	_ "crypto/sha1"   //nolint:gosec // older documents are signed so
	_ "crypto/sha256" // hashes are found by number
	_ "crypto/sha512" // hashes are found by number
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
)

// verify checks the signature over the signed attributes, and that these name the content.
func verify(sd signedData, cert *x509.Certificate) error {
	s := sd.Signers[0]
	h, err := hashOf(s.Digest.Algorithm)
	if err != nil {
		return err
	}
	signed := sd.Encap.Content
	if len(s.Signed.FullBytes) > 0 {
		if err := attributes(s.Signed.Bytes, sum(h, sd.Encap.Content)); err != nil {
			return err
		}
		signed = append([]byte{}, s.Signed.FullBytes...)
		signed[0] = 0x31 // what is signed is the SET itself, not its place in the structure
	}
	switch key := cert.PublicKey.(type) {
	case *ecdsa.PublicKey:
		if h, err = ownHash(s.Signature.Algorithm, h); err != nil {
			return err
		}
		if !ecdsa.VerifyASN1(key, sum(h, signed), s.Value) {
			return ErrSignature
		}
		return nil
	case *rsa.PublicKey:
		return verifyRSA(key, s, h, signed)
	}
	return fmt.Errorf("%w: key of the signer", ErrUnsupported)
}

// attributes looks for the kind and the digest of the content; both must be there once and right.
func attributes(b, digest []byte) error {
	kind, same := false, false
	for len(b) > 0 {
		var a struct {
			Type   asn1.ObjectIdentifier
			Values asn1.RawValue `asn1:"set"`
		}
		rest, err := asn1.Unmarshal(b, &a)
		if err != nil {
			return fmt.Errorf("%w: signed attributes", ErrMalformed)
		}
		b = rest
		switch {
		case a.Type.Equal(oidContent):
			var oid asn1.ObjectIdentifier
			_, err := asn1.Unmarshal(a.Values.Bytes, &oid)
			kind = err == nil && oid.Equal(oidLDS)
		case a.Type.Equal(oidDigest):
			var d []byte
			_, err := asn1.Unmarshal(a.Values.Bytes, &d)
			same = err == nil && bytes.Equal(d, digest)
		}
	}
	if !kind || !same {
		return fmt.Errorf("%w: attributes do not fit the content", ErrSignature)
	}
	return nil
}

// ownHash is the hash that a signature algorithm names itself, or the one of the digest.
func ownHash(oid asn1.ObjectIdentifier, digest crypto.Hash) (crypto.Hash, error) {
	h, ok := map[string]crypto.Hash{
		"1.2.840.10045.4.1": crypto.SHA1, "1.2.840.10045.4.3.1": crypto.SHA224, "1.2.840.10045.4.3.2": crypto.SHA256,
		"1.2.840.10045.4.3.3": crypto.SHA384, "1.2.840.10045.4.3.4": crypto.SHA512, "1.2.840.10045.2.1": digest,
		"1.2.840.113549.1.1.1": digest, "1.2.840.113549.1.1.5": crypto.SHA1, "1.2.840.113549.1.1.14": crypto.SHA224,
		"1.2.840.113549.1.1.11": crypto.SHA256, "1.2.840.113549.1.1.12": crypto.SHA384, "1.2.840.113549.1.1.13": crypto.SHA512,
	}[oid.String()]
	if !ok {
		return 0, fmt.Errorf("%w: signature %v", ErrUnsupported, oid)
	}
	return h, nil
}

func verifyRSA(key *rsa.PublicKey, s signerInfo, digest crypto.Hash, signed []byte) error {
	if s.Signature.Algorithm.String() == "1.2.840.113549.1.1.10" {
		h, err := pssHash(s.Signature)
		if err != nil {
			return err
		}
		if rsa.VerifyPSS(key, h, sum(h, signed), s.Value, nil) != nil {
			return ErrSignature
		}
		return nil
	}
	h, err := ownHash(s.Signature.Algorithm, digest)
	if err != nil {
		return err
	}
	if rsa.VerifyPKCS1v15(key, h, sum(h, signed), s.Value) != nil {
		return ErrSignature
	}
	return nil
}

// pssHash reads the hash of RSASSA-PSS; SHA-1 where it is left out (RFC 4055).
func pssHash(a pkix.AlgorithmIdentifier) (crypto.Hash, error) {
	var p struct {
		Hash pkix.AlgorithmIdentifier `asn1:"optional,explicit,tag:0"`
		Mask pkix.AlgorithmIdentifier `asn1:"optional,explicit,tag:1"`
		Salt int                      `asn1:"optional,explicit,tag:2"`
		Tail int                      `asn1:"optional,explicit,tag:3"`
	}
	if len(a.Parameters.FullBytes) > 0 {
		if _, err := asn1.Unmarshal(a.Parameters.FullBytes, &p); err != nil {
			return 0, fmt.Errorf("%w: PSS parameters", ErrMalformed)
		}
	}
	if len(p.Hash.Algorithm) == 0 {
		return crypto.SHA1, nil
	}
	return hashOf(p.Hash.Algorithm)
}
