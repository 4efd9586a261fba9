package escpos

import (
	"errors"
	"fmt"

	"tongban/drivers"
)

var (
	errBlocked  = errors.New("line does not take bytes")
	errReturned = errors.New("line was gone and came back")
)

func unplugged(err error) error {
	return &drivers.Error{Code: drivers.CodeNoDevice, Reason: drivers.ReasonUnplugged, Detail: "the line is gone", Cause: err}
}

func blocked(err error) error {
	return &drivers.Error{Code: drivers.CodeTimeOut, Reason: drivers.ReasonSilent, Detail: "the line takes no bytes", Cause: err}
}

func silent() error {
	return &drivers.Error{Code: drivers.CodeTimeOut, Reason: drivers.ReasonSilent, Detail: "no answer to a status question"}
}

func noisy(n int) error {
	return &drivers.Error{Code: drivers.CodeLineError, Reason: drivers.ReasonLineNoise, Detail: fmt.Sprintf("%d bytes that no printer sends", n)}
}
