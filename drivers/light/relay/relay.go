// Package relay drives lights (补光灯、指示灯) on a board with relays that speaks Modbus RTU on a serial line. A board that also has the
// contact of the cabinet's door on one of its inputs tells the door as well.
package relay

import (
	"context"
	"fmt"
	"time"

	"tongban/drivers"
	"tongban/drivers/hal/turn"
	"tongban/drivers/modbus"
)

// Name is the driver's name in profiles and in the list of drivers.
const Name = "light/relay"

// Driver is the entry for drivers/all. Nothing on this line is personal.
func Driver() drivers.Driver {
	return drivers.Driver{Name: Name, Kind: drivers.KindLight, Open: func(ctx context.Context, port drivers.Port, params drivers.Params) (drivers.Device, error) {
		return Open(ctx, port, params)
	}}
}

// clock is the driver's only source of time; tests put their own in.
type clock struct{ now func() time.Time }

var wall = clock{now: time.Now}

// Board is one opened board.
type Board struct {
	port drivers.Port
	line *modbus.Line
	cfg  config
	clk  clock
	turn *turn.Turn
}

var (
	_ drivers.LightBar    = (*Board)(nil)
	_ drivers.DoorContact = (*Board)(nil)
)

// Open takes over the port and asks the board for its outputs.
//
//	unit: "1"                   address of the board
//	outputs: "fill=1, card=2"   lights by the number of their relay
//	door_input: "1"             input with a door contact, where there is one
//	door_closed: "on"           what it says while the door is closed
func Open(ctx context.Context, port drivers.Port, params drivers.Params) (*Board, error) {
	cfg, err := decodeParams(params)
	if err != nil {
		_ = port.Close()
		return nil, &drivers.Error{Code: drivers.CodeInvalidData, Detail: err.Error(), Cause: err}
	}
	b := &Board{port: port, line: modbus.New(port, cfg.unit), cfg: cfg, clk: wall, turn: turn.New()}
	if _, err := b.line.Coils(ctx, cfg.most()); err != nil {
		_ = b.Close()
		return nil, err
	}
	return b, nil
}

// Info implements drivers.Device.
func (b *Board) Info() drivers.Info {
	return drivers.Info{Kind: drivers.KindLight, Driver: Name, Model: fmt.Sprintf("Modbus RTU %d", b.cfg.unit)}
}

// Lights implements drivers.LightBar.
func (b *Board) Lights() []string {
	out := make([]string, len(b.cfg.outputs))
	for i, o := range b.cfg.outputs {
		out[i] = o.name
	}
	return out
}

// Close implements drivers.Device. Lights stay as they are: a fill light must not go out because a program ends.
func (b *Board) Close() error {
	if !b.turn.Close() {
		return nil
	}
	if err := b.port.Close(); err != nil {
		return fmt.Errorf("close board: %w", err)
	}
	return nil
}

// Status implements drivers.Device.
func (b *Board) Status(ctx context.Context) (drivers.Status, error) {
	ctx, release, err := b.turn.Claim(ctx)
	if err != nil {
		return turn.Refused(err, b.clk.now())
	}
	defer release()
	s := drivers.Status{State: drivers.StateOnline}
	if b.cfg.door >= 0 {
		open, err := b.door(ctx)
		if err != nil {
			return turn.Failed(err, b.clk.now())
		}
		s.Cover = map[bool]string{true: "open", false: "closed"}[open]
	} else if _, err := b.line.Coils(ctx, b.cfg.most()); err != nil {
		return turn.Failed(err, b.clk.now())
	}
	s.At = b.clk.now()
	return s, nil
}

// Reset implements drivers.Device: all lights go out.
func (b *Board) Reset(ctx context.Context) error {
	ctx, release, err := b.turn.Claim(ctx)
	if err != nil {
		return err
	}
	defer release()
	for _, o := range b.cfg.outputs {
		if err := b.set(ctx, o, false); err != nil {
			return err
		}
	}
	return nil
}

// Switch implements drivers.LightBar.
func (b *Board) Switch(ctx context.Context, light string, on bool) error {
	ctx, release, err := b.turn.Claim(ctx)
	if err != nil {
		return err
	}
	defer release()
	for _, o := range b.cfg.outputs {
		if o.name == light {
			return b.ended(b.set(ctx, o, on))
		}
	}
	return &drivers.Error{Code: drivers.CodeInvalidData, Detail: fmt.Sprintf("no light %q, have %v", light, b.Lights())}
}

// set switches and looks.
func (b *Board) set(ctx context.Context, o output, on bool) error {
	if err := b.line.Set(ctx, o.n, on); err != nil {
		return err
	}
	now, err := b.line.Coils(ctx, b.cfg.most())
	if err != nil {
		return err
	}
	if now[o.n] != on {
		return &drivers.Error{Code: drivers.CodeHardwareError, Reason: drivers.ReasonStuck, Detail: fmt.Sprintf("relay %d does not follow", o.n+1)}
	}
	return nil
}

// Lit implements drivers.LightBar.
func (b *Board) Lit(ctx context.Context) (map[string]bool, error) {
	ctx, release, err := b.turn.Claim(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	now, err := b.line.Coils(ctx, b.cfg.most())
	if err != nil {
		return nil, b.ended(err)
	}
	out := map[string]bool{}
	for _, o := range b.cfg.outputs {
		out[o.name] = now[o.n]
	}
	return out, nil
}

// DoorOpen implements drivers.DoorContact; a board without a contact says so.
func (b *Board) DoorOpen(ctx context.Context) (bool, error) {
	if b.cfg.door < 0 {
		return false, &drivers.Error{Code: drivers.CodeUnsupported, Detail: "the profile names no door_input"}
	}
	ctx, release, err := b.turn.Claim(ctx)
	if err != nil {
		return false, err
	}
	defer release()
	open, err := b.door(ctx)
	return open, b.ended(err)
}

func (b *Board) door(ctx context.Context) (bool, error) {
	in, err := b.line.Inputs(ctx, b.cfg.door+1)
	if err != nil {
		return false, err
	}
	return in[b.cfg.door] != b.cfg.shut, nil
}

// ended says of an error that closing brought that it is none of the board's.
func (b *Board) ended(err error) error {
	if err != nil && b.turn.Ended() {
		return &drivers.Error{Code: drivers.CodeCanceled, Detail: "closed", Cause: err}
	}
	return err
}
