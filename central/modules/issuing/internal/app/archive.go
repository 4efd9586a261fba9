package app

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/crypto"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/modules/issuing"
	"tongban/central/modules/issuing/internal/store"
	"tongban/central/modules/window"
)

// errFiled means that a case has its package already: a package is never made anew.
var errFiled = errs.E(errs.Conflict, "issuing.filed", "这个办件已经归档，归档包不能重做", nil)

// basis of the retention, as the privacy rules of the window state it.
const (
	keepYears  = 10
	keepsBasis = "《机关文件材料归档范围和文书档案保管期限规定》（国家档案局令第 8 号）：定期 10 年"
)

// ArchiveRow is one package in the list.
type ArchiveRow struct {
	ArchiveNo string `json:"archive_no"`
	No        string `json:"no"`
	ItemName  string `json:"item_name"`
	Outcome   string `json:"outcome"`
	Applicant string `json:"applicant"`
	ClosedOn  string `json:"closed_on"`
	At        string `json:"at"`
	By        string `json:"by"`
	KeepUntil string `json:"keep_until"`
	Files     int    `json:"files"`
	Size      int64  `json:"size"`
	SM3       string `json:"sm3"`
}

// ArchiveList is one page of the register.
type ArchiveList struct {
	Rows  []ArchiveRow `json:"rows"`
	Total int          `json:"total"`
}

// ArchiveFile is one file of a package.
type ArchiveFile struct {
	Name string `json:"name"`
	Size int64  `json:"size"`
	SM3  string `json:"sm3"`
}

// ArchiveDetail is one package, opened and verified just now.
type ArchiveDetail struct {
	ArchiveRow
	Office     string        `json:"office"`
	ReceivedAt string        `json:"received_at"`
	AcceptedOn string        `json:"accepted_on"`
	Basis      string        `json:"basis"`
	Contents   []ArchiveFile `json:"contents"`
	Signer     string        `json:"signer" doc:"签名公钥的 SM3 前 16 位"`
	Holds      bool          `json:"holds" doc:"刚才核验的结果"`
	Faults     []string      `json:"faults"`
}

// File makes the package of an ended case (归档).
func (a *App) File(ctx context.Context, no string) (ArchiveRow, error) {
	var r store.Record
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		r, err = see(ctx, q, no)
		return err
	})
	if err != nil {
		return ArchiveRow{}, err
	}
	if err := within(ctx, issuing.PermFile, r.At()); err != nil {
		return ArchiveRow{}, err
	}
	if r.ArchiveNo != "" {
		return ArchiveRow{}, errFiled
	}
	if r.EndedAt == 0 {
		return ArchiveRow{}, errs.E(errs.Conflict, "issuing.not_handed", "结果还没有送达，送到以后才能归档", nil)
	}
	c, err := a.Papers.Contents(ctx, no)
	if err != nil {
		return ArchiveRow{}, err
	}
	row, err := a.file(ctx, r, c)
	if err != nil {
		return ArchiveRow{}, err
	}
	return archiveRow(row), nil
}

// file takes the number first, by a transaction of its own: a number that is used by no package shows in the register's gaps,
// and never two packages under one.
func (a *App) file(ctx context.Context, r store.Record, c window.Contents) (store.Archive, error) {
	now := a.Clock.Now().In(clock.Shanghai)
	var n int64
	err := a.DB.Do(ctx, func(tx db.Tx) (err error) {
		n, err = store.NextNumber(ctx, tx, "archive "+strconv.Itoa(now.Year()))
		return err
	})
	if err != nil {
		return store.Archive{}, err
	}
	row := store.Archive{
		ArchiveNo: fmt.Sprintf("DA%d-%06d", now.Year(), n), No: r.No, Item: r.Item, ItemName: r.ItemName, Outcome: r.Outcome, Applicant: r.Applicant,
		IDBlind: a.Vault.Blind(classID, c.Application.Applicant.IDNumber), Region: r.Region, Department: r.Department, Handler: r.Handler,
		ClosedOn: calendar.DateOf(c.Facts.ClosedAt).String(), ArchivedAt: db.Ms(now), ArchivedBy: actor.From(ctx).Name, KeepUntil: calendar.DateOf(now.AddDate(keepYears, 0, 0)).String(),
	}
	var signature []byte
	if r.SignatureSealed != "" {
		if signature, err = a.open(ctx, r.No, r.SignatureDigest, r.SignatureSealed); err != nil {
			return row, err
		}
	}
	pack, signer, files, err := a.pack(ctx, row, r, c, signature)
	if err != nil {
		return row, err
	}
	row.Files, row.SM3, row.Signer = files, issuing.Sum(pack), signer
	if row.Digest, row.KeySealed, row.Size, err = a.keep(ctx, row.ArchiveNo, pack); err != nil {
		return row, err
	}
	return row, a.DB.Do(ctx, func(tx db.Tx) error {
		if fresh, err := store.AddArchive(ctx, tx, row); err != nil || !fresh {
			if err == nil {
				err = errFiled
			}
			return err
		}
		last, err := store.GetRecord(ctx, tx, r.No)
		if err != nil {
			return err
		}
		last.ArchiveNo = row.ArchiveNo
		if err := store.PutRecord(ctx, tx, last); err != nil {
			return err
		}
		if err := a.note(ctx, tx, r.No, "person", "已归档", row.ArchiveNo); err != nil {
			return err
		}
		if err := audit.Write(ctx, tx, audit.Record{Action: "issuing.file", Object: r.No, Detail: map[string]string{"archive": row.ArchiveNo, "sm3": row.SM3}}); err != nil {
			return err
		}
		return emit(ctx, tx, issuing.TopicArchived, r.No, told(last, tx.Now()))
	})
}

