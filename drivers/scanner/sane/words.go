package sane

import (
	"encoding/json"
	"strings"

	"tongban/drivers"
	hal "tongban/drivers/hal/sane"
)

// Statuses of SANE, which the program gives as its exit code (SANE 状态).
const (
	statusUnsupported = 1 // also everything that the program itself complains about
	statusCancelled   = 2
	statusBusy        = 3
	statusInvalid     = 4
	statusJammed      = 6
	statusNoDocs      = 7
	statusCoverOpen   = 8
	statusIO          = 9
	statusNoMemory    = 10
	statusDenied      = 11
)

// Beginnings of the program's complaints that say more than its exit code.
const (
	wordOpen    = "open of device"
	wordOption  = "setting of option"
	wordUnknown = "unrecognized option"
)

func endOf(b []byte) (hal.End, error) {
	var e hal.End
	if err := json.Unmarshal(b, &e); err != nil {
		return e, &drivers.Error{Code: drivers.CodeLineError, Reason: drivers.ReasonProtocol, Detail: err.Error(), Cause: err}
	}
	return e, nil
}

// sentences are what SANE calls its statuses. A program that had to be ended gives no exit code, but has said why it stopped.
var sentences = map[string]int{
	"Operation was cancelled": statusCancelled, "Device busy": statusBusy, "Document feeder jammed": statusJammed,
	"Document feeder out of documents": statusNoDocs, "Scanner cover is open": statusCoverOpen, "Error during device I/O": statusIO,
	"Out of memory": statusNoMemory, "Access to resource has been denied": statusDenied,
}

// statusOf is the exit code, or where that tells nothing of a page that did not come what the program said.
func statusOf(e hal.End, pages int) int {
	if e.Status > 0 || e.Status == 0 && pages > 0 {
		return e.Status
	}
	for _, begin := range []string{hal.WordStart, hal.WordRead} {
		if s, ok := strings.CutPrefix(e.Word, begin); ok && sentences[s] != 0 {
			return sentences[s]
		}
	}
	return e.Status
}

// fault is how an order ended, nil when well. An empty feeder after the last page is the end of the pages and no fault.
func fault(e hal.End, pages int) error {
	status := statusOf(e, pages)
	if status == 0 || status == statusNoDocs && pages > 0 {
		return nil
	}
	f := &drivers.Error{Code: drivers.CodeHardwareError, Reason: drivers.ReasonNoImage, Detail: "the scanner's program failed", Raw: e.Word}
	switch status {
	case statusCancelled:
		f.Code, f.Reason, f.Detail = drivers.CodeDeviceNotReady, "", "stopped at the scanner"
	case statusBusy:
		f.Code, f.Reason, f.Detail = drivers.CodeDeviceNotReady, "", "the scanner works for somebody else"
	case statusJammed:
		f.Code, f.Reason, f.Detail = drivers.CodeDeviceNotReady, drivers.ReasonPaperJam, "paper is jammed in the feeder"
	case statusNoDocs:
		f.Code, f.Reason, f.Detail = drivers.CodeUserError, drivers.ReasonNoDocument, "nothing lies in the feeder"
	case statusCoverOpen:
		f.Code, f.Reason, f.Detail = drivers.CodeDeviceNotReady, drivers.ReasonCoverOpen, "the cover is open"
	case statusIO:
		f.Code, f.Reason, f.Detail = drivers.CodeLineError, drivers.ReasonLineNoise, "the line to the scanner broke off"
	case statusNoMemory:
		f.Code, f.Reason, f.Detail = drivers.CodeInternalError, "", "no memory for the scanner's program"
	case statusDenied:
		f.Code, f.Reason, f.Detail = drivers.CodeInternalError, "", "no right to use the scanner"
	case statusInvalid, statusUnsupported:
		complained(f, e.Word)
	}
	return f
}

// complained reads what the program says where its exit code says nothing.
func complained(f *drivers.Error, word string) {
	switch {
	case strings.HasPrefix(word, wordOpen) && strings.Contains(word, "busy"):
		f.Code, f.Reason, f.Detail = drivers.CodeDeviceNotReady, "", "the scanner works for somebody else"
	case strings.HasPrefix(word, wordOpen) && strings.Contains(word, "denied"):
		f.Code, f.Reason, f.Detail = drivers.CodeInternalError, "", "no right to use the scanner"
	case strings.HasPrefix(word, wordOpen):
		f.Code, f.Reason, f.Detail = drivers.CodeNoDevice, drivers.ReasonUnplugged, "SANE finds no such scanner"
	case strings.HasPrefix(word, wordOption), strings.HasPrefix(word, wordUnknown):
		f.Code, f.Reason, f.Detail = drivers.CodeUnsupported, drivers.ReasonProtocol, "the scanner does not know a setting of the profile"
	case strings.HasSuffix(word, "Operation not supported"):
		f.Code, f.Reason, f.Detail = drivers.CodeUnsupported, drivers.ReasonProtocol, "the scanner cannot do this"
	}
}

func noImage(err error) error {
	return &drivers.Error{Code: drivers.CodeLineError, Reason: drivers.ReasonNoImage, Detail: err.Error(), Cause: err}
}
