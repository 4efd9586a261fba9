// Package hidpos drives barcode and QR readers (条码二维码阅读器) that are USB devices of the HID point-of-sale class (HID-POS): the
// reader says in its report descriptor where in a report the symbology, the bytes and the mark of a code that goes on lie. The
// port carries records of drivers/hal/hid, so the address ends in "?as=reports".
package hidpos

import (
	"context"
	"fmt"
	"sync"
	"time"

	"tongban/drivers"
	"tongban/drivers/barcode/serial"
	"tongban/drivers/hal/hid"
)

// Name is the driver's name in profiles and in the list of drivers.
const Name = "barcode/hidpos"

// Driver is the entry for drivers/all.
func Driver() drivers.Driver {
	return drivers.Driver{Name: Name, Kind: drivers.KindBarcode, Redact: func() drivers.Redactor { return &redactor{} },
		Open: func(_ context.Context, port drivers.Port, params drivers.Params) (drivers.Device, error) {
			return Open(port, params)
		}}
}

// Open takes over the port. The reports become what a reader on a serial line sends, and are read as such: one set of rules
// says what a code is.
//
//	aim: "yes"   "no" for readers that leave the symbology empty
func Open(port drivers.Port, params drivers.Params) (*serial.Reader, error) {
	line := drivers.Params{"suffix": "cr", "gap": "20ms"}
	for k, v := range params {
		if k != "aim" {
			_ = port.Close()
			return nil, &drivers.Error{Code: drivers.CodeInvalidData, Detail: fmt.Sprintf("setting %s: unknown setting", k)}
		}
		line[k] = v
	}
	return serial.OpenAs(Name, &decoder{Port: port}, line)
}

// decoder is the port of the serial reader above the port of the reports.
type decoder struct {
	drivers.Port
	mu    sync.Mutex
	cut   hid.Cutter
	shape shape
	out   []byte
	more  bool // the code goes on in the next report
}

// Read implements drivers.Port.
func (d *decoder) Read(p []byte, timeout time.Duration) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	// One record at a time: what was not asked for yet stays with the port, where Discard drops it.
	for whole := false; len(d.out) == 0 && !whole; {
		buf := make([]byte, d.cut.Missing())
		n, err := d.Port.Read(buf, timeout)
		if err != nil {
			d.cut, d.more = hid.Cutter{}, false // what is plugged in next begins anew
			return 0, err
		}
		if n == 0 {
			return 0, nil
		}
		if err := d.feed(buf[:n]); err != nil {
			return 0, err
		}
		whole = d.cut.Held() == 0
	}
	n := copy(p, d.out)
	d.out = d.out[n:]
	return n, nil
}

func (d *decoder) feed(b []byte) error {
	records, err := d.cut.Feed(b)
	for _, r := range records {
		if r.Letter == hid.RecordDescriptor {
			s, err := shapeOf(r.Content)
			if err != nil {
				return fault(err)
			}
			d.shape = s
			continue
		}
		c, ok := d.shape.read(r.Content)
		if !ok {
			continue // a report about something else: battery, trigger
		}
		if !d.more {
			d.out = append(d.out, c.aim...)
		}
		d.out = append(d.out, c.data...)
		if d.more = c.more; !d.more {
			d.out = append(d.out, '\r')
		}
	}
	if err != nil {
		return fault(err)
	}
	return nil
}

func fault(err error) error {
	return &drivers.Error{Code: drivers.CodeInvalidData, Reason: drivers.ReasonProtocol, Detail: err.Error(), Cause: err}
}

// Discard implements drivers.Port: codes are dropped, the descriptor is not.
func (d *decoder) Discard() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.out, d.more = nil, false
	return d.Port.Discard()
}
