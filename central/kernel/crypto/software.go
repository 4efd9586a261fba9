package crypto

import (
	"context"
	"crypto/cipher"
	"crypto/rand"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/emmansun/gmsm/sm2"

	"tongban/central/kernel/clock"
)

// Software is the provider whose keys lie in a file (软件密码模块). It notices when the file is replaced: a rotation by
// another copy of the program needs no restart.
type Software struct {
	path  string
	clock clock.Clock

	mu   sync.RWMutex
	seen os.FileInfo // of the file when it was read
	keys []loadedKey
}

type loadedKey struct {
	KeyInfo
	aead cipher.AEAD
	mac  []byte
	sign *sm2.PrivateKey
}

// OpenFile reads the key file at path, which must be readable by its owner alone. A nil clock is the machine's.
func OpenFile(path string, c clock.Clock) (*Software, error) {
	if c == nil {
		c = clock.System()
	}
	s := &Software{path: path, clock: c}
	return s, s.read()
}

// Info implements Provider.
func (s *Software) Info() Info {
	return Info{Name: "software", Kind: "software", Title: "软件密码模块（密钥文件），未经商用密码产品认证"}
}

func (s *Software) read() error {
	info, err := os.Stat(s.path)
	list, readErr := readFile(s.path)
	if readErr != nil {
		return readErr
	}
	if err != nil {
		return fmt.Errorf("read key file: %w", err)
	}
	keys := make([]loadedKey, 0, len(list))
	active := map[Purpose]bool{}
	for _, k := range list {
		l, err := load(k)
		if err != nil {
			return err
		}
		active[k.Purpose] = active[k.Purpose] || k.Active
		keys = append(keys, l)
	}
	for _, p := range []Purpose{KEK, Field, Blind} { // without these nothing sealed can be read or looked up
		if !active[p] {
			return fmt.Errorf("key file: no active key for %q in it", p)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys, s.seen = keys, info
	return nil
}

func load(k storedKey) (loadedKey, error) {
	l := loadedKey{KeyInfo: KeyInfo{ID: k.ID, Purpose: k.Purpose, Alg: k.Purpose.Algorithm(), Active: k.Active}}
	secret, err := k.secret()
	if err != nil {
		return l, err
	}
	if k.Made != "" {
		if l.Made, err = time.Parse(time.RFC3339, k.Made); err != nil {
			return l, fmt.Errorf("key file: key %q has no such date", k.ID)
		}
	}
	switch l.Alg {
	case SM4GCM:
		l.aead, err = NewAEAD(secret)
	case HMACSM3:
		l.mac = secret
	case SM2:
		l.sign, err = sm2.NewPrivateKey(secret)
	default:
		err = fmt.Errorf("purpose %q", k.Purpose)
	}
	if err != nil {
		return l, fmt.Errorf("key file: key %q cannot be used", k.ID)
	}
	return l, nil
}

// find returns the first key that fits, after one more look at the file where it changed.
func (s *Software) find(fits func(KeyInfo) bool) (loadedKey, error) {
	if k, ok := s.held(fits); ok {
		return k, nil
	}
	if s.changed() {
		if err := s.read(); err != nil {
			return loadedKey{}, err
		}
		if k, ok := s.held(fits); ok {
			return k, nil
		}
	}
	return loadedKey{}, ErrNoKey
}

func (s *Software) held(fits func(KeyInfo) bool) (loadedKey, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, k := range s.keys {
		if fits(k.KeyInfo) {
			return k, true
		}
	}
	return loadedKey{}, false
}

func (s *Software) changed() bool {
	info, err := os.Stat(s.path)
	s.mu.RLock()
	defer s.mu.RUnlock()
	return err == nil && (!os.SameFile(info, s.seen) || !info.ModTime().Equal(s.seen.ModTime()))
}

// fresh looks at the file again where it changed: which key is active may have changed without any being missing.
func (s *Software) fresh() error {
	if !s.changed() {
		return nil
	}
	return s.read()
}

func (s *Software) key(id KeyID, alg Algorithm) (loadedKey, error) {
	k, err := s.find(func(i KeyInfo) bool { return i.ID == id })
	if err != nil {
		return k, fmt.Errorf("key %q: %w", id, err)
	}
	if k.Alg != alg {
		return k, fmt.Errorf("key %q is for %s: %w", id, k.Purpose, ErrPurpose)
	}
	return k, nil
}

// Active implements Provider.
func (s *Software) Active(_ context.Context, p Purpose) (KeyID, error) {
	if err := s.fresh(); err != nil {
		return "", err
	}
	k, err := s.find(func(i KeyInfo) bool { return i.Purpose == p && i.Active })
	if err != nil {
		return "", fmt.Errorf("active key for %q: %w", p, err)
	}
	return k.ID, nil
}

// Keys implements Provider.
func (s *Software) Keys(_ context.Context, p Purpose) ([]KeyInfo, error) {
	if err := s.fresh(); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := []KeyInfo{}
	for _, k := range s.keys {
		if k.Purpose == p {
			out = append(out, k.KeyInfo)
		}
	}
	return out, nil
}

// Rotate implements Provider.
func (s *Software) Rotate(_ context.Context, p Purpose) (KeyID, error) {
	id, err := rotateFile(s.path, p, s.clock.Now())
	if err != nil {
		return "", err
	}
	return id, s.read()
}

// Encrypt implements Provider.
func (s *Software) Encrypt(_ context.Context, key KeyID, plain, aad []byte) ([]byte, error) {
	k, err := s.key(key, SM4GCM)
	if err != nil {
		return nil, err
	}
	return SealWith(k.aead, plain, aad), nil
}

// Decrypt implements Provider.
func (s *Software) Decrypt(_ context.Context, key KeyID, box, aad []byte) ([]byte, error) {
	k, err := s.key(key, SM4GCM)
	if err != nil {
		return nil, err
	}
	return OpenWith(k.aead, box, aad)
}

// MAC implements Provider.
func (s *Software) MAC(_ context.Context, key KeyID, data []byte) ([]byte, error) {
	k, err := s.key(key, HMACSM3)
	if err != nil {
		return nil, err
	}
	return HMAC(k.mac, data), nil
}

// Sign implements Provider.
func (s *Software) Sign(_ context.Context, key KeyID, message []byte) ([]byte, error) {
	k, err := s.key(key, SM2)
	if err != nil {
		return nil, err
	}
	sig, err := k.sign.SignWithSM2(rand.Reader, nil, message)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	return sig, nil
}

// PublicKey implements Provider.
func (s *Software) PublicKey(_ context.Context, key KeyID) ([]byte, error) {
	k, err := s.key(key, SM2)
	if err != nil {
		return nil, err
	}
	pub, err := sm2.PublicKeyToECDH(&k.sign.PublicKey)
	if err != nil {
		return nil, fmt.Errorf("read public key: %w", err)
	}
	return pub.Bytes(), nil
}

// Random implements Provider.
func (s *Software) Random(_ context.Context, n int) ([]byte, error) {
	b := make([]byte, n)
	rand.Read(b)
	return b, nil
}

var _ Provider = (*Software)(nil)
