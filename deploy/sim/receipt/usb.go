package receipt

import "tongban/deploy/sim/usb"

// USB is what a printer of the USB printer class tells of itself (USB 打印机类), and its pipes.
func USB() (usb.Descriptor, usb.Shape) {
	return usb.Descriptor{
		VID: 0x04B8, PID: 0x0202, Maker: "Sample", Product: "Receipt printer", Serial: "510799-0002", Class: 7, Sub: 1, Protocol: 2, Full: true,
		Endpoints: []usb.Endpoint{{Address: 0x01, Kind: usb.Bulk, Packet: 64}, {Address: 0x82, Kind: usb.Bulk, Packet: 64}},
		DeviceID:  "MFG:Sample;CMD:ESC/POS;MDL:Receipt;CLS:PRINTER;",
	}, usb.Stream(0x82)
}
