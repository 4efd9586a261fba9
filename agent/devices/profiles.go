package devices

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"tongban/drivers"
	"tongban/drivers/all"
	"tongban/drivers/hal"
	"tongban/drivers/hal/tap"
	profiles "tongban/firmware-profiles"
)

// Setting is one setting of a driver that belongs to the site, not to the model of the device (现场设置): a program that is
// installed there, for instance. An empty value, or none, sets nothing.
type Setting struct {
	Driver, Key string
	Value       any // as a profile has it: text, numbers, lists
}

// PhotoDecoder is the program that makes pictures of the photos of identity cards.
func PhotoDecoder(program string) Setting {
	return Setting{Driver: "idcard/sdt", Key: "photo_decoder", Value: program}
}

// surveillance is the driver of surveillance cameras on the net.
const surveillance = "cctv/onvif"

// Surveillance is how this site's surveillance camera is asked, and what of its pictures nobody may see.
func Surveillance(user, passwordFile string, masks [][4]float64) []Setting {
	out := []Setting{{Driver: surveillance, Key: "user", Value: user}, {Driver: surveillance, Key: "password_file", Value: passwordFile}}
	if len(masks) == 0 {
		return out
	}
	list := make([]any, len(masks))
	for i, m := range masks {
		list[i] = []any{m[0], m[1], m[2], m[3]}
	}
	return append(out, Setting{Driver: surveillance, Key: "masks", Value: list})
}

// chosen splits what a site gave for a kind: an address, or a profile and an address where it has another device than its model's
// (mrz-serial@serial:/dev/ttyUSB3).
func chosen(given string) (profile, address string) {
	profile, address, found := strings.Cut(given, "@")
	if !found || strings.ContainsAny(profile, ":/") { // http://printer@10.0.0.7/ has no profile
		return "", given
	}
	return profile, address
}

// Slots makes the places of a terminal model: each device by its profile, at the address that the site gave for its kind.
// A device that the model has and the site did not connect is a place that says so; one that the site added to a model
// without it gets the profile that the tender wants there, else the first that is served. An error is a wrong profile or address, never a device that is away.
func Slots(set profiles.Set, model profiles.Terminal, addresses map[string]string, site ...Setting) ([]Slot, error) {
	var out []Slot
	places := slices.Clone(model.Devices)
	for _, kind := range profiles.Kinds() {
		if _, has := model.Place(kind); has || addresses[kind] == "" {
			continue
		}
		d, err := added(set, model, kind)
		if err != nil {
			return nil, err
		}
		places = append(places, profiles.Place{Kind: kind, Profile: d.Profile})
	}
	for _, p := range places {
		profile, address := chosen(addresses[p.Kind])
		if profile != "" {
			if d, err := set.Device(profile); err != nil || d.Kind != p.Kind || !d.Served() {
				return nil, fmt.Errorf("device %s: %q is no profile of a %s that a driver serves", p.Kind, profile, p.Kind)
			}
			p.Profile = profile
		}
		s, err := slotFor(set, p, address, site)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// added is the profile of a device that the site added.
func added(set profiles.Set, model profiles.Terminal, kind string) (profiles.Device, error) {
	for _, p := range model.Outfit {
		if d, err := set.Device(p.Profile); err == nil && p.Kind == kind && d.Served() {
			return d, nil
		}
	}
	i := slices.IndexFunc(set.Devices, func(d profiles.Device) bool { return d.Kind == kind && d.Served() })
	if i < 0 {
		return profiles.Device{}, fmt.Errorf("no profile for a %s", kind)
	}
	return set.Devices[i], nil
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
		if x.Driver == d.Driver && x.Value != nil && x.Value != "" {
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
