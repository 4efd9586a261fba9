package ipp

import (
	"context"
	"encoding/binary"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"tongban/drivers"
	"tongban/drivers/laser/intake"
	"tongban/drivers/laser/raster"
	"tongban/drivers/laser/render"
)

// way is how a document gets to the printer (送印格式): as it is, or as pages of dots where the printer takes no PDF. It is
// chosen once, when the printer is opened, from what the printer says it takes.
type way struct {
	format string // what a PDF is sent as
	sheet  raster.Sheet
}

// wayWords is what is asked of a printer besides its formats.
var wayWords = []string{"pwg-raster-document-resolution-supported", "pwg-raster-document-type-supported", "pwg-raster-document-sheet-back", "urf-supported"}

// askWay asks a printer that takes no PDF what else it takes.
func (p *Printer) askWay(ctx context.Context) (way, error) {
	if slices.Contains(p.caps.Formats, drivers.FormatPDF) {
		return way{format: drivers.FormatPDF}, nil
	}
	a, err := p.web.do(ctx, p.web.request(opPrinter, keywords("requested-attributes", wayWords...)), nil)
	if err != nil {
		return way{}, err
	}
	return wayOf(a.group(tagPrinter), p.caps, p.cfg), nil
}

// wayOf prefers the raster of the standard to that of AirPrint. Formats that describe pages in a
// printer's own language are left alone: whoever writes them must know the model.
func wayOf(g group, caps drivers.LaserCapabilities, cfg config) way {
	s := raster.Sheet{Media: cfg.media, MM: [2]int{210, 297}, Back: raster.Normal}
	if s.Media == "" {
		s.Media = "iso_a4_210x297mm"
	}
	if mm := mediaSize.FindStringSubmatch(s.Media); mm != nil {
		s.MM[0], _ = strconv.Atoi(mm[1]) // digits, as the form says
		s.MM[1], _ = strconv.Atoi(mm[2])
	}
	var grey, colour bool
	var densities []int
	format := drivers.FormatPWG
	switch {
	case slices.Contains(caps.Formats, drivers.FormatPWG):
		types := g.words("pwg-raster-document-type-supported")
		grey, colour = slices.Contains(types, "sgray_8"), slices.Contains(types, "srgb_8")
		densities = resolutions(g, "pwg-raster-document-resolution-supported")
		if b := raster.Back(g.word("pwg-raster-document-sheet-back")); b == raster.Flipped || b == raster.Rotated {
			s.Back = b
		}
	case slices.Contains(caps.Formats, drivers.FormatURF):
		format = drivers.FormatURF
		grey, colour, densities, s.Back = urfOf(g.words("urf-supported"))
	}
	s.Colour = colour && (!grey || caps.Color && cfg.color != "monochrome")
	s.DPI = density(densities, cfg.dpi)
	if s.DPI == 0 || !grey && !colour {
		return way{}
	}
	s.Width, s.Height = s.MM[0]*s.DPI*10/254, s.MM[1]*s.DPI*10/254
	return way{format: format, sheet: s}
}

var mediaSize = regexp.MustCompile(`_([1-9][0-9]{1,2})x([1-9][0-9]{1,2})mm$`)

// density is the best that the printer takes and the site wants: finer than that only makes a citizen wait.
func density(list []int, most int) int {
	best := 0
	for _, d := range list {
		if d >= 100 && d <= most && d > best {
			best = d
		}
	}
	if best == 0 && len(list) > 0 { // all are finer
		best = slices.Min(list)
	}
	if best > 1200 {
		return 0
	}
	return best
}

func resolutions(g group, name string) []int {
	var out []int
	for _, v := range g.find(name) {
		if v.tag == tagResolution && len(v.raw) == 9 && v.raw[8] == 3 { // 3: dots per inch
			x, y := binary.BigEndian.Uint32(v.raw), binary.BigEndian.Uint32(v.raw[4:])
			if x == y && x < 10_000 {
				out = append(out, int(x))
			}
		}
	}
	return out
}

// urfOf reads AirPrint's list: W8 and SRGB24 are colours, RS300-600 densities, DM1 to DM4 how backs are sent.
func urfOf(words []string) (grey, colour bool, densities []int, back raster.Back) {
	back = raster.Normal
	for _, w := range words {
		switch list, ok := strings.CutPrefix(w, "RS"); {
		case w == "W8":
			grey = true
		case w == "SRGB24":
			colour = true
		case w == "DM2":
			back = raster.Flipped
		case w == "DM3":
			back = raster.Rotated
		case ok:
			for d := range strings.SplitSeq(list, "-") {
				if n, err := strconv.Atoi(d); err == nil && n > 0 {
					densities = append(densities, n)
				}
			}
		}
	}
	return grey, colour, densities, back
}

// takes reports whether a document of this format can be printed here.
func (p *Printer) takes(format string) error {
	switch {
	case slices.Contains(p.caps.Formats, format):
		return nil
	case format != drivers.FormatPDF || p.way.format == "":
		return &drivers.Error{Code: drivers.CodeUnsupported, Detail: "printer takes " + strings.Join(p.caps.Formats, ", ") + ", not " + clip(format)}
	}
	return intake.Renders()
}

// convert makes of the document what the printer takes.
func (p *Printer) convert(ctx context.Context, job drivers.PrintJob, doc []byte) (drivers.PrintJob, []byte, error) {
	if job.Format != drivers.FormatPDF || p.way.format == "" || p.way.format == drivers.FormatPDF {
		return job, doc, nil
	}
	s := p.way.sheet
	s.Duplex = job.Duplex
	pages, err := intake.Dots(ctx, doc, render.Order{DPI: s.DPI, Colour: s.Colour, Width: s.Width, Height: s.Height}, s.Page)
	if err == nil {
		doc, err = s.Document(p.way.format, pages)
	}
	switch {
	case err == nil:
		job.Format, job.Pages = p.way.format, len(pages)
		return job, doc, nil
	case ctx.Err() != nil:
		return job, nil, lineFault(ctx, ctx.Err())
	}
	return job, nil, drivers.Fault(err)
}
