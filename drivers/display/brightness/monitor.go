package brightness

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"sync"
	"syscall"

	"tongban/drivers"
)

// Bus opens the wires to a screen (I²C 总线): node is below /dev, slave the address on it. One Write is one message, one Read asks for as
// many bytes as fit.
type Bus interface {
	Open(node string, slave byte) (io.ReadWriteCloser, error)
}

// remoteIO is what some graphics cards say where nobody answers; not every system has a name for it (EREMOTEIO).
const remoteIO = syscall.Errno(121)

// errMute means that nobody listens at the address, or does not know brightness: the screen does not offer it.
var errMute = errors.New("the screen does not offer DDC/CI")

// tries for one answer. Screens are busy while they change their picture, and answers break on long cables.
const tries = 4

// monitor is a screen at the end of a cable.
type monitor struct {
	bus  Bus
	node string
	clk  clock
	mu   sync.Mutex // one conversation at a time
}

func (m *monitor) String() string { return "DDC/CI " + filepath.Base(m.node) }

func (m *monitor) Get(ctx context.Context) (int, error) {
	l, err := m.talk(ctx, nil)
	if err != nil {
		return 0, err
	}
	return share(int(l.now), int(l.most)), nil
}

func (m *monitor) Set(ctx context.Context, percent int) error {
	if _, err := steps(percent, 1); err != nil {
		return err
	}
	_, err := m.talk(ctx, func(l luminance) uint16 {
		v, _ := steps(percent, int(l.most)) // checked above
		return uint16(v)                    //nolint:gosec // at most l.most
	})
	return err
}

// talk asks how bright the screen is and can be, and with set makes it so.
func (m *monitor) talk(ctx context.Context, set func(luminance) uint16) (luminance, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.bus == nil {
		return luminance{}, errMute
	}
	wires, err := m.bus.Open(m.node, slave)
	if err != nil {
		return luminance{}, m.fault("open", err)
	}
	defer func() { _ = wires.Close() }()
	l, err := m.ask(ctx, wires)
	if err != nil || set == nil {
		return l, err
	}
	if _, err := wires.Write(setLuminance(set(l))); err != nil {
		return l, m.fault("set brightness", err)
	}
	return l, m.clk.wait(ctx, afterSet)
}

func (m *monitor) ask(ctx context.Context, wires io.ReadWriter) (luminance, error) {
	var last error
	for range tries {
		l, err := m.once(ctx, wires)
		switch {
		case err == nil:
			return l, nil
		case errors.Is(err, errRefused):
			return luminance{}, fmt.Errorf("%w: %w", errMute, &drivers.Error{Code: drivers.CodeUnsupported, Detail: fmt.Sprintf("%s: %v", m, err), Cause: err})
		}
		last = err
		if err := m.clk.wait(ctx, afterFault); err != nil {
			return luminance{}, err
		}
	}
	switch {
	case errors.Is(last, errNull):
		return luminance{}, &drivers.Error{Code: drivers.CodeDeviceNotReady, Detail: fmt.Sprintf("%s: %v, %d times", m, last, tries), Cause: last}
	case errors.Is(last, errGarbled):
		return luminance{}, &drivers.Error{Code: drivers.CodeLineError, Reason: drivers.ReasonLineNoise, Detail: fmt.Sprintf("%s: %v, %d times", m, last, tries), Cause: last}
	}
	return luminance{}, last
}

// once is one question and what comes back.
func (m *monitor) once(ctx context.Context, wires io.ReadWriter) (luminance, error) {
	if _, err := wires.Write(askLuminance()); err != nil {
		return luminance{}, m.fault("ask for brightness", err)
	}
	if err := m.clk.wait(ctx, afterAsk); err != nil {
		return luminance{}, err
	}
	b := make([]byte, answerSize)
	n, err := wires.Read(b)
	if err != nil {
		return luminance{}, m.fault("read brightness", err)
	}
	return parse(b[:n])
}

// fault says why a message did not pass. That nobody answers is how a screen without DDC/CI looks, also one that is switched off.
func (m *monitor) fault(what string, err error) error {
	for _, silent := range []error{syscall.ENXIO, remoteIO, syscall.EIO, syscall.ETIMEDOUT} {
		if errors.Is(err, silent) {
			return fmt.Errorf("%w: %w", errMute, &drivers.Error{Code: drivers.CodeNoDevice, Reason: drivers.ReasonSilent, Detail: fmt.Sprintf("%s: %s: %v", m, what, err), Cause: err})
		}
	}
	e := &drivers.Error{Code: drivers.CodeInternalError, Detail: fmt.Sprintf("%s: %s: %v", m, what, err), Cause: err}
	switch {
	case errors.Is(err, fs.ErrPermission):
		e.Detail = "no right to open " + m.node + ": a udev rule must give it to the service account"
	case errors.Is(err, fs.ErrNotExist):
		e.Detail = "no " + m.node + ": the kernel's module i2c-dev is not loaded"
	case errors.Is(err, syscall.EBUSY):
		e.Code, e.Detail = drivers.CodeDeviceNotReady, "another program holds "+m.node
	}
	return e
}
