package wire

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
)

// AlgBox is the only box there is today: ephemeral P-256 agreement, HKDF-SHA-256, AES-256-GCM. A Box names its algorithm
// so that an SM2/SM4 one can stand beside it.
const AlgBox = "ECDH-P256+A256GCM"

// Box holds a body that only the centre's private key opens (密封体). The terminal cannot open it again: what is in the
// outbox of a stolen terminal stays closed.
type Box struct {
	Alg   string `json:"alg"`
	Key   []byte `json:"key"` // ephemeral public key, uncompressed point
	Nonce []byte `json:"nonce"`
	Text  []byte `json:"text"`
}

// ErrBox means that the box was not closed for this key, or was changed.
var ErrBox = errors.New("box does not open")

// Close seals body to the centre's public key; bound is mixed in (the envelope id), so that a box cannot be moved to
// another envelope.
func Close(centre *ecdh.PublicKey, bound string, body []byte) (Box, error) {
	eph, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return Box{}, fmt.Errorf("make ephemeral key: %w", err)
	}
	shared, err := eph.ECDH(centre)
	if err != nil {
		return Box{}, fmt.Errorf("agree on key: %w", err)
	}
	pub := eph.PublicKey().Bytes()
	gcm, err := boxCipher(shared, pub, bound)
	if err != nil {
		return Box{}, err
	}
	nonce := make([]byte, gcm.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return Box{}, fmt.Errorf("make nonce: %w", err)
	}
	return Box{Alg: AlgBox, Key: pub, Nonce: nonce, Text: gcm.Seal(nil, nonce, body, []byte(bound))}, nil
}

// Open returns the body.
func (b Box) Open(centre *ecdh.PrivateKey, bound string) ([]byte, error) {
	if b.Alg != AlgBox {
		return nil, fmt.Errorf("%w: algorithm %q", ErrBox, b.Alg)
	}
	pub, err := ecdh.P256().NewPublicKey(b.Key)
	if err != nil {
		return nil, fmt.Errorf("%w: ephemeral key: %w", ErrBox, err)
	}
	shared, err := centre.ECDH(pub)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBox, err)
	}
	gcm, err := boxCipher(shared, b.Key, bound)
	if err != nil {
		return nil, err
	}
	if len(b.Nonce) != gcm.NonceSize() {
		return nil, fmt.Errorf("%w: nonce of %d bytes", ErrBox, len(b.Nonce))
	}
	body, err := gcm.Open(nil, b.Nonce, b.Text, []byte(bound))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBox, err)
	}
	return body, nil
}

func boxCipher(shared, pub []byte, bound string) (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, shared, pub, "tongban-box "+bound, 32)
	if err != nil {
		return nil, fmt.Errorf("derive key: %w", err)
	}
	return newGCM(key)
}

func newGCM(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("make cipher: %w", err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("make cipher: %w", err)
	}
	return gcm, nil
}

// Encrypt closes one file under a fresh key. The ciphertext starts with the 12-byte nonce.
func Encrypt(plain []byte) (ciphertext, key []byte, err error) {
	key = make([]byte, 32)
	nonce := make([]byte, 12)
	if _, err := rand.Read(key); err != nil {
		return nil, nil, fmt.Errorf("make file key: %w", err)
	}
	if _, err := rand.Read(nonce); err != nil {
		return nil, nil, fmt.Errorf("make nonce: %w", err)
	}
	gcm, err := newGCM(key)
	if err != nil {
		return nil, nil, err
	}
	return gcm.Seal(nonce, nonce, plain, nil), key, nil
}

// Decrypt opens a file closed by Encrypt.
func Decrypt(ciphertext, key []byte) ([]byte, error) {
	gcm, err := newGCM(key)
	if err != nil {
		return nil, err
	}
	if len(ciphertext) < gcm.NonceSize() {
		return nil, fmt.Errorf("%w: file of %d bytes", ErrBox, len(ciphertext))
	}
	plain, err := gcm.Open(nil, ciphertext[:gcm.NonceSize()], ciphertext[gcm.NonceSize():], nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBox, err)
	}
	return plain, nil
}
