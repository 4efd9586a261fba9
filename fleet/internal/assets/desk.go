// Package assets is the register of machines (终端台账): what each terminal is made of, how it was installed, with pictures, who
// took it over, and the papers that belong to it.
package assets

import (
	"context"
	"crypto/ecdh"
	"fmt"
	"time"

	"tongban/central/kernel/blobs"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/privacy"
	"tongban/central/kernel/vault"
	"tongban/fleet"
	"tongban/fleet/internal/store"
	"tongban/fleet/wire"
)

// Classes of what is sealed here.
const (
	classKey  = "file"
	className = "person.name"
)

// Private is what the fleet holds of persons: who installed a terminal, and the keys of pictures and papers.
func Private() privacy.Registration {
	return privacy.Registration{Columns: []privacy.Column{
		{Table: "fleet_acceptance", Title: "终端验收", Column: "technician_sealed", Class: className, Key: []string{"id"}, Bound: true},
		{Table: "fleet_installation_photo", Title: "验收照片", Column: "key_sealed", Class: classKey, Key: []string{"terminal", "digest"}, Bound: true},
		{Table: "fleet_asset_file", Title: "终端台账附件", Column: "key_sealed", Class: classKey, Key: []string{"id"}, Bound: true},
	}}
}

// Desk keeps the register.
type Desk struct {
	DB     *db.DB
	Blobs  *blobs.Store
	Vault  *vault.Vault
	Clock  clock.Clock
	Centre *ecdh.PrivateKey
	// Models are the devices of each terminal model, from its profile; a terminal that nobody has installed yet is shown with them.
	Models map[string][]fleet.AssetDevice
}

// List returns all machines by code: what the office wrote, and how far each is.
func (d *Desk) List(ctx context.Context) (out []fleet.Asset, err error) {
	err = d.DB.View(ctx, func(q db.Query) error {
		rows, err := store.Terminals(ctx, q)
		if err != nil {
			return err
		}
		written, err := store.Assets(ctx, q, "")
		if err != nil {
			return err
		}
		newest, err := store.NewestInstallations(ctx, q)
		if err != nil {
			return err
		}
		out = make([]fleet.Asset, 0, len(rows))
		for _, r := range rows {
			n, has := newest[r.Code]
			a := d.asset(r, written[r.Code])
			a.Standing = standing(has, n.Failed, n.AcceptedAt)
			a.Devices = d.ofModel(r.Model)
			out = append(out, a)
		}
		return nil
	})
	return out, err
}

func standing(has bool, failed int, accepted time.Time) fleet.Standing {
	switch {
	case !has:
		return fleet.StandingNone
	case !accepted.IsZero():
		return fleet.StandingAccepted
	case failed > 0:
		return fleet.StandingFailed
	}
	return fleet.StandingReady
}

func (d *Desk) asset(r store.Row, w store.AssetRow) fleet.Asset {
	return fleet.Asset{Terminal: r.Terminal, SerialNo: w.SerialNo, Maker: w.Maker, ArrivedOn: w.ArrivedOn, WarrantyUntil: w.WarrantyUntil, Note: w.Note, Version: w.Version}
}

func (d *Desk) ofModel(model string) []wire.InstallDevice {
	out := make([]wire.InstallDevice, 0, len(d.Models[model]))
	for _, x := range d.Models[model] {
		out = append(out, wire.InstallDevice{Kind: x.Kind, Name: x.Name, Profile: x.Profile})
	}
	return out
}

// recordsShown bounds how many revisions a page gets.
const recordsShown = 20

// Get returns one machine with its records and papers.
func (d *Desk) Get(ctx context.Context, terminal string) (out fleet.Asset, err error) {
	err = d.DB.View(ctx, func(q db.Query) error {
		row, err := store.Terminal(ctx, q, terminal)
		if err != nil {
			return err
		}
		written, err := store.Assets(ctx, q, terminal)
		if err != nil {
			return err
		}
		out = d.asset(row, written[terminal])
		if out.Records, err = store.Installations(ctx, q, terminal, recordsShown); err != nil {
			return err
		}
		files, err := store.AssetFiles(ctx, q, terminal)
		if err != nil {
			return err
		}
		out.Files = []fleet.AssetFile{}
		for _, f := range files {
			out.Files = append(out.Files, f.AssetFile)
		}
		if len(out.Records) == 0 {
			out.Standing, out.Devices = fleet.StandingNone, d.ofModel(row.Model)
			return nil
		}
		newest := out.Records[0]
		out.Devices = newest.Devices
		taken, err := store.Acceptance(ctx, q, newest.ID)
		if err != nil {
			return err
		}
		var at time.Time
		if taken != nil {
			name, err := d.Vault.OpenRow(className, taken.ID, taken.TechnicianSealed)
			if err != nil {
				return fmt.Errorf("open technician's name: %w", err)
			}
			taken.Technician, at = vault.Name(name), taken.At
			out.Acceptance = &taken.Acceptance
		}
		out.Standing = standing(true, newest.Count(wire.PointFailed), at)
		return nil
	})
	return out, err
}
