// Package all is the one list of drivers (驱动清单). Adding a driver is one line here.
package all

import (
	"fmt"
	"slices"
	"strings"

	"tongban/drivers"
	"tongban/drivers/barcode/hidpos"
	"tongban/drivers/barcode/serial"
	camera "tongban/drivers/camera/uvc"
	"tongban/drivers/cctv/onvif"
	"tongban/drivers/display/drm"
	door "tongban/drivers/door/relay"
	"tongban/drivers/fingerprint/ef01"
	"tongban/drivers/fingerprint/livescan"
	"tongban/drivers/idcard/sdt"
	"tongban/drivers/laser/ipp"
	"tongban/drivers/laser/pjl"
	light "tongban/drivers/light/relay"
	"tongban/drivers/passport/apdu"
	"tongban/drivers/passport/ccid"
	"tongban/drivers/passport/mrzline"
	"tongban/drivers/passport/pcsc"
	"tongban/drivers/receipt/escpos"
	"tongban/drivers/scanner/escl"
	"tongban/drivers/scanner/sane"
	"tongban/drivers/scanner/uvc"
	"tongban/drivers/signature/digitizer"
	"tongban/drivers/speaker/alsa"
)

// Drivers returns a fresh list of all drivers, in the order of kinds.
func Drivers() []drivers.Driver {
	return []drivers.Driver{
		sdt.Driver(),
		escpos.Driver(),
		escl.Driver(),
		uvc.Driver(),
		sane.Driver(),
		ipp.Driver(),
		pjl.Driver(),
		serial.Driver(),
		hidpos.Driver(),
		ef01.Driver(),
		livescan.Driver(),
		digitizer.Driver(),
		light.Driver(),
		door.Driver(),
		alsa.Driver(),
		drm.Driver(),
		pcsc.Driver(),
		ccid.Driver(),
		mrzline.Driver(),
		apdu.Driver(),
		camera.Driver(),
		onvif.Driver(),
	}
}

// Lookup finds a driver by its name, "idcard/sdt".
func Lookup(name string) (drivers.Driver, error) {
	list := Drivers()
	i := slices.IndexFunc(list, func(d drivers.Driver) bool { return d.Name == name })
	if i < 0 {
		names := make([]string, len(list))
		for j, d := range list {
			names[j] = d.Name
		}
		return drivers.Driver{}, &drivers.Error{
			Code:   drivers.CodeInvalidData,
			Detail: fmt.Sprintf("no driver %q, have %s", name, strings.Join(names, ", ")),
		}
	}
	return list[i], nil
}

// ForKind lists the drivers of one kind; the first is the one to take when nobody names another.
func ForKind(kind drivers.Kind) []drivers.Driver {
	return slices.DeleteFunc(Drivers(), func(d drivers.Driver) bool { return d.Kind != kind })
}
