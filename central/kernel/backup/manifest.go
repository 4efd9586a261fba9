package backup

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"
)

// Format is the version of everything this package writes.
const Format = 1

// Names in a repository.
const (
	blobFolder     = "blobs"
	snapshotFolder = "snapshots"
	manifestFile   = "manifest.json"
	databasePart   = "database.bin"
	filesPart      = "files.bin"
	blobsPart      = "blobs.txt"
)

// Manifest says what one snapshot holds (备份清单). It holds numbers and digests, nothing of a person.
type Manifest struct {
	Format  int              `json:"format"`
	ID      string           `json:"id"`
	At      time.Time        `json:"at"`
	Program string           `json:"program"`
	Engine  string           `json:"engine"` // sqlite or postgres
	Schema  string           `json:"schema,omitempty"`
	Tables  map[string]int64 `json:"tables"` // rows
	Audit   Head             `json:"audit"`
	Parts   []Part           `json:"parts"`
	Blobs   Total            `json:"blobs"`
	Key     string           `json:"key"` // id of the backup key
	Salt    []byte           `json:"salt"`
	Sig     []byte           `json:"sig,omitempty"` // SM2 (GB/T 32918.2) over the manifest without it
}

// Head is the end of the audit chain at the snapshot.
type Head struct {
	Count int64  `json:"count"`
	Hash  string `json:"hash"`
}

// Part is one file of a snapshot.
type Part struct {
	Name string `json:"name"`
	Size int64  `json:"size"`
	SM3  string `json:"sm3"` // of the file as it lies there (GB/T 32905)
}

// Total counts blobs.
type Total struct {
	Count int64 `json:"count"`
	Bytes int64 `json:"bytes"`
}

// Rows is the sum over all tables.
func (m Manifest) Rows() (n int64) {
	for _, c := range m.Tables {
		n += c
	}
	return n
}

func (m Manifest) part(name string) (Part, bool) {
	i := slices.IndexFunc(m.Parts, func(p Part) bool { return p.Name == name })
	if i < 0 {
		return Part{}, false
	}
	return m.Parts[i], true
}

func (m Manifest) signed() ([]byte, error) {
	m.Sig = nil
	text, err := json.Marshal(m) // map keys come sorted
	if err != nil {
		return nil, fmt.Errorf("encode manifest: %w", err)
	}
	return text, nil
}

func (m *Manifest) sign(k Key) error {
	pair, err := k.pair()
	if err != nil {
		return err
	}
	text, err := m.signed()
	if err != nil {
		return err
	}
	if m.Sig, err = pair.Sign(rand.Reader, text, sm2.DefaultSM2SignerOpts); err != nil {
		return fmt.Errorf("sign manifest: %w", err)
	}
	return nil
}

// ErrManifest means that the manifest is not what the backup wrote.
var ErrManifest = errors.New("the manifest was changed, or was made with another backup key")

func (m Manifest) prove(k Key) error {
	if m.Key != k.ID {
		return fmt.Errorf("the snapshot was made with backup key %s, the key file holds %s", m.Key, k.ID)
	}
	pair, err := k.pair()
	if err != nil {
		return err
	}
	text, err := m.signed()
	if err != nil {
		return err
	}
	if !sm2.VerifyASN1WithSM2(&pair.PublicKey, nil, text, m.Sig) {
		return ErrManifest
	}
	return nil
}

// List returns the whole snapshots of a repository, oldest first. A folder without a manifest was never finished.
func List(repo string) ([]Manifest, error) {
	entries, err := os.ReadDir(filepath.Join(repo, snapshotFolder))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list snapshots: %w", err)
	}
	var out []Manifest
	for _, e := range entries {
		m, err := readManifest(filepath.Join(repo, snapshotFolder, e.Name()))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	slices.SortFunc(out, func(a, b Manifest) int { return strings.Compare(a.ID, b.ID) })
	return out, nil
}

func readManifest(dir string) (Manifest, error) {
	var m Manifest
	text, err := os.ReadFile(filepath.Join(dir, manifestFile)) // #nosec G304 -- an entry of the folder that the operator names; restore proves the signature before it uses the content
	if err != nil {
		return m, fmt.Errorf("read manifest: %w", err)
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return m, fmt.Errorf("read manifest: %w", err)
	}
	if m.Format != Format {
		return m, fmt.Errorf("snapshot has format %d, this program reads %d", m.Format, Format)
	}
	if m.ID != filepath.Base(dir) {
		return m, ErrManifest
	}
	return m, nil
}

// pick returns the snapshot called id, the newest when id is empty.
func pick(repo, id string) (Manifest, error) {
	all, err := List(repo)
	if err != nil {
		return Manifest{}, err
	}
	for i := len(all) - 1; i >= 0; i-- {
		if id == "" || all[i].ID == id {
			return all[i], nil
		}
	}
	return Manifest{}, fmt.Errorf("no such snapshot in %s", repo)
}

// sum reads a file and tells size and SM3.
func sum(path string) (int64, string, error) {
	f, err := os.Open(path) // #nosec G304 -- a part's name is a constant of ours
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = f.Close() }()
	h := sm3.New()
	n, err := io.Copy(h, f)
	return n, hex.EncodeToString(h.Sum(nil)), err
}

// checkPart proves that a part lies there as it was written.
func (m Manifest) checkPart(repo, name string) (string, error) {
	p, ok := m.part(name)
	if !ok {
		return "", fmt.Errorf("snapshot %s lacks the part %s", m.ID, name)
	}
	path := filepath.Join(repo, snapshotFolder, m.ID, name)
	n, got, err := sum(path)
	if err != nil {
		return "", fmt.Errorf("check part: %w", err)
	}
	if n != p.Size || !bytes.Equal([]byte(got), []byte(p.SM3)) {
		return "", fmt.Errorf("part %s of snapshot %s was changed: its SM3 is not the one in the manifest", name, m.ID)
	}
	return path, nil
}
