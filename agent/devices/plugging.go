package devices

import (
	"context"
	"time"

	"tongban/agent/clock"
	"tongban/drivers/hal/hotplug"
)

// settle is how long a plugging is left alone: one device is several messages (the device, its line, its reports), and its node gets its
// rights a moment after them.
const settle = 200 * time.Millisecond

// Listen lets pluggings move the rack (热插拔) until ctx ends or events is closed: nobody waits for the next question to an idle device, or
// for the end of a pause, to see that a cable was pulled or put back.
func (r *Rack) Listen(ctx context.Context, events <-chan hotplug.Event) {
	for {
		select {
		case <-ctx.Done():
			return
		case e, open := <-events:
			if !open {
				return
			}
			r.log.Debug("plugging", "action", string(e.Action), "subsystem", e.Subsystem, "path", e.Path, "node", e.Node)
		}
		if clock.Sleep(ctx, r.clock, r.settle) != nil {
			return
		}
		for waiting := true; waiting; {
			select {
			case _, waiting = <-events:
			default:
				waiting = false
			}
		}
		r.stir()
	}
}

// stir makes every slot look now: one without a device tries to open it, one that is idle asks it.
func (r *Rack) stir() {
	r.mu.Lock()
	defer r.mu.Unlock()
	close(r.stirred)
	r.stirred = make(chan struct{})
}

// stirring is closed at the next plugging.
func (r *Rack) stirring() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stirred
}

// rest waits for a pause to end, or for a plugging; it says which.
func (s *slot) rest(ctx context.Context, news <-chan struct{}, pause time.Duration) (plugged bool) {
	select {
	case <-ctx.Done():
	case <-s.rack.clock.After(pause):
	case <-news:
		return true
	}
	return false
}
