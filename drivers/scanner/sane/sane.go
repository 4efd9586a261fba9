// Package sane drives flatbed and feeder scanners (平板、馈纸扫描仪) that SANE knows, by its own program. The port carries records of
// drivers/hal/sane; pages come as PNM and leave as JPEG.
package sane

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"tongban/drivers"
	hal "tongban/drivers/hal/sane"

	"tongban/drivers/hal/record"
)

// Name is the driver's name in profiles and in the list of drivers.
const Name = "scanner/sane"

// Driver is the entry for drivers/all.
func Driver() drivers.Driver {
	return drivers.Driver{Name: Name, Kind: drivers.KindScanner, Redact: func() drivers.Redactor { return &redactor{} },
		Open: func(ctx context.Context, port drivers.Port, params drivers.Params) (drivers.Device, error) {
			return Open(ctx, port, params)
		}}
}

// Scanner is one opened scanner.
type Scanner struct {
	cfg  config
	clk  clock
	port drivers.Port
	read record.Reader

	mu     sync.Mutex
	busy   bool
	closed bool
	number int
	base   context.Context
	stop   context.CancelFunc
}

var _ drivers.PageScanner = (*Scanner)(nil)

// Open takes over the port and sees whether the scanner is there.
//
//	dpi: 300
//	width, height: 210, 297   the area on the glass in millimetres
//	colour, grey: "Color", "Gray"   the backend's words for its modes
//	glass, feeder: "Flatbed", "ADF"   and for its sources; without feeder there is none
//	model: "…"   for the inventory
//	seconds: 58   for one page, with warming up; afterwards it is given up
//	options: {brightness: "10"}   further options of the backend, as scanimage --help lists them
func Open(ctx context.Context, port drivers.Port, params drivers.Params) (*Scanner, error) {
	cfg, err := decode(params)
	if err != nil {
		_ = port.Close()
		return nil, &drivers.Error{Code: drivers.CodeInvalidData, Detail: err.Error(), Cause: err}
	}
	s := &Scanner{cfg: cfg, clk: wall, port: port, read: record.Reader{Port: port}}
	s.base, s.stop = context.WithCancel(context.Background())
	ctx, cancel := context.WithTimeout(ctx, limitOpen)
	defer cancel()
	if _, err := s.order(ctx, hal.Order{Look: true}); err != nil {
		_ = s.Close()
		return nil, err
	}
	return s, nil
}

// Info implements drivers.Device.
func (s *Scanner) Info() drivers.Info {
	return drivers.Info{Kind: drivers.KindScanner, Driver: Name, Model: s.cfg.model}
}

// Close implements drivers.Device.
func (s *Scanner) Close() error {
	s.mu.Lock()
	was := s.closed
	s.closed = true
	s.mu.Unlock()
	if was {
		return nil
	}
	s.stop()
	if err := s.port.Close(); err != nil {
		return fmt.Errorf("close scanner: %w", err)
	}
	return nil
}

var errClosed = errors.New("scanner is closed")

// claim makes the caller the only one at the scanner; the context it returns also ends when the scanner is closed.
func (s *Scanner) claim(ctx context.Context) (context.Context, func(), error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, nil, &drivers.Error{Code: drivers.CodeNoDevice, Reason: drivers.ReasonUnplugged, Detail: "closed", Cause: errClosed}
	}
	if s.busy {
		return nil, nil, &drivers.Error{Code: drivers.CodeDeviceNotReady, Detail: "works for somebody else"}
	}
	s.busy = true
	ctx, cancel := context.WithCancel(ctx)
	unhook := context.AfterFunc(s.base, cancel)
	return ctx, func() {
		unhook()
		cancel()
		s.mu.Lock()
		s.busy = false
		s.mu.Unlock()
	}, nil
}

// Capture implements drivers.PageScanner.
func (s *Scanner) Capture(ctx context.Context) (drivers.Frame, error) {
	pages, err := s.Scan(ctx, drivers.ScanOrder{})
	if err != nil {
		return drivers.Frame{}, err
	}
	return pages[0], nil
}

