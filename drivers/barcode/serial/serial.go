// Package serial drives barcode and QR readers (条码二维码阅读器) on a serial line or behind a USB serial bridge: the reader
// sends what it has read, with an AIM identifier before and a suffix behind; the host may turn it on and off.
package serial

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"tongban/drivers"
)

// Name is the driver's name in profiles and in the list of drivers.
const Name = "barcode/serial"

// maxCode bounds a code: the largest QR holds 7089 digits.
const maxCode = 8 << 10

// Driver is the entry for drivers/all.
func Driver() drivers.Driver {
	return drivers.Driver{Name: Name, Kind: drivers.KindBarcode, Redact: func() drivers.Redactor { return new(redactor) },
		Open: func(_ context.Context, port drivers.Port, params drivers.Params) (drivers.Device, error) {
			return Open(port, params)
		}}
}

// Reader is one opened reader.
type Reader struct {
	name string
	port drivers.Port
	cfg  config
	clk  clock

	mu     sync.Mutex
	busy   bool
	closed bool
	base   context.Context
	stop   context.CancelFunc
}

var _ drivers.BarcodeReader = (*Reader)(nil)

// Open takes over the port. A reader is not asked anything: most of them only speak.
func Open(port drivers.Port, params drivers.Params) (*Reader, error) {
	return OpenAs(Name, port, params)
}

// OpenAs is Open for a driver of another name, whose port makes of its device what a reader on a serial line sends.
func OpenAs(name string, port drivers.Port, params drivers.Params) (*Reader, error) {
	cfg, err := decodeParams(params)
	if err != nil {
		_ = port.Close()
		return nil, &drivers.Error{Code: drivers.CodeInvalidData, Detail: err.Error(), Cause: err}
	}
	r := &Reader{name: name, port: port, cfg: cfg, clk: wall}
	r.base, r.stop = context.WithCancel(context.Background())
	return r, nil
}

// Info implements drivers.Device.
func (r *Reader) Info() drivers.Info { return drivers.Info{Kind: drivers.KindBarcode, Driver: r.name} }

// Close implements drivers.Device; a Read under way ends at its next look at the line.
func (r *Reader) Close() error {
	r.mu.Lock()
	was := r.closed
	r.closed = true
	r.mu.Unlock()
	if was {
		return nil
	}
	r.stop()
	if err := r.port.Close(); err != nil {
		return fmt.Errorf("close reader: %w", err)
	}
	return nil
}

var errClosed = errors.New("reader is closed")

func (r *Reader) claim(ctx context.Context) (context.Context, func(), error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil, nil, &drivers.Error{Code: drivers.CodeNoDevice, Reason: drivers.ReasonUnplugged, Detail: "closed", Cause: errClosed}
	}
	if r.busy {
		return nil, nil, &drivers.Error{Code: drivers.CodeDeviceNotReady, Detail: "works for somebody else"}
	}
	r.busy = true
	ctx, cancel := context.WithCancel(ctx)
	unhook := context.AfterFunc(r.base, cancel)
	return ctx, func() {
		unhook()
		cancel()
		r.mu.Lock()
		r.busy = false
		r.mu.Unlock()
	}, nil
}

// Status implements drivers.Device: the line is all that can be looked at.
func (r *Reader) Status(ctx context.Context) (drivers.Status, error) {
	_, release, err := r.claim(ctx)
	if err != nil {
		if drivers.Fault(err).Code == drivers.CodeDeviceNotReady {
			return drivers.Status{State: drivers.StateBusy, At: r.clk.now()}, nil
		}
		return drivers.Status{State: drivers.StateNoDevice, Code: drivers.CodeNoDevice, Detail: "closed", At: r.clk.now()}, err
	}
	defer release()
	if _, err := r.port.Read(make([]byte, 64), peek); err != nil {
		e := drivers.Fault(err)
		return drivers.Status{State: drivers.StateNoDevice, Code: e.Code, Detail: e.Detail, At: r.clk.now()}, err
	}
	return drivers.Status{State: drivers.StateOnline, At: r.clk.now()}, nil
}

// Reset implements drivers.Device: turns the reader off and forgets what it has said.
func (r *Reader) Reset(ctx context.Context) error {
	_, release, err := r.claim(ctx)
	if err != nil {
		return err
	}
	defer release()
	if err := r.send(r.cfg.off); err != nil {
		return err
	}
	return r.port.Discard()
}

