package usb

import (
	"os"
	"path/filepath"
)

// Printers of the last ten years speak IPP over USB (IPP over USB): whole HTTP on the bulk pipes of interfaces of a protocol of
// their own. The interface is often another setting of the one that speaks the printer's old language, and settings that are not
// in use stand nowhere but in the descriptors.
const (
	SubPrinter  = 0x01
	ProtocolIPP = 0x04
)

// readWeb finds the interfaces and settings that speak IPP over USB in the device's own descriptors.
func readWeb(dir string) []Interface {
	b, err := os.ReadFile(filepath.Join(dir, "descriptors")) //nolint:gosec // the kernel's tree
	if err != nil {
		return nil
	}
	return parseWeb(b)
}

// Types and lengths of descriptors (USB 2.0 §9.6).
const (
	typeConfiguration = 2
	typeInterface     = 4
	typeEndpoint      = 5
	interfaceLength   = 9
	endpointLength    = 7
	kindBulk          = 2
)

// parseWeb reads the first configuration; each descriptor begins with its length and its type.
func parseWeb(b []byte) []Interface {
	var out []Interface
	ours, configurations := false, 0
	for len(b) >= 2 && int(b[0]) >= 2 && int(b[0]) <= len(b) {
		d := b[:b[0]]
		b = b[b[0]:]
		switch {
		case d[1] == typeConfiguration:
			if configurations++; configurations > 1 {
				return out
			}
		case d[1] == typeInterface && len(d) >= interfaceLength:
			if ours = d[5] == ClassPrinter && d[6] == SubPrinter && d[7] == ProtocolIPP; ours {
				out = append(out, Interface{Number: int(d[2]), Alt: int(d[3]), Class: ClassPrinter})
			}
		case d[1] == typeEndpoint && len(d) >= endpointLength && ours && d[3]&3 == kindBulk:
			last := &out[len(out)-1]
			last.Bulk = append(last.Bulk, Endpoint{Address: d[2], Packet: (int(d[4]) | int(d[5])<<8) & 0x7FF})
		}
	}
	return out
}
