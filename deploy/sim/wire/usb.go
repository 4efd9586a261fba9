package wire

import (
	"fmt"

	"tongban/deploy/sim/usb"
)

// USB makes a port whose far end is a USB device in a socket of a bus. Each plugging is a new device, as on a real bus.
func USB(bus usb.Sockets, socket string, d usb.Descriptor, shape usb.Shape) *Port {
	return &Port{kind: "usb", open: func() (carrier, error) {
		dev := usb.NewDevice(d)
		if err := bus.Plug(socket, dev); err != nil {
			return nil, err
		}
		return &usbLine{bus: bus, socket: socket, dev: dev, shape: shape}, nil
	}}
}

type usbLine struct {
	bus    usb.Sockets
	socket string
	dev    *usb.Device
	shape  usb.Shape
}

func (l *usbLine) serve(h Handler) { h(l.shape(l.dev)) }

func (l *usbLine) path() string {
	return fmt.Sprintf("usb:%04x:%04x", l.dev.Desc.VID, l.dev.Desc.PID)
}

func (l *usbLine) close() error {
	l.bus.Unplug(l.socket)
	return nil
}
