package app

import (
	"tongban/central/kernel/obs"
	"tongban/fleet"
)

// kioskGauges are the fleet in a few numbers (终端指标): a series for each of five thousand terminals would be a burden to
// whoever collects them, and its label would be an id.
type kioskGauges struct{ known, up, queue, devices obs.Gauge }

func newKioskGauges(m *obs.Metrics) kioskGauges {
	return kioskGauges{
		known:   m.Gauge("kiosk_total", "Enrolled terminals."),
		up:      m.Gauge("kiosk_up", "Enrolled terminals that are online."),
		queue:   m.Gauge("kiosk_queue_depth", "Envelopes that terminals hold and the centre has not acknowledged."),
		devices: m.Gauge("kiosk_device_down", "Devices of online terminals that are not ready, by kind.", "device"),
	}
}

// set refreshes the gauges and returns how much waits.
func (k kioskGauges) set(list []fleet.Terminal) (waiting float64) {
	total, up := 0, 0
	down := map[string]int{}
	for _, t := range list {
		for _, n := range t.Status.Queue {
			waiting += float64(n)
		}
		if t.State != fleet.Active {
			continue
		}
		total++
		if !t.Online {
			continue
		}
		up++
		for _, d := range t.Status.Devices {
			if _, seen := down[d.Kind]; !seen {
				down[d.Kind] = 0
			}
			if deviceIll(d.State) {
				down[d.Kind]++
			}
		}
	}
	k.known.Set(float64(total))
	k.up.Set(float64(up))
	k.queue.Set(waiting)
	for kind, n := range down {
		k.devices.Set(float64(n), kind)
	}
	return waiting
}

// deviceIll reports whether a device cannot work; one that works or starts is well.
func deviceIll(state string) bool {
	return state != "" && state != "online" && state != "deviceBusy" && state != "starting"
}
