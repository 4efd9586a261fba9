package window

import (
	"context"
	"time"

	"tongban/central/kernel/vault"
	"tongban/fleet/wire"
)

// Delivery is what the proof of a delivery states (送达回证).
type Delivery struct {
	Recipient   vault.Name // who took it, or to whom it was posted
	IDMasked    string
	Relation    string // 本人, 受托人
	Way         string // 当面领取, 邮寄送达
	Certificate string // number of what was handed out, "" where the paper is the result
	Handed      []Fact // what was handed out, such as 正本 1
	Signed      string // how the recipient signed: 手写屏签名, 纸上签名, 邮政签收
}

// ContentFile is one file of a case in the clear (材料文件). It lives in memory only.
type ContentFile struct {
	Name  string // path below the kind, such as lease/1.jpg
	Title string
	MIME  string
	Bytes []byte
}

// ContentDocument is one issued paper in the clear (文书).
type ContentDocument struct {
	No, Kind, Title, Code string
	At                    time.Time
	PDF                   []byte
}

// ContentEvent is one line of the timeline (经过).
type ContentEvent struct {
	At                    time.Time `json:"at"`
	Title, Note, By, Kind string
}

// Contents is a whole ended case in the clear, for the archive.
type Contents struct {
	Facts       Facts
	Office      string
	Application wire.Submission
	Materials   []ContentFile
	Signatures  []ContentFile
	Documents   []ContentDocument
	History     []ContentEvent // oldest first
}

// Handing is what the module that hands out results asks of the window besides Service (发证).
type Handing interface {
	// Deliver makes the numbered proof of delivery, with the line of the timeline; what also writes commits together with it.
	// It moves no clock: the case ended with its decision.
	Deliver(ctx context.Context, no string, d Delivery, also Also) (Document, error)

	// Contents opens a case that has ended with all its files. The look is kept in the audit.
	Contents(ctx context.Context, no string) (Contents, error)
}
