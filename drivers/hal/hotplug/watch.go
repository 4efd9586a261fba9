package hotplug

import (
	"context"
	"slices"
	"time"

	"tongban/drivers/hal/usb"
)

// lookEvery is how often is looked where the kernel tells nothing.
const lookEvery = time.Second

// Watch tells what is plugged in and pulled out until ctx ends, then closes the channel. Where the kernel's messages cannot be
// heard (another system, no right to the socket) it compares the list of USB devices once a second.
func Watch(ctx context.Context) <-chan Event {
	if events, err := listen(ctx); err == nil {
		return events
	}
	return Look(ctx, usb.Machine.List, ticks(lookEvery))
}

// Look compares what list gives at every tick with what it gave before.
func Look(ctx context.Context, list func() ([]usb.Info, error), tick <-chan time.Time) <-chan Event {
	out := make(chan Event, 64)
	before, _ := list() // what cannot be listed now counts as plugged in when it can
	go func() {
		defer close(out)
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick:
			}
			after, err := list()
			if err != nil {
				continue
			}
			for _, e := range changes(before, after) {
				select {
				case out <- e:
				case <-ctx.Done():
					return
				}
			}
			before = after
		}
	}()
	return out
}

// changes are the steps from one list to another. The same socket with another number is a device that was changed.
func changes(before, after []usb.Info) []Event {
	var out []Event
	note := func(a Action, from, to []usb.Info) {
		for _, d := range from {
			if !slices.ContainsFunc(to, func(x usb.Info) bool { return x.Path == d.Path && x.Bus == d.Bus && x.Device == d.Device }) {
				out = append(out, Event{Action: a, Subsystem: "usb", Path: d.Path, VID: d.VID, PID: d.PID})
			}
		}
	}
	note(Removed, before, after)
	note(Added, after, before)
	return out
}

// ticks is the only source of time here.
func ticks(d time.Duration) <-chan time.Time { return time.Tick(d) }
