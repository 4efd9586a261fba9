package window

import (
	"context"
	"time"

	"tongban/central/kernel/db"
	"tongban/central/kernel/vault"
	"tongban/fleet/wire"
)

// ChannelRegion is the channel of a case that another region received for us (外地代收).
const ChannelRegion = "region"

// CrossingTarget is where a registration goes that is received here for another region (跨域去向).
type CrossingTarget struct {
	ID   string // of the directory of regions
	Name string // region and way in words, such as 重庆市渝北区，异地代收代办
}

// Across is a registration that was handed to another region instead of becoming a case here. It lives in memory only.
type Across struct {
	No, Draft, Target    string
	Item, ItemName       string
	ItemVersion          int
	Submission           wire.Submission // with the keys of its files; CaseNo is No
	Stands               []SharedPaper   // what stands for papers that have no pages
	Agent                bool
	Phone                vault.Phone
	CheckCode            string
	Hall, Window, Ticket string
	Region, Department   string
	Clerk, ClerkName     string // account, name
}

// Forwarded is what another region received for us (外地代收的申请).
type Forwarded struct {
	ID         string // at the region that received it; twice the same is refused
	From       string // region and office in words
	Region     string // code
	Item       string
	Submission wire.Submission // files are among the blobs already; CaseNo is made here
}

// Crossing is what the handling across regions asks of the window (跨域通办). Such a registration lies on the same shelf as every
// other and passes the same checks; it only never becomes a case of ours, so that no clock of ours begins.
type Crossing interface {
	// HandAcross ends a registration that is for another region: it gets a number of the counter's series, and also keeps it, in one
	// transaction.
	HandAcross(ctx context.Context, draft string, revision int, also func(ctx context.Context, tx db.Tx, a Across) error) (Across, error)

	// TakeAcross makes a case of what another region received, by the checks that every hand-in passes. Its days begin at the given
	// instant: where originals come by post, the day on which they arrived.
	TakeAcross(ctx context.Context, tx db.Tx, r Forwarded, at time.Time) (no string, err error)

	// PaperNames says what the papers of a matter are called, by code.
	PaperNames(ctx context.Context, item string, version int) (map[string]string, error)
}
