package vault

import (
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash"
	"strings"
	"sync"

	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"

	"tongban/central/kernel/errs"
)

// The errors of Open; compare with errors.Is.
var (
	// ErrKey means that the value was sealed with a key this vault does not hold.
	ErrKey = errs.E(errs.Unavailable, "vault.no_key", "加密数据打不开：密钥文件不对，请联系运维人员", nil)
	// ErrSealed means that the value was changed, belongs to another class, or
	// was sealed with other keys under the same id.
	ErrSealed = errs.E(errs.Unavailable, "vault.damaged", "加密数据打不开：数据已损坏，请联系运维人员", nil)
)

// version begins every sealed value.
const version = "v1"

// Vault seals and opens fields. It is safe for concurrent use.
type Vault struct {
	active string
	keys   map[string][]byte
	blind  []byte

	mu      sync.RWMutex
	ciphers map[string]cipher.AEAD // key id + class
}

// Load reads the key file at path, which must be readable by its owner alone.
func Load(path string) (*Vault, error) {
	k, err := readKeys(path)
	if err != nil {
		return nil, err
	}
	v := &Vault{active: k.Active, keys: map[string][]byte{}, ciphers: map[string]cipher.AEAD{}}
	for id, text := range k.Keys {
		if v.keys[id], err = decodeKey(text); err != nil {
			return nil, err
		}
	}
	if v.blind, err = decodeKey(k.Blind); err != nil {
		return nil, err
	}
	if v.keys[v.active] == nil {
		return nil, fmt.Errorf("key file: the active key %q is not in it", v.active)
	}
	return v, nil
}

// Seal encrypts plaintext for a field class such as "person.id_number". The
// result is ASCII text: "v1.<key id>.<base64url of nonce, cipher text, tag>".
// Two seals of one text differ; use Blind to look it up.
func (v *Vault) Seal(class, plaintext string) (string, error) {
	aead, err := v.aead(v.active, class)
	if err != nil {
		return "", fmt.Errorf("seal %s: %w", class, err)
	}
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(plaintext)+aead.Overhead())
	rand.Read(nonce)
	head := version + "." + v.active + "."
	out := aead.Seal(nonce, nonce, []byte(plaintext), []byte(head+class))
	return head + base64.RawURLEncoding.EncodeToString(out), nil
}

// Open decrypts what Seal made for the same class.
func (v *Vault) Open(class, sealed string) (string, error) {
	ver, rest, ok1 := strings.Cut(sealed, ".")
	id, body, ok2 := strings.Cut(rest, ".")
	if !ok1 || !ok2 || ver != version {
		return "", ErrSealed
	}
	if v.keys[id] == nil {
		return "", fmt.Errorf("open %s: key %q: %w", class, clip(id), ErrKey)
	}
	aead, err := v.aead(id, class)
	if err != nil {
		return "", fmt.Errorf("open %s: %w", class, err)
	}
	data, err := base64.RawURLEncoding.DecodeString(body)
	if err != nil || len(data) < aead.NonceSize() {
		return "", fmt.Errorf("open %s: %w", class, ErrSealed)
	}
	nonce, box := data[:aead.NonceSize()], data[aead.NonceSize():]
	plain, err := aead.Open(nil, nonce, box, []byte(version+"."+id+"."+class))
	if err != nil {
		return "", fmt.Errorf("open %s: %w", class, ErrSealed)
	}
	return string(plain), nil
}

// Stale reports whether sealed was made with an older key and should be sealed
// again.
func (v *Vault) Stale(sealed string) bool {
	return !strings.HasPrefix(sealed, version+"."+v.active+".")
}

// Blind is the look-up index of plaintext within class: equal texts give equal
// 64 hex digits, and without the key nothing can be learned or guessed.
func (v *Vault) Blind(class, plaintext string) string {
	return hex.EncodeToString(mac(derive(v.blind, "blind", class), plaintext))
}

// aead returns the cipher of one key and class; both are few, so all are kept.
func (v *Vault) aead(id, class string) (cipher.AEAD, error) {
	name := id + "\x00" + class
	v.mu.RLock()
	a, ok := v.ciphers[name]
	v.mu.RUnlock()
	if ok {
		return a, nil
	}
	block, err := sm4.NewCipher(derive(v.keys[id], "seal", class)[:sm4.BlockSize])
	if err != nil {
		return nil, err
	}
	if a, err = cipher.NewGCM(block); err != nil {
		return nil, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.ciphers[name] = a
	return a, nil
}

// derive makes the key of one purpose and class from a master key: what leaks
// of one class says nothing about another.
func derive(master []byte, purpose, class string) []byte {
	return mac(master, "tongban."+purpose+"\x00"+class)
}

func mac(key []byte, text string) []byte {
	h := hmac.New(func() hash.Hash { return sm3.New() }, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func clip(s string) string { return s[:min(len(s), 16)] }
