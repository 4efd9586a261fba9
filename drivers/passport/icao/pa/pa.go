// Package pa checks that the files of a document are those that its state has signed (被动认证), by ICAO 9303-11 chapter 5:
// the hashes of the data groups against EF.SOD, EF.SOD against its document signer, the signer against the certificates of
// the states (CSCA) that the caller trusts.
//
// Certificates are read by crypto/x509: signers on brainpool curves or with explicit curve parameters cannot be checked and
// come out as ErrUnsupported, never as genuine.
package pa

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"time"

	"tongban/drivers/passport/icao/tlv"
)

// Errors of Check, in the order in which they are found.
var (
	ErrMalformed   = errors.New("EF.SOD is malformed")
	ErrUnsupported = errors.New("EF.SOD uses an algorithm that is not served")
	ErrHash        = errors.New("a data group is not the one that was signed")
	ErrSignature   = errors.New("the signature of EF.SOD is wrong")
	ErrIssuer      = errors.New("no trusted certificate of a state has issued the document signer")
)

// Report is what was found.
type Report struct {
	Signer  string // distinguished name of the document signer
	Country string
	Anchor  string // distinguished name of the certificate trusted, empty for none
	Groups  []int  // data groups whose hash was compared
}

// oids of CMS and of the security object.
var ( //nolint:gochecknoglobals // constants
	oidSigned  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidLDS     = asn1.ObjectIdentifier{2, 23, 136, 1, 1, 1}
	oidContent = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidDigest  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
)

type contentInfo struct {
	Type    asn1.ObjectIdentifier
	Content asn1.RawValue `asn1:"explicit,tag:0"`
}

type signedData struct {
	Version int
	Digests asn1.RawValue
	Encap   struct {
		Type    asn1.ObjectIdentifier
		Content []byte `asn1:"explicit,tag:0"`
	}
	Certificates asn1.RawValue `asn1:"optional,tag:0"`
	CRLs         asn1.RawValue `asn1:"optional,tag:1"`
	Signers      []signerInfo  `asn1:"set"`
}

type signerInfo struct {
	Version   int
	ID        asn1.RawValue
	Digest    pkix.AlgorithmIdentifier
	Signed    asn1.RawValue `asn1:"optional,tag:0"`
	Signature pkix.AlgorithmIdentifier
	Value     []byte
	Unsigned  asn1.RawValue `asn1:"optional,tag:1"`
}

type securityObject struct {
	Version int
	Hash    pkix.AlgorithmIdentifier
	Groups  []struct {
		Number int
		Hash   []byte
	}
	Info asn1.RawValue `asn1:"optional"`
}

// Check verifies files (by number of data group, whole as read) against sod. All of it is checked even when no anchor fits,
// so that ErrIssuer means: consistent, but of unknown origin. at is the moment for which the certificates must be valid.
func Check(sod []byte, files map[int][]byte, anchors []*x509.Certificate, at time.Time) (Report, error) {
	var r Report
	sd, object, err := parse(sod)
	if err != nil {
		return r, err
	}
	if err := compare(&r, object, files); err != nil {
		return r, err
	}
	cert, err := signer(sd)
	if err != nil {
		return r, err
	}
	r.Signer = cert.Subject.String()
	if len(cert.Subject.Country) > 0 {
		r.Country = cert.Subject.Country[0]
	}
	if err := verify(sd, cert); err != nil {
		return r, err
	}
	for _, a := range anchors {
		if !bytes.Equal(a.RawSubject, cert.RawIssuer) || !a.IsCA || a.CheckSignature(cert.SignatureAlgorithm, cert.RawTBSCertificate, cert.Signature) != nil {
			continue
		}
		if at.Before(cert.NotBefore) || at.After(cert.NotAfter) || at.Before(a.NotBefore) {
			continue // a CSCA that has run out still vouches for what it signed while it was valid
		}
		r.Anchor = a.Subject.String()
		return r, nil
	}
	return r, ErrIssuer
}

