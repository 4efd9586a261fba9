package window

import (
	"bytes"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"strings"

	"github.com/emmansun/gmsm/sm3"

	"tongban/central/kernel/crypto"
)

// A paper proves itself without the centre (离线核验), twice: the file by a signature behind its last byte, and the printed sheet by
// one in its QR code. Whoever checks needs the centre's public key and nothing else. Whether a paper still counts only the centre knows.

// Proof is what the signature of a file states besides its bytes. No personal data.
type Proof struct {
	Kind   string `json:"kind"`
	Title  string `json:"title"`
	No     string `json:"no"`
	Case   string `json:"case"`
	Code   string `json:"code"` // by which it verifies at the centre, without a dash
	Office string `json:"office"`
	On     string `json:"on"`         // YYYY-MM-DD
	KeyID  string `json:"key_id"`     // of the centre's key
	Public string `json:"public_key"` // uncompressed point, hex
}

// Errors of a check without the centre.
var (
	ErrUnsigned    = errors.New("这份文件上没有签名：不是系统开出的电子文书，或者被截断、另存过")
	ErrForged      = errors.New("签名对不上：文件和开出时不一样")
	ErrOtherKey    = errors.New("不是这把公钥签的")
	errUnreadable  = errors.New("签名读不出来")
	errNotOfPapers = errors.New("二维码里没有文书的签名：是旧文书、别的码，或者不完整")
)

// Sign signs a message with the centre's key; the answer is DER.
type Sign func(message []byte) ([]byte, error)

// The signature is a comment between the file's own end and a second one: every reader takes the last startxref, which says where
// the first did, so that what is seen and printed stays what was drawn.
const proofMark = "\n%tongban-paper/1 "

var lastXref = regexp.MustCompile(`startxref\n([0-9]+)\n%%EOF\n$`)

// SignFile puts the proof and its signature behind a file.
func SignFile(pdf []byte, p Proof, sign Sign) ([]byte, error) {
	head, tail, err := around(pdf, p)
	if err != nil {
		return nil, err
	}
	sig, err := sign(head)
	if err != nil {
		return nil, fmt.Errorf("sign paper: %w", err)
	}
	return append(append(bytes.Clone(head), hex.EncodeToString(sig)...), tail...), nil
}

// around is what stands before the signature, which is what it signs, and what stands behind it.
func around(pdf []byte, p Proof) (head []byte, tail string, err error) {
	at := lastXref.FindSubmatch(pdf)
	if at == nil {
		return nil, "", ErrUnsigned
	}
	said, err := json.Marshal(p)
	if err != nil {
		return nil, "", fmt.Errorf("encode proof: %w", err)
	}
	head = append(bytes.Clone(pdf), proofMark...)
	head = append(base64.RawURLEncoding.AppendEncode(head, said), ' ')
	return head, "\nstartxref\n" + string(at[1]) + "\n%%EOF\n", nil
}

// CheckFile proves a file: every byte of it is as it was signed. The proof it returns is good only without an error.
func CheckFile(file []byte, trusts Trust) (Proof, error) {
	var p Proof
	i := bytes.LastIndex(file, []byte(proofMark))
	if i < 0 {
		return p, ErrUnsigned
	}
	said, rest, _ := strings.Cut(string(file[i+len(proofMark):]), " ")
	text, err := base64.RawURLEncoding.DecodeString(said)
	if err != nil || json.Unmarshal(text, &p) != nil {
		return p, errUnreadable
	}
	given, _, _ := strings.Cut(rest, "\n")
	sig, err := hex.DecodeString(given)
	if err != nil {
		return p, errUnreadable
	}
	// Made anew and compared, nothing is left that could be written another way.
	head, tail, err := around(file[:i], p)
	if err != nil || !bytes.Equal(file, append(append(bytes.Clone(head), hex.EncodeToString(sig)...), tail...)) {
		return p, ErrForged
	}
	return p, prove(p.Public, head, sig, trusts)
}

// Trust says whether a public key, in hex, is one of the centre's.
type Trust func(public string) bool

// Trusting trusts keys given whole in hex, or by the 16 characters that pages show of them.
func Trusting(keys ...string) Trust {
	return func(public string) bool {
		for _, k := range keys {
			if strings.EqualFold(k, public) || strings.EqualFold(k, KeyMark(public)) {
				return true
			}
		}
		return false
	}
}

// KeyMark is how a public key is told apart on a page: 16 characters.
func KeyMark(public string) string {
	sum := sm3.Sum([]byte(strings.ToLower(public)))
	return hex.EncodeToString(sum[:])[:16]
}

func prove(public string, message, sig []byte, trusts Trust) error {
	key, err := hex.DecodeString(public)
	if err != nil || crypto.Verify(key, message, sig) != nil {
		return ErrForged
	}
	if !trusts(public) {
		return ErrOtherKey
	}
	return nil
}

// Printed is what the QR code of a printed paper states by itself (二维码签名). No personal data.
type Printed struct {
	Address            string // of its page at the centre; the code is its end
	Kind, No, Case, On string
}

// Code is the code by which the paper verifies at the centre.
func (p Printed) Code() string { return p.Address[strings.LastIndex(p.Address, "/")+1:] }

// The signed part of a QR code stands behind the '#' of its address: a phone shows the centre's page and does not send it.
const printedMark = "#1."

func (p Printed) said() string { return strings.Join([]string{p.Kind, p.No, p.Case, p.On}, "|") }

func (p Printed) message() []byte { return []byte("tongban-qr/1\n" + p.Address + "\n" + p.said()) }

// half is the length of each half of an SM2 signature.
const half = 32

// SignPrinted returns what the QR code of a paper holds: the address of its page with the signed facts behind it.
func SignPrinted(p Printed, sign Sign) (string, error) {
	der, err := sign(p.message())
	if err != nil {
		return "", fmt.Errorf("sign code: %w", err)
	}
	var s struct{ R, S *big.Int }
	if rest, err := asn1.Unmarshal(der, &s); err != nil || len(rest) > 0 || s.R.BitLen() > 8*half || s.S.BitLen() > 8*half {
		return "", errUnreadable
	}
	raw := make([]byte, 2*half)
	s.R.FillBytes(raw[:half])
	s.S.FillBytes(raw[half:])
	return p.Address + printedMark + base64.RawURLEncoding.EncodeToString([]byte(p.said())) + "." + base64.RawURLEncoding.EncodeToString(raw), nil
}

// CheckPrinted proves what somebody read from a QR code, with the centre's public keys in hex.
func CheckPrinted(text string, keys ...string) (Printed, error) {
	var p Printed
	address, signed, ok := strings.Cut(text, printedMark)
	said, sig, two := strings.Cut(signed, ".")
	strict := base64.RawURLEncoding.Strict()
	words, err1 := strict.DecodeString(said)
	raw, err2 := strict.DecodeString(sig)
	parts := strings.Split(string(words), "|")
	if !ok || !two || err1 != nil || err2 != nil || len(raw) != 2*half || len(parts) != 4 {
		return p, errNotOfPapers
	}
	p = Printed{Address: address, Kind: parts[0], No: parts[1], Case: parts[2], On: parts[3]}
	der, err := asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(raw[:half]), new(big.Int).SetBytes(raw[half:])})
	if err != nil {
		return p, errUnreadable
	}
	for _, k := range keys {
		if public, err := hex.DecodeString(k); err == nil && crypto.Verify(public, p.message(), der) == nil {
			return p, nil
		}
	}
	return p, ErrForged
}
