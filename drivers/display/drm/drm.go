// Package drm looks after a second screen (第二屏) at a connector of the graphics card, by what the kernel tells of it below
// /sys/class/drm. Its port carries no bytes, only the connector's name: "screen:HDMI-A-1".
package drm

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tongban/drivers"
	"tongban/drivers/display/edid"
	"tongban/drivers/hal/turn"
)

// Name is the driver's name in profiles and in the list of drivers.
const Name = "display/drm"

// Driver is the entry for drivers/all.
func Driver() drivers.Driver {
	return drivers.Driver{Name: Name, Kind: drivers.KindDisplay, Open: func(ctx context.Context, port drivers.Port, params drivers.Params) (drivers.Device, error) {
		return Open(ctx, port, params)
	}}
}

// clock is the driver's only source of time; tests put their own in.
type clock struct{ now func() time.Time }

var wall = clock{now: time.Now}

// class is where the kernel lists connectors.
const class = "sys/class/drm"

// Monitor is one watched connector.
type Monitor struct {
	port      drivers.Port
	root      string
	connector string
	clk       clock
	turn      *turn.Turn
}

var _ drivers.SecondScreen = (*Monitor)(nil)

// Open takes over the port; a connector with nothing in it is CodeNoDevice, as a reader is whose cable is out. The root of the machine
// stands in the address where it is not "/": "screen:HDMI-A-1?root=/tmp/machine".
func Open(ctx context.Context, port drivers.Port, params drivers.Params) (*Monitor, error) {
	m := &Monitor{port: port, clk: wall, turn: turn.New()}
	err := m.find(port.String(), params)
	if err == nil {
		_, err = m.look(ctx)
	}
	if err != nil {
		_ = m.Close()
		return nil, err
	}
	return m, nil
}

func (m *Monitor) find(address string, params drivers.Params) error {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "screen" || u.Opaque == "" || strings.ContainsAny(u.Opaque, "/*?[\\") {
		return &drivers.Error{Code: drivers.CodeInvalidData, Detail: fmt.Sprintf("address %q is not like screen:HDMI-A-1", address)}
	}
	if len(params) > 0 {
		return &drivers.Error{Code: drivers.CodeInvalidData, Detail: "this driver has no settings"}
	}
	m.connector, m.root = u.Opaque, "/"
	if r := u.Query().Get("root"); r != "" {
		m.root = r
	}
	return nil
}

// Info implements drivers.Device.
func (m *Monitor) Info() drivers.Info {
	i := drivers.Info{Kind: drivers.KindDisplay, Driver: Name}
	if s, err := m.look(context.Background()); err == nil {
		i.Model, i.Serial = strings.TrimSpace(s.Maker+" "+s.Name), s.Serial
	}
	return i
}

// Close implements drivers.Device.
func (m *Monitor) Close() error {
	if !m.turn.Close() {
		return nil
	}
	return m.port.Close()
}

// Status implements drivers.Device: connected and lit is online, connected and dark is offline.
func (m *Monitor) Status(ctx context.Context) (drivers.Status, error) {
	s, err := m.Screen(ctx)
	if err != nil {
		return turn.Refused(err, m.clk.now())
	}
	out := drivers.Status{State: drivers.StateOnline, At: m.clk.now()}
	if !s.On {
		out.State, out.Code, out.Detail = drivers.StateOffline, drivers.CodeDeviceNotReady, "connected, but no picture is sent to it"
	}
	return out, nil
}

// Reset implements drivers.Device: there is nothing to bring back.
func (m *Monitor) Reset(context.Context) error { return nil }

// Screen implements drivers.SecondScreen.
func (m *Monitor) Screen(ctx context.Context) (drivers.Screen, error) {
	ctx, release, err := m.turn.Claim(ctx)
	if err != nil {
		return drivers.Screen{}, err
	}
	defer release()
	return m.look(ctx)
}

// look reads the connector's files. A screen that tells nothing of itself, or tells it broken, is a screen nevertheless.
func (m *Monitor) look(ctx context.Context) (drivers.Screen, error) {
	if err := ctx.Err(); err != nil {
		return drivers.Screen{}, drivers.Fault(err)
	}
	dir, err := m.dir()
	if err != nil {
		return drivers.Screen{}, err
	}
	state, err := m.text(dir, "status")
	switch {
	case errors.Is(err, fs.ErrNotExist) || err == nil && state != "connected":
		return drivers.Screen{}, &drivers.Error{Code: drivers.CodeNoDevice, Reason: drivers.ReasonUnplugged, Detail: "nothing is connected to " + m.connector}
	case err != nil:
		return drivers.Screen{}, &drivers.Error{Code: drivers.CodeInternalError, Detail: "read state of connector: " + err.Error(), Cause: err}
	}
	s := drivers.Screen{Connector: m.connector}
	enabled, _ := m.text(dir, "enabled") // absent on old kernels: then the power state decides
	power, _ := m.text(dir, "dpms")
	s.On = enabled != "disabled" && power != "Off"
	if b, err := os.ReadFile(filepath.Join(dir, "edid")); err == nil { //nolint:gosec // a file of the kernel's tree
		if i, err := edid.Parse(b); err == nil {
			s.Maker, s.Name, s.Serial, s.WidthMM, s.HeightMM, s.Width, s.Height = i.Maker, i.Name, i.Serial, i.WidthMM, i.HeightMM, i.Width, i.Height
		}
	}
	if modes, err := m.text(dir, "modes"); err == nil && s.Width == 0 {
		if _, err := fmt.Sscanf(modes, "%dx%d", &s.Width, &s.Height); err != nil { // the first is the screen's own
			s.Width, s.Height = 0, 0
		}
	}
	return s, nil
}

// dir is where the connector's files are: the card in front of its name has the number in which it was found.
func (m *Monitor) dir() (string, error) {
	list, err := filepath.Glob(filepath.Join(m.root, class, "card*-"+m.connector))
	if err != nil {
		return "", &drivers.Error{Code: drivers.CodeInternalError, Detail: "list connectors: " + err.Error(), Cause: err}
	}
	for _, dir := range list {
		if card, rest, ok := strings.Cut(filepath.Base(dir), "-"); ok && rest == m.connector && strings.Trim(strings.TrimPrefix(card, "card"), "0123456789") == "" {
			return dir, nil
		}
	}
	return "", &drivers.Error{Code: drivers.CodeNoDevice, Reason: drivers.ReasonUnplugged, Detail: "the machine has no connector " + m.connector}
}

func (m *Monitor) text(dir, name string) (string, error) {
	b, err := os.ReadFile(filepath.Join(dir, name)) //nolint:gosec // a file of the kernel's tree
	return strings.TrimSpace(string(b)), err
}
