package usb

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	host "tongban/drivers/hal/usb"
)

// Sockets is where devices are plugged in: a Bus, or the kernel's virtual host controller.
type Sockets interface {
	Plug(socket string, d *Device) error
	Unplug(socket string)
}

// Bus is a bus of emulated devices (仿真总线). It is the host's side too: a test opens the devices on it as the product opens
// those of the machine. It takes the words of drivers/hal/usb and none of its work.
type Bus struct {
	mu      sync.Mutex
	plugged map[string]*Device
	held    map[*Device]bool
	numbers map[string]int
}

// NewBus makes an empty bus.
func NewBus() *Bus {
	return &Bus{plugged: map[string]*Device{}, held: map[*Device]bool{}, numbers: map[string]int{}}
}

// Plug puts a device into a socket such as "1-2".
func (b *Bus) Plug(path string, d *Device) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.plugged[path] != nil {
		return fmt.Errorf("plug: socket %s is taken", path)
	}
	b.plugged[path] = d
	b.numbers[path]++
	return nil
}

// Unplug pulls what is in a socket.
func (b *Bus) Unplug(path string) {
	b.mu.Lock()
	d := b.plugged[path]
	delete(b.plugged, path)
	b.mu.Unlock()
	if d != nil {
		d.Unplug()
	}
}

// List implements the host's side.
func (b *Bus) List(context.Context) ([]host.Info, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []host.Info
	for path, d := range b.plugged {
		i := host.Interface{Class: d.Desc.Class}
		for _, e := range d.Desc.Endpoints {
			if e.Kind == Bulk {
				i.Bulk = append(i.Bulk, host.Endpoint{Address: e.Address, Packet: e.Packet})
			}
		}
		out = append(out, host.Info{VID: d.Desc.VID, PID: d.Desc.PID, Serial: d.Desc.Serial, Maker: d.Desc.Maker, Product: d.Desc.Product, Version: host.VersionOf(d.Desc.Version),
			Path: path, Bus: 1, Device: b.numbers[path], Interfaces: []host.Interface{i}})
		if d.Desc.web() {
			out[len(out)-1].Web = []host.Interface{i}
		}
	}
	slices.SortFunc(out, func(x, y host.Info) int { return compare(x.Path, y.Path) })
	return out, nil
}

func compare(a, b string) int {
	if a < b {
		return -1
	}
	return 1
}

// Claim implements the host's side.
func (b *Bus) Claim(_ context.Context, i host.Info, _ host.Interface) (host.Pipes, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	d := b.plugged[i.Path]
	switch {
	case d == nil:
		return nil, host.ErrNotFound
	case b.held[d]:
		return nil, host.ErrHeld
	}
	b.held[d] = true
	if d.Desc.web() {
		d.renew()
	}
	return &pipes{bus: b, d: d}, nil
}

// pipes is a claimed device.
type pipes struct {
	bus *Bus
	d   *Device
}

func (p *pipes) Read(ctx context.Context, endpoint byte, b []byte) (int, error) {
	got, err := p.d.HostIn(ctx, endpoint, len(b))
	return copy(b, got), gone(err)
}

func (p *pipes) Write(ctx context.Context, endpoint byte, b []byte) (int, error) {
	if err := p.d.HostOut(ctx, endpoint, b); err != nil {
		return 0, gone(err)
	}
	return len(b), nil
}

func (p *pipes) Close() error {
	p.bus.mu.Lock()
	defer p.bus.mu.Unlock()
	delete(p.bus.held, p.d)
	return nil
}

func gone(err error) error {
	if errors.Is(err, ErrGone) {
		return host.ErrGone
	}
	return err
}
