package livescan

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tongban/drivers"
)

func noise(detail string, err error) error {
	return &drivers.Error{Code: drivers.CodeLineError, Reason: drivers.ReasonLineNoise, Detail: detail, Cause: err}
}

// call asks once more when the answer came garbled: no call changes anything that a second one would spoil.
func (l *Library) call(ctx context.Context, word string, content []byte, values ...int) (frame, error) {
	a, err := l.exchange(ctx, word, content, values)
	if e := drivers.Fault(err); e != nil && e.Reason == drivers.ReasonLineNoise && ctx.Err() == nil {
		a, err = l.exchange(ctx, word, content, values)
	}
	if err != nil {
		if c := drivers.Fault(err).Code; c == drivers.CodeNoDevice || c == drivers.CodeTimeOut {
			l.known = false // what runs next knows nothing of us
		}
		return frame{}, err
	}
	return a, l.refusal(word, a.values[0])
}

func (l *Library) exchange(ctx context.Context, word string, content []byte, values []int) (frame, error) {
	l.number++
	l.rest = nil
	if err := l.port.Discard(); err != nil {
		return frame{}, l.lost(err)
	}
	if _, err := l.port.Write((frame{number: l.number, word: word, values: values, content: content}).encode()); err != nil {
		return frame{}, l.lost(err)
	}
	end := l.clk.now().Add(limitAnswer)
	if word == hello {
		end = l.clk.now().Add(limitHello)
	}
	quiet := time.Time{} // since when nothing came after what is no answer
	buf := make([]byte, 64<<10)
	for {
		f, rest, ok, err := cut(l.rest)
		l.rest = rest
		switch {
		case err != nil:
			return frame{}, noise(err.Error(), err)
		case ok && (f.number != l.number || f.word != word):
			continue // an answer that came too late for its question
		case ok && len(f.values) == 0:
			return frame{}, noise("answer without a value", nil)
		case ok:
			return f, nil
		}
		if err := ctx.Err(); errors.Is(err, context.Canceled) {
			return frame{}, drivers.Fault(err)
		}
		now := l.clk.now()
		switch {
		case !quiet.IsZero() && now.Sub(quiet) > limitQuiet:
			return frame{}, noise("answer without an end", nil)
		case now.After(end):
			return frame{}, &drivers.Error{Code: drivers.CodeTimeOut, Reason: drivers.ReasonSilent, Detail: "the library does not answer"}
		}
		n, err := l.port.Read(buf, look)
		if err != nil {
			return frame{}, l.lost(err)
		}
		if n > 0 {
			quiet = now
		}
		l.rest = append(l.rest, buf[:n]...)
	}
}

// lost is what an error of the port means: after Close it is no fault.
func (l *Library) lost(err error) error {
	l.known = false
	if l.turn.Ended() {
		return &drivers.Error{Code: drivers.CodeCanceled, Detail: "closed", Cause: err}
	}
	return err
}

// Numbers that libraries return. One and more is done; the others are those of a maker's public header of 2010, and a library that has
// others is told apart by its own program (see deploy/docs/adapters/fingerprint-library.md).
const (
	notMade    = -3
	noDevice   = -4
	notBegun   = -5
	noLicence  = -7
	badQuality = -112
)

// errNotMade says that a library lacks a call, for which there is often another way.
var errNotMade = errors.New("the library does not have this call")

func (l *Library) refusal(word string, status int) error {
	e := &drivers.Error{Code: drivers.CodeHardwareError, Raw: fmt.Sprintf("%s %d", word, status), Detail: "the library refused"}
	switch status {
	case notMade:
		e.Code, e.Detail, e.Cause = drivers.CodeUnsupported, errNotMade.Error(), errNotMade
	case noDevice, notBegun:
		l.known = false
		e.Code, e.Reason, e.Detail = drivers.CodeNoDevice, drivers.ReasonUnplugged, "the library finds no sensor"
	case noLicence:
		e.Detail = "the library has no licence on this machine"
	case badQuality:
		e.Code, e.Reason, e.Detail = drivers.CodeUserError, drivers.ReasonFingerUnclear, "finger is not clear enough"
	default:
		if status >= 0 {
			return nil
		}
	}
	return e
}
