// Package relay drives the contact of a cabinet's door (机柜门磁) on an input of a board that speaks Modbus RTU and has nothing else to do.
// A board that switches lights as well is opened by drivers/light/relay, which tells the door too: one line has one driver.
package relay

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"tongban/drivers"
	"tongban/drivers/hal/turn"
	"tongban/drivers/modbus"
)

// Name is the driver's name in profiles and in the list of drivers.
const Name = "door/relay"

// Driver is the entry for drivers/all. Nothing on this line is personal.
func Driver() drivers.Driver {
	return drivers.Driver{Name: Name, Kind: drivers.KindDoor, Open: func(ctx context.Context, port drivers.Port, params drivers.Params) (drivers.Device, error) {
		return Open(ctx, port, params)
	}}
}

// clock is the driver's only source of time; tests put their own in.
type clock struct{ now func() time.Time }

var wall = clock{now: time.Now}

// Contact is one opened contact.
type Contact struct {
	port drivers.Port
	line *modbus.Line
	cfg  config
	clk  clock
	turn *turn.Turn
}

var _ drivers.DoorContact = (*Contact)(nil)

// config is the decoded settings.
type config struct {
	unit  byte
	input int
	shut  bool
}

func decodeParams(params drivers.Params) (config, error) {
	c := config{unit: 1, shut: true}
	for k, v := range params {
		s, ok := v.(string)
		if !ok {
			return config{}, fmt.Errorf("setting %s: %v is not a text", k, v)
		}
		n, err := strconv.Atoi(s)
		switch k {
		case "unit":
			if err != nil || n < 1 || n > 247 {
				return config{}, fmt.Errorf("setting unit: %q: have 1 to 247", s)
			}
			c.unit = byte(n)
		case "input":
			if err != nil || n < 1 || n > modbus.MostAtOnce {
				return config{}, fmt.Errorf("setting input: %q: have 1 to %d", s, modbus.MostAtOnce)
			}
			c.input = n - 1
		case "closed":
			if c.shut = s == "on"; s != "on" && s != "off" {
				return config{}, fmt.Errorf("setting closed: %q: have on, off", s)
			}
		default:
			return config{}, fmt.Errorf("setting %s: unknown setting", k)
		}
	}
	return c, nil
}

// Open takes over the port and asks the board for the input.
//
//	unit: "1"      address of the board
//	input: "1"     number of the input, as printed on the board
//	closed: "on"   what it says while the door is closed
func Open(ctx context.Context, port drivers.Port, params drivers.Params) (*Contact, error) {
	cfg, err := decodeParams(params)
	if err != nil {
		_ = port.Close()
		return nil, &drivers.Error{Code: drivers.CodeInvalidData, Detail: err.Error(), Cause: err}
	}
	c := &Contact{port: port, line: modbus.New(port, cfg.unit), cfg: cfg, clk: wall, turn: turn.New()}
	if _, err := c.open(ctx); err != nil {
		_ = c.Close()
		return nil, err
	}
	return c, nil
}

// Info implements drivers.Device.
func (c *Contact) Info() drivers.Info {
	return drivers.Info{Kind: drivers.KindDoor, Driver: Name, Model: fmt.Sprintf("Modbus RTU %d", c.cfg.unit)}
}

// Close implements drivers.Device.
func (c *Contact) Close() error {
	if !c.turn.Close() {
		return nil
	}
	if err := c.port.Close(); err != nil {
		return fmt.Errorf("close contact: %w", err)
	}
	return nil
}

// Status implements drivers.Device.
func (c *Contact) Status(ctx context.Context) (drivers.Status, error) {
	ctx, release, err := c.turn.Claim(ctx)
	if err != nil {
		return turn.Refused(err, c.clk.now())
	}
	defer release()
	open, err := c.open(ctx)
	if err != nil {
		return turn.Failed(err, c.clk.now())
	}
	return drivers.Status{State: drivers.StateOnline, Cover: map[bool]string{true: "open", false: "closed"}[open], At: c.clk.now()}, nil
}

// Reset implements drivers.Device: there is nothing to bring back.
func (c *Contact) Reset(context.Context) error { return nil }

// DoorOpen implements drivers.DoorContact.
func (c *Contact) DoorOpen(ctx context.Context) (bool, error) {
	ctx, release, err := c.turn.Claim(ctx)
	if err != nil {
		return false, err
	}
	defer release()
	open, err := c.open(ctx)
	if err != nil && c.turn.Ended() {
		return false, &drivers.Error{Code: drivers.CodeCanceled, Detail: "closed", Cause: err}
	}
	return open, err
}

func (c *Contact) open(ctx context.Context) (bool, error) {
	in, err := c.line.Inputs(ctx, c.cfg.input+1)
	if err != nil {
		return false, err
	}
	return in[c.cfg.input] != c.cfg.shut, nil
}
