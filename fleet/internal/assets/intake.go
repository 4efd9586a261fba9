package assets

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/blobs"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/events"
	"tongban/fleet"
	"tongban/fleet/internal/store"
	"tongban/fleet/wire"
)

// Bounds of a record: the longest list has some thirty points, a point three pictures.
const (
	mostPoints = 200
	mostPhotos = 10
)

// Accept implements fleet.Acceptor for wire.KindInstallation.
func (d *Desk) Accept(ctx context.Context, tx db.Tx, env wire.Envelope, from fleet.Terminal, body []byte) (string, error) {
	var in wire.Installation
	if err := json.Unmarshal(body, &in); err != nil {
		return "", errs.E(errs.Invalid, wire.CodeInvalid, "验收记录读不出来，请升级终端程序", err)
	}
	if err := whole(in); err != nil {
		return "", errs.E(errs.Invalid, wire.CodeInvalid, "验收记录不完整，请升级终端程序", err)
	}
	for i := range in.Points {
		for j := range in.Points[i].Photos {
			if err := d.takePhoto(ctx, tx, from.Code, &in.Points[i].Photos[j]); err != nil {
				return "", err
			}
		}
	}
	if err := store.AddInstallation(ctx, tx, env.ID, from.Code, in); err != nil {
		return "", err
	}
	failed := in.Count(wire.PointFailed)
	err := audit.Write(ctx, tx, audit.Record{Action: "fleet.install", Object: from.Code, Detail: map[string]string{
		"number": strconv.Itoa(int(in.Pass)), "revision": strconv.Itoa(in.Revision), "failed": strconv.Itoa(failed), "absent": strconv.Itoa(in.Count(wire.PointAbsent)),
	}})
	if err != nil {
		return "", err
	}
	return "", events.Emit(ctx, tx, events.Event{Topic: fleet.EventInstalled, Key: from.Code, Data: fleet.Installed{Terminal: from.Code, Revision: in.Revision, Failed: failed}})
}

// whole finds what a signed record cannot lack.
func whole(in wire.Installation) error {
	if in.Record == "" || in.Revision < 1 || in.Model == "" || in.At.IsZero() || len(in.Points) == 0 || len(in.Points) > mostPoints {
		return fmt.Errorf("revision %d with %d points", in.Revision, len(in.Points))
	}
	for _, p := range in.Points {
		if p.ID == "" || p.Title == "" || len(p.Photos) > mostPhotos || !slices.Contains([]wire.PointState{wire.PointOK, wire.PointFailed, wire.PointAbsent}, p.State) {
			return fmt.Errorf("point %q is %q with %d pictures", p.ID, p.State, len(p.Photos))
		}
	}
	return nil
}

// takePhoto keeps the key of a picture under the vault and takes it out of the record. A picture that is not here yet makes the
// terminal come again: files travel before their envelope, but a record may overtake an earlier one that names the same picture.
func (d *Desk) takePhoto(ctx context.Context, tx db.Tx, terminal string, p *wire.InstallPhoto) error {
	digest, err := blobs.ParseDigest(p.Digest)
	if err != nil {
		return err
	}
	here, err := store.FileArrived(ctx, tx, terminal, string(digest))
	if err != nil {
		return err
	}
	if !here {
		return errs.E(errs.Unavailable, wire.CodeMissingFile, "验收照片还没有到，终端会自动再送", nil)
	}
	key, err := p.Key.Open(d.Centre, p.Digest)
	if err != nil {
		return errs.E(errs.Invalid, wire.CodeInvalid, "验收照片打不开，请在现场重拍", err)
	}
	sealed, err := d.Vault.SealRow(classKey, terminal+"/"+p.Digest, string(key))
	clear(key)
	if err != nil {
		return fmt.Errorf("seal picture's key: %w", err)
	}
	p.Key = wire.Box{}
	return store.AddInstallPhoto(ctx, tx, terminal, p.Digest, "image/jpeg", sealed)
}
