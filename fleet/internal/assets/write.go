package assets

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/blobs"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/ids"
	"tongban/fleet"
	"tongban/fleet/internal/store"
	"tongban/fleet/wire"
)

// What the office is told.
var (
	errStale  = errs.E(errs.Conflict, "fleet.asset_changed", "别人刚改过这台的台账，请刷新后再改", nil)
	errDate   = errs.E(errs.Invalid, "fleet.asset_date", "日期写成 2026-11-28 这样，质保到期不能早于到货", nil)
	errFile   = errs.E(errs.Invalid, "fleet.asset_file", "只收 PDF、JPG、PNG，每个不超过 20 MB", nil)
	errTitle  = errs.E(errs.Invalid, "fleet.asset_title", "请写明是什么文件，2 到 80 个字", nil)
	errNoFile = errs.E(errs.NotFound, "fleet.no_asset_file", "没有这个附件，可能已被移除，请刷新", nil)
	errNoPic  = errs.E(errs.NotFound, "fleet.no_picture", "没有这张照片，请刷新", nil)
	errNoRec  = errs.E(errs.NotFound, "fleet.no_installation", "没有这份验收记录，请刷新", nil)
	errWho    = errs.E(errs.Invalid, "fleet.no_technician", "请写明现场是谁装的、谁签的字", nil)
)

// MaxFile is the largest paper.
const MaxFile = 20 << 20

// Write changes what the office knows of a machine; version is the one that the page showed.
func (d *Desk) Write(ctx context.Context, a store.AssetRow) error {
	from, err1 := day(a.ArrivedOn)
	until, err2 := day(a.WarrantyUntil)
	if err1 != nil || err2 != nil || !from.IsZero() && !until.IsZero() && until.Before(from) {
		return errDate
	}
	err := d.DB.Do(ctx, func(tx db.Tx) error {
		if _, err := store.Terminal(ctx, tx, a.Terminal); err != nil {
			return err
		}
		stale, err := store.PutAsset(ctx, tx, a, actor.From(ctx).ID)
		if err != nil {
			return err
		}
		if stale {
			return errStale
		}
		return audit.Write(ctx, tx, audit.Record{Action: "fleet.asset", Object: a.Terminal, Detail: map[string]string{
			"serial": a.SerialNo, "arrived": a.ArrivedOn, "warranty": a.WarrantyUntil,
		}})
	})
	if err != nil {
		return fmt.Errorf("write asset: %w", err)
	}
	return nil
}

func day(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	return time.Parse(time.DateOnly, s)
}

// types are the papers that are taken, by what they are and not by what they are called.
var types = []string{"application/pdf", "image/jpeg", "image/png"}

// Attach keeps a paper, encrypted under a key of its own. The same paper brought twice is two lines: nothing is lost by that.
func (d *Desk) Attach(ctx context.Context, terminal, device, title string, content []byte) (fleet.AssetFile, error) {
	title = strings.TrimSpace(title)
	if n := utf8.RuneCountInString(title); n < 2 || n > 80 {
		return fleet.AssetFile{}, errTitle
	}
	mime := http.DetectContentType(content)
	if len(content) == 0 || len(content) > MaxFile || !slices.Contains(types, mime) {
		return fleet.AssetFile{}, errFile
	}
	row := store.FileRow{AssetFile: fleet.AssetFile{ID: ids.New(), Terminal: terminal, Device: device, Title: title, MIME: mime, Size: int64(len(content)), AddedAt: d.Clock.Now(), AddedBy: actor.From(ctx).ID}}
	text, key, err := wire.Encrypt(content)
	if err != nil {
		return fleet.AssetFile{}, err
	}
	if row.KeySealed, err = d.Vault.SealRow(classKey, row.ID, string(key)); err != nil {
		return fleet.AssetFile{}, fmt.Errorf("seal paper's key: %w", err)
	}
	digest := blobs.Of(text)
	row.Digest = string(digest)
	if err := d.DB.View(ctx, func(q db.Query) error { _, err := store.Terminal(ctx, q, terminal); return err }); err != nil {
		return fleet.AssetFile{}, err
	}
	if _, err := d.Blobs.Put(ctx, bytes.NewReader(text), digest); err != nil {
		return fleet.AssetFile{}, fmt.Errorf("keep paper: %w", err)
	}
	err = d.DB.Do(ctx, func(tx db.Tx) error {
		if err := store.AddAssetFile(ctx, tx, row); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "fleet.attach", Object: terminal, Detail: map[string]string{"title": title, "device": device, "file": row.ID}})
	})
	if err != nil {
		return fleet.AssetFile{}, fmt.Errorf("keep paper: %w", err)
	}
	return row.AssetFile, nil
}

