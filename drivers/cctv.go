package drivers

import (
	"context"
	"time"
)

// KindCCTV is the camera that watches over a terminal (视频监控仪).
const KindCCTV Kind = "cctv"

// ReasonDenied: the device does not take the name and password that it was given.
const ReasonDenied Reason = "denied"

// SurveillanceCamera watches over a terminal (视频监控仪). What its settings mask is black in every picture that leaves the driver: what a citizen
// types or lays down is nobody's business.
type SurveillanceCamera interface {
	Device
	// Still takes one picture of full size (at least 5 megapixels on the tender's models) within 5 s.
	Still(ctx context.Context) (Frame, error)
	// Stream calls see with each picture of the moving stream until see says no or ctx ends, which is no error. A stream that gives nothing
	// for 3 s is CodeTimeOut.
	Stream(ctx context.Context, see func(Frame) bool) error
	// Masks is how many places its settings hide.
	Masks() int
}

// Clocked is a device that keeps a time of its own and writes it into what it records (设备时钟).
type Clocked interface {
	// Clock asks for that time, to the second, within 1 s; CodeUnsupported where the device does not tell.
	Clock(ctx context.Context) (time.Time, error)
}
