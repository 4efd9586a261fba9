package vault

import (
	"context"
	"crypto/cipher"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"tongban/central/kernel/crypto"
	"tongban/central/kernel/errs"
)

// The errors of Open; compare with errors.Is.
var (
	// ErrKey means that the value was sealed with a key this vault does not hold.
	ErrKey = errs.E(errs.Unavailable, "vault.no_key", "加密数据打不开：密钥文件不对，请联系运维人员", nil)
	// ErrSealed means that the value was changed, belongs to another class or row, or was sealed with other keys under the
	// same id.
	ErrSealed = errs.E(errs.Unavailable, "vault.damaged", "加密数据打不开：数据已损坏，请联系运维人员", nil)
)

// What begins every sealed value: version 1 names a root of the key file, version 2 a data key of the class.
const (
	rooted  = "v1"
	wrapped = "v2"
)

// Class is a field class as the vault needs it (字段类别).
type Class struct {
	Name     string   // such as "person.id_number"
	Formerly []string // names under which values of the first version were sealed
	BlindAs  string   // name in the look-up index, which outlives a change of name; Name when empty
}

// Vault seals and opens fields. It is safe for concurrent use.
type Vault struct {
	provider crypto.Provider

	mu      sync.RWMutex
	classes map[string]Class
	rings   map[string]ring                                           // class → its data keys; empty before Attach
	reload  func(context.Context) (map[string]ring, time.Time, error) // nil before Attach
	now     func() time.Time
	loaded  time.Time
	roots   map[string]cipher.AEAD // v1: root id + class
	blinds  map[string][]byte      // class → key of its index
}

// New returns a vault over p that has no data keys yet.
func New(p crypto.Provider) *Vault {
	return &Vault{provider: p, classes: map[string]Class{}, roots: map[string]cipher.AEAD{}, blinds: map[string][]byte{}}
}

// Provider is where the vault's keys lie.
func (v *Vault) Provider() crypto.Provider { return v.provider }

// Seal encrypts plaintext for a field class such as "person.id_number". The result is ASCII text: "v2.<version of the
// class's data key>.<base64url of nonce, cipher text, tag>". Two seals of one text differ; use Blind to look it up. A
// class that nobody declared, and any class before Attach, is sealed under the key file's field root, as version 1 was.
func (v *Vault) Seal(class, plaintext string) (string, error) { return v.SealRow(class, "", plaintext) }

// SealRow is Seal for a value that belongs to one row: in another row it does not open. row is the row's primary key, its
// columns joined by "/".
func (v *Vault) SealRow(class, row, plaintext string) (string, error) {
	r, ok := v.ring(class)
	if !ok {
		return v.sealRooted(class, plaintext)
	}
	head := wrapped + "." + strconv.Itoa(r.active) + "."
	box := crypto.SealWith(r.keys[r.active], []byte(plaintext), bound(head, class, row))
	return head + base64.RawURLEncoding.EncodeToString(box), nil
}

// bound is what a sealed value hangs on.
func bound(head, class, row string) []byte { return []byte(head + class + "\x00" + row) }

// Open decrypts what Seal made for the same class.
func (v *Vault) Open(class, sealed string) (string, error) { return v.OpenRow(class, "", sealed) }

// OpenRow decrypts what SealRow made for the same class and row. Values of version 1 hang on no row.
func (v *Vault) OpenRow(class, row, sealed string) (string, error) {
	ver, rest, ok1 := strings.Cut(sealed, ".")
	id, body, ok2 := strings.Cut(rest, ".")
	if !ok1 || !ok2 || ver != rooted && ver != wrapped {
		return "", ErrSealed
	}
	box, err := base64.RawURLEncoding.DecodeString(body)
	if err != nil {
		return "", fmt.Errorf("open %s: %w", class, ErrSealed)
	}
	if ver == rooted {
		return v.openRooted(class, id, box)
	}
	version, err := strconv.Atoi(id)
	if err != nil || strconv.Itoa(version) != id {
		return "", fmt.Errorf("open %s: %w", class, ErrSealed)
	}
	aead, err := v.dataKey(class, version)
	if err != nil {
		return "", fmt.Errorf("open %s: key %d: %w", class, version, err)
	}
	plain, err := crypto.OpenWith(aead, box, bound(wrapped+"."+id+".", class, row))
	if err != nil {
		return "", fmt.Errorf("open %s: %w", class, ErrSealed)
	}
	return string(plain), nil
}

// Stale reports whether a sealed value of class was made with an older key and should be sealed again.
func (v *Vault) Stale(class, sealed string) bool {
	if r, ok := v.ring(class); ok {
		return !strings.HasPrefix(sealed, wrapped+"."+strconv.Itoa(r.active)+".")
	}
	root, err := v.provider.Active(context.Background(), crypto.Field)
	return err == nil && !strings.HasPrefix(sealed, rooted+"."+string(root)+".")
}

// Blind is the look-up index of plaintext within class: equal texts give equal 64 hex digits, and without the key nothing
// can be learned or guessed. Its key is never rotated. It panics when the provider has lost that key, which OpenFile and
// Attach have both proved to be there.
func (v *Vault) Blind(class, plaintext string) string {
	v.mu.RLock()
	key, ok := v.blinds[class]
	as := v.classes[class].BlindAs
	v.mu.RUnlock()
	if !ok {
		if as == "" {
			as = class
		}
		var err error
		if key, err = v.root(crypto.Blind, "", "blind", as); err != nil {
			panic(fmt.Errorf("vault: make look-up key: %w", err))
		}
		v.mu.Lock()
		v.blinds[class] = key
		v.mu.Unlock()
	}
	return hex.EncodeToString(crypto.HMAC(key, []byte(plaintext)))
}
