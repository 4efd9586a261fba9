package fleet

import (
	"time"

	"tongban/central/kernel/errs"
	"tongban/central/kernel/vault"
	"tongban/fleet/wire"
)

// PermAsset allows keeping the asset records and taking terminals over (维护台账和验收).
const PermAsset = "fleet:terminal.asset"

// EventInstalled is emitted when a signed installation record arrived; Data: Installed.
const EventInstalled = "fleet.installed"

// Installed is the data of EventInstalled.
type Installed struct {
	Terminal string `json:"terminal"`
	Revision int    `json:"revision"`
	Failed   int    `json:"failed"`
}

// Standing is how far a terminal is on its way into service (验收进度).
type Standing string

// Standings.
const (
	StandingNone     Standing = "none"     // 没有验收记录
	StandingFailed   Standing = "failed"   // 有不合格项
	StandingReady    Standing = "ready"    // 待验收: nothing failed, nobody has taken it over
	StandingAccepted Standing = "accepted" // 已验收
)

// ErrNotReady means that a record with failed points cannot be accepted.
var ErrNotReady = errs.E(errs.Conflict, "fleet.not_ready", "还有不合格项，处理好、现场重新签字后再验收", nil)

// ErrNewerRecord means that the page shows an older record.
var ErrNewerRecord = errs.E(errs.Conflict, "fleet.newer_record", "现场又签了新的记录，请刷新后看过再验收", nil)

// AssetDevice is one device of a model (配置的外设).
type AssetDevice struct {
	Kind, Name, Profile, Clause string
}

// Asset is one terminal with all that is known of the machine (终端台账).
type Asset struct {
	Terminal
	SerialNo      string
	Maker         string
	ArrivedOn     string // YYYY-MM-DD, "" = not known
	WarrantyUntil string
	Note          string
	Version       int64 // of what the office wrote
	Standing      Standing
	Devices       []wire.InstallDevice // of the newest record, else of the model
	Records       []Installation       // newest first
	Files         []AssetFile
	Acceptance    *Acceptance // of the newest record
}

// AssetFile is one attached paper (附件).
type AssetFile struct {
	ID, Terminal, Device, Title, MIME string
	Size                              int64
	AddedAt                           time.Time
	AddedBy                           string
}

// Installation is one kept installation record.
type Installation struct {
	ID       string // of its envelope
	Terminal string
	Reason   string // for which its service code was given out
	MadeBy   string // who gave it out
	Received time.Time
	wire.Installation
}

// Acceptance is who took a terminal over (验收).
type Acceptance struct {
	ID         string // of the installation record
	Technician vault.Name
	Note       string
	At         time.Time
	By         string
}
