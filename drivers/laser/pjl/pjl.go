// Package pjl drives page printers (A4 激光打印机) that know no IPP: they are told jobs in PJL on a raw line, TCP port 9100 or the pipes
// of the USB printer class, and get pages in PCL, or a PDF where they take one. Pages go out sheet by sheet: the next one only
// when the printer has said that the last one is out, so that what is still to come is known at every moment.
package pjl

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"

	"tongban/drivers"
	"tongban/drivers/laser/intake"
	"tongban/drivers/laser/raster"
)

// Name is the driver's name in profiles and in the list of drivers.
const Name = "laser/pjl"

// Languages that pages are sent in, in the words of PJL.
const (
	languagePCL = "PCL"
	languagePDF = "PDF"
)

// Driver is the entry for drivers/all.
func Driver() drivers.Driver {
	return drivers.Driver{Name: Name, Kind: drivers.KindLaser, Open: func(ctx context.Context, port drivers.Port, params drivers.Params) (drivers.Device, error) {
		p, err := open(ctx, port, params, wall)
		if err != nil {
			_ = port.Close()
			return nil, err
		}
		return p, nil
	}}
}

// Printer is one opened printer.
type Printer struct {
	line *line
	cfg  config
	clk  clock
	info drivers.Info
	caps drivers.LaserCapabilities

	trays     int  // that it has; 0: it does not say
	dropsJams bool // it can be told not to print a jammed sheet again
	fixedDPI  bool // it knows no RESOLUTION

	mu     sync.Mutex
	busy   bool
	idle   chan struct{} // closed when the command under way is over
	closed bool
	base   context.Context
	stop   context.CancelFunc
	jobs   []drivers.JobAccount // of this program, the newest last: the printer remembers none
	number int                  // of the last job, for printers that give none
}

var _ drivers.LaserPrinter = (*Printer)(nil)

func open(ctx context.Context, port drivers.Port, params drivers.Params, clk clock) (*Printer, error) {
	cfg, err := decodeParams(params)
	if err != nil {
		return nil, &drivers.Error{Code: drivers.CodeInvalidData, Detail: err.Error(), Cause: err}
	}
	p := &Printer{line: newLine(port, clk), cfg: cfg, clk: clk}
	p.base, p.stop = context.WithCancel(context.Background())
	p.info = drivers.Info{Kind: drivers.KindLaser, Driver: Name}
	p.caps = drivers.LaserCapabilities{Formats: []string{drivers.FormatPDF}, MaxCopies: maxCopies, Color: cfg.colour, Duplex: true, DPI: []int{cfg.dpi}, OneWay: cfg.oneWay}
	if err := p.learn(ctx); err != nil {
		_ = p.Close()
		return nil, err
	}
	if p.cfg.language == languagePDF {
		p.caps.SendsPDF = drivers.FormatPDF
		return p, nil
	}
	if err := p.pcl(false).Check(); err != nil {
		_ = p.Close()
		return nil, &drivers.Error{Code: drivers.CodeInvalidData, Detail: err.Error(), Cause: err}
	}
	p.caps.SendsPDF = drivers.FormatPCL
	return p, nil
}

// maxCopies of a document where the printer does not say: each is sent by itself, so that it lies together in the tray.
const maxCopies = 99

// learn asks the printer what it is. One that never answers is taken as its profile has it.
func (p *Printer) learn(ctx context.Context) error {
	if p.cfg.oneWay {
		p.info.Model = "9100"
		if p.cfg.language == "" {
			p.cfg.language = languagePCL
		}
		return nil
	}
	if err := p.greet(ctx); err != nil {
		return err
	}
	got, err := p.line.ask(ctx, limitOpen, "INFO ID", "INFO CONFIG", "INFO VARIABLES")
	if err != nil {
		return err
	}
	for _, m := range got {
		switch m.what {
		case "INFO ID":
			if len(m.lines) > 0 {
				p.info.Model = strings.Trim(m.lines[0], `" `)
			}
		case "INFO CONFIG":
			err = p.configured(m)
		case "INFO VARIABLES":
			p.dropsJams, p.fixedDPI = m.has("JAMRECOVERY"), !m.has("RESOLUTION")
			if l := m.list("COPIES"); len(l) == 2 {
				if n, err := strconv.Atoi(l[1]); err == nil && n > 0 {
					p.caps.MaxCopies = min(n, maxCopies)
				}
			}
		}
	}
	if err == nil && p.info.Model == "" {
		err = &drivers.Error{Code: drivers.CodeUnsupported, Reason: drivers.ReasonProtocol, Detail: "printer does not say what it is"}
	}
	return err
}

