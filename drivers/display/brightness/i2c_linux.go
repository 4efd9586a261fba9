package brightness

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// ioctlSlave says with whom a node of i2c-dev speaks (I2C_SLAVE).
const ioctlSlave = 0x0703

// Wires is the kernel's own bus: module i2c-dev.
func Wires() Bus { return wires{} }

type wires struct{}

func (wires) Open(node string, slave byte) (io.ReadWriteCloser, error) {
	f, err := os.OpenFile(node, os.O_RDWR, 0) //nolint:gosec // named by the kernel's tree
	if err != nil {
		return nil, err
	}
	if err := unix.IoctlSetInt(int(f.Fd()), ioctlSlave, int(slave)); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("address the screen: %w", err)
	}
	return f, nil
}
