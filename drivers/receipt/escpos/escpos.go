// Package escpos drives thermal receipt printers (凭条打印机) that speak ESC/POS over a serial line, USB serial or TCP.
//
// The commonest fault in this field is a driver that says "printed" because all bytes went into a socket. This one owns
// the back channel: one goroutine reads and classifies every byte, and a job is done only after the printer said so.
//
// A job has two parts. The rows go first and end with a process-id question (GS ( H); only when the printer has answered
// it, which it does after the rows are on paper, the cut follows with a question of its own. A fault before the cut is
// therefore certain (the slip is not whole), and the window in which nobody can say is as short as the knife's stroke.
package escpos

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"tongban/drivers"
)

// Name is the driver's name in profiles and in the list of drivers.
const Name = "receipt/escpos"

// Driver is the entry for drivers/all.
func Driver() drivers.Driver {
	return drivers.Driver{Name: Name, Kind: drivers.KindReceipt, Open: openDevice, Quirks: Quirks(), Decode: nameFrame}
}

func openDevice(ctx context.Context, port drivers.Port, params drivers.Params) (drivers.Device, error) {
	p, err := Open(ctx, port, params)
	if err != nil {
		return nil, err
	}
	return p, nil
}

// Printer is one opened printer.
type Printer struct {
	cfg  config
	clk  clock
	line *line

	mu     sync.Mutex
	busy   bool
	closed bool
	info   drivers.Info
	torn   bool      // half a slip hangs in the paper path; the next Reset or job cuts it off
	reset  bool      // Reset has run since Open: what hung in the paper path before is gone
	epoch  int       // of the line when the printer was last greeted, -1 for never
	last   condition // as last found
	base   context.Context
	stop   context.CancelFunc
}

var _ drivers.ReceiptPrinter = (*Printer)(nil)

// Open takes over the port, asks whether a printer answers there, switches its automatic status on and asks its name.
// A printer without paper opens: it is offline, not absent. A silent one does not, so that the caller tries again.
func Open(ctx context.Context, port drivers.Port, params drivers.Params) (*Printer, error) {
	return open(ctx, port, params, wall)
}

func open(ctx context.Context, port drivers.Port, params drivers.Params, clk clock) (*Printer, error) {
	cfg, err := decode(params)
	if err != nil {
		_ = port.Close()
		return nil, &drivers.Error{Code: drivers.CodeInvalidData, Reason: drivers.ReasonProtocol, Detail: err.Error(), Cause: err}
	}
	_ = port.Discard() // what an earlier owner of the line asked for is not ours
	p := &Printer{cfg: cfg, clk: clk, line: newLine(port, clk), epoch: -1, info: drivers.Info{Kind: drivers.KindReceipt, Driver: Name}}
	p.base, p.stop = context.WithCancel(context.Background())
	if err := p.greet(ctx, patience); err != nil {
		_ = p.Close()
		return nil, err
	}
	return p, nil
}

// greet finds out whether a printer is there and puts it into a known state without printing anything. One that is
// offline is greeted again by the next command, because it does not take the commands of the known state now.
func (p *Printer) greet(ctx context.Context, d time.Duration) error {
	epoch := p.line.snapshot().epoch
	b, err := p.insist(ctx, 1, d)
	if err != nil {
		return err
	}
	if b&rtOffline != 0 {
		return nil
	}
	if !p.inOrder(ctx) { // it answers, but does not get on: somebody broke off in the middle of a picture
		if err := p.line.send(ctx, make([]byte, padding)); err != nil {
			return err
		}
		if p.inOrder(ctx) {
			p.setTorn(true)
		}
	}
	if err := p.line.send(ctx, p.prologue()); err != nil {
		return err
	}
	p.identify(ctx)
	p.mu.Lock()
	p.epoch = epoch
	p.mu.Unlock()
	return nil
}

// prologue resets the style and asks for the automatic status.
func (p *Printer) prologue() []byte {
	out := []byte{esc, '@'}
	if !p.cfg.has(quirkNoASB) {
		out = append(out, gs, 'a', 0xFF)
	}
	return out
}

// inOrder asks a question that the printer answers only when everything before it is done.
func (p *Printer) inOrder(ctx context.Context) bool {
	if p.cfg.has(quirkNoPaperQuery) {
		return true
	}
	number, err := p.line.post(ctx, parcel{b: paperQuery, ask: askPaper})
	if err != nil {
		return false
	}
	return p.line.wait(ctx, waitReply, func(s *state) bool { return s.seen[askPaper] >= number })
}

// identify reads name, serial number and firmware where the printer tells them; many do not.
func (p *Printer) identify(ctx context.Context) {
	if p.cfg.has(quirkNoName) || p.Info().Model != "" {
		return
	}
	var got [3]string
	for i, n := range []byte{67, 68, 65} {
		text, ok := p.block(ctx, []byte{gs, 'I', n}, waitReply)
		if !ok {
			return
		}
		got[i] = text
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.info.Model, p.info.Serial, p.info.Firmware = got[0], got[1], got[2]
}

// block sends a question whose answer is a text and waits for it.
func (p *Printer) block(ctx context.Context, question []byte, d time.Duration) (string, bool) {
	number, err := p.line.post(ctx, parcel{b: question, ask: askText})
	if err != nil {
		return "", false
	}
	ok := p.line.wait(ctx, d, func(s *state) bool { return s.seen[askText] >= number })
	return p.line.snapshot().text, ok
}

// Info implements drivers.Device.
func (p *Printer) Info() drivers.Info {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.info
}

// Dots implements drivers.ReceiptPrinter.
func (p *Printer) Dots() int { return p.cfg.dots }

// Close implements drivers.Device.
func (p *Printer) Close() error {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil
	}
	p.closed = true
	p.mu.Unlock()
	p.stop()
	if err := p.line.close(); err != nil {
		return fmt.Errorf("close printer: %w", err)
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
	p.busy = true
	ctx, cancel := context.WithCancel(ctx)
	unhook := context.AfterFunc(p.base, cancel)
	return ctx, func() {
		unhook()
		cancel()
		p.mu.Lock()
		p.busy = false
		p.mu.Unlock()
	}, nil
}

func (p *Printer) setTorn(v bool) {
	p.mu.Lock()
	p.torn = v
	p.mu.Unlock()
}
