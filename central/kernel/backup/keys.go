package backup

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

	"github.com/emmansun/gmsm/sm2"
	"golang.org/x/crypto/argon2"
)

// KeyName is the file of the backup key in the data folder.
const KeyName = "backup-key.json"

// Key is the backup key (备份密钥): a secret that encrypts, and an SM2 pair that signs manifests.
type Key struct {
	ID     string `json:"id"`
	Secret []byte `json:"secret"` // 32 bytes
	Sign   []byte `json:"sign"`   // SM2 scalar
}

// EnsureKey returns the backup key of a data folder and makes it at the first call.
func EnsureKey(data string) (Key, error) {
	k, err := readKey(filepath.Join(data, KeyName))
	if !errors.Is(err, fs.ErrNotExist) {
		return k, err
	}
	pair, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		return k, fmt.Errorf("make backup key: %w", err)
	}
	k = Key{ID: "b" + hex.EncodeToString(random(4)), Secret: random(32), Sign: pair.D.FillBytes(make([]byte, 32))}
	text, err := json.MarshalIndent(k, "", " ") // #nosec G117 -- this is the key file itself, mode 0600 and apart from database and backups
	if err != nil {
		return k, fmt.Errorf("make backup key: %w", err)
	}
	return k, writeWhole(filepath.Join(data, KeyName), text)
}

func readKey(file string) (Key, error) {
	var k Key
	text, err := os.ReadFile(file) // #nosec G304 -- the operator names the key file
	if err != nil {
		return k, fmt.Errorf("read backup key: %w", err)
	}
	if json.Unmarshal(text, &k) != nil || len(k.Secret) != 32 || len(k.Sign) != 32 || k.ID == "" {
		return k, fmt.Errorf("read backup key: %s is not one", file) // the cause could quote the key
	}
	return k, nil
}

func (k Key) pair() (*sm2.PrivateKey, error) {
	pair, err := sm2.NewPrivateKey(k.Sign)
	if err != nil {
		return nil, errors.New("backup key: the signing part is damaged")
	}
	return pair, nil
}

func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}

// sealedKeys is the key file that travels apart (密钥备份): a tar of the data folder's key files, encrypted with a key made
// of the passphrase by Argon2id.
type sealedKeys struct {
	Format  int    `json:"format"`
	Key     string `json:"key"` // id of the backup key inside
	Memory  uint32 `json:"memory_kib"`
	Passes  uint32 `json:"passes"`
	Salt    []byte `json:"salt"`
	Content string `json:"content"` // base64 of the encrypted stream
}

// Opening it is rare and guessing it must be dear: 128 MiB and three passes, near a second.
const (
	sealMemory = 128 << 10
	sealPasses = 3
	shortest   = 12 // characters of a passphrase
)

func stretch(passphrase string, s sealedKeys) []byte {
	return argon2.IDKey([]byte(passphrase), s.Salt, s.Passes, s.Memory, 2, 32)
}

// SealKeys writes the key files of a data folder into one file, which only the passphrase opens. An older one at the same
// place is replaced whole.
func SealKeys(data, file, passphrase string) error {
	if len([]rune(passphrase)) < shortest {
		return fmt.Errorf("the passphrase of the key file needs at least %d characters", shortest)
	}
	key, err := EnsureKey(data)
	if err != nil {
		return err
	}
	files, err := dataFiles(data)
	if err != nil {
		return err
	}
	s := sealedKeys{Format: Format, Key: key.ID, Memory: sealMemory, Passes: sealPasses, Salt: random(16)}
	var box bytes.Buffer
	w, err := newSealer(&box, streamKey(stretch(passphrase, s), s.Salt, "keys"))
	if err != nil {
		return err
	}
	if err := pack(w, data, files.keys); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	s.Content = base64.StdEncoding.EncodeToString(box.Bytes())
	text, err := json.MarshalIndent(s, "", " ")
	if err != nil {
		return fmt.Errorf("seal keys: %w", err)
	}
	return writeWhole(file, text)
}

// ErrPassphrase means that the key file does not open.
var ErrPassphrase = errors.New("the key file does not open: the passphrase is wrong, or the file was changed")

// openKeys unpacks a key file into an empty folder and returns the backup key in it.
func openKeys(file, passphrase, into string) (Key, error) {
	text, err := os.ReadFile(file) // #nosec G304 -- the operator names the key file
	if errors.Is(err, fs.ErrNotExist) {
		return Key{}, fmt.Errorf("key file %s is missing: without it a backup cannot be read", file)
	}
	if err != nil {
		return Key{}, fmt.Errorf("read key file: %w", err)
	}
	var s sealedKeys
	if err := json.Unmarshal(text, &s); err != nil || s.Format != Format || s.Memory > 4<<20 || s.Passes > 64 || s.Passes == 0 || s.Memory == 0 {
		return Key{}, fmt.Errorf("%s is not a key file of format %d", file, Format)
	}
	box, err := base64.StdEncoding.DecodeString(s.Content)
	if err != nil {
		return Key{}, fmt.Errorf("%s is not a key file", file)
	}
	r, err := newOpener(bytes.NewReader(box), streamKey(stretch(passphrase, s), s.Salt, "keys"))
	if err != nil {
		return Key{}, err
	}
	if err := unpack(r, into); err != nil {
		if errors.Is(err, ErrUnreadable) {
			return Key{}, ErrPassphrase
		}
		return Key{}, err
	}
	return readKey(filepath.Join(into, KeyName))
}