// Scan implements drivers.PageScanner. A page that came broken from the glass is scanned once more; one from the feeder has gone through.
func (s *Scanner) Scan(ctx context.Context, o drivers.ScanOrder) ([]drivers.Frame, error) {
	options, err := s.cfg.options(o)
	if err != nil {
		return nil, err
	}
	ctx, release, err := s.claim(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	most := o.Most
	if most <= 0 || most > maxPages {
		most = maxPages
	}
	limit := s.cfg.page()
	if o.Feeder {
		limit *= time.Duration(most)
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	order := hal.Order{Feeder: o.Feeder, Options: options}
	if o.Feeder {
		order.Most = most
	}
	pages, err := s.order(ctx, order)
	if e := drivers.Fault(err); e != nil && e.Reason == drivers.ReasonNoImage && !o.Feeder && ctx.Err() == nil {
		pages, err = s.order(ctx, order)
	}
	if err == nil && len(pages) == 0 {
		err = noImage(errors.New("the scanner gave no page"))
	}
	return pages, err
}

// order runs one order and takes its pages. What is still under way when the caller's time is over is given up.
func (s *Scanner) order(ctx context.Context, o hal.Order) ([]drivers.Frame, error) {
	s.number++
	o.Number = s.number
	b, err := json.Marshal(o)
	if err != nil {
		return nil, &drivers.Error{Code: drivers.CodeInternalError, Detail: "encode order", Cause: err}
	}
	if _, err := s.port.Write(record.Record{Letter: hal.LetterOrder, Content: b}.Bytes()); err != nil {
		return nil, err
	}
	pages, err := s.collect(ctx, o.Number)
	if drivers.Fault(err) != nil {
		_, _ = s.port.Write(record.Record{Letter: hal.LetterStop}.Bytes()) // a lost line needs no stop
	}
	return pages, err
}

func (s *Scanner) collect(ctx context.Context, number int) ([]drivers.Frame, error) {
	var pages []drivers.Frame
	last := s.clk.now()
	for {
		if err := ctx.Err(); err != nil {
			return pages, drivers.Fault(err)
		}
		if s.clk.now().Sub(last) > s.cfg.page() { // of a feeder: each page has its own time
			return pages, drivers.Fault(context.DeadlineExceeded)
		}
		r, ok, err := s.read.Next(askEvery)
		if err != nil {
			return pages, err
		}
		if !ok {
			continue
		}
		last = s.clk.now()
		switch r.Letter {
		case hal.LetterPage:
			if r.Channel != byte(number) { //nolint:gosec // the low byte tells neighbouring orders apart
				continue
			}
			f, err := frame(r.Content)
			if err != nil {
				return pages, s.why(ctx, number, err)
			}
			pages = append(pages, f)
		case hal.LetterEnd:
			e, err := endOf(r.Content)
			if err != nil {
				return pages, err
			}
			if e.Number == number {
				return pages, fault(e, len(pages))
			}
		}
	}
}

// why waits for the program's own word on a page that came broken: it knows better than the page.
func (s *Scanner) why(ctx context.Context, number int, broken error) error {
	ctx, cancel := context.WithTimeout(ctx, limitWord)
	defer cancel()
	for ctx.Err() == nil {
		r, ok, err := s.read.Next(askEvery)
		if err != nil {
			return err
		}
		if !ok || r.Letter != hal.LetterEnd {
			continue
		}
		e, err := endOf(r.Content)
		if err == nil && e.Number == number && fault(e, 0) != nil {
			return fault(e, 0)
		}
		return broken
	}
	return broken
}

// Status implements drivers.Device.
func (s *Scanner) Status(ctx context.Context) (drivers.Status, error) {
	now := s.clk.now()
	claimed, release, err := s.claim(ctx)
	if err != nil {
		if drivers.Fault(err).Code == drivers.CodeDeviceNotReady {
			return drivers.Status{State: drivers.StateBusy, At: now}, nil
		}
		return drivers.Status{State: drivers.StateNoDevice, Code: drivers.CodeNoDevice, Detail: "closed", At: now}, err
	}
	defer release()
	claimed, cancel := context.WithTimeout(claimed, limitStatus)
	defer cancel()
	if _, err := s.order(claimed, hal.Order{Look: true}); err != nil {
		e := drivers.Fault(err)
		return drivers.Status{State: stateOf(e), Code: e.Code, Detail: e.Detail, At: s.clk.now()}, e
	}
	return drivers.Status{State: drivers.StateOnline, At: s.clk.now()}, nil
}

func stateOf(e *drivers.Error) drivers.State {
	switch e.Code {
	case drivers.CodeHardwareError:
		return drivers.StateHardwareError
	case drivers.CodeDeviceNotReady, drivers.CodeUserError, drivers.CodeLineError, drivers.CodeInternalError:
		return drivers.StateOffline
	default:
		return drivers.StateNoDevice
	}
}

// Reset implements drivers.Device: what is under way is given up.
func (s *Scanner) Reset(ctx context.Context) error {
	ctx, release, err := s.claim(ctx)
	if err != nil {
		return err
	}
	defer release()
	ctx, cancel := context.WithTimeout(ctx, limitOpen)
	defer cancel()
	_, err = s.order(ctx, hal.Order{Look: true})
	return err
}
