package usb

import (
	"context"
	"errors"

	"tongban/drivers"
)

// Fault says in the words of the platform why a device cannot be opened or used (故障说明).
func Fault(err error) error {
	var known *drivers.Error
	if errors.As(err, &known) {
		return err
	}
	e := &drivers.Error{Code: drivers.CodeNoDevice, Reason: drivers.ReasonUnplugged, Detail: "the line is gone", Cause: err}
	switch {
	case errors.Is(err, ErrNotFound):
		e.Detail = "nothing is plugged in there"
	case errors.Is(err, ErrHeld):
		e.Code, e.Reason, e.Detail = drivers.CodeDeviceNotReady, "", "another program holds the port"
	case errors.Is(err, ErrAmbiguous), errors.Is(err, ErrNoPipes):
		e.Code, e.Reason, e.Detail = drivers.CodeInvalidData, "", err.Error()
	case errors.Is(err, ErrRight), errors.Is(err, ErrNoBus):
		e.Code, e.Reason, e.Detail = drivers.CodeInternalError, "", err.Error()
	case errors.Is(err, ErrStalled):
		e.Code, e.Reason, e.Detail = drivers.CodeLineError, drivers.ReasonProtocol, err.Error()
	case errors.Is(err, context.DeadlineExceeded):
		e.Code, e.Reason, e.Detail = drivers.CodeTimeOut, drivers.ReasonSilent, "the device takes no bytes"
	}
	return e
}