// entry is one file of a package that is being made.
type entry struct {
	name  string
	bytes []byte
}

// pack lays out, sums and signs a package.
func (a *App) pack(ctx context.Context, row store.Archive, r store.Record, c window.Contents, signature []byte) (pack []byte, signer string, files int, err error) {
	entries, err := contents(row, r, c, signature)
	if err != nil {
		return nil, "", 0, err
	}
	var sums strings.Builder
	for _, e := range entries {
		sums.WriteString(issuing.Sum(e.bytes) + "  " + e.name + "\n")
	}
	checksums := []byte(sums.String())
	seal, err := a.seal(ctx, checksums, db.FromMs(row.ArchivedAt))
	if err != nil {
		return nil, "", 0, err
	}
	sealed, err := json.MarshalIndent(seal, "", "  ")
	if err != nil {
		return nil, "", 0, fmt.Errorf("encode seal: %w", err)
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, e := range append(slices.Clone(entries), entry{issuing.FileChecksums, checksums}, entry{issuing.FileSignature, sealed}) {
		w, err := z.CreateHeader(&zip.FileHeader{Name: e.name, Method: zip.Deflate, Modified: db.FromMs(row.ArchivedAt)})
		if err != nil {
			return nil, "", 0, fmt.Errorf("pack %s: %w", e.name, err)
		}
		if _, err := w.Write(e.bytes); err != nil {
			return nil, "", 0, fmt.Errorf("pack %s: %w", e.name, err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, "", 0, fmt.Errorf("close package: %w", err)
	}
	return out.Bytes(), fingerprint(seal.Public), len(entries), nil
}

// fingerprint is how a public key is told apart on a page.
func fingerprint(public string) string { return issuing.Sum([]byte(public))[:16] }

// seal signs with the centre's key for records that must hold for years, the one that also signs the audit's checkpoints.
func (a *App) seal(ctx context.Context, checksums []byte, at time.Time) (issuing.Seal, error) {
	p := a.Vault.Provider()
	key, err := p.Active(ctx, crypto.Audit)
	if err != nil {
		return issuing.Seal{}, fmt.Errorf("find signing key: %w", err)
	}
	public, err := p.PublicKey(ctx, key)
	if err != nil {
		return issuing.Seal{}, fmt.Errorf("read public key: %w", err)
	}
	sig, err := p.Sign(ctx, key, issuing.Signed(checksums))
	if err != nil {
		return issuing.Seal{}, fmt.Errorf("sign package: %w", err)
	}
	return issuing.Seal{
		Algorithm: "SM2 with SM3", KeyID: string(key), Public: hex.EncodeToString(public), Signature: hex.EncodeToString(sig), At: at.In(clock.Shanghai).Format(time.RFC3339),
	}, nil
}

func contents(row store.Archive, r store.Record, c window.Contents, signature []byte) ([]entry, error) {
	f := c.Facts
	meta := issuing.Metadata{
		Format: "tongban-archive/1", ArchiveNo: row.ArchiveNo, CaseNo: row.No, Item: row.Item, ItemName: row.ItemName, Version: f.ItemVersion, Outcome: row.Outcome,
		Office: c.Office, Region: row.Region, Applicant: row.Applicant, ReceivedAt: f.ReceivedAt.In(clock.Shanghai).Format(time.RFC3339), AcceptedOn: f.AcceptedOn,
		ClosedAt: f.ClosedAt.In(clock.Shanghai).Format(time.RFC3339), ArchivedAt: db.FromMs(row.ArchivedAt).In(clock.Shanghai).Format(time.RFC3339),
		ArchivedBy: row.ArchivedBy, KeepUntil: row.KeepUntil, Basis: keepsBasis,
	}
	delivery := map[string]any{
		"way": r.Way.Text(), "certificate": r.Certificate, "ended_at": minute(r.EndedAt), "recipient": r.Proof.Recipient, "relation": r.Proof.Relation, "parcel": r.Parcel,
		"originals": r.Proof.Originals, "copies": r.Proof.Copies, "signed": signedText(r.Proof.Signed),
	}
	out := []entry{}
	for _, x := range []struct {
		name string
		v    any
	}{{issuing.FileMetadata, meta}, {"application.json", stripped(c)}, {"delivery.json", delivery}, {"log.json", c.History}} {
		b, err := json.MarshalIndent(x.v, "", "  ")
		if err != nil {
			return nil, fmt.Errorf("encode %s: %w", x.name, err)
		}
		out = append(out, entry{x.name, b})
	}
	for _, m := range c.Materials {
		out = append(out, entry{"materials/" + m.Name, m.Bytes})
	}
	for _, s := range c.Signatures {
		out = append(out, entry{"signatures/" + s.Name, s.Bytes})
	}
	if len(signature) > 0 {
		out = append(out, entry{"signatures/recipient.png", signature})
	}
	for i, d := range c.Documents {
		out = append(out, entry{fmt.Sprintf("documents/%02d-%s.pdf", i+1, d.Title), d.PDF})
	}
	return out, nil
}

// stripped is what the applicant said, without the keys to files that lie in the package and to the slip.
func stripped(c window.Contents) map[string]any {
	s := c.Application
	return map[string]any{"applicant": s.Applicant, "answers": s.Answers, "form": s.Form, "consents": s.Consents, "submitted_at": s.SubmittedAt}
}

func archiveRow(a store.Archive) ArchiveRow {
	return ArchiveRow{
		ArchiveNo: a.ArchiveNo, No: a.No, ItemName: a.ItemName, Outcome: a.Outcome, Applicant: a.Applicant, ClosedOn: a.ClosedOn, At: minute(a.ArchivedAt), By: a.ArchivedBy,
		KeepUntil: a.KeepUntil, Files: a.Files, Size: a.Size, SM3: a.SM3,
	}
}

// Archives searches the register (档案查询): by part of a number or item, a whole id number, and the day of archiving.
func (a *App) Archives(ctx context.Context, text string, from, to time.Time, page, size int) (ArchiveList, error) {
	out := ArchiveList{Rows: []ArchiveRow{}}
	text = strings.TrimSpace(text)
	ask := store.ArchiveAsk{Text: text, From: db.Ms(from), To: db.Ms(to)}
	if len(text) >= 15 && len(text) <= 18 && !strings.Contains(text, "-") {
		ask.IDBlind = a.Vault.Blind(classID, strings.ToUpper(text))
	}
	err := a.DB.View(ctx, func(q db.Query) error {
		rows, n, err := store.Archives(ctx, q, actor.From(ctx).Scope(issuing.PermFiles), ask, size, (page-1)*size)
		out.Total = n
		for _, r := range rows {
			out.Rows = append(out.Rows, archiveRow(r))
		}
		return err
	})
	return out, err
}

// Package opens a package; why is kept in the audit.
func (a *App) Package(ctx context.Context, no string) (store.Archive, []byte, error) {
	var row store.Archive
	err := a.DB.Do(ctx, func(tx db.Tx) (err error) {
		if row, err = store.GetArchive(ctx, tx, no); err == nil && !actor.From(ctx).Scope(issuing.PermFiles).Covers(row.Where()) {
			err = issuing.ErrNone
		}
		if err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "issuing.open_archive", Object: row.No, Detail: map[string]string{"archive": row.ArchiveNo}})
	})
	if err != nil {
		return row, nil, err
	}
	pack, err := a.open(ctx, row.ArchiveNo, row.Digest, row.KeySealed)
	return row, pack, err
}

// Archive shows one package and verifies it.
func (a *App) Archive(ctx context.Context, no string) (ArchiveDetail, error) {
	row, pack, err := a.Package(ctx, no)
	if err != nil {
		return ArchiveDetail{}, err
	}
	c, err := issuing.Verify(pack)
	if err != nil {
		return ArchiveDetail{}, fmt.Errorf("verify package: %w", err)
	}
	d := ArchiveDetail{
		ArchiveRow: archiveRow(row), Office: c.Metadata.Office, ReceivedAt: c.Metadata.ReceivedAt, AcceptedOn: c.Metadata.AcceptedOn, Basis: c.Metadata.Basis,
		Contents: []ArchiveFile{}, Signer: row.Signer, Holds: len(c.Faults) == 0 && issuing.Sum(pack) == row.SM3 && fingerprint(c.Public) == row.Signer, Faults: append([]string{}, c.Faults...),
	}
	z, err := zip.NewReader(bytes.NewReader(pack), int64(len(pack)))
	if err != nil {
		return d, fmt.Errorf("read package: %w", err)
	}
	for _, f := range z.File {
		b, err := issuing.ReadFile(f)
		if err != nil {
			continue // named among the faults
		}
		d.Contents = append(d.Contents, ArchiveFile{Name: f.Name, Size: int64(len(b)), SM3: issuing.Sum(b)})
	}
	return d, nil
}

// Part opens one file of a package, read-only.
func (a *App) Part(ctx context.Context, no, name string) ([]byte, error) {
	_, pack, err := a.Package(ctx, no)
	if err != nil {
		return nil, err
	}
	z, err := zip.NewReader(bytes.NewReader(pack), int64(len(pack)))
	if err != nil {
		return nil, fmt.Errorf("read package: %w", err)
	}
	for _, f := range z.File {
		if f.Name == name {
			return issuing.ReadFile(f)
		}
	}
	return nil, issuing.ErrNone
}
