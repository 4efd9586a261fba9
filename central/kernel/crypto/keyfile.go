package crypto

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"
)

// secretSize is the length of every secret but an SM4 key, in bytes.
const secretSize = 32

// storedKey is one key in the file (密钥文件).
type storedKey struct {
	ID      KeyID   `json:"id"`
	Purpose Purpose `json:"purpose"`
	Active  bool    `json:"active,omitempty"`
	Made    string  `json:"made,omitempty"` // RFC 3339
	Derive  bool    `json:"derive,omitempty"`
	Secret  string  `json:"secret"` // base64
}

// keyFile is the file as it is written today, and the three fields of the first version, which is still read: its masters
// sealed fields directly, and each now also roots a key-encryption key.
type keyFile struct {
	Format int         `json:"format,omitempty"`
	List   []storedKey `json:"list,omitempty"`

	Active string            `json:"active,omitempty"`
	Keys   map[string]string `json:"keys,omitempty"`
	Blind  string            `json:"blind,omitempty"`
}

// InitFile makes a key file at path with mode 0600 and a key for every purpose. An existing file is fs.ErrExist:
// overwriting it would lose everything sealed so far.
func InitFile(path string, now time.Time) error {
	k := keyFile{Format: 2}
	for _, p := range Purposes() {
		k.List = append(k.List, newKey(p, now))
	}
	text, err := json.MarshalIndent(k, "", "  ")
	if err != nil {
		return fmt.Errorf("make key file: %w", err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) //nolint:gosec // the operator names the key file
	if err != nil {
		return fmt.Errorf("make key file: %w", err)
	}
	_, err = f.Write(append(text, '\n'))
	return errors.Join(err, f.Sync(), f.Close())
}

// EnsureFile adds a key for each purpose that the file at path lacks, and says which were added. A file of an older
// version becomes one of today's.
func EnsureFile(path string, now time.Time) (added []Purpose, err error) {
	err = changeFile(path, func(list []storedKey) ([]storedKey, error) {
		added = nil
		for _, p := range Purposes() {
			if !slices.ContainsFunc(list, func(k storedKey) bool { return k.Purpose == p && k.Active }) {
				list, added = append(list, newKey(p, now)), append(added, p)
			}
		}
		return list, nil
	})
	return added, err
}

// rotateFile adds an active key for p.
func rotateFile(path string, p Purpose, now time.Time) (KeyID, error) {
	if p.Algorithm() == "" || p == Blind {
		return "", fmt.Errorf("rotate %q: %w", p, ErrPurpose)
	}
	next := newKey(p, now)
	err := changeFile(path, func(list []storedKey) ([]storedKey, error) {
		for i := range list {
			if list[i].Purpose == p {
				list[i].Active = false
			}
		}
		return append(list, next), nil
	})
	return next.ID, err
}

// changeFile rewrites the file under a lock that other processes respect; at no moment is there no key file, and nothing
// is written where nothing changed.
func changeFile(path string, change func([]storedKey) ([]storedKey, error)) error {
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("change key file: %w", err)
	}
	defer func() { _ = dir.Close() }()
	if err := lockFile(dir); err != nil {
		return fmt.Errorf("lock key file: %w", err)
	}
	list, err := readFile(path)
	if err != nil {
		return err
	}
	before := slices.Clone(list)
	if list, err = change(list); err != nil {
		return err
	}
	if slices.Equal(before, list) {
		return nil
	}
	text, err := json.MarshalIndent(keyFile{Format: 2, List: list}, "", "  ")
	if err != nil {
		return fmt.Errorf("change key file: %w", err)
	}
	next := path + ".new"
	f, err := os.OpenFile(next, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600) //nolint:gosec // the operator names the key file
	if err != nil {
		return fmt.Errorf("change key file: %w", err)
	}
	_, err = f.Write(append(text, '\n'))
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("change key file: %w", err)
	}
	if err := os.Rename(next, path); err != nil {
		return fmt.Errorf("change key file: %w", err)
	}
	return dir.Sync()
}

// readFile reads and checks the file; no error quotes its content.
func readFile(path string) ([]storedKey, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("key file %s is missing: run init, or restore it from the key backup", path)
	}
	if err != nil {
		return nil, fmt.Errorf("read key file: %w", err)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return nil, fmt.Errorf("key file %s has mode %04o: others may read it, set 0600", path, mode)
	}
	text, err := os.ReadFile(path) //nolint:gosec // the operator names the key file
	if err != nil {
		return nil, fmt.Errorf("read key file: %w", err)
	}
	var k keyFile
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&k); err != nil {
		return nil, errors.New("read key file: not a key file") // the cause could quote a key
	}
	list := k.List
	if k.Format == 0 {
		list = k.legacy()
	}
	if len(list) == 0 {
		return nil, errors.New("read key file: there is no key in it")
	}
	return list, nil
}

// legacy turns the first version's file into today's list.
func (k keyFile) legacy() []storedKey {
	var list []storedKey
	for id, secret := range k.Keys {
		active := id == k.Active
		list = append(list,
			storedKey{ID: KeyID(id), Purpose: Field, Active: active, Secret: secret},
			storedKey{ID: KeyID(id + "e"), Purpose: KEK, Active: active, Derive: true, Secret: secret})
	}
	slices.SortFunc(list, func(a, b storedKey) int { return bytes.Compare([]byte(a.ID), []byte(b.ID)) })
	return append(list, storedKey{ID: "blind", Purpose: Blind, Active: true, Secret: k.Blind})
}

func newKey(p Purpose, now time.Time) storedKey {
	var id [4]byte
	rand.Read(id[:])
	k := storedKey{ID: KeyID("k" + hex.EncodeToString(id[:])), Purpose: p, Active: true, Made: now.UTC().Format(time.RFC3339)}
	secret := make([]byte, secretSize)
	switch p.Algorithm() {
	case SM4GCM:
		secret = secret[:DataKeySize]
		rand.Read(secret)
	case SM2:
		secret = newSM2()
	default:
		rand.Read(secret)
	}
	k.Secret = base64.StdEncoding.EncodeToString(secret)
	return k
}

func newSM2() []byte {
	priv, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		panic(fmt.Errorf("the machine's random source failed: %w", err)) // as crypto/rand itself does
	}
	return priv.D.FillBytes(make([]byte, secretSize))
}

// secret decodes and checks the length.
func (k storedKey) secret() ([]byte, error) {
	b, err := base64.StdEncoding.DecodeString(k.Secret)
	want := secretSize
	if k.Purpose == KEK && !k.Derive {
		want = DataKeySize
	}
	if err != nil || len(b) != want {
		return nil, fmt.Errorf("key file: key %q is not %d bytes of base64", k.ID, want)
	}
	if k.Derive {
		// Not reachable by the MAC that the same secret serves: that is an HMAC, this is a plain hash of another prefix.
		sum := sm3.Sum(append([]byte("tongban.kek\x00"), b...))
		b = sum[:DataKeySize]
	}
	return b, nil
}
