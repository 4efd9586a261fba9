package receipt

import (
	"context"
	"time"

	"tongban/deploy/sim/clock"
	"tongban/deploy/sim/trace"
)

func millis(n int) time.Duration { return time.Duration(n) * time.Millisecond }

// run is the print mechanism: it takes commands from the buffer one by one.
func (d *Device) run() {
	gen := 0
	for {
		d.mu.Lock()
		for len(d.queue) == 0 && !d.ended {
			d.busy = false
			d.wake.Wait()
		}
		if d.ended {
			d.mu.Unlock()
			return
		}
		j := d.queue[0]
		d.queue = d.queue[1:]
		d.busy = true
		d.mu.Unlock()
		if j.gen != gen { // the buffer was lost: style and half-filled line with it
			gen, d.st, d.line = j.gen, freshStyle(), line{at: -1}
		}
		if d.execute(j) {
			d.mu.Lock()
			if d.gen == j.gen {
				d.bytes += len(j.op.raw)
			}
			d.mu.Unlock()
		}
	}
}

// ready waits until the head may print and reports false if the job has become void meanwhile.
func (d *Device) ready(gen int) bool {
	told := false
	for {
		d.mu.Lock()
		if d.gen != gen {
			d.mu.Unlock()
			return false
		}
		why := d.stopped()
		if why == "" {
			d.mu.Unlock()
			return true
		}
		if told {
			d.wake.Wait()
			d.mu.Unlock()
			continue
		}
		d.finish(false, why)
		d.mu.Unlock()
		d.change(func() {})
		told = true
	}
}

// step is how many rows go past the head between two looks at cover, paper and power.
const step = 16

// feed moves paper: the rows of img, or h blank ones. It reports false if the job became void on the way.
func (d *Device) feed(j job, img *strip, h int) bool {
	if img != nil {
		h = img.height()
	}
	for y := 0; y < h; y += step {
		n := min(step, h-y)
		if _, yes := d.faults.Strike("jam", ""); yes {
			d.change(func() { d.err = jammed })
		}
		if !d.ready(j.gen) {
			return false
		}
		d.change(func() {
			for i := range n {
				row := make([]byte, d.cfg.Dots)
				if img != nil {
					copy(row, img.rows[y+i])
				}
				d.page.rows = append(d.page.rows, row)
			}
			d.roll.left -= n
			d.count.Dots += n
		})
		d.strikes()
		if d.cfg.MMPerSecond > 0 {
			clock.Sleep(context.Background(), time.Duration(n)*time.Second/time.Duration(d.cfg.MMPerSecond*dotsPerMM))
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.gen == j.gen
}

// strikes carries out the faults that wait for a length of printed paper.
func (d *Device) strikes() {
	d.mu.Lock()
	mm := d.page.height() / dotsPerMM
	d.mu.Unlock()
	if p, on := d.faults.On("paper-out-after"); on && mm >= p.Value {
		_ = d.faults.Release("paper-out-after")
		d.change(func() { d.roll.left = 0 })
	}
	if p, on := d.faults.On("power-after"); on && mm >= p.Value {
		_ = d.faults.Release("power-after")
		d.powerCut(2000)
	}
}

// finish ends the slip under the head. Called with d.mu held.
func (d *Device) finish(cut bool, why string) {
	if d.page.height() == 0 || (!cut && d.page.blank()) {
		if why != "" && d.page.height() > 0 { // white paper has passed; questions and styles alone leave nothing on it
			d.partial = "接着前半张的"
		}
		return
	}
	s := d.store.keep(d.page, finished{bytes: d.bytes, cut: cut, why: firstOf(why, d.partial)})
	d.page, d.bytes = newStrip(d.cfg.Dots, 0), 0
	d.partial = ""
	if !cut {
		d.partial = "接着前半张的"
	}
	if s.Complete {
		d.log.Add(Kind, trace.Act, nil, trace.Good, "出了一张凭条")
	} else {
		d.log.Add(Kind, trace.Act, nil, trace.Bad, "半张："+s.Why)
	}
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// drop throws away what waits; the head clears its line buffer with the next command. Called with d.mu held.
func (d *Device) drop(why string) {
	d.finish(false, why)
	d.queue, d.gen = nil, d.gen+1
	d.partial, d.bytes = "", 0
}

// powerCut takes the mains away and, after ms, gives it back; 0 leaves it off until somebody plugs the line.
func (d *Device) powerCut(ms int) {
	d.change(func() {
		d.drop("断电")
		d.err = sound
		clear(d.asb)
		d.power++
		d.mains++
	})
	d.mu.Lock()
	mine := d.power
	d.mu.Unlock()
	d.log.Add(Kind, trace.Act, nil, trace.Bad, "断电")
	for _, p := range d.ports {
		p.Cut()
	}
	if ms <= 0 {
		return
	}
	go func() {
		clock.Sleep(context.Background(), millis(ms))
		d.mu.Lock()
		still := d.power == mine && !d.ended
		d.mu.Unlock()
		if still {
			d.plug()
		}
	}()
}

func (d *Device) plug() {
	d.mu.Lock()
	d.power++
	d.mu.Unlock()
	for _, p := range d.ports {
		_ = p.Plug()
	}
	d.log.Add(Kind, trace.Act, nil, "", "通电了")
}

// cut works the knife.
func (d *Device) cut(j job) bool {
	if _, yes := d.faults.Strike("cutter", ""); yes {
		d.change(func() { d.err = cutterStuck })
	}
	if !d.ready(j.gen) {
		return false
	}
	d.mu.Lock()
	d.bytes += len(j.op.raw)
	d.finish(true, "")
	d.bytes = -len(j.op.raw) // run adds the bytes of this very command once more
	d.count.Cuts++
	c := d.count
	d.mu.Unlock()
	c.save(d.cfg.StateFile)
	return true
}
