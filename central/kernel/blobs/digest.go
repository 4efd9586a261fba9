package blobs

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"tongban/central/kernel/errs"
)

// Digest names content: "sha256:" and 64 lower-case hex digits (摘要). Make one
// with ParseDigest or Of; every method refuses any other text, so that a digest
// can never become a path of its own choosing.
type Digest string

const prefix = "sha256:"

// ParseDigest checks s.
func ParseDigest(s string) (Digest, error) {
	if !Digest(s).Valid() {
		return "", errs.E(errs.Invalid, "blobs.bad_digest", "文件编号不对，请重新上传", nil)
	}
	return Digest(s), nil
}

// Of returns the digest of content.
func Of(content []byte) Digest {
	sum := sha256.Sum256(content)
	return Digest(prefix + hex.EncodeToString(sum[:]))
}

// Valid reports whether d has the shape of a digest.
func (d Digest) Valid() bool {
	h, ok := strings.CutPrefix(string(d), prefix)
	if !ok || len(h) != 2*sha256.Size {
		return false
	}
	for i := range len(h) {
		if c := h[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// Hex returns the 64 hex digits.
func (d Digest) Hex() string { return strings.TrimPrefix(string(d), prefix) }
