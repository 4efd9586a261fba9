// Package ef01 drives fingerprint modules (指纹模块) of the R30x and AS608 family on a serial line, which speak packets that
// begin with EF 01: picture, features and the module's own judgement. They are no collectors after GA/T 1011.
package ef01

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"time"

	"tongban/drivers"
)

// Name is the driver's name in profiles and in the list of drivers.
const Name = "fingerprint/ef01"

// Driver is the entry for drivers/all. A line like this is not recorded with real fingers: it has no redactor.
func Driver() drivers.Driver {
	return drivers.Driver{Name: Name, Kind: drivers.KindFinger, Open: func(ctx context.Context, p drivers.Port, params drivers.Params) (drivers.Device, error) {
		return Open(ctx, p, params)
	}}
}

const (
	address    = 0xFFFFFFFF // as made; nobody changes it
	limitAck   = 900 * time.Millisecond
	limitQuiet = 700 * time.Millisecond // within a stream of data packets
	look       = 50 * time.Millisecond
	pollEvery  = 60 * time.Millisecond
)

// clock is the driver's only source of time; tests put their own in.
type clock struct {
	now   func() time.Time
	after func(time.Duration) <-chan time.Time
}

var wall = clock{now: time.Now, after: time.After}

// Module is one opened module.
type Module struct {
	port drivers.Port
	clk  clock
	info drivers.Info
	rest []byte // read and not yet understood

	mu     sync.Mutex
	busy   bool
	closed bool
	base   context.Context
	stop   context.CancelFunc
}

var _ drivers.FingerprintReader = (*Module)(nil)

// Open greets the module with the password that it leaves the factory with, and asks what it is.
func Open(ctx context.Context, port drivers.Port, params drivers.Params) (*Module, error) {
	m := &Module{port: port, clk: wall}
	m.base, m.stop = context.WithCancel(context.Background())
	if len(params) > 0 {
		_ = port.Close()
		return nil, &drivers.Error{Code: drivers.CodeInvalidData, Detail: "this driver has no settings"}
	}
	err := m.greet(ctx)
	if err != nil {
		_ = m.Close()
		return nil, err
	}
	return m, nil
}

func (m *Module) greet(ctx context.Context) error {
	if _, err := m.ask(ctx, 0x13, 0, 0, 0, 0); err != nil {
		return err
	}
	b, err := m.ask(ctx, 0x0F)
	if err != nil {
		return err
	}
	if len(b) < 16 {
		return noise("parameters are too short", nil)
	}
	m.info = drivers.Info{Kind: drivers.KindFinger, Driver: Name, Model: fmt.Sprintf("EF01 %04X", binary.BigEndian.Uint16(b[2:]))}
	return nil
}

// Info implements drivers.Device.
func (m *Module) Info() drivers.Info { return m.info }

// Close implements drivers.Device.
func (m *Module) Close() error {
	m.mu.Lock()
	was := m.closed
	m.closed = true
	m.mu.Unlock()
	if was {
		return nil
	}
	m.stop()
	if err := m.port.Close(); err != nil {
		return fmt.Errorf("close module: %w", err)
	}
	return nil
}

var errClosed = errors.New("module is closed")

func (m *Module) claim(ctx context.Context) (context.Context, func(), error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return nil, nil, &drivers.Error{Code: drivers.CodeNoDevice, Reason: drivers.ReasonUnplugged, Detail: "closed", Cause: errClosed}
	}
	if m.busy {
		return nil, nil, &drivers.Error{Code: drivers.CodeDeviceNotReady, Detail: "works for somebody else"}
	}
	m.busy = true
	ctx, cancel := context.WithCancel(ctx)
	unhook := context.AfterFunc(m.base, cancel)
	return ctx, func() {
		unhook()
		cancel()
		m.mu.Lock()
		m.busy = false
		m.mu.Unlock()
	}, nil
}

// Status implements drivers.Device.
func (m *Module) Status(ctx context.Context) (drivers.Status, error) {
	ctx, release, err := m.claim(ctx)
	if err != nil {
		if drivers.Fault(err).Code == drivers.CodeDeviceNotReady {
			return drivers.Status{State: drivers.StateBusy, At: m.clk.now()}, nil
		}
		return drivers.Status{State: drivers.StateNoDevice, Code: drivers.CodeNoDevice, Detail: "closed", At: m.clk.now()}, err
	}
	defer release()
	if _, err := m.exchange(ctx, []byte{0x0F}); err != nil {
		e := drivers.Fault(err)
		return drivers.Status{State: drivers.StateNoDevice, Code: e.Code, Detail: e.Detail, At: m.clk.now()}, err
	}
	return drivers.Status{State: drivers.StateOnline, At: m.clk.now()}, nil
}

// Reset implements drivers.Device: a module that was switched off has forgotten the password.
func (m *Module) Reset(ctx context.Context) error {
	ctx, release, err := m.claim(ctx)
	if err != nil {
		return err
	}
	defer release()
	if err := m.port.Discard(); err != nil {
		return err
	}
	return m.greet(ctx)
}
