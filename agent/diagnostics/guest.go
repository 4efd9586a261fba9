package diagnostics

import (
	"tongban/agent/seal"
	"tongban/fleet/wire"
)

// Guest is the technician who is here, for what is done beside the tests (安装验收).
type Guest struct {
	Pass     wire.ServicePass
	Terminal string
	Label    string
	Sealer   *seal.Sealer
}

// Guest returns who is here and counts as a touch, or ErrClosed.
func (d *Desk) Guest() (Guest, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.visit == nil || d.station == nil {
		return Guest{}, ErrClosed
	}
	d.visit.touched = d.o.Clock.Now()
	return Guest{Pass: d.visit.pass, Terminal: d.station.Terminal, Label: d.station.Label, Sealer: d.station.Sealer}, nil
}
