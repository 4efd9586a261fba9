package vault

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
)

// keySize is the length of every master key, in bytes.
const keySize = 32

// keyFile is the file that holds the keys (密钥文件). New values are sealed with
// Active; older keys stay for what was sealed with them.
type keyFile struct {
	Active string            `json:"active"`
	Keys   map[string]string `json:"keys"`  // id → base64 of 32 bytes
	Blind  string            `json:"blind"` // base64 of 32 bytes; never rotated alone, the index hangs on it
}

// Init makes a key file at path with mode 0600. An existing file is an error:
// overwriting it would lose everything sealed so far.
func Init(path string) error {
	id := keyID()
	k := keyFile{Active: id, Keys: map[string]string{id: random()}, Blind: random()}
	text, err := json.MarshalIndent(k, "", "  ")
	if err != nil {
		return fmt.Errorf("make key file: %w", err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("make key file: %w", err)
	}
	_, err = f.Write(append(text, '\n'))
	return errors.Join(err, f.Sync(), f.Close())
}

// Rotate adds a new active key to the file at path; what was sealed before
// stays readable. Running copies use the new key after their next start.
func Rotate(path string) error {
	k, err := readKeys(path)
	if err != nil {
		return err
	}
	id := keyID()
	k.Keys[id], k.Active = random(), id
	text, err := json.MarshalIndent(k, "", "  ")
	if err != nil {
		return fmt.Errorf("rotate keys: %w", err)
	}
	// Beside the old file and then over it: at no moment is there no key file.
	next := path + ".new"
	f, err := os.OpenFile(next, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("rotate keys: %w", err)
	}
	_, err = f.Write(append(text, '\n'))
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("rotate keys: %w", err)
	}
	if err := os.Rename(next, path); err != nil {
		return fmt.Errorf("rotate keys: %w", err)
	}
	return nil
}

func readKeys(path string) (keyFile, error) {
	var k keyFile
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return k, fmt.Errorf("key file %s is missing: run init, or restore it from the key backup", path)
	}
	if err != nil {
		return k, fmt.Errorf("read key file: %w", err)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return k, fmt.Errorf("key file %s has mode %04o: others may read it, set 0600", path, mode)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return k, fmt.Errorf("read key file: %w", err)
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&k); err != nil {
		return k, errors.New("read key file: not a key file") // the cause could quote a key
	}
	return k, nil
}

func decodeKey(text string) ([]byte, error) {
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(b) != keySize {
		return nil, fmt.Errorf("key file: a key is not %d bytes of base64", keySize)
	}
	return b, nil
}

// keyID is short, because it stands in every sealed value.
func keyID() string {
	var b [4]byte
	rand.Read(b[:])
	return "k" + hex.EncodeToString(b[:])
}

func random() string {
	b := make([]byte, keySize)
	rand.Read(b)
	return base64.StdEncoding.EncodeToString(b)
}
