package hal

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"tongban/drivers/hal/usb"
)

var (
	pairForm = regexp.MustCompile(`^[0-9a-fA-F]{4}:[0-9a-fA-F]{4}$`)
	pathForm = regexp.MustCompile(`^[0-9]+-[0-9]+(\.[0-9]+)*$`)
)

// parseUSB reads vendor:product and what tells like devices apart.
func parseUSB(whole, scheme, rest string) (Address, error) {
	pair, query, _ := strings.Cut(rest, "?")
	if !pairForm.MatchString(pair) {
		return Address{}, badAddress(whole, "it is not vendor:product like 0400:c35a")
	}
	a := Address{Scheme: scheme, Target: strings.ToLower(pair), Reports: scheme == SchemeUsage}
	settings, err := url.ParseQuery(query)
	if err != nil {
		return Address{}, badAddress(whole, "its settings cannot be read")
	}
	for k, v := range settings {
		switch k {
		case "serial":
			a.Serial = v[0]
		case "path":
			if a.Path = v[0]; !pathForm.MatchString(a.Path) {
				return Address{}, badAddress(whole, "path is not like 1-2.3")
			}
		case "interface":
			n, err := strconv.ParseUint(v[0], 10, 8)
			if err != nil {
				return Address{}, badAddress(whole, "interface is not 0 to 255")
			}
			a.Interface = strconv.FormatUint(n, 10)
		case "as":
			if a.Reports = v[0] == "reports"; scheme != SchemeHID || !a.Reports {
				return Address{}, badAddress(whole, "as is reports, and of hid: only")
			}
		default:
			return Address{}, badAddress(whole, "unknown setting "+k)
		}
	}
	return a, nil
}

// bridged reads which USB adapter the line of an address hangs at, where it names one by its numbers and not a node.
func (a Address) bridged(whole string, which url.Values) (Address, error) {
	if !pairForm.MatchString(a.Target) {
		if len(which) > 0 {
			return Address{}, badAddress(whole, "path, serial and interface are of vendor:product, not of a node")
		}
		return a, nil
	}
	u, err := parseUSB(whole, SchemeSerial, a.Target+"?"+which.Encode())
	if err != nil {
		return Address{}, err
	}
	u.Baud, u.Frame = a.Baud, a.Frame
	return u, nil
}

func (a Address) usbString() string {
	q := url.Values{}
	for k, v := range map[string]string{"serial": a.Serial, "path": a.Path, "interface": a.Interface} {
		if v != "" {
			q.Set(k, v)
		}
	}
	if a.Reports && a.Scheme == SchemeHID {
		q.Set("as", "reports")
	}
	s := a.Scheme + ":" + a.Target
	if len(q) > 0 {
		s += "?" + q.Encode()
	}
	return s
}

// wanted is the address as the bus is asked for it; ParseAddress has checked the forms.
func (a Address) wanted() usb.Wanted {
	vid, pid, _ := strings.Cut(a.Target, ":")
	w := usb.Wanted{VID: hex16(vid), PID: hex16(pid), Serial: a.Serial, Path: a.Path, Interface: -1, Web: a.Scheme == SchemeWeb}
	if a.Scheme == SchemeUsage {
		w.VID, w.PID, w.Usage = 0, 0, uint32(w.VID)<<16|uint32(w.PID)
	}
	if n, err := strconv.Atoi(a.Interface); err == nil {
		w.Interface = n
	}
	return w
}

func hex16(s string) uint16 {
	n, err := strconv.ParseUint(s, 16, 16)
	if err != nil {
		return 0
	}
	return uint16(n)
}
