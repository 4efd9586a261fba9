package hal

import (
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"

	"tongban/drivers"
	"tongban/drivers/hal/pcsc"
)

// Schemes of addresses.
const (
	SchemeSerial  = "serial"    // a serial line, a USB serial line by its node or by its socket, or a pty
	SchemeTCP     = "tcp"       // a network device on a raw socket
	SchemeHTTP    = "http"      // a device that is asked over HTTP: the port carries no bytes, only its address
	SchemeUSB     = "usb"       // the bulk pipes of a USB device, by vendor and product number
	SchemeWeb     = "ippusb"    // a printer that speaks IPP over USB: the pipes carry HTTP
	SchemeHID     = "hid"       // a HID device: the bytes in its reports, or the reports
	SchemeUsage   = "usage"     // the reports of whichever HID device says that it is for this
	SchemeKeys    = "keys"      // a code reader that plays a keyboard: what it types
	SchemePCSC    = pcsc.Scheme // the smart card service of the machine: its socket
	SchemeVideo   = "v4l2"      // one or several cameras of the kernel: commands and pictures as records
	SchemeSane    = "sane"      // a scanner by the name that SANE has for it: orders and pages as records
	SchemeProgram = "program"   // a maker's library in a program of its own, by its path
	SchemeTape    = "tape"      // a recording, see drivers/hal/tape
	SchemeSound   = "sound"     // a sound card of the machine: the port carries no bytes, only its address
	SchemeScreen  = "screen"    // a connector of its graphics card: the same
)

// Address says where a device is (端口地址):
//
//	serial:/dev/ttyUSB0?baud=115200&frame=8N1   /dev/ttyUSB0   serial:COM3
//	serial:0403:6001?path=1-1.2   serial:0403:6001?serial=A1&baud=9600
//	tcp:192.168.8.20:9100
//	http://192.168.8.21:8080/eSCL   ipp://192.168.8.22/ipp/print
//	usb:0400:c35a   usb:0400:c35a?serial=0001   usb:0400:c35a?path=1-2.3&interface=1
//	ippusb:03f0:1234
//	hid:0400:c35a   hid:05e0:1300?as=reports   usage:000d:0002   keys:05e0:1200
//	pcsc:   pcsc:ACS ACR122U PICC Interface 00 00   pcsc:?socket=/run/other.comm
//	v4l2:/dev/video0   v4l2:/dev/video0,/dev/video2   v4l2:046d:082d   v4l2:046d:085e?path=1-2&streams=0,1
//	sane:epson2:net:192.168.8.30
//	program:/opt/vendor/fingerprint
//	tape:recordings/reader.tape
//	sound:default   sound:plughw:1,0   screen:HDMI-A-1   screen:HDMI-A-1?root=/tmp/machine
type Address struct {
	Scheme string
	Target string // path, host:port, URL, vendor:product or page:usage in hexadecimal, or name of a reader
	Baud   int    // serial only, bits a second
	Frame  string // serial only: data bits, parity, stop bits

	Serial    string // USB, HID and USB serial lines: serial number that the device tells
	Path      string // the same: socket that it is plugged into, "1-2.3"
	Interface string // the same: number of the interface; the first that fits without it
	Root      string // sound and screen: where the machine's files are, "/" without it
	Reports   bool   // HID only: the port carries whole reports, see hid.OpenReports
	Socket    string // PC/SC only: of the service, where it is not the machine's
	Streams   string // cameras only: which streams of a USB camera, "0,1"; the first without it
}

// Defaults of a serial line.
const (
	DefaultBaud  = 115200
	DefaultFrame = "8N1"
)