// greet finds out whether anybody is there. What a program that died has left half sent is ended first.
func (p *Printer) greet(ctx context.Context) error {
	_, err := p.line.ask(ctx, limitGreet, "USTATUSOFF")
	if err == nil || drivers.Fault(err).Code == drivers.CodeNoDevice || ctx.Err() != nil {
		return err
	}
	if err := p.line.send(ctx, limitGreet, []byte(flood)); err != nil {
		return err
	}
	if _, err = p.line.ask(ctx, limitGreet, "USTATUSOFF"); err != nil && drivers.Fault(err).Code == drivers.CodeTimeOut {
		e := *drivers.Fault(err)
		e.Detail += "; a printer that never answers needs answers: no in its profile"
		return &e
	}
	return err
}

// configured takes from a printer's own list what it has.
func (p *Printer) configured(m message) error {
	languages := m.list("LANGUAGES")
	has := func(l string) bool {
		return slices.ContainsFunc(languages, func(x string) bool { return strings.HasPrefix(x, l) && !strings.HasPrefix(x, "PCLXL") })
	}
	switch {
	case p.cfg.language == "" && (len(languages) == 0 || has(languagePCL)):
		p.cfg.language = languagePCL
	case p.cfg.language == "" && has(languagePDF):
		p.cfg.language = languagePDF
	case p.cfg.language == "", len(languages) > 0 && !has(p.cfg.language):
		return &drivers.Error{Code: drivers.CodeUnsupported, Reason: drivers.ReasonProtocol, Detail: "printer speaks " + strings.Join(languages, ", ")}
	}
	p.trays = len(m.list("IN TRAYS"))
	p.caps.Duplex = m.has("DUPLEX")
	for _, size := range m.list("PAPERS") {
		for name, word := range papers {
			if word == size {
				p.caps.Media = append(p.caps.Media, name)
			}
		}
	}
	slices.Sort(p.caps.Media)
	return nil
}

// pcl is how pages are written.
func (p *Printer) pcl(duplex bool) raster.PCL {
	mm := map[string][2]int{"iso_a4_210x297mm": {210, 297}, "iso_a5_148x210mm": {148, 210}}[p.cfg.media]
	d := p.cfg.dpi
	return raster.PCL{Sheet: raster.Sheet{Width: mm[0] * d * 10 / 254, Height: mm[1] * d * 10 / 254, DPI: d, Colour: p.cfg.colour, Duplex: duplex, Media: p.cfg.media, MM: mm}}
}

// takes reports whether a document of this format can be printed here.
func (p *Printer) takes(format string) error {
	switch {
	case format != drivers.FormatPDF:
		return &drivers.Error{Code: drivers.CodeUnsupported, Detail: "printer takes " + drivers.FormatPDF + " only"}
	case p.cfg.language == languagePDF:
		return nil
	}
	return intake.Renders()
}

// Info implements drivers.Device.
func (p *Printer) Info() drivers.Info { return p.info }

// Capabilities implements drivers.LaserPrinter.
func (p *Printer) Capabilities() drivers.LaserCapabilities { return p.caps }

// Close implements drivers.Device.
func (p *Printer) Close() error {
	p.mu.Lock()
	was, idle := p.closed, p.idle
	p.closed = true
	p.mu.Unlock()
	if was {
		return nil
	}
	p.stop()
	if idle != nil { // a job is being given up, for which a line is needed
		select {
		case <-idle:
		case <-p.clk.after(limitCancel):
		}
	}
	return p.line.close()
}

var errClosed = errors.New("printer is closed")

// claim makes the caller the only one at the printer; the context it returns also ends when the printer is closed.
func (p *Printer) claim(ctx context.Context) (context.Context, func(), error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, nil, &drivers.Error{Code: drivers.CodeNoDevice, Reason: drivers.ReasonUnplugged, Detail: "closed", Cause: errClosed}
	}
	if p.busy {
		return nil, nil, &drivers.Error{Code: drivers.CodeDeviceNotReady, Detail: "works for somebody else"}
	}
	p.busy, p.idle = true, make(chan struct{})
	ctx, cancel := context.WithCancel(ctx)
	unhook := context.AfterFunc(p.base, cancel)
	return ctx, func() {
		unhook()
		cancel()
		p.mu.Lock()
		p.busy = false
		close(p.idle)
		p.mu.Unlock()
	}, nil
}
