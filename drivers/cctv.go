package drivers

import "context"

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
}
