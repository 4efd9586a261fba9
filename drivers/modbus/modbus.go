package modbus

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tongban/drivers"
)

// clock is the package's only source of time; tests put their own in.
type clock struct{ now func() time.Time }

var wall = clock{now: time.Now}

// Waits. Two tries stay below the second that a device has to tell its status.
const (
	answerLimit = 350 * time.Millisecond
	look        = 30 * time.Millisecond
)

// MostAtOnce is how many outputs or inputs one question may be about.
const MostAtOnce = 64

// Line is the question side of a line with one board. It is not safe for concurrent use.
type Line struct {
	port drivers.Port
	unit byte
	clk  clock
}

// New makes a line to the board of an address, 1 to 247.
func New(port drivers.Port, unit byte) *Line { return &Line{port: port, unit: unit, clk: wall} }

// Coils tells which of n outputs are on, the first of them is number 0.
func (l *Line) Coils(ctx context.Context, n int) ([]bool, error) { return l.read(ctx, readCoils, n) }

// Inputs tells which of n inputs are on.
func (l *Line) Inputs(ctx context.Context, n int) ([]bool, error) { return l.read(ctx, readInputs, n) }

func (l *Line) read(ctx context.Context, function byte, n int) ([]bool, error) {
	if n < 1 || n > MostAtOnce {
		return nil, &drivers.Error{Code: drivers.CodeInvalidData, Detail: fmt.Sprintf("%d at once, have 1 to %d", n, MostAtOnce)}
	}
	data, err := l.ask(ctx, request(l.unit, function, 0, uint16(n))) //nolint:gosec // bounded above
	if err != nil {
		return nil, err
	}
	return bits(data, n), nil
}

// Set switches output n.
func (l *Line) Set(ctx context.Context, n int, on bool) error {
	value := uint16(0)
	if on {
		value = 0xFF00
	}
	_, err := l.ask(ctx, request(l.unit, writeCoil, uint16(n), value)) //nolint:gosec // a number of a profile, checked there
	return err
}

// ask asks, and once more where no good answer came: all that is asked here may be asked twice.
func (l *Line) ask(ctx context.Context, question []byte) ([]byte, error) {
	data, err := l.once(ctx, question)
	if e := drivers.Fault(err); e != nil && ctx.Err() == nil && (e.Reason == drivers.ReasonLineNoise || e.Reason == drivers.ReasonSilent) {
		data, err = l.once(ctx, question)
	}
	return data, err
}

func (l *Line) once(ctx context.Context, question []byte) ([]byte, error) {
	if err := l.port.Discard(); err != nil {
		return nil, err
	}
	if _, err := l.port.Write(question); err != nil {
		return nil, err
	}
	answer, err := l.answer(ctx)
	if err != nil {
		return nil, err
	}
	data, refusal, err := content(question, answer)
	if err != nil {
		return nil, noise(err)
	}
	if refusal != 0 {
		return nil, refusedWith(refusal)
	}
	return data, nil
}

// answer collects one answer; bytes that stop before its end are noise.
func (l *Line) answer(ctx context.Context) ([]byte, error) {
	var got []byte
	buf := make([]byte, 256)
	for end := l.clk.now().Add(answerLimit); ; {
		if err := ctx.Err(); err != nil {
			return nil, drivers.Fault(err)
		}
		if want := size(got); want > 0 && len(got) >= want {
			return got[:want], nil
		}
		if l.clk.now().After(end) {
			if len(got) > 0 {
				return nil, noise(errLength)
			}
			return nil, &drivers.Error{Code: drivers.CodeTimeOut, Reason: drivers.ReasonSilent, Detail: "board does not answer"}
		}
		n, err := l.port.Read(buf, look)
		if err != nil {
			return nil, err
		}
		got = append(got, buf[:n]...)
	}
}

func noise(err error) error {
	return &drivers.Error{Code: drivers.CodeLineError, Reason: drivers.ReasonLineNoise, Detail: err.Error(), Cause: err}
}

var errRefused = errors.New("board refused")

// refusedWith is a refusal in the words of the platform: 6 is busy, 1 to 3 mean that the board has not what a profile says.
func refusedWith(code byte) error {
	e := &drivers.Error{Code: drivers.CodeHardwareError, Raw: fmt.Sprintf("%02x", code), Detail: errRefused.Error(), Cause: errRefused}
	switch code {
	case 1, 2, 3:
		e.Code, e.Reason, e.Detail = drivers.CodeInvalidData, drivers.ReasonProtocol, "board has no such output or input"
	case 5, 6:
		e.Code, e.Detail = drivers.CodeDeviceNotReady, "board is busy"
	}
	return e
}
