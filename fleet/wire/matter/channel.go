package matter

import "slices"

// Channels an item can be applied for through (办理渠道).
const (
	AtKiosk  = "kiosk"
	AtWeb    = "web"
	AtWindow = "window"
)

// Offered reports whether the item can be applied for through the channel; one that names none is offered everywhere.
func (i *Item) Offered(channel string) bool {
	return len(i.Channels) == 0 || slices.Contains(i.Channels, channel)
}