func (r *Reader) send(b []byte) error {
	if len(b) == 0 {
		return nil
	}
	_, err := r.port.Write(b)
	return err
}

// Read implements drivers.BarcodeReader.
func (r *Reader) Read(ctx context.Context) (drivers.Barcode, error) {
	ctx, release, err := r.claim(ctx)
	if err != nil {
		return drivers.Barcode{}, err
	}
	defer release()
	if err := r.port.Discard(); err != nil {
		return drivers.Barcode{}, err
	}
	if err := r.send(r.cfg.on); err != nil {
		return drivers.Barcode{}, err
	}
	frame, took, err := r.frame(ctx)
	if off := r.send(r.cfg.off); err == nil && off != nil {
		err = off
	}
	if err != nil {
		return drivers.Barcode{}, err
	}
	b, err := parse(frame, r.cfg.aim)
	if err != nil {
		return drivers.Barcode{}, noise(err.Error(), err)
	}
	b.ElapsedMS = took.Milliseconds()
	return b, nil
}

// noise says what was wrong and never what stood there.
func noise(detail string, err error) error {
	return &drivers.Error{Code: drivers.CodeLineError, Reason: drivers.ReasonLineNoise, Detail: detail, Cause: err}
}

// frame collects one code. A suffix ends it only when silence follows: a QR may hold line breaks, and a slow bridge may
// bring a code in pieces, so that silence alone ends it only where a reader sends no suffix.
func (r *Reader) frame(ctx context.Context) ([]byte, time.Duration, error) {
	var got []byte
	var first, last time.Time
	buf := make([]byte, 1024)
	for {
		if err := ctx.Err(); err != nil {
			if errors.Is(err, context.DeadlineExceeded) && len(got) == 0 {
				return nil, 0, &drivers.Error{Code: drivers.CodeTimeOut, Reason: drivers.ReasonNoCode, Detail: "no code was held before the reader", Cause: err}
			}
			return nil, 0, drivers.Fault(err)
		}
		wait := look
		if len(got) > 0 {
			wait = min(look, r.cfg.gap)
		}
		n, err := r.port.Read(buf, wait)
		if err != nil {
			if r.base.Err() != nil {
				err = &drivers.Error{Code: drivers.CodeCanceled, Detail: "closed", Cause: err}
			}
			return nil, 0, err
		}
		now := r.clk.now()
		if n > 0 {
			if len(got) == 0 {
				first = now
			}
			if got, last = append(got, buf[:n]...), now; len(got) > maxCode {
				return nil, 0, noise("code without an end", nil)
			}
			continue
		}
		if len(got) == 0 || now.Sub(last) < r.cfg.gap*3/4 { // a timer of the platform may be early
			continue
		}
		switch body, ended := bytes.CutSuffix(got, []byte(r.cfg.suffix)); {
		case ended:
			return body, now.Sub(first), nil
		case now.Sub(last) > halfCode:
			return nil, 0, noise("code without its suffix", nil)
		}
	}
}

// redactor keeps the shape of what was read and blanks the content. The identifier stays: a bracket at the beginning of a code and the two
// letters after it, in however many pieces they come.
type redactor struct{ at int }

// Where in a code the next byte stands.
const (
	atStart   = iota // it begins
	atLetter         // its bracket was there
	atDigit          // and its letter
	atContent        // whatever else it holds is somebody's
)

// ToDevice implements drivers.Redactor: commands hold nothing personal.
func (r *redactor) ToDevice(p []byte) []byte { return p }

// FromDevice implements drivers.Redactor.
func (r *redactor) FromDevice(p []byte) []byte {
	out := bytes.Clone(p)
	for i, c := range p {
		switch {
		case c < 0x20:
			r.at = atStart
		case r.at == atStart && c == ']':
			r.at = atLetter
		case r.at == atLetter || r.at == atDigit:
			r.at++
		default:
			r.at = atContent
			if out[i] = 'X'; c >= '0' && c <= '9' {
				out[i] = '0'
			}
		}
	}
	return out
}

// Rest implements drivers.Redactor: nothing is held back.
func (r *redactor) Rest() []byte { return nil }
