package issuing

import (
	"archive/zip"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/emmansun/gmsm/sm3"

	"tongban/central/kernel/crypto"
)

// Names inside an archive package (归档包).
const (
	FileMetadata  = "metadata.json"
	FileChecksums = "checksums.sm3"  // one line a file: SM3 as hex, two spaces, name
	FileSignature = "signature.json" // Seal over the checksums
)

// maxPackage bounds what a verifier unpacks.
const maxPackage = 512 << 20

// Metadata says what a package holds (元数据).
type Metadata struct {
	Format     string `json:"format"` // tongban-archive/1
	ArchiveNo  string `json:"archive_no"`
	CaseNo     string `json:"case_no"`
	Item       string `json:"item"`
	ItemName   string `json:"item_name"`
	Version    int    `json:"item_version"`
	Outcome    string `json:"outcome"`
	Office     string `json:"office"`
	Region     string `json:"region"`
	Applicant  string `json:"applicant"` // masked; whole in application.json
	ReceivedAt string `json:"received_at"`
	AcceptedOn string `json:"accepted_on,omitempty"`
	ClosedAt   string `json:"closed_at"`
	ArchivedAt string `json:"archived_at"`
	ArchivedBy string `json:"archived_by"`
	KeepUntil  string `json:"keep_until"`
	Basis      string `json:"basis"`
}

// Seal is the centre's signature over the checksums (归档签名).
type Seal struct {
	Algorithm string `json:"algorithm"` // SM2 with SM3
	KeyID     string `json:"key_id"`
	Public    string `json:"public_key"` // uncompressed point, hex
	Signature string `json:"signature"`  // DER, hex
	At        string `json:"at"`
}

// Signed is what the seal signs: the kind of thing in front, so that a signature over something else never fits.
func Signed(checksums []byte) []byte { return append([]byte("tongban-archive/1\n"), checksums...) }

// Sum is the SM3 of b as hex.
func Sum(b []byte) string {
	s := sm3.Sum(b)
	return hex.EncodeToString(s[:])
}

// Checked is what Verify found (核验结果). A package holds when Faults is empty.
type Checked struct {
	Metadata Metadata
	Files    int
	KeyID    string
	Public   string   // of the key that signed; compare it with the one the centre publishes
	Faults   []string // what is wrong, each naming the file
}

// Verify proves a package without the centre: every file is listed, is there and unchanged, nothing was added, and the list is
// signed. It returns an error only for what is no package at all.
func Verify(pack []byte) (Checked, error) {
	var c Checked
	z, err := zip.NewReader(bytes.NewReader(pack), int64(len(pack)))
	if err != nil {
		return c, fmt.Errorf("read package: %w", err)
	}
	files, faults := map[string][]byte{}, []string{}
	left := int64(maxPackage)
	for _, f := range z.File {
		b, err := readFile(f, left)
		left -= int64(len(b))
		if err != nil {
			faults = append(faults, f.Name+"：读不出来，内容被改过或损坏")
			b = nil
		}
		if _, twice := files[f.Name]; twice {
			faults = append(faults, f.Name+"：出现两次")
		}
		files[f.Name] = b
	}
	sums, ok := files[FileChecksums]
	if !ok {
		return c, fmt.Errorf("read package: no %s in it", FileChecksums)
	}
	c.Files = len(files) - 2
	c.Faults = append(faults, compare(files, sums)...)
	c.Faults = append(c.Faults, c.proveSeal(files[FileSignature], sums)...)
	if err := json.Unmarshal(files[FileMetadata], &c.Metadata); err != nil {
		c.Faults = append(c.Faults, FileMetadata+"：读不出来")
	}
	slices.Sort(c.Faults)
	c.Faults = slices.Compact(c.Faults)
	return c, nil
}

// ReadFile opens one file of a package.
func ReadFile(f *zip.File) ([]byte, error) { return readFile(f, maxPackage) }

func readFile(f *zip.File, most int64) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", f.Name, err)
	}
	defer func() { _ = r.Close() }()
	b, err := io.ReadAll(io.LimitReader(r, most+1))
	if err == nil && int64(len(b)) > most {
		err = fmt.Errorf("package holds more than %d bytes", maxPackage)
	}
	return b, err
}

func compare(files map[string][]byte, sums []byte) (faults []string) {
	listed := map[string]bool{FileChecksums: true, FileSignature: true}
	for line := range strings.Lines(string(sums)) {
		sum, name, ok := strings.Cut(strings.TrimRight(line, "\n"), "  ")
		if !ok {
			faults = append(faults, FileChecksums+"：有读不懂的行")
			continue
		}
		listed[name] = true
		b, there := files[name]
		switch {
		case !there:
			faults = append(faults, name+"：缺这个文件")
		case Sum(b) != sum:
			faults = append(faults, name+"：和归档时不一样")
		}
	}
	for name := range files {
		if !listed[name] {
			faults = append(faults, name+"：归档时没有这个文件")
		}
	}
	return faults
}

func (c *Checked) proveSeal(raw, sums []byte) []string {
	var s Seal
	if err := json.Unmarshal(raw, &s); err != nil {
		return []string{FileSignature + "：缺签名或读不出来"}
	}
	c.KeyID, c.Public = s.KeyID, s.Public
	public, err1 := hex.DecodeString(s.Public)
	signature, err2 := hex.DecodeString(s.Signature)
	if err1 != nil || err2 != nil || crypto.Verify(public, Signed(sums), signature) != nil {
		return []string{FileSignature + "：签名对不上 " + FileChecksums}
	}
	return nil
}
