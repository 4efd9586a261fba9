package devices

import (
	"context"
	"fmt"
	"slices"

	"tongban/drivers"
	"tongban/drivers/all"
	"tongban/drivers/hal"
	"tongban/drivers/hal/tap"
	profiles "tongban/firmware-profiles"
)

// Setting is one setting of a driver that belongs to the site, not to the model of the device (现场设置): a program that is
// installed there, for instance. An empty value sets nothing.
type Setting struct{ Driver, Key, Value string }

// PhotoDecoder is the program that makes pictures of the photos of identity cards.
func PhotoDecoder(program string) Setting {
	return Setting{Driver: "idcard/sdt", Key: "photo_decoder", Value: program}
}

// Slots makes the places of a terminal model: each device by its profile, at the address that the site gave for its kind.
// A device that the model has and the site did not connect is a place that says so; one that the site added to a model
// without it gets the first profile of its kind. An error is a wrong profile or address, never a device that is away.
func Slots(set profiles.Set, model profiles.Terminal, addresses map[string]string, site ...Setting) ([]Slot, error) {
	var out []Slot
	places := slices.Clone(model.Devices)
	for _, kind := range []drivers.Kind{drivers.KindIDCard, drivers.KindReceipt, drivers.KindScanner, drivers.KindLaser, drivers.KindBarcode,
		drivers.KindSignature, drivers.KindLight, drivers.KindDoor, drivers.KindSpeaker, drivers.KindDisplay} {
		if _, has := model.Place(string(kind)); has || addresses[string(kind)] == "" {
			continue
		}
		i := slices.IndexFunc(set.Devices, func(d profiles.Device) bool { return d.Kind == string(kind) && d.Served() })
		if i < 0 {
			return nil, fmt.Errorf("no profile for a %s", kind)
		}
		places = append(places, profiles.Place{Kind: string(kind), Profile: set.Devices[i].Profile})
	}
	for _, p := range places {
		s, err := slotFor(set, p, addresses[p.Kind], site)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// wordless are ports without bytes of their own: the driver speaks HTTP, or asks the kernel.
var wordless = []string{hal.SchemeHTTP, hal.SchemeWeb, hal.SchemeSound, hal.SchemeScreen, hal.SchemeSane}

func slotFor(set profiles.Set, p profiles.Place, address string, site []Setting) (Slot, error) {
	s := Slot{Kind: drivers.Kind(p.Kind), Name: p.Kind, Profile: p.Profile}
	if address == "" {
		s.Open = func(context.Context) (drivers.Device, error) {
			return nil, &drivers.Error{Code: drivers.CodeNoDevice, Detail: "no port is configured"}
		}
		return s, nil
	}
	d, err := set.Device(p.Profile)
	if err != nil {
		return s, err
	}
	driver, err := all.Lookup(d.Driver)
	if err != nil {
		return s, fmt.Errorf("profile %s: %w", d.Profile, err)
	}
	address = d.Address(address)
	s.Port = address
	if _, err := hal.ParseAddress(address); err != nil {
		return s, fmt.Errorf("device %s: %w", p.Kind, err)
	}
	if a, err := hal.ParseAddress(address); err == nil && !slices.Contains(wordless, a.Scheme) {
		s.Line, s.Redact, s.Decode = new(tap.Line), driver.Redact, driver.Decode
	}
	settings := d.Settings()
	for _, x := range site {
		if x.Driver == d.Driver && x.Value != "" {
			settings[x.Key] = x.Value
		}
	}
	s.Open = func(ctx context.Context) (drivers.Device, error) {
		port, err := hal.Open(ctx, address)
		if err != nil {
			return nil, err
		}
		if s.Line != nil {
			port = s.Line.Wrap(port)
		}
		return driver.Open(ctx, port, settings)
	}
	return s, nil
}
