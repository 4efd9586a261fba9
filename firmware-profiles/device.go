package profiles

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
)

// Device is one device model, or a family that behaves alike (设备型号).
type Device struct {
	Profile      string         `yaml:"profile"` // file name, unique
	Kind         string         `yaml:"kind"`    // folder: one of kinds
	Name         string         `yaml:"name"`    // what people call it, Chinese
	Products     []Product      `yaml:"products"`
	Match        []Match        `yaml:"match"`
	Not          []Match        `yaml:"not"`    // never probe these: bridges that other equipment uses too
	Driver       string         `yaml:"driver"` // a name in drivers/all, or NoDriver
	Capabilities []string       `yaml:"capabilities"`
	Params       map[string]any `yaml:"params"` // typed by the driver
	Quirks       []string       `yaml:"quirks"` // names the driver declares
	Tender       []Threshold    `yaml:"tender"` // what the tender asks of this device
	Media        *Media         `yaml:"media"`  // printers: what a new load of paper is
	Data         []Datum        `yaml:"data"`   // of the data sheet, not measurable
	Firmware     Firmware       `yaml:"firmware"`
	Tape         string         `yaml:"tape"` // below firmware-profiles: the recording that proves the profile
	Note         string         `yaml:"note"`
}

// Product is one article that the profile serves.
type Product struct {
	Vendor string `yaml:"vendor"`
	Model  string `yaml:"model"`
	Note   string `yaml:"note"`
}

// Match is one way to recognise the device; exactly one of its parts is given. The first that fits wins.
type Match struct {
	USB    *USB    `yaml:"usb"`
	Serial *Serial `yaml:"serial"`
	TCP    *TCP    `yaml:"tcp"`
	HTTP   *HTTP   `yaml:"http"`
	HID    *HID    `yaml:"hid"`
	Video  *USB    `yaml:"video"`   // a camera, opened by its video nodes
	Keys   *USB    `yaml:"keys"`    // a reader that plays a keyboard, taken away from the desktop
	Usage  *Usage  `yaml:"usage"`   // any HID device of a class, whoever made it
	Part   string  `yaml:"part"`    // a part of the machine itself, which has no line: one of parts
	PCSC   *PCSC   `yaml:"pcsc"`    // a reader of the machine's smart card service
	ByHand string  `yaml:"by_hand"` // nothing to probe: what a person goes by, Chinese
}

// NoDriver is the driver of a device that is known but not yet served (尚无驱动); it is shown as such and never opened.
const NoDriver = "none yet"

// Served reports whether there is a driver for the device.
func (d Device) Served() bool { return d.Driver != NoDriver }

// ByService reports whether the machine's smart card service opens the device, and not the driver.
func (d Device) ByService() bool {
	return slices.ContainsFunc(d.Match, func(m Match) bool { return m.PCSC != nil })
}

// USB is a vendor and product number.
type USB struct {
	VID    uint16 `yaml:"vid"`
	PID    uint16 `yaml:"pid"`
	Source string `yaml:"source"` // how sure the pair is: confirmed (read off the device), listed (usb.ids), reported (somebody's source code)
}

// sources are the words for how sure a pair of numbers is; none is none of them.
var sources = map[string]string{"confirmed": "实测", "listed": "公开名录", "reported": "公开资料", "": "未核实"}

// HID is a vendor and product number of a HID device, and whether its driver reads whole reports.
type HID struct {
	VID     uint16 `yaml:"vid"`
	PID     uint16 `yaml:"pid"`
	Source  string `yaml:"source"` // as of USB
	Reports bool   `yaml:"reports"`
}

// Usage is what a HID device says of itself in its report descriptor; its driver reads whole reports.
type Usage struct {
	Page uint16 `yaml:"page"` // 0x0D: digitizers
	ID   uint16 `yaml:"id"`   // 0x02: pen
}

// parts are the words for parts of the machine, and the beginning of their addresses.
var parts = map[string]string{"sound": "系统声卡", "screen": "显卡接口"}

// lineless reports whether no bytes can be recorded of the device: it is a part of the machine, however it is recognised.
func (d Device) lineless() bool {
	return len(d.Match) > 0 && !slices.ContainsFunc(d.Match, func(m Match) bool { return m.Part == "" })
}

// PCSC is a part of the name that the smart card service gives a reader.
type PCSC struct {
	Reader string `yaml:"reader"`
}

// Serial is how a line is set, the speeds in the order in which they are tried.
type Serial struct {
	Baud  []int  `yaml:"baud"`
	Frame string `yaml:"frame"` // 8N1
}

// TCP is the port of a network device on a raw socket.
type TCP struct {
	Port int `yaml:"port"`
}

// HTTP is the path of a service that is asked over HTTP.
type HTTP struct {
	Path string `yaml:"path"`
}

// Firmware says which versions were tried.
type Firmware struct {
	Min    string   `yaml:"min"`
	Tested []string `yaml:"tested"`
}

// parseDevice reads one profile; an unknown field is an error.
func parseDevice(b []byte) (Device, error) {
	var d Device
	if err := yaml.UnmarshalWithOptions(b, &d, yaml.Strict()); err != nil {
		return Device{}, fmt.Errorf("decode: %w", err)
	}
	return d, d.check()
}

