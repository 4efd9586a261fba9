// Package usb drives emulated USB devices through the kernel's own USB stack (真实内核 USB 测试): `make usb` boots Debian's kernel in
// an emulated machine, in which this package's test binary is the first process. Its devices are plugged into the kernel's
// virtual host controller, so that enumeration, libusb, hidraw and unplugging are those of a terminal.
package usb
