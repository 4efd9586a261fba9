package laser

import (
	"fmt"
	"slices"
	"strings"

	"tongban/deploy/sim/laser/raster"
)

func dotted(format string) bool { return format == "image/pwg-raster" || format == "image/urf" }

// rasters writes what the printer takes of pages of dots, where it takes them.
func (d *Device) rasters(words func(tag byte, name string, values ...string), add func(fact)) {
	if slices.Contains(d.cfg.Formats, "image/pwg-raster") {
		add(fact{"pwg-raster-document-resolution-supported", func(a *answer) {
			a.put(0x32, "pwg-raster-document-resolution-supported", pair(d.cfg.DPI, d.cfg.DPI)+"\x03")
		}})
		types := []string{"black_1", "sgray_8", "srgb_8"}
		if d.cfg.Grey {
			types = types[:2]
		}
		words(0x44, "pwg-raster-document-type-supported", types...)
		words(0x44, "pwg-raster-document-sheet-back", d.cfg.Back)
	}
	if slices.Contains(d.cfg.Formats, "image/urf") {
		list := []string{"V1.4", "CP99", "W8", "PQ4", "RS" + fmt.Sprint(d.cfg.DPI),
			map[string]string{"normal": "DM1", "flipped": "DM2", "rotated": "DM3", "manual-tumble": "DM4"}[d.cfg.Back]}
		if !d.cfg.Grey {
			list = append(list, "SRGB24")
		}
		words(0x44, "urf-supported", list...)
	}
}

// Dots are the pages of dots of the job whose name ends so; nil when it came as something else.
func (d *Device) Dots(name string) []raster.Page {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, j := range d.jobs {
		if strings.HasSuffix(j.name, name) {
			return j.dots
		}
	}
	return nil
}