// ParseAddress reads an address strictly: an unknown setting is a typing error and must not pass unseen.
func ParseAddress(s string) (Address, error) {
	scheme, rest, ok := strings.Cut(s, ":")
	switch {
	case s == "":
		return Address{}, badAddress(s, "it is empty")
	case ok && (scheme == "http" || scheme == "https"):
		if u, err := url.Parse(s); err != nil || u.Host == "" {
			return Address{}, badAddress(s, "it names no host")
		}
		return Address{Scheme: SchemeHTTP, Target: s}, nil
	case ok && (scheme == "ipp" || scheme == "ipps"):
		return parseIPP(s)
	case ok && scheme == SchemeTCP:
		rest = strings.TrimPrefix(rest, "//")
		if _, port, err := net.SplitHostPort(rest); err != nil || port == "" {
			return Address{}, badAddress(s, "it is not host:port")
		}
		return Address{Scheme: SchemeTCP, Target: rest}, nil
	case ok && scheme == SchemePCSC:
		reader, socket := pcsc.Split(rest)
		return Address{Scheme: SchemePCSC, Target: reader, Socket: socket}, nil
	case ok && scheme == SchemeTape:
		return Address{Scheme: SchemeTape, Target: rest}, nil
	case ok && (scheme == SchemeUSB || scheme == SchemeWeb || scheme == SchemeHID || scheme == SchemeUsage || scheme == SchemeKeys):
		return parseUSB(s, scheme, rest)
	case ok && scheme == SchemeVideo:
		return parseVideo(s, rest)
	case ok && scheme == SchemeSane:
		if rest == "" || strings.ContainsAny(rest, "\x00\n") || strings.HasPrefix(rest, "-") {
			return Address{}, badAddress(s, "it names no scanner")
		}
		return Address{Scheme: SchemeSane, Target: rest}, nil
	case ok && scheme == SchemeProgram:
		if !filepath.IsAbs(rest) || strings.ContainsAny(rest, "\x00\n?#") {
			return Address{}, badAddress(s, "it is no whole path of a program")
		}
		return Address{Scheme: SchemeProgram, Target: rest}, nil
	case ok && (scheme == SchemeSound || scheme == SchemeScreen):
		return parsePart(s, scheme, rest)
	case ok && scheme == SchemeSerial:
		return parseSerial(s, rest)
	case ok && len(scheme) > 1 && !strings.ContainsAny(scheme, "/."):
		return Address{}, badAddress(s, "have serial:, usb:, ippusb:, hid:, usage:, keys:, v4l2:, sane:, tcp:, http:, https:, ipp:, ipps:, sound:, screen:, pcsc:, program:, tape: or a bare path")
	}
	return parseSerial(s, s)
}

// parseIPP writes a printer's address as what it is on the line: HTTP at a port of its own.
func parseIPP(s string) (Address, error) {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" {
		return Address{}, badAddress(s, "it names no host")
	}
	u.Scheme = map[string]string{"ipp": "http", "ipps": "https"}[u.Scheme]
	if u.Port() == "" {
		u.Host += ":631"
	}
	return Address{Scheme: SchemeHTTP, Target: u.String()}, nil
}

// parsePart reads the name of a part of the machine.
func parsePart(whole, scheme, rest string) (Address, error) {
	name, query, _ := strings.Cut(rest, "?")
	settings, err := url.ParseQuery(query)
	if err != nil || name == "" || strings.ContainsAny(name, "/# ") {
		return Address{}, badAddress(whole, "it names no part of the machine")
	}
	a := Address{Scheme: scheme, Target: name}
	for k, v := range settings {
		if k != "root" || !strings.HasPrefix(v[0], "/") {
			return Address{}, badAddress(whole, "its one setting is root, a whole path")
		}
		a.Root = v[0]
	}
	return a, nil
}

func parseSerial(whole, rest string) (Address, error) {
	path, query, _ := strings.Cut(rest, "?")
	a := Address{Scheme: SchemeSerial, Target: path, Baud: DefaultBaud, Frame: DefaultFrame}
	if path == "" {
		return Address{}, badAddress(whole, "it names no path")
	}
	settings, err := url.ParseQuery(query)
	if err != nil {
		return Address{}, badAddress(whole, "its settings cannot be read")
	}
	bridge := url.Values{} // which of several like adapters
	for k, v := range settings {
		switch k {
		case "path", "serial", "interface":
			bridge[k] = v
		case "baud":
			if a.Baud, err = strconv.Atoi(v[0]); err != nil || a.Baud < 50 || a.Baud > 4_000_000 {
				return Address{}, badAddress(whole, "baud is not 50 to 4000000")
			}
		case "frame":
			a.Frame = v[0]
			if _, err := mode(a); err != nil {
				return Address{}, badAddress(whole, err.Error())
			}
		default:
			return Address{}, badAddress(whole, "unknown setting "+k)
		}
	}
	return a.bridged(whole, bridge)
}

func badAddress(s, why string) error {
	return &drivers.Error{Code: drivers.CodeInvalidData, Detail: fmt.Sprintf("port %q: %s", s, why)}
}

// String writes the address in the form that ParseAddress reads.
func (a Address) String() string {
	switch a.Scheme {
	case SchemeHTTP:
		return a.Target
	case SchemeSerial:
		s := a.usbString() // of a node it is the node alone
		return s + map[bool]string{true: "&", false: "?"}[strings.Contains(s, "?")] + fmt.Sprintf("baud=%d&frame=%s", a.Baud, a.Frame)
	case SchemeUSB, SchemeWeb, SchemeHID, SchemeUsage, SchemeKeys:
		return a.usbString()
	case SchemeSound, SchemeScreen:
		if a.Root != "" {
			return a.Scheme + ":" + a.Target + "?root=" + url.QueryEscape(a.Root)
		}
	case SchemePCSC:
		return SchemePCSC + ":" + pcsc.Join(a.Target, a.Socket)
	case SchemeVideo:
		return a.videoString()
	}
	return a.Scheme + ":" + a.Target
}
