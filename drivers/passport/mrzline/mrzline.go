// Package mrzline drives readers of machine readable zones (机读区阅读器) on a serial line, behind a USB serial bridge, or as a
// keyboard: what is drawn through is sent as lines of characters, with marks around them that differ from model to model.
package mrzline

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"tongban/drivers"
	"tongban/drivers/passport/mrz"
)

// Name is the driver's name in profiles and in the list of drivers.
const Name = "passport/mrzline"

// Driver is the entry for drivers/all.
func Driver() drivers.Driver {
	return drivers.Driver{Name: Name, Kind: drivers.KindPassport, Redact: func() drivers.Redactor { return new(redactor) },
		Open: func(_ context.Context, port drivers.Port, params drivers.Params) (drivers.Device, error) {
			r, err := Open(port, params)
			if err != nil {
				return nil, err
			}
			return r, nil
		}}
}

// clock is the driver's only source of time; tests put their own in.
type clock struct{ now func() time.Time }

var wall = clock{now: time.Now} //nolint:forbidigo // the clock itself

// Waits.
const (
	look = 50 * time.Millisecond // one Read of the port: how soon a cancelled command ends
	peek = time.Millisecond      // Status: whether the line is there
)

// Reader is one opened reader.
type Reader struct {
	port drivers.Port
	cfg  config
	clk  clock

	mu     sync.Mutex
	busy   bool
	closed bool
	base   context.Context
	stop   context.CancelFunc
}

var _ drivers.ZoneReader = (*Reader)(nil)

// Open takes over the port. A reader is not asked anything: most of them only speak.
func Open(port drivers.Port, params drivers.Params) (*Reader, error) {
	cfg, err := decode(params)
	if err != nil {
		_ = port.Close()
		return nil, &drivers.Error{Code: drivers.CodeInvalidData, Detail: err.Error(), Cause: err}
	}
	r := &Reader{port: port, cfg: cfg, clk: wall}
	r.base, r.stop = context.WithCancel(context.Background())
	return r, nil
}

// Info implements drivers.Device.
func (r *Reader) Info() drivers.Info { return drivers.Info{Kind: drivers.KindPassport, Driver: Name} }

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
	unhook := context.AfterFunc(r.base, cancel) //nolint:contextcheck // Close ends every command
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
	s := drivers.Status{State: drivers.StateOnline, At: r.clk.now()}
	_, release, err := r.claim(ctx)
	if f := drivers.Fault(err); f != nil {
		if f.Code == drivers.CodeDeviceNotReady {
			s.State = drivers.StateBusy
			return s, nil
		}
		s.State, s.Code, s.Detail = drivers.StateNoDevice, f.Code, f.Detail
		return s, err
	}
	defer release()
	if _, err := r.port.Read(make([]byte, 256), peek); err != nil {
		f := drivers.Fault(err)
		s.State, s.Code, s.Detail = drivers.StateNoDevice, f.Code, f.Detail
		return s, err
	}
	return s, nil
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

// Read implements drivers.ZoneReader.
func (r *Reader) Read(ctx context.Context) (drivers.Zone, error) {
	ctx, release, err := r.claim(ctx)
	if err != nil {
		return drivers.Zone{}, err
	}
	defer release()
	if err := errors.Join(r.port.Discard(), r.send(r.cfg.on)); err != nil {
		return drivers.Zone{}, drivers.Fault(err)
	}
	text, first, err := r.frame(ctx)
	if off := r.send(r.cfg.off); err == nil && off != nil {
		err = off
	}
	if err != nil {
		return drivers.Zone{}, err
	}
	z, err := parse(text, r.clk.now())
	z.ElapsedMS = r.clk.now().Sub(first).Milliseconds()
	return z, err
}

// frame collects one zone and says when its first byte came.
func (r *Reader) frame(ctx context.Context) ([]string, time.Time, error) {
	f := framer{cfg: r.cfg}
	var first, last time.Time
	buf := make([]byte, 256)
	for {
		if err := ctx.Err(); err != nil {
			if errors.Is(err, context.DeadlineExceeded) && first.IsZero() {
				return nil, first, &drivers.Error{Code: drivers.CodeTimeOut, Reason: drivers.ReasonNoCard, Detail: "no document was drawn through", Cause: err}
			}
			return nil, first, drivers.Fault(err)
		}
		n, err := r.port.Read(buf, look)
		if err != nil {
			if r.base.Err() != nil {
				err = &drivers.Error{Code: drivers.CodeCanceled, Detail: "closed", Cause: err}
			}
			return nil, first, drivers.Fault(err)
		}
		now := r.clk.now()
		if n > 0 {
			if first.IsZero() {
				first = now
			}
			last = now
		}
		done, err := f.take(buf[:n])
		switch {
		case err != nil:
			return nil, first, noise(err)
		case done:
			return f.lines, first, nil
		case first.IsZero() || now.Sub(last) < r.cfg.gap:
		case f.quiet():
			return f.lines, first, nil
		case f.empty(): // marks without a zone between them: what some readers send when they are turned on
			f, first = framer{cfg: r.cfg}, time.Time{}
		case now.Sub(last) > r.cfg.half:
			return nil, first, noise(errHalf)
		}
	}
}

// noise says what was wrong and never what stood there.
func noise(err error) error {
	return &drivers.Error{Code: drivers.CodeLineError, Reason: drivers.ReasonLineNoise, Detail: err.Error(), Cause: err}
}

// parse reads the lines. A zone with a wrong digit is not believed: a wrong number is worse than a second try.
func parse(lines []string, now time.Time) (drivers.Zone, error) {
	text := join(lines)
	z, err := mrz.Parse(text, now)
	if err != nil {
		return drivers.Zone{}, noise(err)
	}
	if !z.Valid() {
		return drivers.Zone{}, &drivers.Error{Code: drivers.CodeUserError, Reason: drivers.ReasonCardUnreadable, Detail: fmt.Sprintf("check digits are wrong: %v", z.Wrong())}
	}
	return drivers.Zone{
		Text: text, Format: z.Format, Type: z.Type, Issuer: z.Issuer, Number: z.Number, Surname: z.Surname, GivenNames: z.GivenNames,
		NameCN: z.NameCN, Nationality: z.Nationality, Birth: z.Birth, Sex: z.Sex, Expires: z.Expires,
	}, nil
}
