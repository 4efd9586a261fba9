package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"tongban/central/kernel/db"
	"tongban/central/modules/window"
)

// File is one encrypted file of a case: a page or a signature.
type File struct {
	ID, CaseNo string
	Material   string // or the signer's role
	Ord        int
	Digest     string
	Size       int64
	MIME       string
	KeySealed  string
	Source     string // "" = with the application, else how it came; see window/internal/app
	AddedBy    string // name of the clerk
	AddedAt    int64
}

const pageColumns = `id, case_no, material, ord, digest, size, mime, key_sealed, source, added_by, added_at`

func (f *File) fields() []any {
	return []any{&f.ID, &f.CaseNo, &f.Material, &f.Ord, &f.Digest, &f.Size, &f.MIME, &f.KeySealed, &f.Source, &f.AddedBy, &f.AddedAt}
}

// AddPage keeps one page of a material.
func AddPage(ctx context.Context, tx db.Tx, f File) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO window_page (`+pageColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)`,
		f.ID, f.CaseNo, f.Material, f.Ord, f.Digest, f.Size, f.MIME, f.KeySealed, f.Source, f.AddedBy, f.AddedAt)
	if err != nil {
		return fmt.Errorf("insert page: %w", err)
	}
	return nil
}

// Pages returns the pages of a case in the order of materials and pages.
func Pages(ctx context.Context, q db.Query, no string) ([]File, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+pageColumns+` FROM window_page WHERE case_no=$1 ORDER BY material, ord, added_at`, no)
	if err != nil {
		return nil, fmt.Errorf("list pages: %w", err)
	}
	defer rows.Close() //nolint:errcheck // read to the end below
	var out []File
	for rows.Next() {
		var f File
		if err := rows.Scan(f.fields()...); err != nil {
			return nil, fmt.Errorf("read page: %w", err)
		}
		out = append(out, f)
	}
	return out, rows.Err()
}

// GetPage returns one page of a case.
func GetPage(ctx context.Context, q db.Query, no, id string) (File, error) {
	var f File
	err := q.QueryRowContext(ctx, `SELECT `+pageColumns+` FROM window_page WHERE case_no=$1 AND id=$2`, no, id).Scan(f.fields()...)
	if errors.Is(err, sql.ErrNoRows) {
		return File{}, window.ErrNoSuchCase
	}
	if err != nil {
		return File{}, fmt.Errorf("load page: %w", err)
	}
	return f, nil
}

// Signature is one signer's picture.
type Signature struct {
	File
	NameSealed, Statement string
	At                    int64
}

// AddSignature keeps one signature.
func AddSignature(ctx context.Context, tx db.Tx, s Signature) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO window_signature (case_no, role, name_sealed, statement, digest, size, mime, key_sealed, at)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)`, s.CaseNo, s.Material, s.NameSealed, s.Statement, s.Digest, s.Size, s.MIME, s.KeySealed, s.At)
	if err != nil {
		return fmt.Errorf("insert signature: %w", err)
	}
	return nil
}

// Signatures returns those of a case, by time.
func Signatures(ctx context.Context, q db.Query, no string) ([]Signature, error) {
	rows, err := q.QueryContext(ctx, `SELECT case_no, role, name_sealed, statement, digest, size, mime, key_sealed, at
		FROM window_signature WHERE case_no=$1 ORDER BY at, role`, no)
	if err != nil {
		return nil, fmt.Errorf("list signatures: %w", err)
	}
	defer rows.Close() //nolint:errcheck // read to the end below
	var out []Signature
	for rows.Next() {
		var s Signature
		if err := rows.Scan(&s.CaseNo, &s.Material, &s.NameSealed, &s.Statement, &s.Digest, &s.Size, &s.MIME, &s.KeySealed, &s.At); err != nil {
			return nil, fmt.Errorf("read signature: %w", err)
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

// Document is one produced paper (文书).
type Document struct {
	ID, No, CaseNo      string
	Kind, Title, Code   string
	State, StateNote    string // valid, revoked
	Office              string
	CreatedAt           int64
	PlainDigest, Digest string
	Size                int64
	KeySealed           string
	FactsSealed         string
}

const documentColumns = `id, no, case_no, kind, title, code, state, state_note, office, created_at, plain_digest, digest, size, key_sealed, facts_sealed`

func (d *Document) fields() []any {
	return []any{
		&d.ID, &d.No, &d.CaseNo, &d.Kind, &d.Title, &d.Code, &d.State, &d.StateNote, &d.Office, &d.CreatedAt,
		&d.PlainDigest, &d.Digest, &d.Size, &d.KeySealed, &d.FactsSealed,
	}
}

// AddDocument keeps a paper.
func AddDocument(ctx context.Context, tx db.Tx, d Document) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO window_document (`+documentColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15)`,
		d.ID, d.No, d.CaseNo, d.Kind, d.Title, d.Code, d.State, d.StateNote, d.Office, d.CreatedAt,
		d.PlainDigest, d.Digest, d.Size, d.KeySealed, d.FactsSealed)
	if err != nil {
		return fmt.Errorf("insert document: %w", err)
	}
	return nil
}

// By names the ways to find one document.
type By string

// Ways to find a document.
const (
	ByID     By = "id"
	ByCode   By = "code"
	ByDigest By = "plain_digest"
)

// FindDocument returns the document and whether there is one.
func FindDocument(ctx context.Context, q db.Query, by By, value string) (Document, bool, error) {
	var d Document
	err := q.QueryRowContext(ctx, `SELECT `+documentColumns+` FROM window_document WHERE `+string(by)+`=$1`, value).Scan(d.fields()...)
	if errors.Is(err, sql.ErrNoRows) {
		return d, false, nil
	}
	if err != nil {
		return d, false, fmt.Errorf("load document: %w", err)
	}
	return d, true, nil
}

// Documents returns the papers of a case, oldest first.
func Documents(ctx context.Context, q db.Query, no string) ([]Document, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+documentColumns+` FROM window_document WHERE case_no=$1 AND kind NOT IN ($2,$3,$4) ORDER BY created_at, no`, no, KindCardNote, KindCardYellow, KindCardRed)
	if err != nil {
		return nil, fmt.Errorf("list documents: %w", err)
	}
	defer rows.Close() //nolint:errcheck // read to the end below
	var out []Document
	for rows.Next() {
		var d Document
		if err := rows.Scan(d.fields()...); err != nil {
			return nil, fmt.Errorf("read document: %w", err)
		}
		out = append(out, d)
	}
	return out, rows.Err()
}

// Papers of supervision (督办文书): they belong to a case, but are the offices' own.
const (
	KindCardNote   = "card_note"
	KindCardYellow = "card_yellow"
	KindCardRed    = "card_red"
)

// CardKinds lists them.
var CardKinds = []string{KindCardNote, KindCardYellow, KindCardRed}