func (d Device) check() error {
	var errs []error
	want := func(ok bool, what string) {
		if !ok {
			errs = append(errs, errors.New(what))
		}
	}
	want(d.Name != "", "name is missing")
	want(strings.HasPrefix(d.Driver, d.Kind+"/") || !d.Served(), "driver is not of this kind")
	want(len(d.Products) > 0, "products are missing")
	want(len(d.Match) > 0, "match is missing")
	want(len(d.Capabilities) > 0, "capabilities are missing")
	want(d.Tape != "" || !d.Served() || d.lineless(), "tape is missing: a profile without a recording proves nothing")
	want(d.Tape == "" || !d.lineless(), "a part of the machine has no line to record")
	want(d.Served() || d.Tape == "" && len(d.Params) == 0 && len(d.Quirks) == 0, "a device without a driver has no tape, settings or quirks")
	_, taken := d.Params["quirks"]
	want(!taken, "quirks stand in their own field, not in params")
	want(d.Media == nil || d.Media.whole(), "media is neither a whole tray nor a whole roll")
	want(d.Media == nil || d.Kind == "receipt" || d.Kind == "laser", "media is for printers")
	for _, x := range d.Data {
		want(x.Label != "" && x.Value != "", "data lacks label or value")
	}
	for _, c := range d.Capabilities {
		want(strings.HasPrefix(c, d.Kind+"."), "capability "+c+" is not of this kind")
	}
	for _, m := range append(append([]Match{}, d.Match...), d.Not...) {
		want(m.parts() == 1, "a match names not exactly one of usb, hid, keys, video, usage, serial, tcp, http, pcsc, part, by_hand")
		want(m.Part == "" || parts[m.Part] != "", "a part is none of sound, screen")
		_, known := sources[m.source()]
		want(known, "a usb pair's source is none of confirmed, listed, reported")
	}
	return errors.Join(append(errs, checkThresholds(d.Tender))...)
}

// pair is the vendor and product number of a device on USB, zero of any other.
func (m Match) pair() [2]uint16 {
	switch {
	case m.USB != nil:
		return [2]uint16{m.USB.VID, m.USB.PID}
	case m.HID != nil:
		return [2]uint16{m.HID.VID, m.HID.PID}
	case m.Keys != nil:
		return [2]uint16{m.Keys.VID, m.Keys.PID}
	case m.Video != nil:
		return [2]uint16{m.Video.VID, m.Video.PID}
	}
	return [2]uint16{}
}

func (m Match) parts() int {
	n := 0
	for _, there := range []bool{m.USB != nil, m.Serial != nil, m.TCP != nil, m.HTTP != nil, m.HID != nil, m.Keys != nil, m.Video != nil, m.Usage != nil, m.PCSC != nil, m.Part != "", m.ByHand != ""} {
		if there {
			n++
		}
	}
	return n
}

func (m Match) source() string {
	switch {
	case m.USB != nil:
		return m.USB.Source
	case m.HID != nil:
		return m.HID.Source
	case m.Keys != nil:
		return m.Keys.Source
	case m.Video != nil:
		return m.Video.Source
	}
	return ""
}

// Settings is what the driver's Open takes as params: the profile's own, and the quirks under "quirks".
func (d Device) Settings() map[string]any {
	out := maps.Clone(d.Params)
	if out == nil {
		out = map[string]any{}
	}
	if len(d.Quirks) > 0 {
		out["quirks"] = append([]string{}, d.Quirks...)
	}
	return out
}

// Address completes the address of a port with the line settings of the profile, where it is a serial line that brings
// none: "/dev/ttyUSB0" becomes "serial:/dev/ttyUSB0?baud=115200&frame=8N1", "serial:0403:6001?path=1-2" gets the same; a HID device whose driver reads whole reports is opened so. Other addresses stay as they are.
func (d Device) Address(port string) string {
	if strings.HasPrefix(port, "hid:") && !strings.Contains(port, "as=") {
		for _, m := range d.Match {
			if m.HID != nil && m.HID.Reports || m.Usage != nil {
				if strings.Contains(port, "?") {
					return port + "&as=reports"
				}
				return port + "?as=reports"
			}
		}
	}
	for _, scheme := range []string{"tcp:", "http:", "https:", "ipp:", "ipps:", "usb:", "ippusb:", "hid:", "usage:", "keys:", "v4l2:", "sane:", "pcsc:", "program:", "tape:", "sound:", "screen:"} {
		if strings.HasPrefix(port, scheme) {
			return port
		}
	}
	if strings.Contains(port, "baud=") || strings.Contains(port, "frame=") {
		return port
	}
	more := "?"
	if strings.Contains(port, "?") { // which of several like adapters
		more = "&"
	}
	for _, m := range d.Match {
		if m.Serial != nil && len(m.Serial.Baud) > 0 {
			return "serial:" + strings.TrimPrefix(port, "serial:") + more + "baud=" + strconv.Itoa(m.Serial.Baud[0]) + "&frame=" + m.Serial.Frame
		}
	}
	return port
}
