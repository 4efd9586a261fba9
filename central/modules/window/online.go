package window

import (
	"context"

	"tongban/central/kernel/db"
	"tongban/fleet/wire"
	"tongban/fleet/wire/matter"
)

// OnlinePage is one picture of a hand-in from an online channel: a page of a material, or a signer's strokes.
type OnlinePage struct {
	Material string // code; "" for a signature
	Role     string // of the signer; "" for a page
	Data     []byte // JPEG, PNG, PDF; a signature is PNG
}

// Online is one hand-in from an online channel (线上申报). Number, keys of the slip and files of the submission are the window's to
// make; what stands in them is not read.
type Online struct {
	Channel    string // code of the channel, as it is kept with the case
	Place      string // how people call the channel; shown where a terminal's place is
	Region     string // six or twelve digits; that of the deciding department when ""
	Phone      string // of the applicant, as the channel knows it
	Submission wire.Submission
	Pages      []OnlinePage
}

// Intake is what an online channel asks of the window (线上收件).
type Intake interface {
	// OnlineItem returns an item as the channel fills it in, refused when it cannot be applied for online now.
	OnlineItem(ctx context.Context, code string) (matter.Item, error)

	// TakeOnline makes a case of a hand-in, by the same checks that a terminal's hand-in passes; also commits together with it.
	TakeOnline(ctx context.Context, in Online, also func(ctx context.Context, tx db.Tx, no string) error) (no string, err error)
}
