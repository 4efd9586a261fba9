package keys

import (
	"context"
	"fmt"
	"sync"
	"time"

	"tongban/drivers"
	"tongban/drivers/hal/usb"
)

// Device is a keyboard that nobody else hears. Silence is no events.
type Device interface {
	Read(timeout time.Duration) ([]Event, error)
	Close() error
}

// Host is where keyboards are: the machine, or an emulator in tests.
type Host interface {
	Grab(ctx context.Context, w usb.Wanted) (Device, error)
}

// Open grabs a keyboard and makes a port of what it types.
func Open(ctx context.Context, host Host, w usb.Wanted, address string) (drivers.Port, error) {
	d, err := host.Grab(ctx, w)
	if err != nil {
		return nil, usb.Fault(fmt.Errorf("%s: %w", w, err))
	}
	return &port{dev: d, address: address}, nil
}

type port struct {
	dev     Device
	address string

	mu     sync.Mutex
	typist Typist
	rest   []byte
}

// Read implements drivers.Port. Keys that type nothing, such as the release of one, end the waiting as silence does.
func (p *port) Read(b []byte, timeout time.Duration) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.rest) == 0 {
		if err := p.hear(timeout); err != nil {
			return 0, err
		}
	}
	n := copy(b, p.rest)
	p.rest = p.rest[n:]
	return n, nil
}

func (p *port) hear(timeout time.Duration) error {
	events, err := p.dev.Read(timeout)
	if err != nil {
		p.typist = Typist{} // a key that was held when the plug was pulled is held no more
		return usb.Fault(err)
	}
	for _, e := range events {
		p.rest = append(p.rest, p.typist.Type(e)...)
	}
	return nil
}

// Write implements drivers.Port: a keyboard takes no commands.
func (p *port) Write([]byte) (int, error) {
	return 0, &drivers.Error{Code: drivers.CodeInvalidData, Detail: "a keyboard takes no commands"}
}

// Discard implements drivers.Port. The keys that are held stay so.
func (p *port) Discard() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	const most = 64
	for range most {
		p.rest = nil
		events, err := p.dev.Read(0)
		if err != nil {
			return usb.Fault(err)
		}
		if len(events) == 0 {
			return nil
		}
		for _, e := range events {
			p.typist.Type(e)
		}
	}
	return nil
}

// Close implements drivers.Port.
func (p *port) Close() error   { return p.dev.Close() }
func (p *port) String() string { return p.address }
