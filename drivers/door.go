package drivers

import "context"

// KindDoor is the contact at the door of a cabinet (机柜门磁).
const KindDoor Kind = "door"

// ReasonNoMove is that of a door which nobody moved while somebody waited for it: not an error of anybody.
const ReasonNoMove Reason = "noMove"

// DoorContact tells whether a door is open (门磁). Its Status tells it as Cover, so that who watches states sees a door open: an open door
// is news, no fault of the device.
type DoorContact interface {
	Device
	// DoorOpen asks now; at most 1 s.
	DoorOpen(ctx context.Context) (bool, error)
}
