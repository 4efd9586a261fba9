package escpos

import (
	"encoding/hex"
	"time"

	"tongban/drivers"
)

// Bits of the real-time answers (DLE EOT n).
const (
	rtOffline  = 0x08 // n=1
	rtCover    = 0x04 // n=2
	rtPaperOut = 0x20 // n=2, printing stopped by it
	rtMechanic = 0x04 // n=3, recoverable: paper jam
	rtCutter   = 0x08 // n=3
	rtBroken   = 0x20 // n=3, cannot be recovered
	rtHot      = 0x40 // n=3, recovers by itself
	rtNear     = 0x0C // n=4
	rtEnd      = 0x60 // n=4
)

// condition is what the printer says of its own mechanics, from either kind of status.
type condition struct {
	offline, cover, end, near, cutter, jam, broken, hot bool
}

// fromASB reads the four bytes of the automatic status.
func fromASB(b [4]byte) condition {
	return condition{offline: b[0]&0x08 != 0, cover: b[0]&0x20 != 0, jam: b[1]&0x04 != 0, cutter: b[1]&0x08 != 0,
		broken: b[1]&0x20 != 0, hot: b[1]&0x40 != 0, near: b[2]&0x03 != 0, end: b[2]&0x0C != 0}
}

// fromRealtime reads the answers to DLE EOT 1 to 4.
func fromRealtime(b [4]byte) condition {
	return condition{offline: b[0]&rtOffline != 0, cover: b[1]&rtCover != 0, end: b[1]&rtPaperOut != 0 || b[3]&rtEnd != 0,
		jam: b[2]&rtMechanic != 0, cutter: b[2]&rtCutter != 0, broken: b[2]&rtBroken != 0, hot: b[2]&rtHot != 0, near: b[3]&rtNear != 0}
}

// stopped says why the printer does not print, nil if it does. What a person can mend comes before what needs a
// technician, because an open cover often brings the other signs with it.
func (c condition) stopped() *drivers.Error {
	switch {
	case c.cover:
		return &drivers.Error{Code: drivers.CodeDeviceNotReady, Reason: drivers.ReasonCoverOpen, Detail: "cover is open"}
	case c.jam:
		return &drivers.Error{Code: drivers.CodeDeviceNotReady, Reason: drivers.ReasonPaperJam, Detail: "paper is jammed"}
	case c.cutter:
		return &drivers.Error{Code: drivers.CodeHardwareError, Reason: drivers.ReasonCutter, Detail: "knife is stuck"}
	case c.end:
		return &drivers.Error{Code: drivers.CodeDeviceNotReady, Reason: drivers.ReasonPaperOut, Detail: "out of paper"}
	case c.broken:
		return &drivers.Error{Code: drivers.CodeHardwareError, Detail: "error that cannot be recovered"}
	case c.hot:
		return &drivers.Error{Code: drivers.CodeDeviceNotReady, Detail: "head too hot, recovers by itself"}
	case c.offline:
		return &drivers.Error{Code: drivers.CodeDeviceNotReady, Detail: "offline, cause not told"}
	}
	return nil
}

func (c condition) paper() drivers.Supply {
	switch {
	case c.jam:
		return drivers.SupplyJammed
	case c.end:
		return drivers.SupplyOut
	case c.near:
		return drivers.SupplyLow
	}
	return drivers.SupplyFull
}

// status is the condition in the words of the platform.
func (c condition) status(at time.Time) drivers.Status {
	s := drivers.Status{State: drivers.StateOnline, Paper: c.paper(), Cover: "closed", At: at}
	if c.cover {
		s.Cover = "open"
	}
	if e := c.stopped(); e != nil {
		s.State, s.Code, s.Detail = drivers.StateOffline, e.Code, e.Detail
		if e.Code == drivers.CodeHardwareError {
			s.State = drivers.StateHardwareError
		}
	}
	return s
}

// rawStatus is the last status bytes for the technician.
func rawStatus(s state) string {
	if s.asbKnown {
		return "asb " + hex.EncodeToString(s.asb[:])
	}
	return "rt " + hex.EncodeToString(s.rt[:])
}