// Detach removes a paper from the list.
func (d *Desk) Detach(ctx context.Context, terminal, id string) error {
	err := d.DB.Do(ctx, func(tx db.Tx) error {
		gone, err := store.RemoveAssetFile(ctx, tx, terminal, id)
		if err != nil {
			return err
		}
		if gone {
			return errNoFile
		}
		return audit.Write(ctx, tx, audit.Record{Action: "fleet.detach", Object: terminal, Detail: map[string]string{"file": id}})
	})
	if err != nil {
		return fmt.Errorf("remove paper: %w", err)
	}
	return nil
}

// File opens a paper.
func (d *Desk) File(ctx context.Context, terminal, id string) (f fleet.AssetFile, content []byte, err error) {
	var row *store.FileRow
	err = d.DB.View(ctx, func(q db.Query) error {
		all, err := store.AssetFiles(ctx, q, terminal)
		for i := range all {
			if all[i].ID == id {
				row = &all[i]
			}
		}
		return err
	})
	if err != nil {
		return f, nil, err
	}
	if row == nil {
		return f, nil, errNoFile
	}
	content, err = d.open(ctx, row.Digest, row.ID, row.KeySealed)
	return row.AssetFile, content, err
}

// Picture opens a picture of an installation record.
func (d *Desk) Picture(ctx context.Context, terminal, digest string) (mime string, content []byte, err error) {
	var sealed string
	var known bool
	err = d.DB.View(ctx, func(q db.Query) error {
		mime, sealed, known, err = store.InstallPhoto(ctx, q, terminal, digest)
		return err
	})
	if err != nil {
		return "", nil, err
	}
	if !known {
		return "", nil, errNoPic
	}
	content, err = d.open(ctx, digest, terminal+"/"+digest, sealed)
	return mime, content, err
}

func (d *Desk) open(ctx context.Context, digest, row, sealed string) ([]byte, error) {
	name, err := blobs.ParseDigest(digest)
	if err != nil {
		return nil, err
	}
	r, _, err := d.Blobs.Open(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("open file: %w", err)
	}
	defer r.Close() //nolint:errcheck // only read
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("read file: %w", err)
	}
	key, err := d.Vault.OpenRow(classKey, row, sealed)
	if err != nil {
		return nil, fmt.Errorf("open file key: %w", err)
	}
	return wire.Decrypt(text, []byte(key))
}

// TakeOver accepts a terminal on its newest record (验收), which may not hold a failed point; a repeated word changes nothing.
func (d *Desk) TakeOver(ctx context.Context, terminal, record, technician, note string) error {
	technician = strings.TrimSpace(technician)
	if n := utf8.RuneCountInString(technician); n < 2 || n > 40 {
		return errWho
	}
	sealed, err := d.Vault.SealRow(className, record, technician)
	if err != nil {
		return fmt.Errorf("seal technician's name: %w", err)
	}
	err = d.DB.Do(ctx, func(tx db.Tx) error {
		all, err := store.Installations(ctx, tx, terminal, 1)
		switch {
		case err != nil:
			return err
		case len(all) == 0:
			return errNoRec
		case all[0].ID != record:
			return fleet.ErrNewerRecord
		case all[0].Count(wire.PointFailed) > 0:
			return fleet.ErrNotReady
		}
		again, err := store.AddAcceptance(ctx, tx, store.AcceptanceRow{
			Acceptance: fleet.Acceptance{ID: record, Note: note, By: actor.From(ctx).ID}, Terminal: terminal, TechnicianSealed: sealed,
		})
		if err != nil || again {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "fleet.take_over", Object: terminal, Detail: map[string]string{
			"record": record, "absent": fmt.Sprint(all[0].Count(wire.PointAbsent)), "note": note,
		}})
	})
	if err != nil {
		return fmt.Errorf("take terminal over: %w", err)
	}
	return nil
}
