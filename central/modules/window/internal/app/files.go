package app

import (
	"context"
	"fmt"
	"io"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/blobs"
	"tongban/central/kernel/db"
	"tongban/central/modules/window"
	"tongban/central/modules/window/internal/store"
	"tongban/fleet/wire"
)

// Picture is one opened file.
type Picture struct {
	MIME  string
	Bytes []byte
}

// Page opens one page of a case. Looking at a paper is kept in the audit.
func (a *App) Page(ctx context.Context, no, id string) (Picture, error) {
	return a.look(ctx, no, "window.look_page", func(ctx context.Context, q db.Query) (store.File, error) {
		return store.GetPage(ctx, q, no, id)
	})
}

// Signature opens one signature of a case.
func (a *App) Signature(ctx context.Context, no, role string) (Picture, error) {
	return a.look(ctx, no, "window.look_signature", func(ctx context.Context, q db.Query) (store.File, error) {
		all, err := store.Signatures(ctx, q, no)
		for _, s := range all {
			if s.Material == role {
				return s.File, nil
			}
		}
		if err == nil {
			err = window.ErrNoSuchCase
		}
		return store.File{}, err
	})
}

// Paper opens the PDF of one document.
func (a *App) Paper(ctx context.Context, id string) (Picture, error) {
	var d store.Document
	var found bool
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		d, found, err = store.FindDocument(ctx, q, store.ByID, id)
		return err
	})
	if err != nil || !found {
		return Picture{}, orNoCase(err)
	}
	return a.look(ctx, d.CaseNo, "window.look_paper", func(context.Context, db.Query) (store.File, error) {
		return store.File{ID: d.ID, Digest: d.Digest, MIME: "application/pdf", KeySealed: d.KeySealed}, nil
	})
}

func orNoCase(err error) error {
	if err == nil {
		return window.ErrNoSuchCase
	}
	return err
}

// look finds a file, writes down that it is looked at, and decrypts it; without the record there is no look.
func (a *App) look(ctx context.Context, no, action string, find func(context.Context, db.Query) (store.File, error)) (Picture, error) {
	var f store.File
	err := a.DB.Do(ctx, func(tx db.Tx) (err error) {
		if _, err = see(ctx, tx, no); err != nil {
			return err
		}
		if f, err = find(ctx, tx); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: action, Object: no, Detail: map[string]string{"file": f.ID + f.Material}})
	})
	if err != nil {
		return Picture{}, err
	}
	plain, err := a.decrypt(ctx, f)
	return Picture{MIME: f.MIME, Bytes: plain}, err
}

func (a *App) decrypt(ctx context.Context, f store.File) ([]byte, error) {
	d, err := blobs.ParseDigest(f.Digest)
	if err != nil {
		return nil, fmt.Errorf("read digest: %w", err)
	}
	r, _, err := a.Blobs.Open(ctx, d)
	if err != nil {
		return nil, fmt.Errorf("open file: %w", err)
	}
	defer r.Close() //nolint:errcheck // only read
	cipher, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("read file: %w", err)
	}
	key, err := a.Vault.OpenRow(classKey, keyRow(f), f.KeySealed)
	if err != nil {
		return nil, fmt.Errorf("open file key: %w", err)
	}
	return wire.Decrypt(cipher, []byte(key))
}
