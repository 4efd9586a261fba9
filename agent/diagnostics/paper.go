package diagnostics

import (
	"context"
	"fmt"

	"tongban/agent/devices"
	"tongban/drivers"
)

// paperLeft says how much paper there should be, as a technician needs it: what is left, of how much, and when it warns.
func paperLeft(p devices.PaperLeft) string {
	if p.Roll {
		return fmt.Sprintf("装纸后用了 %.1f 米，约剩 %.1f 米（整卷约 %.0f 米，剩 %.0f 米提醒）", p.Used, p.Left, p.Full, p.Warn)
	}
	return fmt.Sprintf("装纸后用了 %.0f 张，约剩 %.0f 张（装满 %.0f 张，剩 %.0f 张提醒）", p.Used, p.Left, p.Full, p.Warn)
}

// Loaded begins the count of a printer's paper anew: the technician has put in a whole roll, or filled the tray.
func (d *Desk) Loaded(ctx context.Context, kind drivers.Kind) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.visit == nil {
		return ErrClosed
	}
	d.visit.touched = d.o.Clock.Now()
	if err := d.o.Rack.Loaded(ctx, kind); err != nil {
		return err
	}
	d.o.Log.Info("paper loaded", "kind", string(kind), "code_number", d.visit.pass.Nonce)
	return nil
}
