package crypto

import (
	"context"
	"time"

	"tongban/central/kernel/errs"
)

// KeyID is a handle (密钥句柄): it names a key inside a provider and is worth nothing outside of it. It is ASCII without
// dots, at most 32 characters, so that it can stand inside a sealed value.
type KeyID string

// Purpose is what a key is for (密钥用途). A key serves exactly one, and a purpose fixes the algorithm.
type Purpose string

// The purposes.
const (
	KEK       Purpose = "kek"       // 密钥加密密钥: wraps data keys, SM4-GCM
	Field     Purpose = "field"     // roots fields that were sealed before data keys existed, HMAC-SM3
	Blind     Purpose = "blind"     // roots the look-up indices, HMAC-SM3; has one version for ever, the indices hang on it
	Integrity Purpose = "integrity" // 完整性: labels and settings, HMAC-SM3
	Audit     Purpose = "audit"     // checkpoints of the audit chain, SM2
)

// Purposes are all of them, in the order in which init makes keys.
func Purposes() []Purpose { return []Purpose{KEK, Field, Blind, Integrity, Audit} }

// Algorithm names what a key does.
type Algorithm string

// The algorithms, with their standards.
const (
	SM2     Algorithm = "SM2"      // signature, GB/T 32918.2-2016
	SM4GCM  Algorithm = "SM4-GCM"  // GB/T 32907-2016 in Galois/counter mode, RFC 8998
	HMACSM3 Algorithm = "HMAC-SM3" // GB/T 15852.2 over GB/T 32905-2016
)

// Algorithm returns what keys of the purpose do; "" for an unknown purpose.
func (p Purpose) Algorithm() Algorithm {
	switch p {
	case KEK:
		return SM4GCM
	case Field, Blind, Integrity:
		return HMACSM3
	case Audit:
		return SM2
	}
	return ""
}

// KeyInfo is what may be known of a key: everything but the key.
type KeyInfo struct {
	ID      KeyID     `json:"id"`
	Purpose Purpose   `json:"purpose"`
	Alg     Algorithm `json:"alg"`
	Active  bool      `json:"active"` // new work is done with it; the others are for what was done before
	Made    time.Time `json:"made"`   // zero where the provider does not know
}

// Info says what stands behind a provider, for the key page and the assessment (密评).
type Info struct {
	Name      string `json:"name"`      // such as "software"
	Kind      string `json:"kind"`      // software, sdf or skf
	Title     string `json:"title"`     // Chinese, for the page
	Certified bool   `json:"certified"` // a certified module (GM/T 0028); software never is
}

// Provider does the work of keys without giving them away. It is safe for concurrent use. Every error is about the
// operator's side: ErrNoKey, ErrPurpose, ErrBroken, or the device's own, wrapped.
type Provider interface {
	Info() Info

	// Active returns the key with which new work of a purpose is to be done, or ErrNoKey.
	Active(ctx context.Context, p Purpose) (KeyID, error)

	// Keys lists the keys of a purpose, oldest first; none is an empty slice.
	Keys(ctx context.Context, p Purpose) ([]KeyInfo, error)

	// Rotate makes a new active key for the purpose. Older ones stay for what they did. Blind cannot be rotated: ErrPurpose.
	Rotate(ctx context.Context, p Purpose) (KeyID, error)

	// Encrypt returns nonce (12 bytes), ciphertext and tag (16 bytes) in one piece. aad is bound in and not contained.
	Encrypt(ctx context.Context, key KeyID, plain, aad []byte) ([]byte, error)

	// Decrypt undoes Encrypt; a changed byte, another aad or another key is ErrBroken.
	Decrypt(ctx context.Context, key KeyID, box, aad []byte) ([]byte, error)

	// MAC returns 32 bytes.
	MAC(ctx context.Context, key KeyID, data []byte) ([]byte, error)

	// Sign returns the SM2 signature over message as DER (GB/T 35276), with the default user id 1234567812345678.
	Sign(ctx context.Context, key KeyID, message []byte) ([]byte, error)

	// PublicKey returns the uncompressed point of a signing key: 04, x, y, 65 bytes.
	PublicKey(ctx context.Context, key KeyID) ([]byte, error)

	// Random returns n bytes from the module's generator.
	Random(ctx context.Context, n int) ([]byte, error)
}

// The errors of providers; compare with errors.Is.
var (
	// ErrNoKey means that the provider holds no such key.
	ErrNoKey = errs.E(errs.Unavailable, "crypto.no_key", "密码服务里没有需要的密钥，请联系运维人员", nil)
	// ErrPurpose means that a key was asked for what it is not for.
	ErrPurpose = errs.E(errs.Internal, "crypto.purpose", "密钥不能这样用，请联系运维人员", nil)
	// ErrBroken means that a box or a signature does not hold.
	ErrBroken = errs.E(errs.Unavailable, "crypto.broken", "加密数据校验不通过，请联系运维人员", nil)
)
