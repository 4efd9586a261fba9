package laser

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"

	"tongban/deploy/sim/usb"
)

// Socket is where the printer is plugged in on a bus.
const Socket = "1-5"

// RawUSB is what a printer of the USB printer class tells of itself when it speaks PJL on its pipes, and those pipes.
func RawUSB() (usb.Descriptor, usb.Shape) {
	return usb.Descriptor{
		VID: 0x03F0, PID: 0x0517, Maker: "Sample", Product: "A4 printer", Serial: "510799-0006", Class: 7, Sub: 1, Protocol: 2,
		Endpoints: []usb.Endpoint{{Address: 0x01, Kind: usb.Bulk, Packet: 512}, {Address: pipeIn, Kind: usb.Bulk, Packet: 512}},
		DeviceID:  "MFG:Sample;CMD:PJL,PCL,PDF;MDL:Laser 4;CLS:PRINTER;",
	}, usb.Stream(pipeIn)
}

// pipeIn is the pipe on which it speaks.
const pipeIn = 0x81

// plugUSB plugs the printer in; guarded by mu.
func (d *Device) plugUSB() error {
	dev := usb.NewDevice(usb.Descriptor{
		VID: 0x1D6B, PID: 0x0510, Maker: "Sample", Product: "A4 printer", Serial: "510799-0005", Class: 7, Sub: 1, Protocol: 4,
		Endpoints: []usb.Endpoint{{Address: 0x01, Kind: usb.Bulk, Packet: 512}, {Address: pipeIn, Kind: usb.Bulk, Packet: 512}},
	})
	if err := d.cfg.Bus.Plug(Socket, dev); err != nil {
		return err
	}
	d.wg.Add(1)
	go func() {
		defer d.wg.Done()
		for !dev.Gone() {
			d.talk(dev.Session(pipeIn))
		}
	}()
	return nil
}

// talk answers whole requests of HTTP one after the other until the host begins anew.
func (d *Device) talk(s *usb.Session) {
	in := bufio.NewReader(s)
	for {
		r, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		ctx, cancel := context.WithCancel(context.Background())
		go func() { s.Over(ctx); cancel() }()
		a := &kept{head: http.Header{}, status: http.StatusOK}
		if d.handled(a, r.WithContext(ctx)) {
			res := http.Response{StatusCode: a.status, ProtoMajor: 1, ProtoMinor: 1, Header: a.head, ContentLength: int64(a.body.Len()), Body: io.NopCloser(&a.body)}
			_ = res.Write(s) // a host that went away asks again
		}
		cancel()
	}
}

// handled reports whether there is an answer: on the net a fault breaks the connection off, here nothing comes.
func (d *Device) handled(a http.ResponseWriter, r *http.Request) (ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	d.handler().ServeHTTP(a, r)
	return true
}

// kept is an answer before it is sent.
type kept struct {
	head   http.Header
	status int
	body   bytes.Buffer
}

func (k *kept) Header() http.Header         { return k.head }
func (k *kept) Write(b []byte) (int, error) { return k.body.Write(b) }
func (k *kept) WriteHeader(status int)      { k.status = status }
