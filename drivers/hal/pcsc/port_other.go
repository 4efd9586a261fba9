//go:build !unix || darwin

package pcsc

import (
	"context"

	"tongban/drivers"
)

// Open says that there is no such service here: Windows and macOS have smart card services of their own, which only their own
// libraries reach.
func Open(context.Context, string, string) (drivers.Port, error) {
	return nil, &drivers.Error{Code: drivers.CodeInternalError, Detail: "smart card readers by pcscd are not supported on this system"}
}
