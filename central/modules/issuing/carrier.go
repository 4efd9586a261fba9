package issuing

import (
	"context"
	"errors"
	"time"

	"tongban/central/kernel/vault"
)

// ErrOrderRefused means that the post will never take this order.
var ErrOrderRefused = errors.New("the post refuses the order")

// Order is one parcel to be fetched from the office (寄件单).
type Order struct {
	ID      string // the same at every attempt
	Name    string
	Phone   vault.Phone
	Address vault.Address
	Office  string
	Goods   string
}

// Tracked is one thing the post tells of a parcel (物流轨迹).
type Tracked struct {
	Seq               int64
	ID, Parcel, Code  string // collected, arrived, out, delivered, refused, returned, lost
	Text, Place, Name string
	At                time.Time
}

// Carrier is the post (邮政). Both ways of asking may be repeated: an order with a known id gives the same parcel, and events
// carry ids. Whoever reads events keeps an own place in them, and passes over parcels that are not theirs.
type Carrier interface {
	Order(ctx context.Context, o Order) (parcel string, err error)
	Events(ctx context.Context, after int64) ([]Tracked, error)
}