func parse(sod []byte) (signedData, securityObject, error) {
	var sd signedData
	var object securityObject
	v, err := tlv.Find(sod, 0x77)
	if err != nil {
		return sd, object, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	var ci contentInfo
	if _, err := asn1.Unmarshal(v, &ci); err != nil || !ci.Type.Equal(oidSigned) {
		return sd, object, fmt.Errorf("%w: no signed data", ErrMalformed)
	}
	if _, err := asn1.Unmarshal(ci.Content.Bytes, &sd); err != nil {
		return sd, object, fmt.Errorf("%w: signed data", ErrMalformed)
	}
	if !sd.Encap.Type.Equal(oidLDS) || len(sd.Signers) != 1 {
		return sd, object, fmt.Errorf("%w: no security object with one signer", ErrMalformed)
	}
	if _, err := asn1.Unmarshal(sd.Encap.Content, &object); err != nil {
		return sd, object, fmt.Errorf("%w: security object", ErrMalformed)
	}
	return sd, object, nil
}

// compare hashes every file; one that the state has not signed at all is as wrong as one with another hash.
func compare(r *Report, object securityObject, files map[int][]byte) error {
	h, err := hashOf(object.Hash.Algorithm)
	if err != nil {
		return err
	}
	for n := 1; n <= 16; n++ {
		file, have := files[n]
		if !have {
			continue
		}
		ok := false
		for _, g := range object.Groups {
			ok = ok || g.Number == n && bytes.Equal(g.Hash, sum(h, file))
		}
		if !ok {
			return fmt.Errorf("%w: group %d", ErrHash, n)
		}
		r.Groups = append(r.Groups, n)
	}
	return nil
}

// signer finds the certificate that the signature names.
func signer(sd signedData) (*x509.Certificate, error) {
	var unread error
	for rest := sd.Certificates.Bytes; len(rest) > 0; {
		var raw asn1.RawValue
		var err error
		if rest, err = asn1.Unmarshal(rest, &raw); err != nil {
			return nil, fmt.Errorf("%w: certificates", ErrMalformed)
		}
		c, err := x509.ParseCertificate(raw.FullBytes)
		if err != nil {
			unread = fmt.Errorf("%w: certificate of the signer: %w", ErrUnsupported, err)
			continue
		}
		if named(sd.Signers[0].ID, c) {
			return c, nil
		}
	}
	if unread != nil {
		return nil, unread
	}
	return nil, fmt.Errorf("%w: the signer's certificate is not in it", ErrMalformed)
}

func named(id asn1.RawValue, c *x509.Certificate) bool {
	if id.Class == asn1.ClassContextSpecific && id.Tag == 0 {
		return len(c.SubjectKeyId) > 0 && bytes.Equal(id.Bytes, c.SubjectKeyId)
	}
	var is struct {
		Issuer asn1.RawValue
		Serial *big.Int
	}
	if _, err := asn1.Unmarshal(id.FullBytes, &is); err != nil {
		return false
	}
	return bytes.Equal(is.Issuer.FullBytes, c.RawIssuer) && is.Serial.Cmp(c.SerialNumber) == 0
}

func hashOf(oid asn1.ObjectIdentifier) (crypto.Hash, error) {
	h, ok := map[string]crypto.Hash{
		"1.3.14.3.2.26": crypto.SHA1, "2.16.840.1.101.3.4.2.4": crypto.SHA224, "2.16.840.1.101.3.4.2.1": crypto.SHA256,
		"2.16.840.1.101.3.4.2.2": crypto.SHA384, "2.16.840.1.101.3.4.2.3": crypto.SHA512,
	}[oid.String()]
	if !ok || !h.Available() {
		return 0, fmt.Errorf("%w: hash %v", ErrUnsupported, oid)
	}
	return h, nil
}

func sum(h crypto.Hash, b []byte) []byte {
	w := h.New()
	_, _ = w.Write(b)
	return w.Sum(nil)
}
