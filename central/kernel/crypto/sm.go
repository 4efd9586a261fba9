package crypto

import (
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"fmt"
	"hash"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"
)

// DataKeySize is the length of an SM4 key, in bytes.
const DataKeySize = sm4.BlockSize

// NewAEAD returns SM4-GCM under a data key, which its owner got from Provider.Decrypt and keeps in memory only.
func NewAEAD(key []byte) (cipher.AEAD, error) {
	block, err := sm4.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("make SM4: %w", err)
	}
	return cipher.NewGCM(block)
}

// SealWith encrypts under a data key: nonce, ciphertext, tag.
func SealWith(aead cipher.AEAD, plain, aad []byte) []byte {
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(plain)+aead.Overhead())
	rand.Read(nonce)
	return aead.Seal(nonce, nonce, plain, aad)
}

// OpenWith undoes SealWith, or returns ErrBroken.
func OpenWith(aead cipher.AEAD, box, aad []byte) ([]byte, error) {
	if len(box) < aead.NonceSize()+aead.Overhead() {
		return nil, ErrBroken
	}
	plain, err := aead.Open(nil, box[:aead.NonceSize()], box[aead.NonceSize():], aad)
	if err != nil {
		return nil, ErrBroken
	}
	return plain, nil
}

// HMAC is HMAC-SM3 under a derived key, 32 bytes.
func HMAC(key, data []byte) []byte {
	h := hmac.New(func() hash.Hash { return sm3.New() }, key)
	h.Write(data)
	return h.Sum(nil)
}

// Verify checks an SM2 signature with a public key from Provider.PublicKey. It needs no provider, so that whoever holds
// only the public key can check.
func Verify(public, message, signature []byte) error {
	pub, err := sm2.NewPublicKey(public)
	if err != nil {
		return fmt.Errorf("read SM2 public key: %w", err)
	}
	if !sm2.VerifyASN1WithSM2(pub, nil, message, signature) {
		return ErrBroken
	}
	return nil
}
