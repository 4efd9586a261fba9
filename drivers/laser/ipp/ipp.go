// Package ipp drives page printers (A4 激光打印机) that speak the Internet Printing Protocol, as every driverless office
// printer does on the net and on USB: printer state and supplies, one job at a time, and its outcome
// as the printer itself counts it. Messages are encoded and read here, with the standard library alone.
package ipp

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"tongban/drivers"
)

// Name is the driver's name in profiles and in the list of drivers.
const Name = "laser/ipp"

// Driver is the entry for drivers/all. Its port carries no bytes: String gives the URL, http://host:631/ipp/print.
func Driver() drivers.Driver {
	return drivers.Driver{Name: Name, Kind: drivers.KindLaser, Open: openPort}
}

func openPort(ctx context.Context, port drivers.Port, params drivers.Params) (drivers.Device, error) {
	p, err := openOn(ctx, port, params)
	if err != nil {
		_ = port.Close()
		return nil, err
	}
	p.port = port
	return p, nil
}

// Printer is one opened printer.
type Printer struct {
	web  *web
	cfg  config
	clk  clock
	info drivers.Info
	caps drivers.LaserCapabilities
	way  way
	port drivers.Port // nil when opened by URL

	mu     sync.Mutex
	busy   bool
	idle   chan struct{} // closed when the command under way is over
	closed bool
	base   context.Context
	stop   context.CancelFunc
}

var _ drivers.LaserPrinter = (*Printer)(nil)

// Open asks the printer at address what it can do. It fails when nothing answers there, or something that is no printer.
func Open(ctx context.Context, address string, params drivers.Params) (*Printer, error) {
	return open(ctx, address, params, wall, nil)
}

// openOn opens what the port leads to: a printer on the net by its address, one on USB through the port itself.
func openOn(ctx context.Context, port drivers.Port, params drivers.Params) (*Printer, error) {
	if !strings.HasPrefix(port.String(), overUSB) {
		return open(ctx, port.String(), params, wall, nil)
	}
	return open(ctx, "http://localhost/ipp/print", params, wall, newPipe(port))
}

func open(ctx context.Context, address string, params drivers.Params, clk clock, line http.RoundTripper) (*Printer, error) {
	bad := func(what string, err error) error {
		return &drivers.Error{Code: drivers.CodeInvalidData, Detail: what + err.Error(), Cause: err}
	}
	cfg, err := decodeParams(params)
	if err != nil {
		return nil, bad("", err)
	}
	u, err := parseURL(address)
	if err != nil {
		return nil, bad("address: ", err)
	}
	p := &Printer{web: newWeb(u), cfg: cfg, clk: clk}
	if line != nil {
		p.web.client.Transport = line
	}
	p.base, p.stop = context.WithCancel(context.Background())
	ctx, cancel := context.WithTimeout(ctx, limitOpen)
	defer cancel()
	a, err := p.web.do(ctx, p.web.request(opPrinter, keywords("requested-attributes", capabilityWords...)), nil)
	if err != nil {
		_ = p.Close()
		return nil, err
	}
	g := a.group(tagPrinter)
	p.caps = capabilitiesOf(g)
	if len(p.caps.Formats) == 0 {
		_ = p.Close()
		return nil, &drivers.Error{Code: drivers.CodeUnsupported, Reason: drivers.ReasonProtocol, Detail: "printer names no format of documents"}
	}
	if p.way, err = p.askWay(ctx); err != nil {
		_ = p.Close()
		return nil, err
	}
	p.caps.SendsPDF = p.way.format
	p.info = drivers.Info{Kind: drivers.KindLaser, Driver: Name, Model: g.word("printer-make-and-model"),
		Serial: g.word("printer-uuid"), Firmware: g.word("printer-firmware-string-version")}
	return p, nil
}

func parseURL(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("parse: %w", err)
	}
	switch u.Scheme {
	case "ipp":
		u.Scheme = "http"
	case "ipps":
		u.Scheme = "https"
	case "http", "https":
		if u.Host == "" {
			return nil, errors.New("it names no host")
		}
		return u, nil
	default:
		return nil, errors.New("not an ipp or http address")
	}
	if u.Host == "" {
		return nil, errors.New("it names no host")
	}
	if u.Port() == "" {
		u.Host += ":631"
	}
	return u, nil
}

// capabilityWords is what is asked once, stateWords what is asked again and again.
var (
	capabilityWords = []string{
		"printer-make-and-model", "printer-uuid", "printer-firmware-string-version", "document-format-supported", "color-supported",
		"sides-supported", "copies-supported", "media-ready", "media-supported", "printer-resolution-supported", "pages-per-minute",
	}
	stateWords = []string{
		"printer-state", "printer-state-reasons", "printer-is-accepting-jobs", "printer-supply", "printer-supply-description",
		"marker-names", "marker-types", "marker-colors", "marker-levels", "marker-low-levels",
	}
)

func capabilitiesOf(g group) drivers.LaserCapabilities {
	c := drivers.LaserCapabilities{
		Formats: g.words("document-format-supported"), Color: g.yes("color-supported", false), MaxCopies: max(1, g.number("copies-supported", 1)),
		Duplex: slices.Contains(g.words("sides-supported"), sidesBoth), Media: g.words("media-ready"), PerMinute: max(0, g.number("pages-per-minute", 0)),
		Levels: true, Recalls: true, Remembers: true,
	}
	if len(c.Media) == 0 {
		c.Media = g.words("media-supported")
	}
	for _, v := range g.find("printer-resolution-supported") {
		if v.tag == tagResolution && len(v.raw) == 9 && v.raw[8] == 3 { // 3: dots per inch
			c.DPI = append(c.DPI, int(binary.BigEndian.Uint32(v.raw)))
		}
	}
	return c
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
	if idle != nil && p.port != nil { // a job is being taken back, for which a line is needed
		select {
		case <-idle:
		case <-p.clk.after(limitCancel):
		}
	}
	p.web.close()
	if p.port != nil {
		if err := p.port.Close(); err != nil {
			return fmt.Errorf("close printer: %w", err)
		}
	}
	return nil
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
