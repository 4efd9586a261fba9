package laser

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"tongban/deploy/sim/clock"
	"tongban/deploy/sim/laser/raster"
	"tongban/deploy/sim/trace"
)

// printJob is one document in the printer; its fields are guarded by the device's mu.
type printJob struct {
	id       int
	name     string
	format   string
	copies   int
	duplex   bool
	media    string
	color    string
	dpi      int
	sides    int // of one copy
	done     int // printed
	sheets   int
	state    int
	canceled bool
	bytes    int
	warm     bool
	dots     []raster.Page // of a raster document, or as it came out
	rawJob                 // of one that came on a raw line
}

// States of a job.
const (
	pending    = 3
	processing = 5
	stopped    = 6
	canceled   = 7
	aborted    = 8
	completed  = 9
)

func (j *printJob) over() bool { return j.state >= canceled }

// Printed is a job as it lies in the output tray.
type Printed struct {
	ID       int    `json:"id"`
	Name     string `json:"name"`
	State    int    `json:"state"`
	Pages    int    `json:"pages"`   // asked for, all copies
	Sides    int    `json:"printed"` // came out
	Sheets   int    `json:"sheets"`
	Bytes    int    `json:"bytes"`
	Duplex   bool   `json:"duplex"`
	Complete bool   `json:"complete"`
	Media    string `json:"media,omitempty"` // as asked for
	Color    string `json:"color,omitempty"`
	DPI      int    `json:"dpi,omitempty"`
}

// Printed lists all jobs, the first one first.
func (d *Device) Printed() []Printed {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := []Printed{}
	for _, j := range d.jobs {
		out = append(out, Printed{ID: j.id, Name: j.name, State: j.state, Pages: j.sides * j.copies, Sides: j.done, Sheets: j.sheets,
			Bytes: j.bytes, Duplex: j.duplex, Complete: j.whole(), Media: j.media, Color: j.color, DPI: j.dpi})
	}
	return out
}

// run is the engine: one side after the other, of one job after the other.
func (d *Device) run() {
	for {
		d.mu.Lock()
		j := d.next()
		for j == nil && !d.ended {
			d.wake.Wait()
			j = d.next()
		}
		if d.ended {
			d.mu.Unlock()
			return
		}
		d.mu.Unlock()
		d.side(j)
		d.keepPages()
	}
}

// next is the job to go on with, nil when there is none or the printer stands; guarded by mu.
func (d *Device) next() *printJob {
	for _, j := range d.jobs {
		if j.over() {
			continue
		}
		if j.canceled {
			j.state = canceled
			continue
		}
		if d.halted() {
			if j.state == processing {
				j.state = stopped
			}
			d.jam(j)
		} else {
			j.jammed = false
		}
		if d.waits(j) {
			return nil
		}
		if j.over() {
			continue
		}
		if d.halted() {
			return nil
		}
		j.state = processing
		return j
	}
	return nil
}

// side prints one side, unless something happens on the way.
func (d *Device) side(j *printJob) {
	pause := d.cfg.Page
	if p, on := d.faults.On("slow"); on {
		pause = time.Duration(p.Value) * time.Millisecond
	}
	if !j.warm {
		pause += d.cfg.WarmUp
		j.warm = true
	}
	// A sheet in the path does not wait for a command's end, and a host that is busy does not make the engine slower.
	if now := clock.Now(); d.due.Before(now.Add(-pause / 2)) {
		d.due = now
	}
	d.due = d.due.Add(pause)
	for left := d.due.Sub(clock.Now()); left > 0; left = d.due.Sub(clock.Now()) {
		clock.Sleep(context.Background(), min(left, 20*time.Millisecond))
		d.mu.Lock()
		gone := j.canceled || d.ended
		d.mu.Unlock()
		if gone {
			break
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if j.canceled || d.ended || d.halted() {
		return
	}
	if _, yes := d.faults.Strike("abort", ""); yes {
		j.state = aborted
		d.log.Add(Kind, trace.Act, nil, trace.Bad, "放弃了一件")
		d.rawEnds(j, "USER_CANCELED")
		return
	}
	j.done++
	d.sides++
	back := j.duplex && (j.done-1)%j.sides%2 == 1
	if j.from != nil {
		back = d.rawSide(j)
	}
	if !back {
		j.sheets++
		d.tray = max(0, d.tray-1)
	}
	d.tellCode()
	if j.from != nil {
		return
	}
	d.life++
	if j.done == j.sides*j.copies {
		j.state = completed
		d.log.Add(Kind, trace.Act, nil, trace.Good, fmt.Sprintf("出来 %d 张", j.sheets))
	}
}

// take puts a document into the queue.
func (d *Device) take(j *printJob, doc []byte) error {
	j.sides, j.bytes, j.state = pages(j.format, doc), len(doc), pending
	if dotted(j.format) {
		dots, err := raster.Read(doc)
		if err != nil {
			return fmt.Errorf("read raster: %w", err)
		}
		j.dots, j.sides = dots, len(dots)
	}
	d.mu.Lock()
	j.id = len(d.jobs) + 1
	d.jobs = append(d.jobs, j)
	d.wake.Broadcast()
	d.mu.Unlock()
	if d.cfg.Out == "" {
		return nil
	}
	if err := os.MkdirAll(d.cfg.Out, 0o750); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	ext := map[string]string{"application/pdf": "pdf", "image/jpeg": "jpg", "image/pwg-raster": "pwg", "image/urf": "urf"}[j.format]
	if err := os.WriteFile(filepath.Join(d.cfg.Out, fmt.Sprintf("%03d.%s", j.id, ext)), doc, 0o600); err != nil {
		return fmt.Errorf("keep document: %w", err)
	}
	return nil
}

var (
	pageMark  = regexp.MustCompile(`/Type\s*/Page[^s\w]`)
	countMark = regexp.MustCompile(`/Count\s+(\d+)`)
)

// pages counts the pages of a document. A PDF whose page objects are packed away is believed by its largest count.
func pages(format string, doc []byte) int {
	if format != "application/pdf" {
		return 1
	}
	if n := len(pageMark.FindAll(doc, -1)); n > 0 {
		return n
	}
	n := 1
	for _, m := range countMark.FindAllSubmatch(doc, -1) {
		var c int
		if _, err := fmt.Sscan(string(m[1]), &c); err == nil && c < 10_000 {
			n = max(n, c)
		}
	}
	return n
}

// known reports whether the printer can make something of a document.
func known(format string, doc []byte) bool {
	switch format {
	case "application/pdf":
		return bytes.HasPrefix(doc, []byte("%PDF-")) && bytes.Contains(doc, []byte("%%EOF"))
	case "image/jpeg":
		return bytes.HasPrefix(doc, []byte{0xFF, 0xD8}) && strings.HasSuffix(string(doc), "\xFF\xD9")
	case "image/pwg-raster", "image/urf":
		_, err := raster.Read(doc)
		return err == nil
	}
	return false
}
